use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

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

/// What somebody said about how a project stands.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2StatusUpdate {
    /// Its number.
    pub id: u64,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The project's id in GitHub's GraphQL API.
    pub project_node_id: Option<String>,
    /// Who said it.
    pub creator: Option<User>,
    /// How the project stands.
    pub status: Option<ProjectsV2Status>,
    /// The day that the work begins: `2022-04-28` for instance.
    pub start_date: Option<String>,
    /// The day that it is to be done.
    pub target_date: Option<String>,
    /// What they said, in Markdown.
    pub body: Option<String>,
    /// When they said it.
    pub created_at: Option<Timestamp>,
    /// When they changed it last.
    pub updated_at: Option<Timestamp>,
}

hookstead_types::open_enum! {
    /// How a project stands.
    pub enum ProjectsV2Status {
        /// Nobody works on it.
        Inactive = "INACTIVE",
        /// Well.
        OnTrack = "ON_TRACK",
        /// It may be late.
        AtRisk = "AT_RISK",
        /// It will be late.
        OffTrack = "OFF_TRACK",
        /// It is done.
        Complete = "COMPLETE",
    }
}
