use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, User};

use crate::apps::granted_repository::GrantedRepository;
use crate::apps::installation::Installation;
use crate::shared::enterprise::Enterprise;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `installation`: an App was installed, removed, suspended or given other permissions. Every App
/// gets it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct InstallationEvent {
    /// What happened.
    pub action: InstallationAction,
    /// The installation.
    pub installation: Box<Installation>,
    /// The repositories that the App sees, where GitHub lists them.
    #[serde(default, deserialize_with = "items")]
    pub repositories: Vec<GrantedRepository>,
    /// Who asked for the App to be installed, where somebody else had to allow it.
    pub requester: Option<User>,
    /// The repository, where the event belongs to one.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization, where the App is installed on one.
    pub organization: Option<Organization>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to an App's installation.
    pub enum InstallationAction {
        /// The App was installed.
        Created = "created",
        /// It was removed.
        Deleted = "deleted",
        /// It was given the permissions that it asked for.
        NewPermissionsAccepted = "new_permissions_accepted",
        /// It was suspended: it can do nothing until that ends.
        Suspend = "suspend",
        /// Its suspension ended.
        Unsuspend = "unsuspend",
    }
}
