use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::apps::hook::Hook;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `ping`: a hook was made, or somebody wants to know whether it works.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PingEvent {
    /// A line of GitHub's wisdom.
    pub zen: Option<String>,
    /// The hook's number; GitHub's schema does not require it.
    pub hook_id: Option<u64>,
    /// The hook's settings.
    pub hook: Option<Box<Hook>>,
    /// The repository, for a repository's hook.
    pub repository: Option<Box<Repository>>,
    /// Who made the hook or asked for the ping.
    pub sender: Option<User>,
    /// The organization, for an organization's hook.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise, for an enterprise's hook.
    pub enterprise: Option<Enterprise>,
}
