use std::sync::{Arc, Mutex};
use std::time::Duration;

use deadpool_postgres::{
    ConfigConnectImpl, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime,
};
use hookstead_types::InvisibleEnd;
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, NoTls, Socket};

use super::database::Database;
use super::failure::Failure;
use super::known_leases::Leases;
use super::listener::Listener;
use super::more::More;
use super::news::News;
use super::on_own_runtime::OnOwnRuntime;
use super::place::Place;
use super::postgres_store::PostgresStore;
use super::room::Room;
use super::sharing::Sharing;
use super::starts::Starts;
use super::{schema, session, tls};
use crate::clock::Pace;
use crate::error::InboxError;

/// A connection that says nothing is probed after this long, unless the URL sets
/// `keepalives_idle`: the libraries' own two hours are longer than firewalls remember.
const KEEPALIVES_IDLE: Duration = Duration::from_secs(30);

/// What was sent and not confirmed for so long means a broken connection, unless the URL sets
/// `tcp_user_timeout`.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);

/// How to connect a [`PostgresStore`], made by [`PostgresStore::options`].
///
/// ```no_run
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// use hookstead_inbox::PostgresStore;
///
/// let store = PostgresStore::options()
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
    connect_deadline: Duration,
    retry_for: Duration,
    reserve: u64,
    max_bytes: Option<u64>,
    migrates: bool,
    schema: String,
}

impl PostgresStore {
    /// Connects to the database with this URL, with the default options.
    ///
    /// # Errors
    ///
    /// See [`PostgresOptions::connect`].
    pub async fn connect(url: &str) -> Result<Self, InboxError> {
        Self::options().connect(url).await
    }

    /// Makes the schema or brings it up to date, with the default options, and does no more.
    ///
    /// # Errors
    ///
    /// See [`PostgresOptions::migrate`].
    pub async fn migrate(url: &str) -> Result<(), InboxError> {
        Self::options().migrate(url).await
    }

    /// Options to connect with.
    pub fn options() -> PostgresOptions {
        PostgresOptions::new()
    }
}

impl PostgresOptions {
    /// At most so many connections by default, and one more that listens: a server permits 100
    /// unless told otherwise, which is enough for nine processes.
    pub const DEFAULT_POOL_SIZE: usize = 10;

    /// Connecting to one host takes at most 3 s by default: less than an accept may take, so that
    /// the error says what is wrong and not just that it took long.
    pub const DEFAULT_CONNECT_DEADLINE: Duration = Duration::from_secs(3);

    /// A broken connection is made anew for 4.5 s by default: a server that restarts is back before, and
    /// the error comes before an accept is given up after 5 s.
    pub const DEFAULT_RETRY_FOR: Duration = Duration::from_millis(4500);

    /// 16 MiB are held for a full disk by default: 30,000 tasks can be settled in it.
    pub const DEFAULT_RESERVE: u64 = 16 * 1024 * 1024;

    /// The schema of the tables by default.
    pub const DEFAULT_SCHEMA: &str = "hookstead";

    pub(super) fn new() -> Self {
        Self {
            pool_size: Self::DEFAULT_POOL_SIZE,
            connect_deadline: Self::DEFAULT_CONNECT_DEADLINE,
            retry_for: Self::DEFAULT_RETRY_FOR,
            reserve: Self::DEFAULT_RESERVE,
            max_bytes: None,
            migrates: true,
            schema: Self::DEFAULT_SCHEMA.to_owned(),
        }
    }

