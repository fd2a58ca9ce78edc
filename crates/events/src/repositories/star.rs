use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `star`: somebody starred the repository, or took the star back.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct StarEvent {
    /// What happened.
    pub action: StarAction,
    /// When it was starred; nothing on `deleted`.
    pub starred_at: Option<Timestamp>,
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
    /// What happened to a star.
    pub enum StarAction {
        /// It was given.
        Created = "created",
        /// It was taken back.
        Deleted = "deleted",
    }
}
