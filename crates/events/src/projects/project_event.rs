use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::projects::project::Project;
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
