use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `project_column`: something happened to a column of a classic project.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectColumnEvent {
    /// What happened.
    pub action: ProjectColumnAction,
    /// The column.
    pub project_column: Box<ProjectColumn>,
    /// What was edited, as it was before; on `edited`.
    pub changes: Option<ProjectColumnChanges>,
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
    /// What happened to a column of a classic project.
    pub enum ProjectColumnAction {
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// Its name was changed.
        Edited = "edited",
        /// It was moved.
        Moved = "moved",
    }
}

/// What was edited in a column of a classic project, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectColumnChanges {
    /// The name.
    pub name: Option<Change<String>>,
}

/// A column of a classic [`Project`](crate::Project).
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectColumn {
    /// The column's number.
    pub id: u64,
    /// The column's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name.
    pub name: String,
    /// The number of the column before it; on `moved`, and nothing for the first.
    pub after_id: Option<u64>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The column in the REST API.
    pub url: Option<String>,
    /// Its cards in the REST API.
    pub cards_url: Option<String>,
    /// Its project in the REST API.
    pub project_url: Option<String>,
}
