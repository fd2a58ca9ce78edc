use std::fmt;

use hookstead_types::{Sha, Timestamp};

/// A review of a pull request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedReview {
    /// The review's number.
    pub id: u64,
    /// The number of the pull request.
    pub pull_request: u64,
    /// What it comes to: `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`.
    pub state: String,
    /// What it says.
    pub body: String,
    /// The login of the account that reviewed.
    pub author: String,
    /// The commit that was reviewed: the head of that moment.
    pub sha: Sha,
    /// When it was submitted.
    pub submitted_at: Timestamp,
}

impl fmt::Display for RecordedReview {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pull_request, author, state, .. } = self;
        write!(formatter, "{author} on #{pull_request}: {state}")
    }
}
