//! Snapshots of what the fake GitHub holds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookstead_events::{CheckConclusion, CheckStatus, EventName};
use hookstead_types::{DeploymentState, Sha, StatusState, Timestamp};
use http::HeaderMap;
use serde_json::Value;

use crate::Fault;
use crate::state::{Fork, RepositoryIndex, RepositoryState};

/// A commit status.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedStatus {
    /// The status's number; later ones are greater.
    pub id: u64,
    /// The commit.
    pub sha: Sha,
    /// The state reported.
    pub state: StatusState,
    /// Who reports; statuses of one context supersede each other.
    pub context: String,
    /// The text beside the state.
    pub description: Option<String>,
    /// The link beside the state.
    pub target_url: Option<String>,
    /// The login of the account that reported it.
    pub creator: String,
    /// When it was reported.
    pub created_at: Timestamp,
}

impl fmt::Display for RecordedStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} is {}", self.sha.short(), self.context, self.state)?;
        match &self.description {
            Some(description) => write!(formatter, " ({description})"),
            None => Ok(()),
        }
    }
}

/// A check run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedCheckRun {
    /// The check run's number.
    pub id: u64,
    /// The commit.
    pub sha: Sha,
    /// What it is called.
    pub name: String,
    /// How far it is.
    pub status: CheckStatus,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Where the App shows more.
    pub details_url: Option<String>,
    /// What the App calls it.
    pub external_id: Option<String>,
    /// The headline of its output.
    pub title: Option<String>,
    /// Its output in short.
    pub summary: Option<String>,
    /// Its output in full.
    pub text: Option<String>,
    /// How many annotations it has.
    pub annotations: usize,
    pub(crate) suite: u64,
}

impl fmt::Display for RecordedCheckRun {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, sha, status, .. } = self;
        write!(formatter, "{} {name} is {status}", sha.short())?;
        match &self.conclusion {
            Some(conclusion) => write!(formatter, ": {conclusion}"),
            None => Ok(()),
        }
    }
}

/// A deployment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedDeployment {
    /// The deployment's number; later ones are greater.
    pub id: u64,
    /// The commit that is deployed.
    pub sha: Sha,
    /// The ref as it was asked for: a branch or a sha.
    pub r#ref: String,
    /// What is to be done, `deploy` by default.
    pub task: String,
    /// The creator's own data, as posted: an object or a string; `{}` if there was none.
    pub payload: Value,
    /// The environment that was asked for.
    pub original_environment: String,
    /// The environment now; a deployment status can change it.
    pub environment: String,
    /// The creator's description.
    pub description: Option<String>,
    /// Whether the environment will not be there for ever.
    pub transient_environment: bool,
    /// Whether people use the environment.
    pub production_environment: bool,
    /// The login of the account that created it.
    pub creator: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it, or its last status, was created.
    pub updated_at: Timestamp,
}

impl fmt::Display for RecordedDeployment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, environment, sha, r#ref, .. } = self;
        write!(formatter, "{id} of {ref} ({}) to {environment}", sha.short())
    }
}

/// A deployment status.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedDeploymentStatus {
    /// The status's number; later ones are greater.
    pub id: u64,
    /// The deployment.
    pub deployment_id: u64,
    /// The state reported.
    pub state: DeploymentState,
    /// The text beside the state, perhaps empty.
    pub description: String,
    /// The environment.
    pub environment: String,
    /// Where the deployed thing can be seen.
    pub environment_url: Option<String>,
    /// Where the deployment's log can be seen. Also known as `target_url`.
    pub log_url: Option<String>,
    /// The login of the account that reported it.
    pub creator: String,
    /// When it was reported.
    pub created_at: Timestamp,
}

impl fmt::Display for RecordedDeploymentStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is {}", self.deployment_id, self.state)?;
        if self.description.is_empty() {
            Ok(())
        } else {
            write!(formatter, " ({})", self.description)
        }
    }
}

/// A pull request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedPullRequest {
    /// The id that no other object has.
    pub id: u64,
    /// The number within the repository.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The description.
    pub body: Option<String>,
    /// The login of the account that opened it.
    pub author: String,
    /// Whether it is neither closed nor merged.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// The branch it comes from.
    pub head_ref: String,
    /// That branch's last commit.
    pub head_sha: Sha,
    /// The branch it goes to.
    pub base_ref: String,
    /// That branch's last commit when the pull request was opened.
    pub base_sha: Sha,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// The logins of those who care for it.
    pub assignees: Vec<String>,
    /// The logins of those who are asked for a review.
    pub reviewers: Vec<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it was closed or merged.
    pub closed_at: Option<Timestamp>,
    /// Whether it is merged.
    pub merged: bool,
    /// The login of the account that merged it.
    pub merged_by: Option<String>,
    /// The commit that merged it; while it is open, a test merge.
    pub merge_commit_sha: Option<Sha>,
    /// The branch's name in the repository's state.
    pub(crate) branch: String,
    pub(crate) fork: Option<Fork>,
    pub(crate) mergeability_known: bool,
}

