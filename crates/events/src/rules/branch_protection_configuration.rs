use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `branch_protection_configuration`: all branch protections of a repository were switched on or
/// off.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct BranchProtectionConfigurationEvent {
    /// What happened.
    pub action: BranchProtectionConfigurationAction,
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
    /// What happened to a repository's branch protections.
    pub enum BranchProtectionConfigurationAction {
        /// All of them are off.
        Disabled = "disabled",
        /// They are on again.
        Enabled = "enabled",
    }
}
