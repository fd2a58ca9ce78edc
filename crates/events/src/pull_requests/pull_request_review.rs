use serde::Serialize;

use hookstead_types::{Decode, Sha, Timestamp, User};

use crate::commands::command::Command;
use crate::commands::command_error::CommandError;
use crate::commands::command_limits::CommandLimits;
use crate::pull_requests::pull_request::PullRequest;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::link::Link;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `pull_request_review`: a review of a pull request was submitted, changed or dismissed.
///
/// ```
/// use hookstead_events::{Event, EventName, PullRequestReviewEvent, PullRequestReviewState};
///
/// let payload = br#"{
///     "action": "submitted",
///     "review": {"id": 237895671, "state": "approved", "user": {"login": "octocat", "id": 1}},
///     "pull_request": {
///         "id": 279147437, "number": 2, "title": "Update the README", "state": "open",
///         "head": {"ref": "changes", "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821"},
///         "base": {"ref": "main", "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"}
///     },
///     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
/// }"#;
/// let event = PullRequestReviewEvent::decode(&EventName::PullRequestReview, payload)?;
/// assert_eq!(event.review.state, PullRequestReviewState::Approved);
/// # Ok::<(), hookstead_events::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewEvent {
    /// What happened.
    pub action: PullRequestReviewAction,
    /// The review, as it is now.
    pub review: Box<PullRequestReview>,
    /// The pull request. GitHub leaves out here whether it is merged, whether it can be, and the
    /// counters.
    pub pull_request: Box<PullRequest>,
    /// What was edited, as it was before; on `edited`.
    pub changes: Option<PullRequestReviewChanges>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a review of a pull request.
    pub enum PullRequestReviewAction {
        /// It no longer counts.
        Dismissed = "dismissed",
        /// Its body was changed.
        Edited = "edited",
        /// It was given.
        Submitted = "submitted",
    }
}

/// What was edited in a review, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewChanges {
    /// What it said.
    pub body: Option<Change<String>>,
}

/// A review of a [`PullRequest`].
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReview {
    /// The review's number.
    pub id: u64,
    /// The review's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// What it comes to.
    pub state: PullRequestReviewState,
    /// What it says as a whole, in Markdown.
    pub body: Option<String>,
    /// Who gave it.
    pub user: Option<User>,
    /// How they stand to the repository.
    pub author_association: Option<AuthorAssociation>,
    /// The head commit that it is about.
    pub commit_id: Option<Sha>,
    /// When it was given.
    pub submitted_at: Option<Timestamp>,
    /// When it changed last; missing in old payloads.
    pub updated_at: Option<Timestamp>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its pull request in the REST API.
    pub pull_request_url: Option<String>,
    /// The links once more, as GitHub's `_links`.
    #[serde(rename = "_links")]
    pub links: Option<Box<PullRequestReviewLinks>>,
}

impl PullRequestReview {
    /// The commands in it, `/deploy staging` for instance, within the limits by default; the rules, and what
    /// is left to you, stand at [`Command`].
    #[must_use]
    pub fn commands(&self) -> Vec<Result<Command, CommandError>> {
        CommandLimits::default().commands(self.body.as_deref().unwrap_or_default())
    }
}

/// The links of a [`PullRequestReview`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewLinks {
    /// The review's page.
    pub html: Option<Link>,
    /// Its pull request in the REST API.
    pub pull_request: Option<Link>,
}

hookstead_types::open_enum! {
    /// What a [`PullRequestReview`] comes to. In the REST API the same words are in upper case.
    pub enum PullRequestReviewState {
        /// The changes are good.
        Approved = "approved",
        /// The changes are not good yet.
        ChangesRequested = "changes_requested",
        /// Neither: it only says something.
        Commented = "commented",
        /// It no longer counts.
        Dismissed = "dismissed",
    }
}
