use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::code::ref_type::{PusherType, RefType};
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `create`: a branch or tag was made.
///
/// GitHub sends none for tags when more than three are made at once.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CreateEvent {
    /// The name of the branch or tag, without `refs/heads/` or `refs/tags/`.
    pub r#ref: String,
    /// Whether it is a branch or a tag.
    pub ref_type: RefType,
    /// The repository's default branch.
    pub master_branch: Option<String>,
    /// What the repository says about itself.
    pub description: Option<String>,
    /// Who pushed it.
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
