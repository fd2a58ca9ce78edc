use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hookstead::inbox::{
    PostgresOptions, PostgresStore, SqliteOptions, SqliteStore, StorePlace, own_runtime,
};

use super::database::{Kind, PostgresDatabase, PostgresLimits, Problem, SqliteDatabase};
use super::error::JournalError;
use super::journal::{Database, Journal, Shared};
use super::watching::Hubs;

/// How to open a [`Journal`], made by [`Journal::options`].
///
/// ```no_run
/// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use hookstead_pipeline::journal::Journal;
///
/// let journal = Journal::options().poll_interval(Duration::from_millis(250)).open("ci.db").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct JournalOptions {
    sqlite: SqliteOptions,
    postgres: PostgresOptions,
    poll_interval: Duration,
    reserve: u64,
    lock_deadline: Duration,
    connections: usize,
    readers: usize,
    patience: Duration,
    retry_for: Duration,
}

impl JournalOptions {
    /// What is watched is looked at so often by default: a build on another machine shows its log a second
    /// later at most. What this process writes itself is seen at once.
    pub const DEFAULT_POLL_INTERVAL: Duration = Duration::from_secs(1);

    /// So much of a disk stays free by default before a build begins: 1 GiB. A checkout and what a build
    /// makes of it take some hundred megabytes, and several builds begin at once.
    pub const DEFAULT_RESERVE: u64 = 1024 * 1024 * 1024;

    /// A lock that others have on the file is waited for so long by default: as long as the inbox waits.
    pub const DEFAULT_LOCK_DEADLINE: Duration = SqliteOptions::DEFAULT_LOCK_DEADLINE;

    /// At most so many connections to PostgreSQL by default, beside those of the inbox: logs, pages and decisions
    /// share them, and each has one for some milliseconds.
    pub const DEFAULT_CONNECTIONS: usize = 4;

    /// So many connections read an SQLite file at once by default: a long log does not keep a page waiting.
    pub const DEFAULT_READERS: usize = 2;

    /// 10 s without an answer of PostgreSQL by default: then the database hangs, or the network does.
    pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(10);

    /// A broken connection to PostgreSQL is made anew for so long by default: as long as the inbox does it.
    pub const DEFAULT_RETRY_FOR: Duration = PostgresOptions::DEFAULT_RETRY_FOR;

    fn new() -> Self {
        Self {
            sqlite: SqliteStore::options(),
            postgres: PostgresStore::options(),
            poll_interval: Self::DEFAULT_POLL_INTERVAL,
            reserve: Self::DEFAULT_RESERVE,
            lock_deadline: Self::DEFAULT_LOCK_DEADLINE,
            connections: Self::DEFAULT_CONNECTIONS,
            readers: Self::DEFAULT_READERS,
            patience: Self::DEFAULT_PATIENCE,
            retry_for: Self::DEFAULT_RETRY_FOR,
        }
    }

    /// How the inbox's store is opened where it is a file. The journal lies in the same file, so a largest size
    /// counts its logs as well: then accepting stops where logs take the room.
    pub fn sqlite(mut self, options: SqliteOptions) -> Self {
        self.sqlite = options;
        self
    }

    /// How the inbox's store is opened where it is in PostgreSQL. The journal's tables lie in its schema. Where the
    /// store is opened [without migrating](PostgresOptions::without_migrating), so is the journal: then
    /// [`migrate`](Self::migrate) makes the tables of both.
    pub fn postgres(mut self, options: PostgresOptions) -> Self {
        self.postgres = options;
        self
    }

