use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `deploy_key`: a repository got or lost a deploy key.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeployKeyEvent {
    /// What happened.
    pub action: DeployKeyAction,
    /// The key.
    pub key: Box<DeployKey>,
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
    /// What happened to a deploy key.
    pub enum DeployKeyAction {
        /// It was added.
        Created = "created",
        /// It was removed.
        Deleted = "deleted",
    }
}

/// A deploy key: a public SSH key that opens one repository.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeployKey {
    /// The key's number.
    pub id: u64,
    /// The name for people.
    pub title: Option<String>,
    /// The public key.
    pub key: Option<String>,
    /// Whether it only reads.
    #[serde(default)]
    pub read_only: bool,
    /// Whether GitHub verified it.
    #[serde(default)]
    pub verified: bool,
    /// Whether it opens anything at present.
    pub enabled: Option<bool>,
    /// The login of who added it.
    pub added_by: Option<String>,
    /// When it was added.
    pub created_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used: Option<Timestamp>,
    /// The key in the REST API.
    pub url: Option<String>,
}
