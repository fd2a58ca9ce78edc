use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::projects::project::ProjectState;
use crate::projects::projects_v2_status_update::ProjectsV2StatusUpdate;
use crate::shared::enterprise::Enterprise;
use crate::shared::from_to::FromTo;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `projects_v2`: something happened to a project of an organization. (GitHub calls its projects
/// the second version; the first is [`ProjectEvent`](crate::ProjectEvent).)
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2Event {
    /// What happened.
    pub action: ProjectsV2Action,
    /// The project.
    pub projects_v2: Box<ProjectsV2>,
    /// What was edited; on `edited`.
    pub changes: Option<ProjectsV2Changes>,
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
    /// What happened to a project.
    pub enum ProjectsV2Action {
        /// It was closed.
        Closed = "closed",
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// Its title, description or visibility was changed.
        Edited = "edited",
        /// It was opened again.
        Reopened = "reopened",
    }
}

/// What was edited in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2Changes {
    /// The title.
    pub title: Option<FromTo<String>>,
    /// The description.
    pub description: Option<FromTo<String>>,
    /// The short description.
    pub short_description: Option<FromTo<String>>,
    /// Whether everybody sees it.
    pub public: Option<FromTo<bool>>,
}

/// A project: a table, a board or a road map of issues, pull requests and drafts.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2 {
    /// The project's number on GitHub.
    pub id: u64,
    /// The project's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The project's number in its organization.
    pub number: Option<u64>,
    /// The title.
    pub title: String,
    /// What it is for, in short.
    pub short_description: Option<String>,
    /// What it is for, in Markdown.
    pub description: Option<String>,
    /// Whether it is open.
    pub state: Option<ProjectState>,
    /// Whether everybody sees it.
    #[serde(default)]
    pub public: bool,
    /// Whether other projects can be made from it.
    pub is_template: Option<bool>,
    /// The account that it belongs to.
    pub owner: Option<User>,
    /// Who made it.
    pub creator: Option<User>,
    /// How it stood last.
    pub latest_status_update: Option<Box<ProjectsV2StatusUpdate>>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Who deleted it.
    pub deleted_by: Option<User>,
}
