use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::HeaderValue;

use crate::base_url::BaseUrl;
use crate::client::Settings;
use crate::transport::{self, BoxError, ConnectionSettings};
use crate::{Client, Token};

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
///     .timeout(Duration::from_secs(15))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a client is made by `build`"]
pub struct ClientBuilder {
    token: Token,
    base_url: String,
    allow_plain_http: bool,
    user_agent: String,
    api_version: String,
    connect_timeout: Duration,
    timeout: Duration,
    idle_timeout: Duration,
    max_response_bytes: usize,
    max_redirects: u32,
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
    pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    /// 30 s: GitHub gives itself about 10 s and then answers with an error, which is worth more
    /// than our giving up; the rest is for connecting and for a redirect.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// 30 s: shorter than the minute after which servers and load balancers like to drop idle
    /// connections, so that a call seldom meets one that is just being dropped.
    pub const DEFAULT_IDLE_TIMEOUT: Duration = Duration::from_secs(30);

    /// 32 MiB: the largest thing in GitHub's API that concerns webhooks is a recorded delivery, with
    /// a payload of up to 25 MB.
    pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 32 * 1024 * 1024;

    /// 5: a renamed repository is one redirect away. More than one hop is already odd.
    pub const DEFAULT_MAX_REDIRECTS: u32 = 5;

    pub(crate) fn new(token: Token) -> Self {
        Self {
            token,
            base_url: Self::DEFAULT_BASE_URL.to_owned(),
            allow_plain_http: false,
            user_agent: Self::DEFAULT_USER_AGENT.to_owned(),
            api_version: Self::DEFAULT_API_VERSION.to_owned(),
            connect_timeout: Self::DEFAULT_CONNECT_TIMEOUT,
            timeout: Self::DEFAULT_TIMEOUT,
            idle_timeout: Self::DEFAULT_IDLE_TIMEOUT,
            max_response_bytes: Self::DEFAULT_MAX_RESPONSE_BYTES,
            max_redirects: Self::DEFAULT_MAX_REDIRECTS,
        }
    }

    /// Where the API is. A slash at the end makes no difference.
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
    /// [`DEFAULT_CONNECT_TIMEOUT`](Self::DEFAULT_CONNECT_TIMEOUT).
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How long a whole call may take, from connecting to the last byte of the answer, redirects
    /// included. The default is [`DEFAULT_TIMEOUT`](Self::DEFAULT_TIMEOUT).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// How long an idle connection is kept for the next call. The default is
    /// [`DEFAULT_IDLE_TIMEOUT`](Self::DEFAULT_IDLE_TIMEOUT).
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
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

    /// Makes the client. It connects to nothing yet and needs no runtime.
    ///
    /// # Errors
    ///
    /// Fails when a setting is unusable, or when TLS is needed and cannot be had; see
    /// [`BuildError`].
    pub fn build(self) -> Result<Client, BuildError> {
        let base = BaseUrl::parse(&self.base_url, self.allow_plain_http)?;
        let user_agent = header(&self.user_agent).ok_or(BuildError::InvalidUserAgent)?;
        let api_version = header(&self.api_version).ok_or(BuildError::InvalidApiVersion)?;
        let connections = ConnectionSettings {
            connect_timeout: self.connect_timeout,
            idle_timeout: self.idle_timeout,
        };
        // The roots are not touched for `http://`: a fake must work on a machine that has none.
        let transport = if base.is_https() {
            transport::tls(connections)?
        } else {
            transport::plain(connections)
        };
        Ok(Client::assemble(Settings {
            base,
            token: self.token,
            user_agent,
            api_version,
            timeout: self.timeout,
            max_response_bytes: self.max_response_bytes,
            max_redirects: self.max_redirects,
            transport,
        }))
    }
}

/// Leaves the base URL out: until it is checked, somebody's password may stand in it.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientBuilder")
            .field("token", &self.token)
            .field("allow_plain_http", &self.allow_plain_http)
            .field("user_agent", &self.user_agent)
            .field("api_version", &self.api_version)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("max_redirects", &self.max_redirects)
            .finish_non_exhaustive()
    }
}

fn header(text: &str) -> Option<HeaderValue> {
    if text.trim().is_empty() {
        return None;
    }
    HeaderValue::from_str(text).ok()
}

/// Why no client can be made of these settings.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL cannot be used; the text says why, without repeating it.
    InvalidBaseUrl(String),
    /// The base URL is `http://` on another machine.
    PlainHttp {
        /// The host in the base URL.
        host: String,
    },
    /// The user agent is empty or cannot stand in a header.
    InvalidUserAgent,
    /// The API version is empty or cannot stand in a header.
    InvalidApiVersion,
    /// The base URL is `https://`, and this crate was built with neither of its TLS features.
    NoTlsFeature,
    /// TLS cannot be set up: the machine has no trusted roots.
    Tls(BoxError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidBaseUrl(problem) => {
                write!(formatter, "the base URL of GitHub's API is unusable: {problem}")
            }
            Self::PlainHttp { host } => write!(
                formatter,
                "the base URL would send the token to {host} unencrypted: use `https://`, or \
                 `allow_plain_http`"
            ),
            Self::InvalidUserAgent => {
                formatter.write_str("the user agent is empty or cannot stand in a header")
            }
            Self::InvalidApiVersion => {
                formatter.write_str("the API version is empty or cannot stand in a header")
            }
            Self::NoTlsFeature => formatter.write_str(
                "an `https://` base URL needs the feature `aws-lc-rs` or `ring` of hookstead-client",
            ),
            Self::Tls(error) => write!(formatter, "TLS cannot be set up: {error}"),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Tls(error) => Some(&**error),
            _ => None,
        }
    }
}
