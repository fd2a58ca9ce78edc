use hookstead_types::{Decode, Sha, StatusState, Timestamp, User};
use http::Method;
use serde::Serialize;

use crate::api::decoration::{Text, context, link, narrow_context};
use crate::engine::decode::user;
use crate::engine::decorated::{Complaint, Decorated};
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A commit with more contexts than fit ten pages is not what this is for.
const MAX_COMBINED_PAGES: usize = 10;

/// A commit status to be created.
///
/// ```
/// use hookstead_client::NewStatus;
///
/// let status = NewStatus::pending()
///     .context("ci/demo")
///     .description("Queued behind 3 builds")
///     .target_url("https://ci.example.com/builds/17");
/// # let _ = status;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewStatus {
    state: StatusState,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
}

impl NewStatus {
    /// A status in this state.
    #[must_use]
    pub fn new(state: StatusState) -> Self {
        Self { state, target_url: None, description: None, context: None }
    }

    /// The work is queued or running.
    #[must_use]
    pub fn pending() -> Self {
        Self::new(StatusState::Pending)
    }

    /// The work ended well.
    #[must_use]
    pub fn success() -> Self {
        Self::new(StatusState::Success)
    }

    /// The work ended badly: a test failed.
    #[must_use]
    pub fn failure() -> Self {
        Self::new(StatusState::Failure)
    }

    /// The work ended: well, or badly.
    ///
    /// ```
    /// use hookstead_client::NewStatus;
    ///
    /// assert_eq!(NewStatus::of(true), NewStatus::success());
    /// assert_eq!(NewStatus::of(false), NewStatus::failure());
    /// ```
    #[must_use]
    pub fn of(passed: bool) -> Self {
        if passed { Self::success() } else { Self::failure() }
    }

    /// The work could not be done: the machinery failed.
    #[must_use]
    pub fn error() -> Self {
        Self::new(StatusState::Error)
    }

    /// What the status is about, such as `ci/demo`: a newer status replaces an older one of the same
    /// context. GitHub compares contexts without regard to case, and takes `default` when none is
    /// given.
    ///
    /// One beyond [`CONTEXT_MAX_CHARACTERS`](crate::CONTEXT_MAX_CHARACTERS) is cut, and ends with a number
    /// that is made of the whole, so that two long contexts stay two.
    #[must_use]
    pub fn context(mut self, name: impl Into<String>) -> Self {
        self.context = context(name);
        self
    }

    /// A few words for people. A text beyond
    /// [`DESCRIPTION_MAX_CHARACTERS`](crate::DESCRIPTION_MAX_CHARACTERS) is cut, and what GitHub refuses
    /// in it, most emoji among it, is replaced.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(Text::DESCRIPTION.fit(text));
        self
    }

    /// Where the status' link leads: the build's log. One that is no `http://` or `https://` URL, which
    /// GitHub refuses, is left out, and one that was set before stays.
    #[must_use]
    pub fn target_url(mut self, url: impl Into<String>) -> Self {
        self.target_url = link("target_url", url).or(self.target_url);
        self
    }
}

impl Decorated for NewStatus {
    fn take_off(&mut self, complaint: &Complaint) -> Vec<&'static str> {
        let mut fields = complaint.about(&["description", "target_url", "context"]);
        fields.retain(|field| match *field {
            "description" => self.description.take().is_some(),
            "target_url" => self.target_url.take().is_some(),
            // It names the status, so it cannot be left out.
            _ => {
                let narrow = self.context.as_deref().and_then(narrow_context);
                let is_new = narrow.is_some();
                self.context = narrow.or(self.context.take());
                is_new
            }
        });
        fields
    }
}

/// A commit status.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Status {
    /// Its number.
    pub id: u64,
    /// Its state.
    pub state: StatusState,
    /// What it is about; `default` when its creator said nothing.
    #[serde(default = "default_context")]
    pub context: String,
    /// A few words for people.
    pub description: Option<String>,
    /// Where its link leads.
    pub target_url: Option<String>,
    /// The picture beside it.
    pub avatar_url: Option<String>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// Who created it; not in a [`CombinedStatus`].
    #[serde(default, deserialize_with = "user")]
    pub creator: Option<User>,
    /// Whether a branch protection requires its context; in a [`CombinedStatus`] only.
    pub required: Option<bool>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
}

