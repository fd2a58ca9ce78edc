use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookstead_types::InvisibleEnd;
use http::{HeaderValue, Request, Response};
use tower_service::Service;

#[cfg(feature = "app")]
use crate::app::app::App;
use crate::client::Client;
use crate::engine::core::Core;
use crate::engine::rate_limit_policy::RateLimitPolicy;
use crate::engine::retry_policy::RetryPolicy;
use crate::engine::settings::Settings;
use crate::identity::token_provider::{Credentials, CredentialsKind};
use crate::transport::base_url::BaseUrl;
use crate::transport::build_error::BuildError;
use crate::transport::pool::{self, ConnectionSettings};
use crate::transport::proxy::ProxySource;
use crate::transport::service::ServiceTransport;
use crate::transport::transport::{BoxError, RequestBody, Transport};
use crate::transport::trusted_roots::TrustedRoots;

/// Settings of a [`Client`], each with a default that suits github.com.
///
/// ```
/// use std::time::Duration;
/// use hookstead_client::{Client, Token};
///
/// # fn build() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder(Token::from_env("MY_PERSONAL_TOKEN")?)
///     .base_url("https://github.example.com/api/v3")
///     .user_agent("octo-ci")
///     .deadline(Duration::from_secs(15))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a client is made by `build`"]
pub struct ClientBuilder {
    credentials: Credentials,
    base_url: String,
    also_at: Vec<String>,
    allow_plain_http: bool,
    user_agent: String,
    api_version: String,
    connect_deadline: Duration,
    deadline: Duration,
    attempt_deadline: Duration,
    retries: RetryPolicy,
    rate_limits: RateLimitPolicy,
    idle_deadline: Duration,
    max_response_bytes: usize,
    max_redirects: u32,
    max_pages: usize,
    roots: TrustedRoots,
    extra_roots: Vec<Vec<u8>>,
    proxy: ProxySource,
    transport: Option<Arc<dyn Transport>>,
}

impl ClientBuilder {
    /// The API of github.com.
    pub const DEFAULT_BASE_URL: &'static str = "https://api.github.com";

    /// `hookstead` and its version.
    pub const DEFAULT_USER_AGENT: &'static str = concat!("hookstead/", env!("CARGO_PKG_VERSION"));

    /// The next version, `2026-03-10`, takes `merge_commit_sha` from pull requests, and a deployment
    /// server needs just that. Enterprise Servers up to 3.20 know no other.
    pub const DEFAULT_API_VERSION: &'static str = "2022-11-28";

    /// 10 s: a connection to a healthy host takes well under one, and two lost packets cost three.
    pub const DEFAULT_CONNECT_DEADLINE: Duration = Duration::from_secs(10);

    /// 20 s: GitHub gives itself about 10 s and then answers with an error, which is worth more
    /// than our giving up; the rest is for connecting and for a redirect.
    pub const DEFAULT_ATTEMPT_DEADLINE: Duration = Duration::from_secs(20);

    /// 60 s: two attempts that bring nothing, and a third.
    pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(60);

    /// 30 s: shorter than the minute after which servers and load balancers like to drop idle
    /// connections, so that a call seldom meets one that is just being dropped.
    pub const DEFAULT_IDLE_DEADLINE: Duration = Duration::from_secs(30);

    /// 32 MiB: the largest thing in GitHub's API that concerns webhooks is a recorded delivery, with
    /// a payload of up to 25 MB.
    pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 32 * 1024 * 1024;

    /// 5: a renamed repository is one redirect away. More than one hop is already odd.
    pub const DEFAULT_MAX_REDIRECTS: u32 = 5;

