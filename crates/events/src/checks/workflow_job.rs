use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{CheckConclusion, CheckStatus, Decode, Sha, Timestamp, User};

use crate::shared::deployment::Deployment;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `workflow_job`: a job of a workflow run was queued, started or ended.
///
/// `queued` is what tells somebody with runners of their own that one is needed; see
/// [`labels`](WorkflowJob::labels).
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct WorkflowJobEvent {
    /// What happened.
    pub action: WorkflowJobAction,
    /// The job.
    pub workflow_job: Box<WorkflowJob>,
    /// The deployment that the job is part of.
    pub deployment: Option<Box<Deployment>>,
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
    /// What happened to a job.
    pub enum WorkflowJobAction {
        /// It ended.
        Completed = "completed",
        /// A runner took it.
        InProgress = "in_progress",
        /// It waits for a runner.
        Queued = "queued",
        /// It waits for a protection rule of a deployment.
        Waiting = "waiting",
    }
}

/// A job of a [`WorkflowRun`](crate::WorkflowRun).
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct WorkflowJob {
    /// The job's number.
    pub id: u64,
    /// The job's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The number of its workflow run.
    pub run_id: u64,
    /// Which attempt at the run this is, from 1; missing in old payloads.
    pub run_attempt: Option<u64>,
    /// What it is called.
    pub name: String,
    /// The workflow's name.
    pub workflow_name: Option<String>,
    /// The branch, without `refs/heads/`.
    pub head_branch: Option<String>,
    /// The commit's name.
    pub head_sha: Sha,
    /// How far it is.
    pub status: CheckStatus,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// When it was queued.
    pub created_at: Option<Timestamp>,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// What its runner must have: the labels under `runs-on`.
    #[serde(default, deserialize_with = "items")]
    pub labels: Vec<String>,
    /// Its steps, as far as they are known.
    #[serde(default, deserialize_with = "items")]
    pub steps: Vec<WorkflowStep>,
    /// The number of the runner that took it.
    pub runner_id: Option<u64>,
    /// The name of that runner.
    pub runner_name: Option<String>,
    /// The number of the group that the runner belongs to.
    pub runner_group_id: Option<u64>,
    /// The name of that group.
    pub runner_group_name: Option<String>,
    /// The job in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its workflow run in the REST API.
    pub run_url: Option<String>,
    /// Its check run in the REST API.
    pub check_run_url: Option<String>,
}

/// A step of a [`WorkflowJob`].
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct WorkflowStep {
    /// The step's place in the job, from 1.
    pub number: Option<u64>,
    /// What it is called.
    pub name: Option<String>,
    /// How far it is.
    pub status: Option<CheckStatus>,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}
