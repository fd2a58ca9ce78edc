use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `repository`: a repository was made, renamed, moved, archived or deleted, or its settings
/// changed.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryEvent {
    /// What happened.
    pub action: RepositoryAction,
    /// What changed, as it was before; on `edited`, `renamed` and `transferred`.
    pub changes: Option<Box<RepositoryChanges>>,
    /// The repository, as it is now; on `deleted`, as it was. The schemas of Enterprise Server do not
    /// require it on `anonymous_access_...`.
    pub repository: Option<Box<Repository>>,
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
    /// What happened to a repository.
    pub enum RepositoryAction {
        /// Nobody can read it any more without an account; on GitHub Enterprise Server only.
        AnonymousAccessDisabled = "anonymous_access_disabled",
        /// Everybody can read it without an account; on GitHub Enterprise Server only.
        AnonymousAccessEnabled = "anonymous_access_enabled",
        /// Nobody can change it any more.
        Archived = "archived",
        /// It was made.
        Created = "created",
        /// It was deleted. Neither its own hooks nor Apps get this.
        Deleted = "deleted",
        /// Its description, homepage, default branch or topics changed.
        Edited = "edited",
        /// It became private.
        Privatized = "privatized",
        /// It became public.
        Publicized = "publicized",
        /// It got another name.
        Renamed = "renamed",
        /// It got another owner.
        Transferred = "transferred",
        /// It can be changed again.
        Unarchived = "unarchived",
    }
}

/// What changed about a repository, as it was before. Only what changed is there.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryChanges {
    /// The default branch; on `edited`.
    pub default_branch: Option<Change<String>>,
    /// The description; on `edited`.
    pub description: Option<Change<String>>,
    /// The project's own site; on `edited`.
    pub homepage: Option<Change<String>>,
    /// What it is about; on `edited`.
    #[serde(deserialize_with = "crate::shared::change::of_list")]
    pub topics: Option<Change<Vec<String>>>,
    /// The name; on `renamed`.
    pub repository: Option<RepositoryNameChange>,
    /// The owner; on `transferred`.
    pub owner: Option<Change<RepositoryOwner>>,
}

/// How a repository was called before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryNameChange {
    /// The name without its owner.
    pub name: Option<Change<String>>,
}

/// Who owned a repository before it was transferred: a person or an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryOwner {
    /// The person.
    pub user: Option<User>,
    /// The organization.
    pub organization: Option<Organization>,
}
