use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    ConfigConnectImpl, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime,
};
use hookstead_events::InvisibleEnd;
use tokio::sync::Notify;
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, NoTls, Socket};

use super::database::Database;
use super::listener::Listener;
use super::on_own_runtime::OnOwnRuntime;
use super::trouble::Trouble;
use super::{PostgresInbox, schema, session, tls};
use crate::InboxError;
use crate::clock::Pace;

/// A connection that says nothing is probed after this long, unless the URL sets
/// `keepalives_idle`: the libraries' own two hours are longer than firewalls remember.
const KEEPALIVES_IDLE: Duration = Duration::from_secs(30);

/// What was sent and not confirmed for so long means a broken connection, unless the URL sets
/// `tcp_user_timeout`.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);

/// How to connect a [`PostgresInbox`], made by [`PostgresInbox::options`].
///
/// ```no_run
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// use hookstead_inbox::PostgresInbox;
///
/// let inbox = PostgresInbox::options()
///     .pool_size(4)
///     .schema("ci")
///     .connect(&std::env::var("DATABASE_URL")?)
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct PostgresOptions {
    pool_size: usize,
    connect_timeout: Duration,
    accept_budget: Duration,
    keep_bodies: bool,
    schema: String,
}

impl PostgresOptions {
    /// At most so many connections by default, and one more that listens: a server permits 100
    /// unless told otherwise, which is enough for nine processes.
    pub const DEFAULT_POOL_SIZE: usize = 10;

    /// Connecting to one host takes at most 3 s by default: less than the accept budget, so that
    /// the error says what is wrong and not just that it took long.
    pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

    /// `accept` gives up after 5 s by default: GitHub cuts the connection after 10 s, and the
    /// answer has to travel.
    pub const DEFAULT_ACCEPT_BUDGET: Duration = Duration::from_secs(5);

    /// The schema of the tables by default.
    pub const DEFAULT_SCHEMA: &str = "hookstead";

    pub(super) fn new() -> Self {
        Self {
            pool_size: Self::DEFAULT_POOL_SIZE,
            connect_timeout: Self::DEFAULT_CONNECT_TIMEOUT,
            accept_budget: Self::DEFAULT_ACCEPT_BUDGET,
            keep_bodies: false,
            schema: Self::DEFAULT_SCHEMA.to_owned(),
        }
    }

    /// At most so many connections, beside the one that listens; at least one.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections.max(1);
        self
    }

    /// Connecting to one host takes at most so long. A `connect_timeout` in the URL goes first.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// After this long, `accept` fails.
    pub fn accept_budget(mut self, budget: Duration) -> Self {
        self.accept_budget = budget;
        self
    }

    /// Keeps the bodies of deliveries that are done or superseded until they are purged, to look back
    /// at them. By default they are dropped: they take most of the room, and may be private.
    pub fn keep_bodies(mut self, keep: bool) -> Self {
        self.keep_bodies = keep;
        self
    }

    /// The schema of the tables: each is an inbox of its own.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// Connects, and makes the schema or brings it up to date. It must be called in a tokio
    /// runtime.
    ///
    /// # Errors
    ///
    /// Fails when the URL is not understood, the server cannot be reached, refuses or only reads, the
    /// schema was written by a newer version of this crate, or a pooler stands before the server that
    /// gives each transaction another session. The error names the server and the
    /// database, never the user or the password.
    pub async fn connect(self, url: &str) -> Result<PostgresInbox, InboxError> {
        if let Some(end) = InvisibleEnd::of(url) {
            return Err(InboxError::open_at("in PostgreSQL", format!("its URL {end}")));
        }
        // Their meaning is what is done for `require` anyway.
        let url = url
            .replace("sslmode=verify-full", "sslmode=require")
            .replace("sslmode=verify-ca", "sslmode=require");
        // The parser's own words may quote a piece of the password, and so may a host with an `@`:
        // it comes of a password that has one and is not percent-encoded.
        let parsed = url.parse().ok().filter(|config: &Config| {
            let odd = |host: &Host| matches!(host, Host::Tcp(name) if name.contains('@'));
            !config.get_hosts().iter().any(odd)
        });
        let mut config = parsed.ok_or_else(|| {
            let problem = "its URL is not understood; it looks like \
                           postgres://user:password@host:5432/database, percent-encoded";
            InboxError::open_at("in PostgreSQL", problem)
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(self.connect_timeout);
        }
        if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
            config.keepalives_idle(KEEPALIVES_IDLE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(TCP_USER_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("hookstead");
        }
        // A server that only reads cannot keep a delivery. Of several hosts the one that can is taken.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        let place = Place::of(&config);
        let started = match tls::connector(&config) {
            Ok(Some(tls)) => self.start(config, tls, &place).await,
            Ok(None) => self.start(config, NoTls, &place).await,
            Err(trouble) => Err(trouble),
        };
        started.map_err(|trouble| InboxError::open_at(&place.to_string(), trouble))
    }

    async fn start<T>(self, config: Config, tls: T, place: &Place) -> Result<PostgresInbox, Trouble>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + Sync,
        T::TlsConnect: Send + Sync,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let connect = OnOwnRuntime(Arc::new(ConfigConnectImpl { tls: tls.clone() }));
        let manager = Manager::from_connect(config.clone(), connect, recycling);
        let session = Hook::async_fn(|client, _| {
            Box::pin(async move {
                // Whatever this database does by default: accepted means on the disk (stronger
                // settings stay), and the statements are made for this isolation.
                let sql = "SELECT set_config('synchronous_commit', 'on', false)
                           WHERE current_setting('synchronous_commit') = 'off';
                           SET default_transaction_isolation = 'read committed'";
                client.batch_execute(sql).await.map_err(HookError::Backend)
            })
        });
        let pool = Pool::builder(manager)
            .max_size(self.pool_size)
            .runtime(Runtime::Tokio1)
            .post_create(session)
            .build()
            .map_err(|error| Trouble::new(error.to_string()))?;
        let mut client = pool.get().await?;
        session::expect_own(&client, &config, &tls).await?;
        schema::prepare(&mut client, &self.schema).await?;
        drop(client);
        let changed = Arc::new(Notify::new());
        let listener = Listener::start(config, tls, &self.schema, Arc::clone(&changed));
        Ok(PostgresInbox {
            database: Database::new(pool, &self.schema),
            listener,
            changed,
            clock_pace: Pace::new(),
            accept_budget: self.accept_budget,
            keep_bodies: self.keep_bodies,
            place: format!("{place}, schema {}", self.schema),
        })
    }
}

/// Which database it is, without user and password.
struct Place {
    hosts: Vec<String>,
    database: Option<String>,
}

impl Place {
    fn of(config: &Config) -> Self {
        let ports = config.get_ports();
        let hosts = config.get_hosts().iter().enumerate().map(|(position, host)| {
            let port = ports.get(position).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                #[cfg(unix)]
                Host::Unix(path) => format!("{}:{port}", path.display()),
            }
        });
        Self { hosts: hosts.collect(), database: config.get_dbname().map(str::to_owned) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "in PostgreSQL at {}", self.hosts.join(","))?;
        match &self.database {
            Some(database) => write!(formatter, ", database {database}"),
            None => Ok(()),
        }
    }
}