impl RecordedPullRequest {
    /// `owner:branch`, as GitHub labels a head.
    pub(crate) fn head_label(&self, repository: &RepositoryState) -> String {
        format!("{}:{}", self.head_owner(repository), self.head_ref)
    }

    pub(crate) fn head_owner<'a>(&'a self, repository: &'a RepositoryState) -> &'a str {
        self.fork.as_ref().map_or(repository.name.owner(), |fork| &fork.owner)
    }
}

impl fmt::Display for RecordedPullRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (self.open, self.merged) {
            (true, _) => "open",
            (_, true) => "merged",
            _ => "closed",
        };
        let Self { number, title, head_ref, head_sha, base_ref, .. } = self;
        write!(
            formatter,
            "#{number} {title:?} is {state}: {head_ref} ({}) -> {base_ref}",
            head_sha.short()
        )
    }
}

/// One attempt to deliver a webhook, finished.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedDelivery {
    /// The attempt's number; later ones are greater. [`FakeGitHub::redeliver`] takes it.
    ///
    /// [`FakeGitHub::redeliver`]: crate::FakeGitHub::redeliver
    pub id: u64,
    /// What `X-GitHub-Delivery` said; all hooks that hear of an event, and all redeliveries, share it.
    pub guid: String,
    /// The hook.
    pub hook_id: u64,
    /// When the attempt began.
    pub delivered_at: Timestamp,
    /// Whether the event had been delivered to this hook before.
    pub redelivery: bool,
    /// How long the attempt took.
    pub duration: Duration,
    /// `OK`, or what went wrong.
    pub status: String,
    /// The receiver's answer; `None` if there was none.
    pub status_code: Option<u16>,
    /// The event.
    pub event: EventName,
    /// The payload's `action`.
    pub action: Option<String>,
    /// The headers that were sent.
    pub request_headers: HeaderMap,
    /// The payload, whatever its encoding was.
    pub payload: Arc<Value>,
    /// The headers that were answered.
    pub response_headers: HeaderMap,
    /// The body that was answered.
    pub response_body: String,
    /// Where it happened, if it was in a repository.
    pub(crate) repository: Option<RepositoryIndex>,
    /// The App's installation that it is about.
    pub(crate) installation: Option<u64>,
}

impl RecordedDelivery {
    /// Whether the receiver answered with success.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == "OK"
    }

    /// The event and, if it has one, its action: `pull_request.opened`, `push`.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.action {
            Some(action) => format!("{}.{action}", self.event),
            None => self.event.to_string(),
        }
    }
}

impl fmt::Display for RecordedDelivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { guid, hook_id, status, .. } = self;
        write!(formatter, "{} {guid} to hook {hook_id}: {status}", self.name())?;
        if let Some(code) = self.status_code {
            write!(formatter, " ({code})")?;
        }
        if self.redelivery { formatter.write_str(", redelivered") } else { Ok(()) }
    }
}

impl fmt::Debug for RecordedDelivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// One API request.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method.
    pub method: http::Method,
    /// The path as it was sent, without the API's prefix.
    pub path: String,
    /// The query as it was sent, perhaps empty.
    pub query: String,
    /// The headers. Of `Authorization` only the scheme is kept, never the token.
    pub headers: HeaderMap,
    /// The body, if it was JSON.
    pub body: Option<Value>,
    /// The status that was answered; `None` if a [fault](crate::Fault) cut the connection before.
    pub status: Option<http::StatusCode>,
    /// Whether the request succeeded, and so had its effect, whatever was answered.
    pub effect: bool,
    /// What went wrong on demand.
    pub fault: Option<Fault>,
}

impl fmt::Display for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, query, .. } = self;
        let mark = if query.is_empty() { "" } else { "?" };
        write!(formatter, "{method} {path}{mark}{query}: ")?;
        match self.status {
            Some(status) => write!(formatter, "{}", status.as_u16()),
            None => formatter.write_str("no answer"),
        }?;
        match &self.fault {
            Some(fault) if self.effect => write!(formatter, " ({fault}; it had its effect)"),
            Some(fault) => write!(formatter, " ({fault}; it had no effect)"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
