use std::fmt;

use hookstead_types::Sha;

/// A pull request in a merge queue, with all that is ahead of it: what is to be checked before it is merged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedMergeGroup {
    /// The number of the pull request.
    pub pull_request: u64,
    /// The branch that it goes to.
    pub base_ref: String,
    /// What it is merged into: the group ahead of it, or the branch.
    pub base_sha: Sha,
    /// The branch that the queue made for it: `gh-readonly-queue/main/pr-7-...`.
    pub head_ref: String,
    /// The merge, which becomes the head of the base once its checks are green.
    pub head_sha: Sha,
}

impl fmt::Display for RecordedMergeGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pull_request, head_ref, head_sha, .. } = self;
        write!(formatter, "#{pull_request} is queued: {head_ref} ({})", head_sha.short())
    }
}
