use serde::Serialize;

use hookstead_types::{Decode, Sha};

/// A pull request, as check and workflow events show it: enough to find it.
///
/// GitHub does not list pull requests from forks there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct MinimalPullRequest {
    /// The pull request's number on GitHub.
    pub id: u64,
    /// The pull request's number in its repository.
    pub number: u64,
    /// The pull request in the REST API.
    pub url: Option<String>,
    /// What it wants to merge.
    pub head: Option<MinimalBranch>,
    /// What it wants to merge into.
    pub base: Option<MinimalBranch>,
}

/// A side of a [`MinimalPullRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct MinimalBranch {
    /// The branch, without `refs/heads/`.
    pub r#ref: String,
    /// The commit that it is at.
    pub sha: Sha,
    /// The repository that it is in.
    pub repo: Option<RepositoryReference>,
}

/// Which repository a [`MinimalBranch`] is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryReference {
    /// The repository's number.
    pub id: u64,
    /// The repository in the REST API.
    pub url: Option<String>,
    /// The name without its owner.
    pub name: Option<String>,
}
