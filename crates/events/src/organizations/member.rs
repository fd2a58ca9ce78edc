use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::app::PermissionLevel;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::from_to::FromTo;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `member`: a repository got or lost a collaborator, or one got other permissions.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MemberEvent {
    /// What happened.
    pub action: MemberAction,
    /// The collaborator.
    pub member: Option<User>,
    /// What they may do; on `added` and `edited`.
    pub changes: Option<MemberChanges>,
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
    /// What happened to a repository's collaborator.
    pub enum MemberAction {
        /// They are a collaborator now.
        Added = "added",
        /// What they may do changed.
        Edited = "edited",
        /// They are none any more.
        Removed = "removed",
    }
}

/// What a repository's collaborator may do, and might do before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MemberChanges {
    /// The permission, in GitHub's older words: `maintain` appears as `write`, `triage` as `read`.
    pub permission: Option<FromTo<PermissionLevel>>,
    /// The role: `read`, `triage`, `write`, `maintain`, `admin`, or one that the organization made.
    pub role_name: Option<FromTo<String>>,
    /// The permission before; on `edited`.
    pub old_permission: Option<Change<PermissionLevel>>,
}
