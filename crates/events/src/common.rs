use serde::Deserialize;
use serde_json::value::RawValue;

use hookstead_types::decode::Budget;
use hookstead_types::{Sha, User};

use crate::apps::installation::Installation;
use crate::decode::decode_json::memory_for;
use crate::decode::lenient;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;
use crate::subject::Subject;

/// What most events have in common, seen from any of them without matching; made by
/// [`Event::common`](crate::Event::common).
///
/// ```
/// use hookstead_events::{AnyEvent, Event, EventName};
///
/// let payload = br#"{
///     "action": "created", "installation": {"id": 7}, "sender": {"login": "octocat", "id": 1},
///     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
/// }"#;
/// let event = AnyEvent::decode(&EventName::from("from_the_future"), payload)?;
/// let common = event.common();
/// assert_eq!(common.action, Some("created"));
/// assert_eq!(common.installation, Some(7));
/// assert_eq!(common.repository.unwrap().full_name.name(), "hello");
/// assert!(common.organization.is_none());
/// # Ok::<(), hookstead_events::DecodeError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Common<'a> {
    /// What happened, as GitHub writes it. Events such as `push` have no action.
    pub action: Option<&'a str>,
    /// The repository that the event happened in.
    pub repository: Option<&'a Repository>,
    /// Who caused it.
    pub sender: Option<&'a User>,
    /// The organization that it happened in.
    pub organization: Option<&'a Organization>,
    /// The number of the App's installation; only Apps get it.
    pub installation: Option<u64>,
    /// The enterprise that it happened in.
    pub enterprise: Option<&'a Enterprise>,
    /// The commit that it is about; see [`Event::head_sha`](crate::Event::head_sha).
    pub head_sha: Option<&'a Sha>,
    /// The issue or pull request that it is about; see [`Event::subject`](crate::Event::subject).
    pub subject: Option<Subject>,
    /// Whether the code comes from elsewhere; see [`Event::is_from_fork`](crate::Event::is_from_fork).
    pub is_from_fork: Option<bool>,
}

/// A field of an event, as [`Common`] shows it. The table of events uses it to fill in a `Common`
/// whatever the field's exact type.
pub(crate) trait Shown<'a, T> {
    fn shown(&'a self) -> Option<T>;
}

impl<'a, A: AsRef<str>> Shown<'a, &'a str> for A {
    fn shown(&'a self) -> Option<&'a str> {
        Some(self.as_ref())
    }
}

impl<'a> Shown<'a, &'a Repository> for Box<Repository> {
    fn shown(&'a self) -> Option<&'a Repository> {
        Some(self)
    }
}

impl<'a> Shown<'a, &'a Repository> for Option<Box<Repository>> {
    fn shown(&'a self) -> Option<&'a Repository> {
        self.as_deref()
    }
}

impl<'a> Shown<'a, &'a User> for Option<User> {
    fn shown(&'a self) -> Option<&'a User> {
        self.as_ref()
    }
}

impl<'a> Shown<'a, &'a Organization> for Option<Organization> {
    fn shown(&'a self) -> Option<&'a Organization> {
        self.as_ref()
    }
}

impl<'a> Shown<'a, u64> for Option<InstallationReference> {
    fn shown(&'a self) -> Option<u64> {
        self.as_ref().map(|installation| installation.id)
    }
}

impl Shown<'_, u64> for Box<Installation> {
    fn shown(&self) -> Option<u64> {
        Some(self.id)
    }
}

impl<'a> Shown<'a, &'a Enterprise> for Option<Enterprise> {
    fn shown(&'a self) -> Option<&'a Enterprise> {
        self.as_ref()
    }
}

/// The common fields of an event without a type. Each is read by itself: one that has another
/// shape is left out and does not take the others with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct CommonFields {
    action: Option<String>,
    repository: Option<Box<Repository>>,
    sender: Option<User>,
    organization: Option<Organization>,
    installation: Option<InstallationReference>,
    enterprise: Option<Enterprise>,
}

impl CommonFields {
    pub(crate) fn read(json: &str) -> Self {
        #[derive(Deserialize)]
        struct Raw<'a> {
            #[serde(borrow)]
            action: Option<&'a RawValue>,
            #[serde(borrow)]
            repository: Option<&'a RawValue>,
            #[serde(borrow)]
            sender: Option<&'a RawValue>,
            #[serde(borrow)]
            organization: Option<&'a RawValue>,
            #[serde(borrow)]
            installation: Option<&'a RawValue>,
            #[serde(borrow)]
            enterprise: Option<&'a RawValue>,
        }

        fn field<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
            lenient::from_str(raw?.get()).ok()
        }

        let Ok(raw) = serde_json::from_str::<Raw<'_>>(json) else {
            return Self::default();
        };
        let _budget = Budget::of(memory_for(json.len()));
        Self {
            action: field(raw.action),
            repository: field(raw.repository),
            sender: field(raw.sender),
            organization: field(raw.organization),
            installation: field(raw.installation),
            enterprise: field(raw.enterprise),
        }
    }

    pub(crate) fn common(&self) -> Common<'_> {
        Common {
            action: self.action.as_deref(),
            repository: self.repository.shown(),
            sender: self.sender.shown(),
            organization: self.organization.shown(),
            installation: self.installation.shown(),
            enterprise: self.enterprise.shown(),
            ..Common::default()
        }
    }
}