    /// What is watched is looked at so often, for what other processes write; at most once per 10 ms.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval.max(Duration::from_millis(10));
        self
    }

    /// No build begins while a disk has fewer bytes free: see [`Journal::room`].
    pub fn reserve(mut self, bytes: u64) -> Self {
        self.reserve = bytes;
        self
    }

    /// A lock that others have on the file is waited for so long; then what was asked for fails, as
    /// [down](JournalError::is_down).
    pub fn lock_deadline(mut self, deadline: Duration) -> Self {
        self.lock_deadline = deadline;
        self
    }

    /// At most so many connections to PostgreSQL, beside those of the inbox; at least one.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// So many connections read an SQLite file at once; at least one.
    pub fn readers(mut self, connections: usize) -> Self {
        self.readers = connections.max(1);
        self
    }

    /// What is asked of PostgreSQL fails without an answer after so long, as [down](JournalError::is_down).
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Where a connection to PostgreSQL is broken, or the server is not there, it is tried again for so long.
    pub fn retry_for(mut self, span: Duration) -> Self {
        self.retry_for = span;
        self
    }

    /// Makes the tables of the inbox and the journal or brings them up to date, and does no more: for a role with the
    /// rights to, whatever the options of the store say. A role that [opens](Self::open) it afterwards without
    /// migrating needs `USAGE` of the schema, and of its tables `SELECT`, `INSERT`, `UPDATE` and `DELETE`. An SQLite
    /// file is brought up to date whenever it is opened.
    ///
    /// # Errors
    ///
    /// Fails as [`Journal::open`] does.
    pub async fn migrate(self, place: &str) -> Result<(), JournalError> {
        self.start(place, true).await.map(drop)
    }

    /// Opens the journal and the inbox's store: see [`Journal::open`].
    ///
    /// # Errors
    ///
    /// Fails as [`Journal::open`] does.
    pub async fn open(self, place: &str) -> Result<Journal, JournalError> {
        let migrates = self.postgres.migrates();
        self.start(place, migrates).await
    }

    async fn start(self, place: &str, migrates: bool) -> Result<Journal, JournalError> {
        const DOING: &str = "open its database";
        let failed = |error| JournalError::inbox(DOING, error);
        let is_postgres = place.parse::<StorePlace>().map_err(failed)?.is_postgres();
        let database = if is_postgres {
            if migrates && !self.postgres.migrates() {
                self.postgres.clone().migrate(place).await.map_err(failed)?;
            }
            let store = self.postgres.connect(place).await.map_err(failed)?;
            let limits = PostgresLimits {
                connections: self.connections,
                patience: self.patience,
                retry_for: self.retry_for,
                migrates,
            };
            PostgresDatabase::start(Arc::new(store), limits).await.map(Database::Postgres)
        } else {
            let store = self.sqlite.open(place).map_err(failed)?;
            let (file, lock_deadline) = (Path::new(place).to_owned(), self.lock_deadline);
            let readers = self.readers;
            // It waits for the file.
            let starting = own_runtime()
                .spawn_blocking(move || {
                    SqliteDatabase::start(Arc::new(store), &file, lock_deadline, readers)
                })
                .await;
            let panicked = |_| Err(Problem::new(Kind::Refused, "its thread panicked"));
            starting.unwrap_or_else(panicked).map(Database::Sqlite)
        };
        let database = database.map_err(|problem| JournalError::new(DOING, problem))?;
        let (poll_interval, reserve) = (self.poll_interval, self.reserve);
        let shared = Shared { database, poll_interval, reserve, hubs: Hubs::default() };
        Ok(Journal { shared: Arc::new(shared) })
    }
}

impl Journal {
    /// Opens the journal, and the inbox's store, in this place: an SQLite file (`pipeline.db`) or a PostgreSQL
    /// database (`postgres://ci:secret@db.example.com/ci`). What is not there is made.
    ///
    /// # Errors
    ///
    /// Fails as the store does when it is opened, and when a newer version wrote the journal that shares it
    /// with none as old as this. The error names the place without user and password.
    pub async fn open(place: &str) -> Result<Self, JournalError> {
        Self::options().open(place).await
    }

    /// Makes the tables or brings them up to date, with the default options, and does no more.
    ///
    /// # Errors
    ///
    /// See [`JournalOptions::migrate`].
    pub async fn migrate(place: &str) -> Result<(), JournalError> {
        Self::options().migrate(place).await
    }

    /// Options to open one with.
    pub fn options() -> JournalOptions {
        JournalOptions::new()
    }
}
