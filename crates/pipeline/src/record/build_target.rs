use std::fmt;

use serde::{Deserialize, Serialize};

/// What a build is for: builds of one job and one target share a lane, and the newest replaces the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BuildTarget {
    /// The pull request of this number.
    PullRequest(u64),
    /// The branch of this name, without `refs/heads/`.
    Branch(String),
    /// The tag of this name, without `refs/tags/`.
    Tag(String),
    /// A group of the merge queue, by the name of its branch, without `refs/heads/`.
    MergeGroup(String),
    /// A commit that somebody asked for by its sha or by a name that is none of the above.
    Commit(String),
}

/// Says it to people: `pull request 5`, `branch main`.
impl fmt::Display for BuildTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PullRequest(number) => write!(formatter, "pull request {number}"),
            Self::Branch(name) => write!(formatter, "branch {name}"),
            Self::Tag(name) => write!(formatter, "tag {name}"),
            Self::MergeGroup(name) => write!(formatter, "merge group {name}"),
            Self::Commit(name) => write!(formatter, "commit {name}"),
        }
    }
}
