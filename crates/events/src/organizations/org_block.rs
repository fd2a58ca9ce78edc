use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `org_block`: an organization blocked somebody, or no longer does.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct OrgBlockEvent {
    /// What happened.
    pub action: OrgBlockAction,
    /// Who is or was blocked.
    pub blocked_user: Option<User>,
    /// The repository, where the event belongs to one.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What an organization did about somebody.
    pub enum OrgBlockAction {
        /// It blocked them.
        Blocked = "blocked",
        /// It no longer blocks them.
        Unblocked = "unblocked",
    }
}
