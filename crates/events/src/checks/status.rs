use serde::Serialize;

use hookstead_types::decode::{empty_as_none, items};
use hookstead_types::{Decode, Sha, StatusState, Timestamp, User};

use crate::code::commit::GitUser;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `status`: a commit got a status.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct StatusEvent {
    /// The status's number; old servers do not give it.
    pub id: Option<u64>,
    /// The commit's name.
    pub sha: Sha,
    /// The repository's full name.
    pub name: Option<String>,
    /// What the status is about, `ci/test` for instance. GitHub compares contexts without regard
    /// to case.
    pub context: String,
    /// How it stands.
    pub state: StatusState,
    /// A few words about it.
    pub description: Option<String>,
    /// Where to read more.
    pub target_url: Option<String>,
    /// The picture of who set it.
    pub avatar_url: Option<String>,
    /// When it was set.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The commit.
    pub commit: Option<Box<StatusCommit>>,
    /// The branches that are at the commit.
    #[serde(default, deserialize_with = "items")]
    pub branches: Vec<StatusBranch>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who set the status.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

/// The commit that got a status: what git and GitHub know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct StatusCommit {
    /// The commit's name.
    pub sha: Sha,
    /// The commit's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The commit in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its comments in the REST API.
    pub comments_url: Option<String>,
    /// The account of who wrote it, where GitHub could match one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub author: Option<User>,
    /// The account of who committed it, where GitHub could match one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub committer: Option<User>,
    /// The commits that it is based on.
    #[serde(default, deserialize_with = "items")]
    pub parents: Vec<CommitParent>,
    /// What git knows of it.
    pub commit: Option<GitCommit>,
}

/// A commit that another is based on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CommitParent {
    /// The commit's name.
    pub sha: Sha,
    /// The commit in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}

/// What git knows of a commit.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct GitCommit {
    /// Who wrote it.
    pub author: Option<GitUser>,
    /// Who committed it.
    pub committer: Option<GitUser>,
    /// The whole message.
    #[serde(default)]
    pub message: String,
    /// Its tree.
    pub tree: Option<GitTree>,
    /// The commit in the REST API.
    pub url: Option<String>,
    /// How many comments it has.
    #[serde(default)]
    pub comment_count: u64,
    /// Whether its signature is good.
    pub verification: Option<CommitVerification>,
}

/// The tree of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct GitTree {
    /// The tree's name.
    pub sha: Sha,
    /// The tree in the REST API.
    pub url: Option<String>,
}

/// Whether a commit's signature is good.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CommitVerification {
    /// Whether it is.
    #[serde(default)]
    pub verified: bool,
    /// Why, or why not: `valid`, `unsigned`, ...
    pub reason: Option<String>,
    /// The signature.
    pub signature: Option<String>,
    /// What was signed.
    pub payload: Option<String>,
    /// When GitHub verified it.
    pub verified_at: Option<Timestamp>,
}

/// A branch that is at the commit that got a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct StatusBranch {
    /// The branch, without `refs/heads/`.
    pub name: String,
    /// The commit that it is at.
    pub commit: Option<StatusBranchCommit>,
    /// Whether a rule protects it.
    #[serde(default)]
    pub protected: bool,
}

/// The commit that a [`StatusBranch`] is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct StatusBranchCommit {
    /// The commit's name.
    pub sha: Option<Sha>,
    /// The commit in the REST API.
    pub url: Option<String>,
}
