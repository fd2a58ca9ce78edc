use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hookstead::inbox::{
    PostgresOptions, PostgresStore, SqliteOptions, SqliteStore, StorePlace, own_runtime,
};

use super::database::{Kind, PostgresDatabase, Problem, SqliteDatabase};
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

    fn new() -> Self {
        Self {
            sqlite: SqliteStore::options(),
            postgres: PostgresStore::options(),
            poll_interval: Self::DEFAULT_POLL_INTERVAL,
            reserve: Self::DEFAULT_RESERVE,
            lock_deadline: Self::DEFAULT_LOCK_DEADLINE,
            connections: Self::DEFAULT_CONNECTIONS,
        }
    }

    /// How the inbox's store is opened where it is a file. The journal lies in the same file, so a largest size
    /// counts its logs as well: then accepting stops where logs take the room.
    pub fn sqlite(mut self, options: SqliteOptions) -> Self {
        self.sqlite = options;
        self
    }

    /// How the inbox's store is opened where it is in PostgreSQL. The journal's tables lie in its schema; where they
    /// are missing, they are made, which takes the right to.
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

    /// Opens the journal and the inbox's store: see [`Journal::open`].
    ///
    /// # Errors
    ///
    /// Fails as [`Journal::open`] does.
    pub async fn open(self, place: &str) -> Result<Journal, JournalError> {
        const DOING: &str = "open its database";
        let failed = |error| JournalError::inbox(DOING, error);
        let is_postgres = place.parse::<StorePlace>().map_err(failed)?.is_postgres();
        let database = if is_postgres {
            let store = self.postgres.connect(place).await.map_err(failed)?;
            PostgresDatabase::start(Arc::new(store), self.connections).await.map(Database::Postgres)
        } else {
            let store = self.sqlite.open(place).map_err(failed)?;
            let (file, lock_deadline) = (Path::new(place).to_owned(), self.lock_deadline);
            // It waits for the file.
            let starting = own_runtime()
                .spawn_blocking(move || {
                    SqliteDatabase::start(Arc::new(store), &file, lock_deadline)
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

    /// Options to open one with.
    pub fn options() -> JournalOptions {
        JournalOptions::new()
    }
}
