use hookstead_types::{Sha, Timestamp};

use super::merge::MergeMethod;

/// The wish to have a pull request merged, which GitHub carries out in its own time.
#[derive(Debug, Clone)]
pub(crate) struct MergeRequest {
    pub(crate) uuid: String,
    pub(crate) number: u64,
    pub(crate) wish: MergeWish,
    pub(crate) state: MergeRequestState,
    pub(in crate::state) requested_at: Timestamp,
    pub(in crate::state) by: String,
    /// Whether somebody has asked what became of it.
    pub(in crate::state) asked: bool,
}

/// How it is to be merged.
#[derive(Debug, Clone)]
pub(crate) struct MergeWish {
    /// As the repository prefers if there is none, which here is a merge commit.
    pub(crate) method: Option<MergeMethod>,
    /// `default`, `direct_merge` or `merge_queue`.
    pub(crate) action: String,
    pub(crate) expected_head: Sha,
    pub(crate) message: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum MergeRequestState {
    Pending,
    Merged(Sha),
    Enqueued,
    Failed(String),
}
