use hookstead_types::RepoName;

use crate::client::Client;
use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;

/// The only place of a call that belongs to a repository.
pub(crate) const IN_REPOSITORY: &[&str] = &[REPOSITORY];

/// Where the paths of a repository's calls begin.
const REPOSITORY: &str = "/repos/{owner}/{repo}";

/// The calls that belong to one repository, from [`Client::repo`].
///
/// It owns what it needs, so it can be kept and moved into tasks; cloning is cheap.
#[derive(Debug, Clone)]
pub struct Repo {
    client: Client,
    name: RepoName,
    is_just_named: bool,
}

impl Client {
    /// The calls that belong to this repository. Nothing is sent yet.
    #[must_use]
    pub fn repo(&self, name: &RepoName) -> Repo {
        Repo { client: self.clone(), name: name.clone(), is_just_named: false }
    }
}

impl Repo {
    /// The repository's name.
    #[must_use]
    pub fn name(&self) -> &RepoName {
        &self.name
    }

    /// The client that makes the calls.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What sends its calls.
    pub(crate) fn core(&self) -> &Core {
        self.client.core()
    }

    /// For calls about something that one of GitHub's events named a moment ago. GitHub's replicas
    /// may not know it yet and answer 404, or 422 for a commit. The calls of what this returns wait and
    /// ask again, a few times; see [`RetryPolicy::just_named`](crate::RetryPolicy::just_named). What is
    /// really missing is therefore reported late.
    ///
    /// ```no_run
    /// # async fn first(repo: hookstead_client::Repo, number: u64)
    /// # -> Result<(), hookstead_client::Error> {
    /// let pull_request = repo.just_named().pull_request(number).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn just_named(&self) -> Self {
        Self { is_just_named: true, ..self.clone() }
    }

    /// A call of this repository. The purpose is to be read after *cannot*; the values fill the braces in
    /// the path.
    pub(crate) fn call(
        &self,
        endpoint: &Endpoint,
        purpose: String,
        values: &[&str],
    ) -> Result<Call, Error> {
        let names = [self.name.owner(), self.name.name()];
        let values = names.iter().chain(values).copied();
        let mut call = Call::of(endpoint, REPOSITORY, purpose, values)?;
        call.is_just_named = self.is_just_named;
        Ok(call)
    }
}
