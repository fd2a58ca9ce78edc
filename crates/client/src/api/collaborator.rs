use hookstead_types::{Decode, User};

use crate::engine::decode::user;
use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

hookstead_types::open_enum! {
    /// What an account may do with a repository. The finer roles count as the level below them: *maintain*
    /// as write, *triage* as read.
    pub enum CollaboratorLevel {
        /// Everything.
        Admin = "admin",
        /// Pushing.
        Write = "write",
        /// Reading.
        Read = "read",
        /// Nothing.
        None = "none",
    }
}

/// What an account may do with a repository, and by which role.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct CollaboratorPermission {
    /// What it comes to.
    pub permission: CollaboratorLevel,
    /// The role: one of GitHub's, such as `maintain` or `triage`, or one of the organization's own.
    pub role_name: Option<String>,
    /// The account.
    #[serde(default, deserialize_with = "user")]
    pub user: Option<User>,
}

impl CollaboratorPermission {
    /// Whether the account may push, or more. A level that this version does not know is no.
    #[must_use]
    pub fn may_write(&self) -> bool {
        matches!(self.permission, CollaboratorLevel::Admin | CollaboratorLevel::Write)
    }
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&GET];

static GET: Endpoint =
    Endpoint::get("Repo::permission_of", IN_REPOSITORY, "/collaborators/{username}/permission")
        .permission("*Metadata* read");

impl Repo {
    /// Gets what an account may do with the repository. Ask this before you obey somebody's comment:
    /// everybody can comment, and on a public repository everybody has
    /// [read](CollaboratorLevel::Read).
    ///
    /// ```no_run
    /// # async fn obey(repo: hookstead_client::Repo, login: &str) -> Result<(), hookstead_client::Error> {
    /// if repo.permission_of(login).await?.may_write() {
    ///     println!("{login} may deploy");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Permission: *Metadata* read; a personal token's owner must be able to push.
    ///
    /// # Errors
    ///
    /// Fails when there is no such account (404) or the call fails on the way, see [`Error`].
    pub async fn permission_of(&self, login: &str) -> Result<CollaboratorPermission, Error> {
        let purpose = format!("get what {login} may do in {}", self.name());
        let call = self.call(&GET, purpose, &[login])?;
        self.core().send(call).await?.decode()
    }
}
