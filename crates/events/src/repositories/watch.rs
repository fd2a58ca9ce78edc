use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `watch`: somebody starred the repository. (It has nothing to do with what GitHub calls watching
/// today; see also [`StarEvent`](crate::StarEvent), which tells of stars taken back as well.)
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct WatchEvent {
    /// What happened.
    pub action: WatchAction,
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
    /// What happened to a star.
    pub enum WatchAction {
        /// It was given.
        Started = "started",
    }
}
