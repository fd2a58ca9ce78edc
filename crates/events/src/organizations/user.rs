use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `user`: an account was made or deleted.
///
/// Only GitHub Enterprise Server sends it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct UserEvent {
    /// What happened.
    pub action: UserAction,
    /// The account.
    pub user: Option<User>,
    /// The repository, if any.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization, if any.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise, if any.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to an account.
    pub enum UserAction {
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
    }
}
