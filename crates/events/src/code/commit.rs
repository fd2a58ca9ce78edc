use serde::Serialize;

use hookstead_types::{Decode, Sha, Timestamp};

/// A commit in a push, as the event shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Commit {
    /// The commit's name.
    pub id: Sha,
    /// The name of its tree.
    pub tree_id: Option<Sha>,
    /// Whether no other branch had this commit before.
    #[serde(default)]
    pub distinct: bool,
    /// The whole message.
    #[serde(default)]
    pub message: String,
    /// When it was committed, in the committer's time zone.
    pub timestamp: Option<Timestamp>,
    /// The commit's page.
    pub url: Option<String>,
    /// Who wrote it.
    pub author: Option<GitUser>,
    /// Who committed it.
    pub committer: Option<GitUser>,
    /// The files that it adds. Of all three lists GitHub sends at most 3000 files.
    #[serde(default)]
    pub added: Vec<String>,
    /// The files that it removes.
    #[serde(default)]
    pub removed: Vec<String>,
    /// The files that it changes.
    #[serde(default)]
    pub modified: Vec<String>,
}

impl Commit {
    /// A commit with this name and message and nothing else, for tests and samples.
    #[must_use]
    pub fn new(id: Sha, message: impl Into<String>) -> Self {
        Self {
            id,
            tree_id: None,
            distinct: true,
            message: message.into(),
            timestamp: None,
            url: None,
            author: None,
            committer: None,
            added: Vec::new(),
            removed: Vec::new(),
            modified: Vec::new(),
        }
    }
}

/// A commit beside a check suite or a workflow run: what git knows of it, without the files.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SimpleCommit {
    /// The commit's name.
    pub id: Sha,
    /// The name of its tree.
    pub tree_id: Option<Sha>,
    /// The whole message.
    #[serde(default)]
    pub message: String,
    /// When it was committed.
    pub timestamp: Option<Timestamp>,
    /// Who wrote it.
    pub author: Option<GitUser>,
    /// Who committed it.
    pub committer: Option<GitUser>,
}

/// Somebody as git knows them: a name and an address, not necessarily an account.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct GitUser {
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// When they authored or committed.
    pub date: Option<Timestamp>,
    /// The login of their account, where GitHub could match one.
    pub username: Option<String>,
}
