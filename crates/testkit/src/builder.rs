use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::fail::fail;
use crate::fake::Fake;
use crate::github::FakeGitHub;
use crate::rest::server;
use crate::samples;
use crate::shared::{Settings, Shared};
use crate::state::links::Links;
use crate::state::mint::Mint;
use crate::state::world::World;
use crate::traffic::deliveries::Deliveries;
use crate::webhook;

impl FakeGitHub {
    /// Starts a fake with the default settings on a free port of `127.0.0.1`.
    ///
    /// # Panics
    ///
    /// If no port can be bound, or if there is no Tokio runtime with I/O and time.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Settings to start with.
    pub fn builder() -> FakeGitHubBuilder {
        FakeGitHubBuilder::new()
    }
}

/// Settings of a [`FakeGitHub`].
///
/// ```
/// use hookstead_testkit::FakeGitHub;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let github = FakeGitHub::builder()
///     .token("ghp_expected")
///     .enterprise_server("github.example.com")
///     .start()
///     .await;
/// assert!(github.api_url().ends_with("/api/v3"));
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "the fake is started by `start`"]
pub struct FakeGitHubBuilder {
    settings: Settings,
    with_samples: bool,
    deliveries: Deliveries,
    began: Duration,
}

impl FakeGitHubBuilder {
    pub(crate) fn new() -> Self {
        let settings = Settings {
            tokens: Vec::new(),
            prefix: String::new(),
            enterprise_host: None,
            known_as: None,
            api_url: String::new(),
            api_user: "hookstead-ci".to_owned(),
            wait_deadline: Duration::from_secs(30),
            delivery_deadline: Duration::from_secs(10),
        };
        let deliveries = Deliveries::default();
        Self { settings, with_samples: false, deliveries, began: Duration::ZERO }
    }

    /// Accepts this token, and no other than those given so. By default every token is accepted.
    pub fn token(mut self, token: &str) -> Self {
        self.settings.tokens.push(token.to_owned());
        self
    }

    /// Behaves as GitHub Enterprise Server of this host name. The API lies below `/api/v3`, and
    /// webhooks and answers carry the instance's headers. Receivers have 30 s to answer, and deliveries
    /// can be redelivered for 7 days.
    pub fn enterprise_server(mut self, host: &str) -> Self {
        self.settings.enterprise_host = Some(host.to_owned());
        self.settings.delivery_deadline = Duration::from_secs(30);
        self.deliveries.retention = Duration::from_secs(7 * 24 * 60 * 60);
        self.path_prefix("/api/v3")
    }

    /// Writes this origin, `https://github.example.com` for instance, into all of its links: the name that
    /// the server has for itself, where a client reaches it by another one. By default the links lead to
    /// where it listens.
    pub fn known_as(mut self, origin: &str) -> Self {
        self.settings.known_as = Some(origin.trim_end_matches('/').to_owned());
        self
    }

    /// Serves the API below this path, `/api/v3` for instance.
    pub fn path_prefix(mut self, prefix: &str) -> Self {
        let prefix = prefix.trim_matches('/');
        self.settings.prefix = if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
        self
    }

    /// The login of the account that the tokens belong to, and which therefore is the creator of
    /// what is made through the API; `hookstead-ci` by default.
    pub fn api_user(mut self, login: &str) -> Self {
        self.settings.api_user = login.to_owned();
        self
    }

    /// How long the `wait_…` methods wait before they fail the test; 30 s by default, because a
    /// busy build machine is slow and a test that passes never waits that long.
    pub fn wait_deadline(mut self, deadline: Duration) -> Self {
        self.settings.wait_deadline = deadline;
        self
    }

    /// How long a receiver of webhooks has to answer; 10 s by default, as on github.com.
    pub fn delivery_deadline(mut self, deadline: Duration) -> Self {
        self.settings.delivery_deadline = deadline;
        self
    }

