use hookstead_types::{Decode, RepoName, Timestamp, User};

use crate::engine::decode::user;
use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

/// A repository, as the API shows it: what reporting and merging need of it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Repository {
    /// Its number. It stays when the repository is renamed.
    pub id: u64,
    /// Its present name: another one than that of the call if it was renamed.
    pub full_name: RepoName,
    /// Who owns it.
    #[serde(default, deserialize_with = "user")]
    pub owner: Option<User>,
    /// Whether only some may see it.
    pub private: Option<bool>,
    /// Whether it is a fork.
    pub fork: Option<bool>,
    /// Whether it is archived: everything in it can be read, and nothing written.
    pub archived: Option<bool>,
    /// Whether GitHub has turned it off.
    pub disabled: Option<bool>,
    /// The branch that everything goes into.
    pub default_branch: Option<String>,
    /// A few words about it.
    pub description: Option<String>,
    /// What the token may do with it; unknown to some tokens.
    pub permissions: Option<RepositoryPermissions>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was pushed to last.
    pub pushed_at: Option<Timestamp>,
    /// Its page.
    pub html_url: Option<String>,
    /// Where to clone it from.
    pub clone_url: Option<String>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

/// What a token may do with a repository, as the API shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct RepositoryPermissions {
    /// Everything.
    #[serde(default)]
    pub admin: bool,
    /// Pushing, which creating statuses and deployments needs as well.
    #[serde(default)]
    pub push: bool,
    /// Reading.
    #[serde(default)]
    pub pull: bool,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&GET];

static GET: Endpoint = Endpoint::get("Repo::get", IN_REPOSITORY, "").permission("*Metadata* read");

impl Repo {
    /// Gets the repository itself.
    ///
    /// Permission: *Metadata* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn get(&self) -> Result<Repository, Error> {
        let call = self.call(&GET, format!("get {}", self.name()), &[])?;
        self.core().send(call).await?.decode()
    }
}
