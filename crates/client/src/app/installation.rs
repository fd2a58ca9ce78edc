use std::collections::BTreeMap;
use std::time::Duration;

use hookstead_types::decode::entries;
use hookstead_types::{Decode, Timestamp, User};
use http::Method;
use serde::{Deserialize, Deserializer, Serialize};

use crate::client::Client;
use crate::engine::call::Call;
use crate::engine::decode::user;
use crate::engine::error::Error;
use crate::identity::token::Token;
use crate::repo::Repo;

/// A GitHub App in an account.
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

/// A token of an App's installation to be created. By default it may do what the App may.
///
/// ```
/// use hookstead_client::NewInstallationToken;
///
/// let token = NewInstallationToken::new().repositories(["hello-world"]).permission("statuses", "write");
/// # let _ = token;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NewInstallationToken {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repositories: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repository_ids: Vec<u64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    permissions: BTreeMap<String, String>,
}

impl NewInstallationToken {
    /// For everything that the App may do.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only for these repositories of the account, by their names without the owner; 500 at most.
    #[must_use]
    pub fn repositories(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.repositories = names.into_iter().map(Into::into).collect();
        self
    }

    /// Only for these repositories, by their numbers; 500 at most.
    #[must_use]
    pub fn repository_ids(mut self, ids: impl IntoIterator<Item = u64>) -> Self {
        self.repository_ids = ids.into_iter().collect();
        self
    }

    /// Only with the permissions that are named so: `statuses` and `write`, for instance.
    #[must_use]
    pub fn permission(mut self, name: impl Into<String>, level: impl Into<String>) -> Self {
        self.permissions.insert(name.into(), level.into());
        self
    }
}

/// A token of an App's installation.
#[derive(Debug, Clone, Decode)]
#[non_exhaustive]
pub struct InstallationToken {
    /// The token itself.
    #[serde(deserialize_with = "token")]
    pub token: Token,
    /// When it ceases to be good: after an hour.
    pub expires_at: Timestamp,
    /// What it may do.
    #[serde(default, deserialize_with = "entries")]
    pub permissions: BTreeMap<String, String>,
    /// `all` repositories of the account, or `selected` ones.
    pub repository_selection: Option<String>,
}

fn token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Token, D::Error> {
    Token::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

impl Repo {
    /// Gets the installation of the App that covers this repository. Only for a client with an App's
    /// own key.
    ///
    /// Permission: none; an App's JWT.
    ///
    /// # Errors
    ///
    /// Fails when the App is not installed there (404) or the call fails on the way, see [`Error`].
    pub async fn installation(&self) -> Result<Installation, Error> {
        let purpose = format!("get the installation of {}", self.name());
        self.client().send(self.call(Method::GET, purpose, &["installation"])?).await?.decode()
    }
}

impl Client {
    /// Creates a token of an App's installation, to be given to somebody else, such as a build. Only
    /// for a client with an App's own key. For this program's own calls there is
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
        self.lend_installation_token(installation_id, wish).await.map(|(token, _)| token)
    }

    /// The token, and how long it is good by GitHub's own clock.
    pub(crate) async fn lend_installation_token(
        &self,
        installation_id: u64,
        wish: &NewInstallationToken,
    ) -> Result<(InstallationToken, Duration), Error> {
        let purpose = format!("create a token for installation {installation_id}");
        let path = ["app", "installations", &installation_id.to_string(), "access_tokens"];
        let call = Call::new(Method::POST, purpose, &path)?.json(wish)?.harmless().unpaced();
        let answer = self.send(call).await?;
        let token: InstallationToken = answer.decode()?;
        let lifetime = answer.time_until(&token.expires_at);
        Ok((token, lifetime))
    }
}
