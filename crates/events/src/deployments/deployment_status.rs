use serde::Serialize;

use hookstead_types::{
    CheckConclusion, CheckStatus, Decode, DeploymentState, Sha, Timestamp, User,
};

use crate::checks::workflow::Workflow;
use crate::checks::workflow_run::WorkflowRun;
use crate::deployments::deployment_action::{DeploymentAction, created};
use crate::shared::app::App;
use crate::shared::deployment::Deployment;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `deployment_status`: a deployment got a status. GitHub sends none for `inactive`.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeploymentStatusEvent {
    /// Always `created`; missing in old payloads.
    #[serde(default = "created")]
    pub action: DeploymentAction,
    /// The status.
    pub deployment_status: Box<DeploymentStatus>,
    /// The deployment that got it.
    pub deployment: Box<Deployment>,
    /// The check run that deploys.
    pub check_run: Option<Box<DeploymentCheckRun>>,
    /// The workflow of GitHub Actions that deploys.
    pub workflow: Option<Box<Workflow>>,
    /// The run of that workflow.
    pub workflow_run: Option<Box<WorkflowRun>>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who set the status.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

/// How a deployment stands, as the event shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeploymentStatus {
    /// The status's number.
    pub id: u64,
    /// The status's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// How the deployment stands.
    pub state: DeploymentState,
    /// Who set the status.
    pub creator: Option<User>,
    /// A few words about it; empty if none were given.
    #[serde(default)]
    pub description: String,
    /// Where the deployment goes.
    pub environment: Option<String>,
    /// Where what was deployed can be seen; may be empty.
    pub environment_url: Option<String>,
    /// Where the deployment's output can be read; may be empty.
    pub log_url: Option<String>,
    /// The same as [`log_url`](Self::log_url); GitHub's older word for it.
    pub target_url: Option<String>,
    /// When it was set.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The App that set it on somebody's behalf.
    pub performed_via_github_app: Option<Box<App>>,
    /// The status in the REST API.
    pub url: Option<String>,
    /// Its deployment in the REST API.
    pub deployment_url: Option<String>,
    /// Its repository in the REST API.
    pub repository_url: Option<String>,
}

/// The check run that deploys, as `deployment_status` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeploymentCheckRun {
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
    /// The check run in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Where its App shows more.
    pub details_url: Option<String>,
}