    /// At most so many connections, beside the one that listens; at least one.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections.max(1);
        self
    }

    /// Connecting to one host takes at most so long. A `connect_timeout` in the URL goes first.
    pub fn connect_deadline(mut self, deadline: Duration) -> Self {
        self.connect_deadline = deadline;
        self
    }

    /// Where a connection is broken, or the server is not there, it is tried again for so long.
    pub fn retry_for(mut self, span: Duration) -> Self {
        self.retry_for = span;
        self
    }

    /// So many bytes of the database's disk are held for the time when it is full: accepting stops before
    /// they are used, and what was accepted can be handled in them. They are taken again by themselves
    /// when there is room. With 0, nothing is held.
    pub fn reserve(mut self, bytes: u64) -> Self {
        self.reserve = bytes;
        self
    }

    /// Accepting stops, with an error that [`is_full`](InboxError::is_full), where the inbox holds about
    /// so many bytes: of deliveries, tasks and bodies that are not forgotten yet, by the server's own
    /// statistics, which are some seconds old. The reserve does not count. By default there is no
    /// bound but the disk.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// [`connect`](Self::connect) changes nothing: where the schema is missing or of an older version,
    /// it is an error. For roles that have no rights to change it; [`migrate`](Self::migrate) is
    /// for one that has.
    pub fn without_migrating(mut self) -> Self {
        self.migrates = false;
        self
    }

    /// Whether [`connect`](Self::connect) makes the schema or brings it up to date: for those who have tables of their
    /// own in it.
    #[must_use]
    pub fn migrates(&self) -> bool {
        self.migrates
    }

    /// The schema of the tables: each is an inbox of its own.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// Connects, and makes the schema or brings it up to date, unless it is told
    /// [not to](Self::without_migrating). It must be called in a tokio runtime.
    ///
    /// # Errors
    ///
    /// Fails when the URL is not understood, or the server cannot be reached, refuses or only reads. Fails
    /// when the schema was written by a version of this crate that does not go with this one. Fails when a
    /// pooler before the server gives each transaction another session. The error names the server and the
    /// database, never the user or the password.
    pub async fn connect(self, url: &str) -> Result<PostgresStore, InboxError> {
        let config = self.configured(url)?;
        let place = Place::of(&config, &self.schema);
        let started = match tls::connector(&config) {
            Ok(Some(tls)) => self.start(config, tls, &place).await,
            Ok(None) => self.start(config, NoTls, &place).await,
            Err(failure) => Err(failure),
        };
        started.map_err(|failure| InboxError::open_at(&place.server(), failure))
    }

    /// Makes the schema or brings it up to date, and does no more: for a role with the rights to. A role
    /// that [connects](Self::connect) afterwards needs `USAGE` of the schema, and of its tables `SELECT`,
    /// `INSERT`, `UPDATE` and `DELETE`.
    ///
    /// # Errors
    ///
    /// Fails as [`connect`](Self::connect) does.
    pub async fn migrate(self, url: &str) -> Result<(), InboxError> {
        let config = self.configured(url)?;
        let place = Place::of(&config, &self.schema);
        let migrated = async {
            match tls::connector(&config)? {
                Some(tls) => {
                    let pool = self.pool(&config, &tls)?;
                    schema::migrate(&mut *pool.get().await?, &self.schema).await
                }
                None => {
                    let pool = self.pool(&config, &NoTls)?;
                    schema::migrate(&mut *pool.get().await?, &self.schema).await
                }
            }
        };
        migrated.await.map_err(|failure| InboxError::open_at(&place.server(), failure))
    }

    /// What the URL says, and what it leaves open.
    fn configured(&self, url: &str) -> Result<Config, InboxError> {
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
            config.connect_timeout(self.connect_deadline);
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
        Ok(config)
    }

    fn pool<T>(&self, config: &Config, tls: &T) -> Result<Pool, Failure>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + Sync,
        T::TlsConnect: Send + Sync,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let connect = OnOwnRuntime(Arc::new(ConfigConnectImpl { tls: tls.clone() }));
        let manager = Manager::from_connect(config.clone(), connect, recycling);
        let begin = session::begin(&self.schema);
        let session = Hook::async_fn(move |client, _| {
            let begin = begin.clone();
            Box::pin(async move { client.batch_execute(&begin).await.map_err(HookError::Backend) })
        });
        Pool::builder(manager)
            .max_size(self.pool_size)
            .runtime(Runtime::Tokio1)
            .post_create(session)
            .build()
            .map_err(|error| Failure::new(error.to_string()))
    }

    async fn start<T>(self, config: Config, tls: T, place: &Place) -> Result<PostgresStore, Failure>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + Sync,
        T::TlsConnect: Send + Sync,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let pool = self.pool(&config, &tls)?;
        let mut client = pool.get().await?;
        session::expect_own(&client, &config, &tls).await?;
        if self.migrates {
            schema::migrate(&mut client, &self.schema).await?;
        }
        schema::expect(&client, &self.schema).await?;
        drop(client);
        let (more_config, more_tls) = (config.clone(), tls.clone());
        let (news, starts) = (Arc::new(News::default()), Arc::new(Starts::default()));
        let listener =
            Listener::start(config, tls, &self.schema, Arc::clone(&news), Arc::clone(&starts));
        let database = Arc::new(Database::new(pool, self.retry_for));
        let room = Room::new(self.reserve, self.max_bytes);
        let more = More::new(more_config, more_tls, &self.schema);
        let needs_reserve = room.holds_reserve();
        Ok(PostgresStore {
            more,
            sharing: Arc::new(Sharing::new(Arc::clone(&database), needs_reserve)),
            database,
            listener,
            news,
            starts,
            leases: Leases::default(),
            clock_pace: Pace::new(),
            clocks: Mutex::default(),
            room,
            schema: self.schema,
            place: place.to_string(),
        })
    }
}
