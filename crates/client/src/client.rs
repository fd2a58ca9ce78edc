use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookstead_types::RepoName;
use http::{HeaderValue, Method};
use serde::de::DeserializeOwned;

use crate::builder::ClientBuilder;
use crate::engine::call::Call;
use crate::engine::error::Error;
use crate::engine::error_kind::Kind;
use crate::engine::limiter::Limiter;
use crate::engine::page::{Next, Page};
use crate::engine::place::Place;
use crate::engine::rate_limit_policy::RateLimitPolicy;
use crate::engine::retry_policy::RetryPolicy;
use crate::engine::trail::Trail;
use crate::identity::token_provider::{Credentials, TokenProvider};
use crate::repo::Repo;
use crate::transport::base_url::BaseUrl;
use crate::transport::build_error::BuildError;
use crate::transport::transport::Transport;

/// A client for GitHub's REST API with one token.
///
/// Cloning is cheap, and the clones share their connections. It can be built anywhere; calls need
/// a Tokio runtime with its I/O and time drivers.
///
/// ```no_run
/// use hookstead_client::{Client, NewStatus, RepoName, Sha, Token};
///
/// # async fn report() -> Result<(), Box<dyn std::error::Error>> {
/// let github = Client::new(Token::from_env("MY_PERSONAL_TOKEN")?)?;
///
/// let name: RepoName = "octocat/hello-world".parse()?;
/// let sha: Sha = "ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse()?;
/// github.repo(&name).create_status(&sha, &NewStatus::success().context("ci/demo")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) settings: Arc<Settings>,
    pub(crate) access: Arc<Access>,
    #[cfg(feature = "app")]
    pub(crate) app: Option<Arc<crate::app::app::App>>,
}

/// What a client is made of.
pub(crate) struct Settings {
    pub(crate) base: BaseUrl,
    /// The base URL, and the proxy on the way, for errors.
    pub(crate) destination: String,
    pub(crate) user_agent: HeaderValue,
    pub(crate) api_version: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retries: RetryPolicy,
    pub(crate) rate_limits: RateLimitPolicy,
    pub(crate) max_response_bytes: usize,
    pub(crate) max_redirects: u32,
    pub(crate) max_pages: usize,
    pub(crate) transport: Arc<dyn Transport>,
}

impl Settings {
    /// Where a call goes, for errors.
    pub(crate) fn place(&self, method: &Method, url: &str) -> Place {
        Place::new(method, url, self.base.doubt())
    }
}

/// What belongs to one token: GitHub counts by token.
pub(crate) struct Access {
    pub(crate) provider: Arc<dyn TokenProvider>,
    pub(crate) limiter: Limiter,
    /// By which its tokens are dated, if the client makes them itself.
    #[cfg(feature = "app")]
    pub(crate) clock: Option<Arc<crate::identity::clock::Clock>>,
}

impl Access {
    pub(crate) fn new(provider: Arc<dyn TokenProvider>, settings: &Settings) -> Self {
        let limiter = Limiter::new(settings.rate_limits);
        Self {
            provider,
            limiter,
            #[cfg(feature = "app")]
            clock: None,
        }
    }

    /// How far its clock runs ahead of this machine's, in seconds.
    pub(crate) fn clock_ahead(&self) -> i64 {
        #[cfg(feature = "app")]
        if let Some(clock) = &self.clock {
            return clock.ahead();
        }
        0
    }

    /// An answer with this date has refused a token that was made when the clock was `ahead`. Returns
    /// whether a token that is made now would be dated otherwise.
    pub(crate) fn learn_clock(&self, date: Option<i64>, ahead: i64) -> bool {
        #[cfg(feature = "app")]
        if let Some(clock) = &self.clock {
            return clock.learn(date, ahead);
        }
        let _ = (date, ahead);
        false
    }
}

impl Client {
    /// A client for github.com with all defaults.
    ///
    /// # Errors
    ///
    /// Fails when TLS cannot be had: the machine has no trusted roots, or this crate was built
    /// without a TLS feature.
    pub fn new(credentials: impl Into<Credentials>) -> Result<Self, BuildError> {
        Self::builder(credentials).build()
    }

    /// Sets other things than the token, for instance the base URL of an Enterprise Server.
    pub fn builder(credentials: impl Into<Credentials>) -> ClientBuilder {
        ClientBuilder::new(credentials.into())
    }

    /// The calls that belong to this repository. Nothing is sent yet.
    #[must_use]
    pub fn repo(&self, name: &RepoName) -> Repo {
        Repo::new(self.clone(), name.clone())
    }

    /// The page after this one, by the link that GitHub sent with it; `None` after the last.
    ///
    /// ```no_run
    /// # async fn all(github: hookstead_client::Client, repo: hookstead_client::Repo)
    /// # -> Result<(), hookstead_client::Error> {
    /// let mut next = Some(repo.statuses("main").await?);
    /// while let Some(page) = next {
    ///     for status in &page.items {
    ///         println!("{}: {}", status.context, status.state);
    ///     }
    ///     next = github.next_page(&page).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails as every call does, when the link leads away from the base URL, and when the list [has no
    /// end](Error::is_endless_list).
    pub async fn next_page<T: DeserializeOwned>(
        &self,
        page: &Page<T>,
    ) -> Result<Option<Page<T>>, Error> {
        self.next_page_of(page.next().cloned()).await
    }

    pub(crate) async fn next_page_of<T: DeserializeOwned>(
        &self,
        next: Option<Next>,
    ) -> Result<Option<Page<T>>, Error> {
        let Some(next) = next else {
            return Ok(None);
        };
        let (call, trail) = self.step(next)?;
        let page = self.send(call).await?.page()?;
        Ok(Some(page.reached_by(trail)))
    }

    /// The call for the next page, and the way to it, unless that has no end.
    pub(crate) fn step(&self, next: Next) -> Result<(Call, Trail), Error> {
        let call = Call::next_page(&next);
        let (settings, Next { from, trail, .. }) = (self.settings(), next);
        let trail =
            trail.go_on(&from, &call.url(settings)?, settings.max_pages).map_err(|endless| {
                // Where the link stood, as with one that leads astray.
                call.error(Kind::Endless(endless)).at(&settings.place(&call.method, &from))
            })?;
        Ok((call, trail))
    }

    pub(crate) fn assemble(settings: Arc<Settings>, provider: Arc<dyn TokenProvider>) -> Self {
        let access = Arc::new(Access::new(provider, &settings));
        Self {
            settings,
            access,
            #[cfg(feature = "app")]
            app: None,
        }
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("base_url", &self.settings.base.to_string())
            .finish_non_exhaustive()
    }
}
