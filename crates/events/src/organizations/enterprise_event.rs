use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `enterprise`: a setting of the whole server was changed.
///
/// Only GitHub Enterprise Server sends it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct EnterpriseEvent {
    /// What happened.
    pub action: EnterpriseAction,
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
    /// What happened to a server.
    pub enum EnterpriseAction {
        /// Repositories can no longer be opened to readers without an account.
        AnonymousAccessDisabled = "anonymous_access_disabled",
        /// Repositories can be opened to readers without an account.
        AnonymousAccessEnabled = "anonymous_access_enabled",
    }
}