fn default_context() -> String {
    "default".to_owned()
}

/// What all statuses of a commit come to.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct CombinedStatus {
    /// `failure` if any context failed or has an error; else `pending` if any is pending **or there
    /// are none**; else `success`. Check runs, and so GitHub Actions, do not count.
    pub state: StatusState,
    /// The latest status of each context, of all pages.
    #[serde(default)]
    pub statuses: Vec<Status>,
    /// The commit.
    pub sha: Option<Sha>,
    /// How many contexts there are.
    pub total_count: Option<u64>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&CREATE, &LIST, &COMBINED];

static CREATE: Endpoint =
    Endpoint::write("Repo::create_status", Method::POST, IN_REPOSITORY, "/statuses/{sha}")
        .permission("*Commit statuses* write")
        .repeated(Repetition::Harmless, "an equal one takes the place of the first");

static LIST: Endpoint = Endpoint::get("Repo::statuses", IN_REPOSITORY, "/commits/{ref}/statuses")
    .permission("*Commit statuses* read");

static COMBINED: Endpoint =
    Endpoint::get("Repo::combined_status", IN_REPOSITORY, "/commits/{ref}/status")
        .permission("*Commit statuses* read");

impl Repo {
    /// Creates a status on a commit. Statuses are never changed or deleted: a new one of the same
    /// context takes the place of the last.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes: at worst there are two equal
    /// statuses, and the commit shows one.
    ///
    /// Permission: *Commit statuses* write; a classic token needs `repo:status`.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses: 422 for an unknown commit or after a thousand statuses of this
    /// commit and context; or when the call fails on the way, see [`Error`].
    pub async fn create_status(&self, sha: &Sha, status: &NewStatus) -> Result<Status, Error> {
        let purpose = format!("create a status for {}", self.name());
        let call = |status: &NewStatus| {
            let call = self.call(&CREATE, purpose.clone(), &[sha.as_str()])?;
            call.json(status)
        };
        self.core().send_decorated(status, call).await?.decode()
    }

    /// Lists the statuses of a commit, the newest first. The commit is named by its sha, a branch
    /// (`main` or `heads/main`) or a tag (`tags/v1`).
    ///
    /// Permission: *Commit statuses* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn statuses(&self, git_ref: impl AsRef<str>) -> Result<Page<Status>, Error> {
        let git_ref = git_ref.as_ref();
        let purpose = format!("list the statuses of {git_ref} in {}", self.name());
        let call = self.call(&LIST, purpose, &[git_ref])?.query("per_page", ITEMS_PER_PAGE);
        self.core().send(call).await?.page()
    }

    /// Gets what all statuses of a commit come to. The commit is named as in
    /// [`statuses`](Self::statuses). More than a hundred contexts take further calls, more than a
    /// thousand are cut; the [state](CombinedStatus::state) counts all.
    ///
    /// Permission: *Commit statuses* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses (404 for an unknown commit) or the call fails on the way, see
    /// [`Error`].
    pub async fn combined_status(&self, git_ref: impl AsRef<str>) -> Result<CombinedStatus, Error> {
        let git_ref = git_ref.as_ref();
        let purpose = format!("get the combined status of {git_ref} in {}", self.name());
        let call = self.call(&COMBINED, purpose, &[git_ref])?.query("per_page", ITEMS_PER_PAGE);
        let answer = self.core().send(call).await?;
        let mut combined: CombinedStatus = answer.decode()?;
        let mut next = answer.next();
        for _ in 1..MAX_COMBINED_PAGES {
            let Some(link) = next else { break };
            let (call, trail) = self.core().step(link)?;
            let answer = self.core().send(call).await?;
            combined.statuses.extend(answer.decode::<CombinedStatus>()?.statuses);
            next = answer.next().map(|next| next.reached_by(trail));
        }
        Ok(combined)
    }
}
