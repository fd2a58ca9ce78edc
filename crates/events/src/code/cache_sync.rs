use serde::Serialize;

use hookstead_types::{Decode, Sha, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `cache_sync`: a cache of a repository has caught up with a change of a branch or tag.
///
/// Only GitHub Enterprise Server sends it, where repositories are cached near to those who read them.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CacheSyncEvent {
    /// Where the cache is.
    pub cache_location: Option<String>,
    /// The whole name of the branch or tag: `refs/heads/...` or `refs/tags/...`.
    pub r#ref: String,
    /// The commit that it was at; [all zeros](Sha::is_zero) if it is new.
    pub before: Sha,
    /// The commit that it is at; [all zeros](Sha::is_zero) if it was deleted.
    pub after: Sha,
    /// The repository.
    pub repository: Option<Box<Repository>>,
    /// Who caused it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}
