use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::transport::base_url::BaseUrl;
use crate::transport::build_error::BuildError;
use crate::transport::http_client::{HttpClient, Inner, own_user_agent};
use crate::transport::pool::{self, ConnectionSettings};
use crate::transport::proxy::ProxySource;
use crate::transport::trusted_roots::TrustedRoots;

/// Settings of an [`HttpClient`].
///
/// ```no_run
/// use std::time::Duration;
/// use hookstead_client::HttpClient;
///
/// # fn build(authorization: &str) -> Result<(), hookstead_client::BuildError> {
/// let jenkins = HttpClient::builder("https://jenkins.example.com/job/demo")
///     .header("Authorization", authorization)?
///     .deadline(Duration::from_secs(10))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a client is made by `build`"]
pub struct HttpClientBuilder {
    base_url: String,
    allow_plain_http: bool,
    headers: HeaderMap,
    connect_deadline: Duration,
    idle_deadline: Duration,
    deadline: Duration,
    max_response_bytes: usize,
    roots: TrustedRoots,
    extra_roots: Vec<Vec<u8>>,
    proxy: ProxySource,
}

impl HttpClientBuilder {
    /// 10 s, for the reason that [`ClientBuilder`](crate::ClientBuilder::DEFAULT_CONNECT_DEADLINE) has.
    pub const DEFAULT_CONNECT_DEADLINE: Duration = Duration::from_secs(10);

    /// 30 s, for the reason that [`ClientBuilder`](crate::ClientBuilder::DEFAULT_IDLE_DEADLINE) has.
    pub const DEFAULT_IDLE_DEADLINE: Duration = Duration::from_secs(30);

    /// 30 s: what takes longer than that in a chat or a build server is asked for and looked at later.
    pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

    /// 8 MiB: answers of such services are small, and a piece of a log is one of the larger.
    pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 8 * 1024 * 1024;

    pub(crate) fn new(base_url: String) -> Self {
        Self {
            base_url,
            allow_plain_http: false,
            headers: HeaderMap::from_iter([own_user_agent()]),
            connect_deadline: Self::DEFAULT_CONNECT_DEADLINE,
            idle_deadline: Self::DEFAULT_IDLE_DEADLINE,
            deadline: Self::DEFAULT_DEADLINE,
            max_response_bytes: Self::DEFAULT_MAX_RESPONSE_BYTES,
            roots: TrustedRoots::default(),
            extra_roots: Vec::new(),
            proxy: ProxySource::Environment,
        }
    }

    /// A header of every request that has none of this name. It shows in no `Debug`.
    ///
    /// # Errors
    ///
    /// Fails when name or value cannot stand in a header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, BuildError> {
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| BuildError::InvalidHeader)?;
        let mut value = HeaderValue::from_str(value).map_err(|_| BuildError::InvalidHeader)?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Takes `http://` base URLs of other machines too. What is secret then travels unencrypted: set this
    /// only where the way is protected otherwise.
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// How long a connection may take: resolving the name, TCP and TLS. The default is
    /// [`DEFAULT_CONNECT_DEADLINE`](Self::DEFAULT_CONNECT_DEADLINE).
    pub fn connect_deadline(mut self, deadline: Duration) -> Self {
        self.connect_deadline = deadline;
        self
    }

    /// How long an idle connection is kept for the next request. The default is
    /// [`DEFAULT_IDLE_DEADLINE`](Self::DEFAULT_IDLE_DEADLINE).
    pub fn idle_deadline(mut self, deadline: Duration) -> Self {
        self.idle_deadline = deadline;
        self
    }

    /// How long a request may take, from connecting to the last byte of the answer. The default is
    /// [`DEFAULT_DEADLINE`](Self::DEFAULT_DEADLINE).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How long an answer may be. The default is
    /// [`DEFAULT_MAX_RESPONSE_BYTES`](Self::DEFAULT_MAX_RESPONSE_BYTES).
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// Which certificate authorities are trusted. The default is the machine's own list.
    pub fn trusted_roots(mut self, roots: TrustedRoots) -> Self {
        self.roots = roots;
        self
    }

    /// Trusts the certificates in this PEM text too.
    pub fn extra_root(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra_roots.push(pem.into());
        self
    }

    /// Goes through this proxy, as [`ClientBuilder::proxy`](crate::ClientBuilder::proxy) says. The
    /// default is the environment's.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = ProxySource::Url(url.into());
        self
    }

    /// Goes through no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxySource::Nowhere;
        self
    }

    /// Makes the client. It connects to nothing yet and needs no runtime.
    ///
    /// # Errors
    ///
    /// Fails when a setting is unusable, or when TLS is needed and cannot be had; see
    /// [`BuildError`].
    pub fn build(self) -> Result<HttpClient, BuildError> {
        let base = BaseUrl::parse(&self.base_url, self.allow_plain_http)?;
        let connections = ConnectionSettings {
            connect_deadline: self.connect_deadline,
            idle_deadline: self.idle_deadline,
        };
        let (transport, _) =
            pool::to(&base, connections, self.roots, &self.extra_roots, &self.proxy)?;
        Ok(HttpClient::of(Inner {
            base,
            headers: self.headers,
            deadline: self.deadline,
            max_response_bytes: self.max_response_bytes,
            transport,
        }))
    }
}

impl HttpClient {
    /// A client for what is below this URL, with all defaults. A URL with a `?` is no base URL: give its
    /// origin here, and the rest to each request.
    ///
    /// # Errors
    ///
    /// Fails when the URL is unusable or TLS cannot be had, see [`BuildError`].
    pub fn new(base_url: impl Into<String>) -> Result<Self, BuildError> {
        Self::builder(base_url).build()
    }

    /// Sets other things than the base URL: headers, deadlines, roots, a proxy.
    pub fn builder(base_url: impl Into<String>) -> HttpClientBuilder {
        HttpClientBuilder::new(base_url.into())
    }
}

/// Leaves out the base URL, the proxy and what is in headers: somebody's secret may stand in each.
impl fmt::Debug for HttpClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpClientBuilder")
            .field("allow_plain_http", &self.allow_plain_http)
            .field("headers", &self.headers.len())
            .field("connect_deadline", &self.connect_deadline)
            .field("idle_deadline", &self.idle_deadline)
            .field("deadline", &self.deadline)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("roots", &self.roots)
            .field("extra_roots", &self.extra_roots.len())
            .finish_non_exhaustive()
    }
}
