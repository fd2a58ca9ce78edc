use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Sha, User};

use crate::code::commit::{Commit, GitUser};
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `push`: a branch or tag was made, moved or deleted.
///
/// GitHub sends none for tags when more than three are pushed at once, and none at all when more
/// than 5000 branches are.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PushEvent {
    /// The whole name of the branch or tag: `refs/heads/...` or `refs/tags/...`.
    pub r#ref: String,
    /// The commit that it was at; [all zeros](Sha::is_zero) if it is new.
    pub before: Sha,
    /// The commit that it is at; [all zeros](Sha::is_zero) if it was deleted.
    pub after: Sha,
    /// Whether it is new.
    #[serde(default)]
    pub created: bool,
    /// Whether it was deleted.
    #[serde(default)]
    pub deleted: bool,
    /// Whether it was moved to a commit that does not descend from the one it was at.
    #[serde(default)]
    pub forced: bool,
    /// The branch that a new one started from, where GitHub knows.
    pub base_ref: Option<String>,
    /// The page that compares before and after.
    pub compare: Option<String>,
    /// The new commits, at most 2048. None on deletion, nor on a tag of a commit that was there.
    #[serde(default, deserialize_with = "items")]
    pub commits: Vec<Commit>,
    /// The commit that it is at; nothing on deletion.
    pub head_commit: Option<Box<Commit>>,
    /// Who pushed, as git knows them.
    pub pusher: Option<GitUser>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who pushed, as GitHub knows them.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

impl PushEvent {
    /// The branch, without `refs/heads/`, if it was one that was pushed.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.r#ref.strip_prefix("refs/heads/")
    }

    /// The tag, without `refs/tags/`, if it was one that was pushed.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.r#ref.strip_prefix("refs/tags/")
    }
}
