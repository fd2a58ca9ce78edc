use std::collections::BTreeMap;
use std::time::Duration;

use hookstead_types::decode::entries;
use hookstead_types::{Decode, Timestamp};
use http::Method;
use serde::{Deserialize, Deserializer, Serialize};

use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::identity::token::Token;

/// A token of an App's installation to be created. By default it may do what the App may. One that is given
/// away, to a build say, should be limited to what is done with it.
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

const INSTALLATION: &str = "/app/installations/{installation_id}";

/// The call that creates one.
pub(crate) static CREATE: Endpoint = Endpoint::write(
    "Client::create_installation_token",
    Method::POST,
    &[INSTALLATION],
    "/access_tokens",
)
.permission("none; an App's JWT")
.repeated(Repetition::Harmless, "an unused one ends by itself");

/// Creates a token. Returns with it how long it is good by GitHub's own clock.
pub(crate) async fn create(
    core: &Core,
    installation_id: u64,
    wish: &NewInstallationToken,
) -> Result<(InstallationToken, Duration), Error> {
    let purpose = format!("create a token for installation {installation_id}");
    let id = installation_id.to_string();
    let call = Call::of(&CREATE, INSTALLATION, purpose, [&*id])?.json(wish)?.unpaced();
    let answer = core.send(call).await?;
    let token: InstallationToken = answer.decode()?;
    let lifetime = answer.time_until(&token.expires_at);
    Ok((token, lifetime))
}
