use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::organizations::team::{Team, TeamPrivacy};
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `team`: a team was made, changed or deleted, or got or lost a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct TeamEvent {
    /// What happened.
    pub action: TeamAction,
    /// The team, as it is now.
    pub team: Box<Team>,
    /// What changed, as it was before; on `edited`.
    pub changes: Option<Box<TeamChanges>>,
    /// The repository; on `added_to_repository`, `removed_from_repository`, and on `edited` where
    /// what the team may do in it changed.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the team belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a team.
    pub enum TeamAction {
        /// It was let in to a repository.
        AddedToRepository = "added_to_repository",
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed, or what it may do in a repository.
        Edited = "edited",
        /// It was shut out of a repository.
        RemovedFromRepository = "removed_from_repository",
    }
}

/// What changed about a team, as it was before. Only what changed is there.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct TeamChanges {
    /// The name.
    pub name: Option<Change<String>>,
    /// The description.
    pub description: Option<Change<String>>,
    /// Who saw the team.
    pub privacy: Option<Change<TeamPrivacy>>,
    /// Whether a mention of the team notified its members.
    pub notification_setting: Option<Change<String>>,
    /// What the team might do in a repository.
    pub repository: Option<TeamRepositoryChange>,
}

/// How a team stood to a repository before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct TeamRepositoryChange {
    /// What it might do.
    pub permissions: Option<Change<TeamRepositoryPermissions>>,
}

/// What a team might do in a repository before. Only what changed is there.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct TeamRepositoryPermissions {
    /// Everything.
    pub admin: Option<bool>,
    /// Pushing to it.
    pub push: Option<bool>,
    /// Reading it.
    pub pull: Option<bool>,
}
