use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `project`: something happened to a classic project. GitHub's newer projects are
/// [`ProjectsV2Event`](crate::ProjectsV2Event).
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectEvent {
    /// What happened.
    pub action: ProjectAction,
    /// The project.
    pub project: Box<Project>,
    /// What was edited, as it was before; on `edited`.
    pub changes: Option<ProjectChanges>,
    /// The repository, for a repository's project.
    pub repository: Option<Box<Repository>>,
    /// Who did it; may be missing.
    pub sender: Option<User>,
    /// The organization that it happened in.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a classic project.
    pub enum ProjectAction {
        /// It was closed.
        Closed = "closed",
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// Its name or body was changed.
        Edited = "edited",
        /// It was opened again.
        Reopened = "reopened",
    }
}

/// What was edited in a classic project, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectChanges {
    /// The name.
    pub name: Option<Change<String>>,
    /// The body.
    pub body: Option<Change<String>>,
}

/// A classic project: columns with cards.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Project {
    /// The project's number on GitHub.
    pub id: u64,
    /// The project's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The project's number where it belongs.
    pub number: u64,
    /// The name.
    pub name: String,
    /// What it is for, in Markdown.
    pub body: Option<String>,
    /// Whether it is open.
    pub state: Option<ProjectState>,
    /// Who made it.
    pub creator: Option<User>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The project in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its columns in the REST API.
    pub columns_url: Option<String>,
    /// What it belongs to, in the REST API.
    pub owner_url: Option<String>,
}

hookstead_types::open_enum! {
    /// Whether a project is open.
    pub enum ProjectState {
        /// It is.
        Open = "open",
        /// It is not.
        Closed = "closed",
    }
}
