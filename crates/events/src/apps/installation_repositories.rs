use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, User};

use crate::apps::granted_repository::GrantedRepository;
use crate::apps::installation::{Installation, RepositorySelection};
use crate::shared::enterprise::Enterprise;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `installation_repositories`: an App was let in to repositories, or shut out. Every App gets it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct InstallationRepositoriesEvent {
    /// What happened.
    pub action: InstallationRepositoriesAction,
    /// The installation.
    pub installation: Box<Installation>,
    /// Which of the account's repositories the App sees now.
    pub repository_selection: Option<RepositorySelection>,
    /// The repositories that the App sees from now on.
    #[serde(default, deserialize_with = "items")]
    pub repositories_added: Vec<GrantedRepository>,
    /// The repositories that it sees no more.
    #[serde(default, deserialize_with = "items")]
    pub repositories_removed: Vec<GrantedRepository>,
    /// Who asked for it, where somebody else had to allow it.
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
    /// What happened to the repositories of an App's installation.
    pub enum InstallationRepositoriesAction {
        /// Some were added.
        Added = "added",
        /// Some were removed.
        Removed = "removed",
    }
}