    /// 5000: as many calls as GitHub allows to a token in an hour. That is half a million items; a list of
    /// more is an error in the way it is asked for, or of the other side.
    pub const DEFAULT_MAX_PAGES: usize = 5000;

    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            base_url: Self::DEFAULT_BASE_URL.to_owned(),
            also_at: Vec::new(),
            allow_plain_http: false,
            user_agent: Self::DEFAULT_USER_AGENT.to_owned(),
            api_version: Self::DEFAULT_API_VERSION.to_owned(),
            connect_deadline: Self::DEFAULT_CONNECT_DEADLINE,
            deadline: Self::DEFAULT_DEADLINE,
            attempt_deadline: Self::DEFAULT_ATTEMPT_DEADLINE,
            retries: RetryPolicy::new(),
            rate_limits: RateLimitPolicy::new(),
            idle_deadline: Self::DEFAULT_IDLE_DEADLINE,
            max_response_bytes: Self::DEFAULT_MAX_RESPONSE_BYTES,
            max_redirects: Self::DEFAULT_MAX_REDIRECTS,
            max_pages: Self::DEFAULT_MAX_PAGES,
            roots: TrustedRoots::default(),
            extra_roots: Vec::new(),
            proxy: ProxySource::Environment,
            transport: None,
        }
    }

    /// Where the API is. A slash at the end makes no difference; white space and other [invisible
    /// characters](crate::InvisibleEnd) there are refused.
    ///
    /// | GitHub | base URL |
    /// |---|---|
    /// | github.com | `https://api.github.com` (the default) |
    /// | GitHub Enterprise Server | `https://HOST/api/v3` |
    /// | GitHub Enterprise Cloud with data residency | `https://api.SUBDOMAIN.ghe.com` |
    /// | a fake on this machine | `http://127.0.0.1:PORT` |
    ///
    /// The token goes to this origin, below this path, and nowhere else. `http://` is taken for
    /// `localhost` and loopback addresses only, unless
    /// [`allow_plain_http`](Self::allow_plain_http) is set.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Another name of the same server. An Enterprise Server may write a name into its links and
    /// redirects that is not the one by which it is reached. Give `https://github.example.com` for the
    /// whole origin, or a base URL with its path. This can be called several times.
    ///
    /// A link to there is followed below the [base URL](Self::base_url), so the token still goes nowhere
    /// else. Without this, such a link is an error.
    ///
    /// ```
    /// # use hookstead_client::{Client, Token};
    /// # fn build(token: Token) -> Result<(), hookstead_client::BuildError> {
    /// let client = Client::builder(token)
    ///     .base_url("https://github.internal/api/v3")
    ///     .also_at("https://github.example.com")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn also_at(mut self, url: impl Into<String>) -> Self {
        self.also_at.push(url.into());
        self
    }

    /// Takes `http://` base URLs of other machines too. The token then travels unencrypted: set
    /// this only where the way is protected otherwise.
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// The header `User-Agent`; GitHub refuses requests without one, and asks for the name of the
    /// application or its owner. The default is [`DEFAULT_USER_AGENT`](Self::DEFAULT_USER_AGENT).
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// The header `X-GitHub-Api-Version`. The default is
    /// [`DEFAULT_API_VERSION`](Self::DEFAULT_API_VERSION).
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = version.into();
        self
    }

    /// How long a connection may take: resolving the name, TCP and TLS. The default is
    /// [`DEFAULT_CONNECT_DEADLINE`](Self::DEFAULT_CONNECT_DEADLINE).
    pub fn connect_deadline(mut self, deadline: Duration) -> Self {
        self.connect_deadline = deadline;
        self
    }

    /// How long a whole call may take, from connecting to the last byte of the answer, with all
    /// attempts and the waits between them. Only the waits for a [rate
    /// limit](RateLimitPolicy::longest_wait) and for [what an event has just
    /// named](RetryPolicy::just_named) come on top. The default is
    /// [`DEFAULT_DEADLINE`](Self::DEFAULT_DEADLINE).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How long one attempt may take, redirects included. The default is
    /// [`DEFAULT_ATTEMPT_DEADLINE`](Self::DEFAULT_ATTEMPT_DEADLINE).
    pub fn attempt_deadline(mut self, deadline: Duration) -> Self {
        self.attempt_deadline = deadline;
        self
    }

    /// How often, and after which waits, calls are repeated.
    pub fn retries(mut self, policy: RetryPolicy) -> Self {
        self.retries = policy;
        self
    }

    /// How the client keeps within GitHub's limits, and how long it waits when it did not.
    pub fn rate_limits(mut self, policy: RateLimitPolicy) -> Self {
        self.rate_limits = policy;
        self
    }

    /// How long an idle connection is kept for the next call. The default is
    /// [`DEFAULT_IDLE_DEADLINE`](Self::DEFAULT_IDLE_DEADLINE).
    pub fn idle_deadline(mut self, deadline: Duration) -> Self {
        self.idle_deadline = deadline;
        self
    }

    /// How long an answer may be. The default is
    /// [`DEFAULT_MAX_RESPONSE_BYTES`](Self::DEFAULT_MAX_RESPONSE_BYTES).
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// How many redirects a call follows; 0 follows none. The default is
    /// [`DEFAULT_MAX_REDIRECTS`](Self::DEFAULT_MAX_REDIRECTS).
    pub fn max_redirects(mut self, limit: u32) -> Self {
        self.max_redirects = limit;
        self
    }

    /// How many pages of one list are read, by [`Client::items`] or page after page, before that
    /// [is an error](crate::Error::is_endless_list): a list without an end would be read for ever. The default
    /// is [`DEFAULT_MAX_PAGES`](Self::DEFAULT_MAX_PAGES).
    pub fn max_pages(mut self, limit: usize) -> Self {
        self.max_pages = limit;
        self
    }

    /// Which certificate authorities are trusted. The default is the machine's own list.
    pub fn trusted_roots(mut self, roots: TrustedRoots) -> Self {
        self.roots = roots;
        self
    }

    /// Trusts the certificates in this PEM text too: those of a private authority that an Enterprise
    /// Server has its certificate from.
    pub fn extra_root(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra_roots.push(pem.into());
        self
    }

    /// Goes through this proxy, whatever the environment says: `http://user:password@host:port`. It
    /// sees the host name of the base URL, and nothing of what is said. `http://` base URLs never
    /// go through a proxy.
    ///
    /// The default is what `HTTPS_PROXY`, or else `ALL_PROXY`, says, unless `NO_PROXY` excepts the base
    /// URL's host; each in lower case as well. `NO_PROXY` is a list of hosts, domains and networks,
    /// separated by commas or spaces.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = ProxySource::Url(url.into());
        self
    }

    /// Goes through no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxySource::Nowhere;
        self
    }

    /// Sends requests by this service instead of the client's own connections: another HTTP client,
    /// middleware around one, or a function in a test. The settings of connections, TLS and proxies
    /// mean nothing then; all others hold. Each call uses a clone.
    ///
    /// A service that knows that nothing was sent says so by [`NotSent`](crate::NotSent) among the
    /// sources of its error; a hyper-util client's errors are understood as they are.
    pub fn transport<S, B>(mut self, service: S) -> Self
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.transport = Some(Arc::new(ServiceTransport::new(service)));
        self
    }

    /// Makes the client. It connects to nothing yet and needs no runtime.
    ///
    /// # Errors
    ///
    /// Fails when a setting is unusable, or when TLS is needed and cannot be had; see
    /// [`BuildError`].
    pub fn build(self) -> Result<Client, BuildError> {
        let base = BaseUrl::parse(&self.base_url, self.allow_plain_http)?.also_at(&self.also_at)?;
        let user_agent = header(&self.user_agent).ok_or(BuildError::InvalidUserAgent)?;
        let api_version = header(&self.api_version).ok_or(BuildError::InvalidApiVersion)?;
        let connections = ConnectionSettings {
            connect_deadline: self.connect_deadline,
            idle_deadline: self.idle_deadline,
        };
        let (transport, proxy) = match self.transport {
            Some(transport) => (transport, None),
            None => pool::to(&base, connections, self.roots, &self.extra_roots, &self.proxy)?,
        };
        let destination = match proxy {
            Some(proxy) => format!("{base} through the proxy {proxy}"),
            None => base.to_string(),
        };
        let settings = Arc::new(Settings {
            destination,
            base,
            user_agent,
            api_version,
            deadline: self.deadline,
            attempt_deadline: self.attempt_deadline,
            retries: self.retries,
            rate_limits: self.rate_limits,
            max_response_bytes: self.max_response_bytes,
            max_redirects: self.max_redirects,
            max_pages: self.max_pages,
            transport,
        });
        match self.credentials.0 {
            CredentialsKind::Provider(provider) => {
                Ok(Client::from_core(Core::new(settings, provider)))
            }
            #[cfg(feature = "app")]
            CredentialsKind::App(key) => Ok(Client::of_app(App::new(settings, key))),
        }
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
}

/// Leaves the base URL and the proxy out: somebody's password may stand in them.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("also_at", &self.also_at.len())
            .field("allow_plain_http", &self.allow_plain_http)
            .field("user_agent", &self.user_agent)
            .field("api_version", &self.api_version)
            .field("connect_deadline", &self.connect_deadline)
            .field("deadline", &self.deadline)
            .field("attempt_deadline", &self.attempt_deadline)
            .field("retries", &self.retries)
            .field("rate_limits", &self.rate_limits)
            .field("idle_deadline", &self.idle_deadline)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("max_redirects", &self.max_redirects)
            .field("max_pages", &self.max_pages)
            .field("roots", &self.roots)
            .field("extra_roots", &self.extra_roots.len())
            .finish_non_exhaustive()
    }
}

fn header(text: &str) -> Option<HeaderValue> {
    if text.is_empty() || InvisibleEnd::of(text).is_some() {
        return None;
    }
    HeaderValue::from_str(text).ok()
}
