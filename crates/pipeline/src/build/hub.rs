use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::fmt;
use std::time::Duration;

use hookstead::client::{
    AppKey, Client, Error as ClientError, GitCredential, NewInstallationToken, RateLimitLeft,
    RateLimitPolicy, Repo, Token,
};
use hookstead::types::RepoName;
use tokio::sync::Mutex;
use url::Url;

use crate::config::{Config, Credentials};

/// GitHub, as the config says who we are there.
#[derive(Debug)]
pub struct Hub {
    client: Client,
    github: Url,
    identity: Identity,
}

#[derive(Debug)]
enum Identity {
    Person(Token),
    /// The installations that cover the repositories, once they were asked for.
    App(Mutex<HashMap<RepoName, u64>>),
}

/// GitHub's own servers want a second between writes. An Enterprise Server has no limits unless its owner sets some, and
/// then it says when to come back; so a server that builds much is not held up there.
fn rate_limits(api: &Url) -> RateLimitPolicy {
    let host = api.host_str().unwrap_or_default();
    let is_github_s = host == "api.github.com" || host.ends_with(".ghe.com");
    match is_github_s {
        true => RateLimitPolicy::new(),
        false => RateLimitPolicy::new().write_interval(Hub::ENTERPRISE_INTERVAL),
    }
}

/// Why there is no [`Hub`]: a secret that cannot be read, or an address that cannot be used. It shows no secret.
#[derive(Debug)]
pub struct HubError(Box<dyn Error + Send + Sync>);

impl fmt::Display for HubError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("cannot act at GitHub as the config says")
    }
}

impl Error for HubError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}

impl Hub {
    /// 20 ms between writes to an Enterprise Server, after a burst: fifty a second.
    pub const ENTERPRISE_INTERVAL: Duration = Duration::from_millis(20);

    /// Reads the secrets that the config names. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Fails when a secret cannot be read or is none.
    pub fn new(config: &Config) -> Result<Self, HubError> {
        Self::of(config).map_err(HubError)
    }

    fn of(config: &Config) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let builder = |credentials: hookstead::client::Credentials| {
            Client::builder(credentials)
                .base_url(config.github_api.as_str().trim_end_matches('/'))
                .rate_limits(rate_limits(&config.github_api))
        };
        let (client, identity) = match &config.credentials {
            Credentials::Token(source) => {
                let token = Token::new(source.read()?.expose())
                    .map_err(|error| format!("`token`: {error}"))?;
                (builder(token.clone().into()).build()?, Identity::Person(token))
            }
            Credentials::App { id, key } => {
                let key = AppKey::from_pem(id.to_string(), key.read_key()?.expose())
                    .map_err(|error| format!("`app.key`: {error}"))?;
                (builder(key.into()).build()?, Identity::App(Mutex::default()))
            }
        };
        Ok(Self { client, github: config.github.clone(), identity })
    }

    /// A repository, as whoever we are there.
    ///
    /// # Errors
    ///
    /// Fails when the App is not installed there, and when GitHub cannot be asked.
    pub async fn repo(&self, name: &RepoName) -> Result<Repo, ClientError> {
        match &self.identity {
            Identity::Person(_) => Ok(self.client.repo(name)),
            Identity::App(known) => {
                let id = self.installation(known, name).await?;
                Ok(self.client.for_installation(id).repo(name))
            }
        }
    }

    /// What git fetches with: for an App a token that can read this one repository and nothing else.
    ///
    /// # Errors
    ///
    /// Fails as [`repo`](Self::repo) does.
    pub async fn git_credential(&self, name: &RepoName) -> Result<GitCredential, ClientError> {
        match &self.identity {
            Identity::Person(token) => Ok(self.client.git_credential(token)),
            Identity::App(known) => {
                let id = self.installation(known, name).await?;
                let wish = NewInstallationToken::new().repositories([name.name()]);
                let wish = wish.permission("contents", "read");
                let made = self.client.create_installation_token(id, &wish).await?;
                Ok(self.client.git_credential(&made.token))
            }
        }
    }

    /// What GitHub leaves of our rate limits, as it said last; for an App of each installation's. Nothing is sent.
    #[must_use]
    pub fn rate_limits_left(&self) -> Vec<RateLimitLeft> {
        match &self.identity {
            Identity::Person(_) => self.client.rate_limits_left(),
            // While an installation is asked for, the others are not known either.
            Identity::App(known) => {
                let known: BTreeSet<u64> =
                    known.try_lock().map(|it| it.values().copied().collect()).unwrap_or_default();
                known
                    .into_iter()
                    .flat_map(|id| self.client.for_installation(id).rate_limits_left())
                    .collect()
            }
        }
    }

    /// Where git finds the repository.
    #[must_use]
    pub fn clone_url(&self, name: &RepoName) -> String {
        format!("{}/{name}.git", self.github.as_str().trim_end_matches('/'))
    }

    /// Whether git fetches unencrypted: from a server on this machine.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.github.scheme() == "http"
    }

    async fn installation(
        &self,
        known: &Mutex<HashMap<RepoName, u64>>,
        name: &RepoName,
    ) -> Result<u64, ClientError> {
        let mut known = known.lock().await;
        if let Some(id) = known.get(name) {
            return Ok(*id);
        }
        let id = self.client.repo(name).installation().await?.id;
        known.insert(name.clone(), id);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_github_s_own_servers_want_a_second_between_writes() {
        for (api, is_slow) in [
            ("https://api.github.com/", true),
            ("https://api.acme.ghe.com/", true),
            ("https://github.acme.test/api/v3/", false),
            ("http://127.0.0.1:8080/", false),
        ] {
            let policy = rate_limits(&Url::parse(api).unwrap());
            assert_eq!(policy == RateLimitPolicy::new(), is_slow, "{api}");
        }
    }
}
