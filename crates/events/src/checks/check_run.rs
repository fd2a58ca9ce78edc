use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{CheckConclusion, CheckStatus, Decode, Sha, Timestamp, User};

use crate::pull_requests::minimal_pull_request::MinimalPullRequest;
use crate::shared::app::App;
use crate::shared::deployment::MinimalDeployment;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `check_run`: a check run was made, asked for again or ended.
///
/// Hooks of repositories and organizations get only `created` and `completed`; the other actions
/// go to the App that the run belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CheckRunEvent {
    /// What happened. GitHub's schema allows it to be missing from `completed` only, so a missing
    /// one is that.
    #[serde(default = "completed")]
    pub action: CheckRunAction,
    /// The check run.
    pub check_run: Box<CheckRun>,
    /// Which button was pressed; on `requested_action`.
    pub requested_action: Option<RequestedAction>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who caused it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

fn completed() -> CheckRunAction {
    CheckRunAction::Completed
}

hookstead_types::open_enum! {
    /// What happened to a check run.
    pub enum CheckRunAction {
        /// It ended.
        Completed = "completed",
        /// It was made.
        Created = "created",
        /// Somebody pressed one of its buttons.
        RequestedAction = "requested_action",
        /// Somebody wants it to run again.
        Rerequested = "rerequested",
    }
}

/// A check run, as the event shows it: the work of one App on one commit.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CheckRun {
    /// The check run's number.
    pub id: u64,
    /// The check run's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// What it is called.
    pub name: String,
    /// The commit's name.
    pub head_sha: Sha,
    /// What its App calls it.
    pub external_id: Option<String>,
    /// How far it is.
    pub status: CheckStatus,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// What its App reports.
    pub output: Option<CheckRunOutput>,
    /// The check suite that it belongs to.
    pub check_suite: Option<Box<CheckRunSuite>>,
    /// The App that made it.
    pub app: Option<Box<App>>,
    /// The pull requests whose head the commit is; none of those from forks.
    #[serde(default, deserialize_with = "items")]
    pub pull_requests: Vec<MinimalPullRequest>,
    /// The deployment that it is part of.
    pub deployment: Option<Box<MinimalDeployment>>,
    /// The check run in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Where its App shows more.
    pub details_url: Option<String>,
}

/// What an App reports in a [`CheckRun`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CheckRunOutput {
    /// The headline.
    pub title: Option<String>,
    /// The report in short, in Markdown.
    pub summary: Option<String>,
    /// The report in full, in Markdown.
    pub text: Option<String>,
    /// How many lines of code it remarks on.
    #[serde(default)]
    pub annotations_count: u64,
    /// Its remarks in the REST API.
    pub annotations_url: Option<String>,
}

/// The check suite that a [`CheckRun`] belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CheckRunSuite {
    /// The check suite's number.
    pub id: Option<u64>,
    /// The check suite's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The branch, without `refs/heads/`; nothing for a push to a fork.
    pub head_branch: Option<String>,
    /// The commit's name.
    pub head_sha: Option<Sha>,
    /// How far it is.
    pub status: Option<CheckStatus>,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// The commit that the branch was at before the push.
    pub before: Option<Sha>,
    /// The commit that the branch was at after the push.
    pub after: Option<Sha>,
    /// The pull requests whose head the commit is; none of those from forks.
    #[serde(default, deserialize_with = "items")]
    pub pull_requests: Vec<MinimalPullRequest>,
    /// The App that works on it.
    pub app: Option<Box<App>>,
    /// The deployment that it is part of.
    pub deployment: Option<Box<MinimalDeployment>>,
    /// The repository; seldom sent.
    pub repository: Option<Box<Repository>>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The check suite in the REST API.
    pub url: Option<String>,
}

/// Which button of a [`CheckRun`] was pressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct RequestedAction {
    /// What its App calls the button.
    pub identifier: Option<String>,
}
