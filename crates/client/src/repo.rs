use hookstead_types::RepoName;
use http::Method;

use crate::call::Call;
use crate::{Client, Error};

/// The most items that GitHub puts on a page. Asking for as many makes the fewest calls.
pub(crate) const ITEMS_PER_PAGE: &str = "100";

/// The calls that belong to one repository, from [`Client::repo`].
///
/// It owns what it needs, so it can be kept and moved into tasks; cloning is cheap.
#[derive(Debug, Clone)]
pub struct Repo {
    client: Client,
    name: RepoName,
}

impl Repo {
    pub(crate) fn new(client: Client, name: RepoName) -> Self {
        Self { client, name }
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

    /// A call to the path `/repos/OWNER/NAME/...`. The purpose is to be read after *cannot*.
    pub(crate) fn call(
        &self,
        method: Method,
        purpose: String,
        segments: &[&str],
    ) -> Result<Call, Error> {
        let mut path = vec!["repos", self.name.owner(), self.name.name()];
        path.extend_from_slice(segments);
        Call::new(method, purpose, &path)
    }
}
