use hookstead_types::RepoName;
use http::Method;

use crate::client::Client;
use crate::engine::call::Call;
use crate::engine::error::Error;

/// The most items that GitHub puts on a page. Asking for as many makes the fewest calls.
pub(crate) const ITEMS_PER_PAGE: &str = "100";

/// The calls that belong to one repository, from [`Client::repo`].
///
/// It owns what it needs, so it can be kept and moved into tasks; cloning is cheap.
#[derive(Debug, Clone)]
pub struct Repo {
    client: Client,
    name: RepoName,
    is_just_named: bool,
}

impl Repo {
    pub(crate) fn new(client: Client, name: RepoName) -> Self {
        Self { client, name, is_just_named: false }
    }

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

    /// A call to the path `/repos/OWNER/NAME/...`. The purpose is to be read after *cannot*.
    pub(crate) fn call(
        &self,
        method: Method,
        purpose: String,
        segments: &[&str],
    ) -> Result<Call, Error> {
        let mut path = vec!["repos", self.name.owner(), self.name.name()];
        path.extend_from_slice(segments);
        let mut call = Call::new(method, purpose, &path)?;
        call.is_just_named = self.is_just_named;
        Ok(call)
    }
}
