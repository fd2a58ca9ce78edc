use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{CheckConclusion, CheckStatus, Decode, Sha, Timestamp, User};

use crate::code::commit::SimpleCommit;
use crate::pull_requests::minimal_pull_request::MinimalPullRequest;
use crate::shared::app::App;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `check_suite`: the checks of one App on a commit were asked for or ended.
///
/// Hooks of repositories and organizations get only `completed`; the other actions go to the App.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CheckSuiteEvent {
    /// What happened.
    pub action: CheckSuiteAction,
    /// The check suite.
    pub check_suite: Box<CheckSuite>,
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

hookstead_types::open_enum! {
    /// What happened to a check suite.
    pub enum CheckSuiteAction {
        /// All its check runs ended.
        Completed = "completed",
        /// It is wanted: somebody pushed.
        Requested = "requested",
        /// Somebody wants it to run again.
        Rerequested = "rerequested",
    }
}

/// A check suite, as the event shows it: all check runs of one App on one commit.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CheckSuite {
    /// The check suite's number.
    pub id: u64,
    /// The check suite's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The branch, without `refs/heads/`; nothing for a push to a fork.
    pub head_branch: Option<String>,
    /// The commit's name.
    pub head_sha: Sha,
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
    /// The commit.
    pub head_commit: Option<SimpleCommit>,
    /// How many check runs it has, each counted once however often it ran.
    #[serde(default)]
    pub latest_check_runs_count: u64,
    /// Whether it can be asked for again.
    pub rerequestable: Option<bool>,
    /// Whether its check runs can be asked for again.
    pub runs_rerequestable: Option<bool>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The check suite in the REST API.
    pub url: Option<String>,
    /// Its check runs in the REST API.
    pub check_runs_url: Option<String>,
}
