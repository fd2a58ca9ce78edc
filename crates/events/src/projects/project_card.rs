use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `project_card`: something happened to a card of a classic project.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectCardEvent {
    /// What happened.
    pub action: ProjectCardAction,
    /// The card.
    pub project_card: Box<ProjectCard>,
    /// What changed, as it was before; on `converted`, `edited` and `moved`.
    pub changes: Option<ProjectCardChanges>,
    /// The repository, for a repository's project.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that it happened in.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a card of a classic project.
    pub enum ProjectCardAction {
        /// Its note became an issue.
        Converted = "converted",
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// Its note was changed.
        Edited = "edited",
        /// It was moved.
        Moved = "moved",
    }
}

/// What changed in a card of a classic project, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectCardChanges {
    /// The note; on `converted` and `edited`.
    pub note: Option<Change<String>>,
    /// The number of its column; on `moved`.
    pub column_id: Option<Change<u64>>,
}

/// A card of a classic [`Project`](crate::Project): a note, an issue or a pull request.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectCard {
    /// The card's number.
    pub id: u64,
    /// The card's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The number of its column; nothing once that is deleted.
    pub column_id: Option<u64>,
    /// The number of the card above it; on `moved`, and nothing at the top.
    pub after_id: Option<u64>,
    /// What it says; nothing for an issue or a pull request.
    pub note: Option<String>,
    /// The issue or pull request in the REST API; nothing for a note.
    pub content_url: Option<String>,
    /// Whether it was put away.
    #[serde(default)]
    pub archived: bool,
    /// Who made it.
    pub creator: Option<User>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The card in the REST API.
    pub url: Option<String>,
    /// Its column in the REST API.
    pub column_url: Option<String>,
    /// Its project in the REST API.
    pub project_url: Option<String>,
}
