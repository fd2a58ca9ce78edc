use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::checks::workflow::Workflow;
use crate::checks::workflow_run::WorkflowRun;
use crate::deployments::deployment_action::{DeploymentAction, created};
use crate::shared::deployment::Deployment;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `deployment`: somebody wants something deployed.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeploymentEvent {
    /// Always `created`; missing in old payloads.
    #[serde(default = "created")]
    pub action: DeploymentAction,
    /// The deployment.
    pub deployment: Box<Deployment>,
    /// The workflow of GitHub Actions that wants it.
    pub workflow: Option<Box<Workflow>>,
    /// The run of that workflow.
    pub workflow_run: Option<Box<WorkflowRun>>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who wants it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}
