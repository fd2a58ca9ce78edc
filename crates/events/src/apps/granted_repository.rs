use serde::Serialize;

use hookstead_types::{Decode, RepoName};

/// A repository that an App or a token was let in to.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct GrantedRepository {
    /// The repository's number.
    pub id: u64,
    /// The repository's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name without its owner.
    pub name: Option<String>,
    /// The name with its owner, `owner/name`. GitHub's schema allows it to be missing where an App
    /// lost the repository.
    pub full_name: Option<RepoName>,
    /// Whether only some people see it.
    pub private: Option<bool>,
}