    /// Begins so long ago: the fake's clock starts that far behind the machine's, so that what happens
    /// now is old once [`clock`](FakeGitHub::clock) has caught up.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hookstead_testkit::FakeGitHub;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// const HOUR: Duration = Duration::from_secs(60 * 60);
    /// let github = FakeGitHub::builder().began(HOUR).start().await;
    /// let repository = github.create_repository("octocat/hello-world");
    /// // Push here while the server is down; then let the hour pass.
    /// github.clock().advance(HOUR);
    /// # }
    /// ```
    pub fn began(mut self, ago: Duration) -> Self {
        self.began = ago;
        self
    }

    /// Lists a hook's deliveries with the oldest first. The newest come first by default, but GitHub
    /// promises no order.
    pub fn deliveries_oldest_first(mut self) -> Self {
        self.deliveries.oldest_first = true;
        self
    }

    /// How long after a delivery the API redelivers it; 3 days by default, as on github.com. It is
    /// listed all the same.
    pub fn delivery_retention(mut self, retention: Duration) -> Self {
        self.deliveries.retention = retention;
        self
    }

    /// Begins with the repository that the [samples](crate::samples) are about, its commits, pull
    /// request and deployment included, so that a server that is sent a sample can report back.
    ///
    /// ```
    /// use hookstead_testkit::FakeGitHub;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let github = FakeGitHub::builder().with_samples().start().await;
    /// let repository = github.repository("octo-org/hello-world");
    /// assert_eq!(repository.pull_request(1).title, "Add a flag");
    /// # }
    /// ```
    pub fn with_samples(mut self) -> Self {
        self.with_samples = true;
        self
    }

    /// Starts the fake on a free port of `127.0.0.1`.
    ///
    /// # Panics
    ///
    /// If no port can be bound, or if there is no Tokio runtime with I/O and time.
    pub async fn start(self) -> FakeGitHub {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        match bound.and_then(|listener| self.serve(listener)) {
            Ok(github) => github,
            Err(error) => {
                fail(&format!("the fake GitHub cannot bind a port of 127.0.0.1: {error}"))
            }
        }
    }

    /// Starts the fake on a socket that is bound already, at a known port for instance. A socket of all
    /// addresses of the machine is known by that of its loopback, unless it is [known as](Self::known_as)
    /// something else.
    ///
    /// # Errors
    ///
    /// Fails if the socket cannot be used.
    ///
    /// # Panics
    ///
    /// If there is no Tokio runtime with I/O and time.
    pub fn start_on(self, listener: std::net::TcpListener) -> io::Result<FakeGitHub> {
        listener.set_nonblocking(true)?;
        self.serve(TcpListener::from_std(listener)?)
    }

    fn serve(mut self, listener: TcpListener) -> io::Result<FakeGitHub> {
        let listening = format!("http://{}", reachable(listener.local_addr()?));
        self.settings.api_url = format!("{listening}{}", self.settings.prefix);
        let web = self.settings.known_as.clone().unwrap_or(listening);
        let links = Links { api: format!("{web}{}", self.settings.prefix), web };
        let samples = if self.with_samples { samples::populated(links.clone()) } else { None };
        let mut world = samples.unwrap_or_else(|| World::new(links, Mint::random()));
        world.mint.begin_behind(self.began);
        Ok(serve(self.settings, Fake::new(world, self.deliveries), listener))
    }
}

/// The address that a client on this machine uses.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(it) if it.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, it.port()).into(),
        SocketAddr::V6(it) if it.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, it.port()).into(),
        _ => address,
    }
}

fn serve(settings: Settings, fake: Fake, listener: TcpListener) -> FakeGitHub {
    let (shared, notices) = Shared::new(settings, fake);
    let shared = Arc::new(shared);
    shared.spawn(webhook::run(Arc::clone(&shared), notices));
    shared.spawn(server::serve(Arc::clone(&shared), listener));
    FakeGitHub::new(shared)
}
