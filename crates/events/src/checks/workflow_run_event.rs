use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::checks::workflow::Workflow;
use crate::checks::workflow_run::WorkflowRun;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `workflow_run`: a workflow of GitHub Actions was asked for, started or ended.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct WorkflowRunEvent {
    /// What happened.
    pub action: WorkflowRunAction,
    /// The run.
    pub workflow_run: Box<WorkflowRun>,
    /// The workflow that runs.
    pub workflow: Option<Box<Workflow>>,
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
    /// What happened to a workflow run.
    pub enum WorkflowRunAction {
        /// It ended.
        Completed = "completed",
        /// It started.
        InProgress = "in_progress",
        /// It was asked for.
        Requested = "requested",
    }
}
