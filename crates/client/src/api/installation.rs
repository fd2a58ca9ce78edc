use std::collections::BTreeMap;

use hookstead_types::decode::entries;
use hookstead_types::{Decode, Timestamp, User};

use crate::app::installation_token::{CREATE, InstallationToken, NewInstallationToken, create};
use crate::client::Client;
use crate::engine::decode::user;
use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

/// A GitHub App in an account, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Installation {
    /// Its number, as in `installation.id` of the App's events.
    pub id: u64,
    /// The App's number.
    pub app_id: Option<u64>,
    /// The App's name in URLs.
    pub app_slug: Option<String>,
    /// The account; `None` for an enterprise, which is no user.
    #[serde(default, deserialize_with = "user")]
    pub account: Option<User>,
    /// `all` repositories of the account, or `selected` ones.
    pub repository_selection: Option<String>,
    /// What the App may do: `statuses` maps to `write`, for instance.
    #[serde(default, deserialize_with = "entries")]
    pub permissions: BTreeMap<String, String>,
    /// The events that the App is told.
    #[serde(default)]
    pub events: Vec<String>,
    /// Since when somebody has suspended it.
    pub suspended_at: Option<Timestamp>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&GET, &CREATE];

static GET: Endpoint = Endpoint::get("Repo::installation", IN_REPOSITORY, "/installation")
    .permission("none; an App's JWT");

impl Repo {
    /// Gets the installation of the App that covers this repository. The client has to have
    /// the App's own key.
    ///
    /// Permission: none; an App's JWT.
    ///
    /// # Errors
    ///
    /// Fails when the App is not installed there (404) or the call fails on the way, see [`Error`].
    pub async fn installation(&self) -> Result<Installation, Error> {
        let purpose = format!("get the installation of {}", self.name());
        self.core().send(self.call(&GET, purpose, &[])?).await?.decode()
    }
}

impl Client {
    /// Creates a token of an App's installation, to be given to somebody else, such as a build. The
    /// client has to have the App's own key. For this program's own calls there is
    #[cfg_attr(feature = "app", doc = "[`for_installation`](Self::for_installation).")]
    #[cfg_attr(not(feature = "app"), doc = "`for_installation`, with the feature `app`.")]
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes; an unused token ends by itself.
    ///
    /// For some seconds some of GitHub's servers do not know it yet and answer 401 to it, at times 403. Whoever
    /// uses it then should wait and use the same one again.
    ///
    /// Permission: none; an App's JWT.
    ///
    /// # Errors
    ///
    /// Fails when there is no such installation (404), it lacks a permission or repository that was
    /// asked for (422), or the call fails on the way, see [`Error`].
    pub async fn create_installation_token(
        &self,
        installation_id: u64,
        wish: &NewInstallationToken,
    ) -> Result<InstallationToken, Error> {
        create(self.core(), installation_id, wish).await.map(|(token, _)| token)
    }
}
