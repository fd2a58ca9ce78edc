use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::issues::milestone::Milestone;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `milestone`: something happened to a milestone. For the issues and pull requests that it gets
/// and loses, see the events of these.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MilestoneEvent {
    /// What happened.
    pub action: MilestoneAction,
    /// The milestone, as it is now.
    pub milestone: Box<Milestone>,
    /// What was edited, as it was before; on `edited`.
    pub changes: Option<MilestoneChanges>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a milestone.
    pub enum MilestoneAction {
        /// It was closed.
        Closed = "closed",
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed.
        Edited = "edited",
        /// It was opened again.
        Opened = "opened",
    }
}

/// What was edited in a milestone, as it was before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MilestoneChanges {
    /// The name.
    pub title: Option<Change<String>>,
    /// What it was for.
    pub description: Option<Change<String>>,
    /// When it was due.
    pub due_on: Option<Change<Timestamp>>,
}
