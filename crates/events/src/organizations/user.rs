use serde::Serialize;

use hookstead_types::Decode;

use crate::{Enterprise, InstallationReference, Organization, Repository, User};

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

crate::open_enum! {
    /// What happened to an account.
    pub enum UserAction {
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
    }
}
