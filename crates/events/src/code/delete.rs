use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::code::ref_type::{PusherType, RefType};
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `delete`: a branch or tag was deleted.
///
/// GitHub sends none for tags when more than three are deleted at once.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeleteEvent {
    /// The name of the branch or tag, without `refs/heads/` or `refs/tags/`.
    pub r#ref: String,
    /// Whether it was a branch or a tag.
    pub ref_type: RefType,
    /// Who deleted it.
    pub pusher_type: Option<PusherType>,
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
