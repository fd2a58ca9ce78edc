use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::apps::hook::Hook;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `meta`: the hook that sends this was deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MetaEvent {
    /// What happened.
    pub action: MetaAction,
    /// The hook's number.
    pub hook_id: u64,
    /// The hook's settings.
    pub hook: Option<Box<Hook>>,
    /// The repository, for a repository's hook.
    pub repository: Option<Box<Repository>>,
    /// Who deleted it.
    pub sender: Option<User>,
    /// The organization, for an organization's hook.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise, for an enterprise's hook.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a hook.
    pub enum MetaAction {
        /// It was deleted.
        Deleted = "deleted",
    }
}
