use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `repository_import`: the import of a repository ended.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryImportEvent {
    /// How it ended.
    pub status: RepositoryImportStatus,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who imports it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// How the import of a repository ended.
    pub enum RepositoryImportStatus {
        /// Well.
        Success = "success",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// Badly.
        Failure = "failure",
    }
}
