use hookstead_types::{Decode, Sha, Timestamp, User};

use crate::api::code::commit_filter::CommitFilter;
use crate::engine::decode::user;
use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A commit, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Commit {
    /// Its name.
    pub sha: Sha,
    /// What git knows of it.
    #[serde(rename = "commit")]
    pub git: Option<CommitDetails>,
    /// The account of who wrote it; `None` if the address in it is no account's.
    #[serde(default, deserialize_with = "user")]
    pub author: Option<User>,
    /// The account of who committed it, by the same rule.
    #[serde(default, deserialize_with = "user")]
    pub committer: Option<User>,
    /// The commits before it: one, or several for a merge, or none for the first.
    #[serde(default)]
    pub parents: Vec<ObjectName>,
    /// The files that it changes, of those at most 300; in a commit that was [asked for](Repo::commit)
    /// only.
    #[serde(default)]
    pub files: Vec<ChangedFile>,
    /// Its page.
    pub html_url: Option<String>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

impl Commit {
    /// The whole message; empty if it has none.
    #[must_use]
    pub fn message(&self) -> &str {
        self.git.as_ref().map(|git| git.message.as_str()).unwrap_or_default()
    }

    /// The name of its tree, which [`Repo::tree`] lists.
    #[must_use]
    pub fn tree(&self) -> Option<&Sha> {
        Some(&self.git.as_ref()?.tree.as_ref()?.sha)
    }
}

/// What git knows of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct CommitDetails {
    /// The whole message.
    #[serde(default)]
    pub message: String,
    /// The tree: all files as they are with it.
    pub tree: Option<ObjectName>,
    /// Who wrote it, and when.
    pub author: Option<CommitPerson>,
    /// Who committed it, and when.
    pub committer: Option<CommitPerson>,
}

/// Somebody as git knows them, and when they did something. It is not checked: whoever makes a commit
/// writes what they like.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct CommitPerson {
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// When that was.
    pub date: Option<Timestamp>,
}

/// The name of something in git.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct ObjectName {
    /// The name.
    pub sha: Sha,
}

hookstead_types::open_enum! {
    /// What became of a file.
    pub enum FileChange {
        /// It is new.
        Added = "added",
        /// It is gone.
        Removed = "removed",
        /// Its contents are others.
        Modified = "modified",
        /// It has another path.
        Renamed = "renamed",
        /// It is a copy of another.
        Copied = "copied",
        /// Something else of it changed, such as its mode.
        Changed = "changed",
        /// Nothing.
        Unchanged = "unchanged",
    }
}

/// A file that a commit, or a range of commits, changes.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct ChangedFile {
    /// Its path.
    pub filename: String,
    /// What became of it.
    pub status: Option<FileChange>,
    /// Its path before, if it was renamed.
    pub previous_filename: Option<String>,
    /// How many lines are new.
    pub additions: Option<u64>,
    /// How many lines are gone.
    pub deletions: Option<u64>,
    /// The difference, line by line; not for what is binary or too long.
    pub patch: Option<String>,
    /// The name of its contents.
    pub sha: Option<Sha>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&GET, &LIST];

static GET: Endpoint =
    Endpoint::get("Repo::commit", IN_REPOSITORY, "/commits/{ref}").permission("*Contents* read");

static LIST: Endpoint =
    Endpoint::get("Repo::commits", IN_REPOSITORY, "/commits").permission("*Contents* read");

impl Repo {
    /// Gets a commit: by its sha, or the last one of a branch (`main` or `heads/main`) or a tag
    /// (`tags/v1`).
    ///
    /// Permission: *Contents* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (422, or 404 for a ref), when the repository is empty (409), or the call
    /// fails on the way, see [`Error`].
    pub async fn commit(&self, git_ref: impl AsRef<str>) -> Result<Commit, Error> {
        let git_ref = git_ref.as_ref();
        let purpose = format!("get the commit {git_ref} of {}", self.name());
        self.core().send(self.call(&GET, purpose, &[git_ref])?).await?.decode()
    }

    /// Lists commits, the newest first.
    ///
    /// ```no_run
    /// # async fn list(repo: hookstead_client::Repo) -> Result<(), hookstead_client::Error> {
    /// use hookstead_client::CommitFilter;
    ///
    /// for commit in repo.commits(&CommitFilter::new().git_ref("release").path("docs")).await? {
    ///     println!("{} {}", commit.sha.short(), commit.message());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Permission: *Contents* read.
    ///
    /// # Errors
    ///
    /// Fails when the branch is unknown (404), when the repository is empty (409), or the call fails on
    /// the way, see [`Error`].
    pub async fn commits(&self, filter: &CommitFilter) -> Result<Page<Commit>, Error> {
        let purpose = format!("list the commits of {}", self.name());
        let mut call = self.call(&LIST, purpose, &[])?;
        for (name, value) in filter.parameters() {
            call = call.query(name, value);
        }
        self.core().send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }
}
