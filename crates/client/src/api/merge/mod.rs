//! Merging: a pull request at once or later, or one branch into another.

pub(crate) mod branch_merge;
pub(crate) mod merge;
pub(crate) mod merge_request;

pub use branch_merge::BranchMergeOutcome;
pub use merge::{MergeOptions, MergeOutcome};
pub use merge_request::{MergeAction, MergeRequest, MergeRequestOutcome, MergeRequestState};
