use std::time::Duration;

use hookstead::inbox::{PostgresOptions, PostgresStore, SqliteOptions, SqliteStore};

use super::error::JournalError;
use super::journal::Journal;

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
    pub(super) sqlite: SqliteOptions,
    pub(super) postgres: PostgresOptions,
    pub(super) poll_interval: Duration,
    pub(super) reserve: u64,
}

impl JournalOptions {
    /// What is watched is looked at so often by default: a build on another machine shows its log a second
    /// later at most. What this process writes itself is seen at once.
    pub const DEFAULT_POLL_INTERVAL: Duration = Duration::from_secs(1);

    /// So much of a disk stays free by default before a build begins: 1 GiB. A checkout and what a build
    /// makes of it take some hundred megabytes, and several builds begin at once.
    pub const DEFAULT_RESERVE: u64 = 1024 * 1024 * 1024;

    pub(super) fn new() -> Self {
        Self {
            sqlite: SqliteStore::options(),
            postgres: PostgresStore::options(),
            poll_interval: Self::DEFAULT_POLL_INTERVAL,
            reserve: Self::DEFAULT_RESERVE,
        }
    }

    /// How the inbox's store is opened where it is a file.
    pub fn sqlite(mut self, options: SqliteOptions) -> Self {
        self.sqlite = options;
        self
    }

    /// How the inbox's store is opened where it is in PostgreSQL. The journal's tables lie in its schema.
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

    /// Opens the journal and the inbox's store: see [`Journal::open`].
    ///
    /// # Errors
    ///
    /// Fails as [`Journal::open`] does.
    pub async fn open(self, place: &str) -> Result<Journal, JournalError> {
        Journal::open_with(self, place).await
    }
}
