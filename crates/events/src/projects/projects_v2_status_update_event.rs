use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::projects::projects_v2_status_update::{ProjectsV2Status, ProjectsV2StatusUpdate};
use crate::shared::enterprise::Enterprise;
use crate::shared::from_to::FromTo;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `projects_v2_status_update`: somebody said how a project stands, or took it back.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2StatusUpdateEvent {
    /// What happened.
    pub action: ProjectsV2StatusUpdateAction,
    /// What was said.
    pub projects_v2_status_update: Box<ProjectsV2StatusUpdate>,
    /// What was edited; on `edited`.
    pub changes: Option<ProjectsV2StatusUpdateChanges>,
    /// The organization that the project belongs to.
    pub organization: Option<Organization>,
    /// Who did it.
    pub sender: Option<User>,
    /// A repository, if any.
    pub repository: Option<Box<Repository>>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a status update of a project.
    pub enum ProjectsV2StatusUpdateAction {
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed.
        Edited = "edited",
    }
}

/// What was edited in a status update of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2StatusUpdateChanges {
    /// What it says.
    pub body: Option<FromTo<String>>,
    /// How the project stands.
    pub status: Option<FromTo<ProjectsV2Status>>,
    /// The day that the work begins.
    pub start_date: Option<FromTo<String>>,
    /// The day that it is to be done.
    pub target_date: Option<FromTo<String>>,
}
