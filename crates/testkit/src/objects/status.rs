use std::fmt;

use hookstead_types::{Sha, StatusState, Timestamp};

/// A commit status.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedStatus {
    /// The status's number; later ones are greater.
    pub id: u64,
    /// The commit.
    pub sha: Sha,
    /// The state reported.
    pub state: StatusState,
    /// Who reports; statuses of one context supersede each other.
    pub context: String,
    /// The text beside the state.
    pub description: Option<String>,
    /// The link beside the state.
    pub target_url: Option<String>,
    /// The login of the account that reported it.
    pub creator: String,
    /// When it was reported.
    pub created_at: Timestamp,
}

impl fmt::Display for RecordedStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} is {}", self.sha.short(), self.context, self.state)?;
        match &self.description {
            Some(description) => write!(formatter, " ({description})"),
            None => Ok(()),
        }
    }
}
