use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{CheckConclusion, CheckStatus, Decode, Timestamp, User};

use crate::checks::workflow_run::WorkflowRun;
use crate::pull_requests::reviewer::Reviewer;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `deployment_review`: a workflow run waits for somebody's leave to deploy, or got an answer.
///
/// Only Apps get this event.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeploymentReviewEvent {
    /// What happened.
    pub action: DeploymentReviewAction,
    /// The run that waits or waited.
    pub workflow_run: Option<Box<WorkflowRun>>,
    /// Since when it waits.
    pub since: Option<Timestamp>,
    /// Where it wants to deploy; on `requested`.
    pub environment: Option<String>,
    /// Who caused the run; on `requested`.
    pub requestor: Option<User>,
    /// Whose leave is wanted.
    #[serde(default, deserialize_with = "items")]
    pub reviewers: Vec<DeploymentReviewer>,
    /// The job that waits.
    pub workflow_job_run: Option<Box<DeploymentReviewJob>>,
    /// The jobs that got the answer; on `approved` and `rejected`.
    #[serde(default, deserialize_with = "items")]
    pub workflow_job_runs: Vec<DeploymentReviewJob>,
    /// Who answered; on `approved` and `rejected`.
    pub approver: Option<User>,
    /// What they said; on `approved` and `rejected`.
    pub comment: Option<String>,
    /// The repository.
    pub repository: Option<Box<Repository>>,
    /// Who caused it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to the wish to deploy.
    pub enum DeploymentReviewAction {
        /// It was granted.
        Approved = "approved",
        /// It was refused.
        Rejected = "rejected",
        /// It came up.
        Requested = "requested",
    }
}

/// Whose leave to deploy is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeploymentReviewer {
    /// Whether this is a person or a team.
    pub r#type: Option<DeploymentReviewerType>,
    /// The person or the team.
    pub reviewer: Option<Reviewer>,
}

hookstead_types::open_enum! {
    /// Whether a [`DeploymentReviewer`] is a person or a team.
    pub enum DeploymentReviewerType {
        /// A person.
        User = "User",
        /// A team.
        Team = "Team",
    }
}

/// A job of a workflow run that waits for leave to deploy, or got an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeploymentReviewJob {
    /// The job's number.
    pub id: Option<u64>,
    /// What it is called.
    pub name: Option<String>,
    /// How far it is.
    pub status: Option<CheckStatus>,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// Where it deploys.
    pub environment: Option<String>,
    /// When it was queued.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// Its page.
    pub html_url: Option<String>,
}
