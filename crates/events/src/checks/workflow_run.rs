use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{CheckConclusion, CheckStatus, Decode, Sha, Timestamp, User};

use crate::code::commit::SimpleCommit;
use crate::event_name::EventName;
use crate::pull_requests::minimal_pull_request::MinimalPullRequest;
use crate::shared::repository::MinimalRepository;

/// A run of a [`Workflow`](crate::Workflow).
///
/// `deployment` and `deployment_status` show it without most of its links, its commit and its
/// repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct WorkflowRun {
    /// The run's number on GitHub.
    pub id: u64,
    /// The run's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The workflow's name.
    pub name: Option<String>,
    /// What the run is called in lists: the commit's or pull request's title, for instance.
    pub display_title: Option<String>,
    /// The branch, without `refs/heads/`.
    pub head_branch: Option<String>,
    /// The commit's name.
    pub head_sha: Sha,
    /// The file that defines the workflow.
    pub path: Option<String>,
    /// Which run of the workflow this is.
    pub run_number: Option<u64>,
    /// Which attempt at the run this is, from 1.
    pub run_attempt: Option<u64>,
    /// The event that it runs for: `push`, `schedule`, ...
    pub event: Option<EventName>,
    /// How far it is.
    pub status: CheckStatus,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// The workflow's number.
    pub workflow_id: Option<u64>,
    /// The number of its check suite.
    pub check_suite_id: Option<u64>,
    /// The id of its check suite in GitHub's GraphQL API.
    pub check_suite_node_id: Option<String>,
    /// When it was asked for.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When this attempt started.
    pub run_started_at: Option<Timestamp>,
    /// Who caused the first attempt.
    pub actor: Option<User>,
    /// Who caused this attempt.
    pub triggering_actor: Option<User>,
    /// The pull requests whose head the commit is; none of those from forks.
    #[serde(default, deserialize_with = "items")]
    pub pull_requests: Vec<MinimalPullRequest>,
    /// The commit.
    pub head_commit: Option<SimpleCommit>,
    /// The repository that it runs in.
    pub repository: Option<Box<MinimalRepository>>,
    /// The repository that the commit is in; another one for pull requests from forks.
    pub head_repository: Option<Box<MinimalRepository>>,
    /// The reusable workflows that it calls.
    #[serde(default, deserialize_with = "items")]
    pub referenced_workflows: Vec<ReferencedWorkflow>,
    /// The attempt before this one in the REST API.
    pub previous_attempt_url: Option<String>,
    /// The run in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its jobs in the REST API.
    pub jobs_url: Option<String>,
    /// Its logs in the REST API.
    pub logs_url: Option<String>,
    /// Its artifacts in the REST API.
    pub artifacts_url: Option<String>,
    /// The call that stops it.
    pub cancel_url: Option<String>,
    /// The call that runs it again.
    pub rerun_url: Option<String>,
    /// Its workflow in the REST API.
    pub workflow_url: Option<String>,
    /// Its check suite in the REST API.
    pub check_suite_url: Option<String>,
}

/// A reusable workflow that a [`WorkflowRun`] calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ReferencedWorkflow {
    /// The file that defines it, with repository and ref.
    pub path: Option<String>,
    /// The commit that it was taken from.
    pub sha: Option<Sha>,
    /// The branch or tag that it was taken from.
    pub r#ref: Option<String>,
}
