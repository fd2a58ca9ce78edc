use serde::Serialize;

use hookstead_types::{Decode, Sha, User};

use crate::code::commit::SimpleCommit;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `merge_group`: a merge queue wants to know whether some pull requests can be merged together.
///
/// On `checks_requested`, run the checks on [`head_sha`](MergeGroup::head_sha) and report there.
/// Only Apps get this event.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MergeGroupEvent {
    /// What happened.
    pub action: MergeGroupAction,
    /// The merge group.
    pub merge_group: Box<MergeGroup>,
    /// Why the group is gone; on `destroyed`.
    pub reason: Option<MergeGroupReason>,
    /// The repository; GitHub's schema allows it to be missing.
    pub repository: Option<Box<Repository>>,
    /// Who caused it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a merge group.
    pub enum MergeGroupAction {
        /// It was made and wants its checks.
        ChecksRequested = "checks_requested",
        /// It is gone.
        Destroyed = "destroyed",
    }
}

hookstead_types::open_enum! {
    /// Why a merge group is gone.
    pub enum MergeGroupReason {
        /// It was merged.
        Merged = "merged",
        /// A group before it in the queue is gone.
        Invalidated = "invalidated",
        /// Its pull request left the queue.
        Dequeued = "dequeued",
    }
}

/// Some pull requests of a merge queue, merged on top of their base to be tested together.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MergeGroup {
    /// The commit to test.
    pub head_sha: Sha,
    /// The branch that GitHub made for it, in full:
    /// `refs/heads/gh-readonly-queue/main/pr-104-...` for instance.
    pub head_ref: String,
    /// The commit that it is based on.
    pub base_sha: Sha,
    /// The branch that it wants to merge into, in full: `refs/heads/main` for instance.
    pub base_ref: String,
    /// The commit to test, as git knows it.
    pub head_commit: Option<SimpleCommit>,
}

impl MergeGroup {
    /// The number of the pull request that the group ends with: the last to have joined the queue. The event
    /// does not name it, but the branch that GitHub made does, `.../pr-104-...`.
    #[must_use]
    pub fn pull_request(&self) -> Option<u64> {
        let (_, name) = self.head_ref.rsplit_once('/')?;
        let (number, sha) = name.strip_prefix("pr-")?.split_once('-')?;
        let is_name = self.head_ref.contains("/gh-readonly-queue/") && sha.parse::<Sha>().is_ok();
        // Digits only: a number may be read from `+7`, too.
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        (is_name && is_number).then(|| number.parse().ok()).flatten()
    }
}
