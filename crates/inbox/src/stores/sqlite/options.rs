use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Notify;

use super::files::{Files, identity};
use super::{SqliteInbox, schema, watch::Watch, writer::Writer};
use crate::InboxError;
use crate::clock::Pace;

/// How to open a [`SqliteInbox`], made by [`SqliteInbox::options`].
///
/// ```no_run
/// use std::time::Duration;
/// use hookstead_inbox::SqliteInbox;
///
/// let inbox = SqliteInbox::options()
///     .accept_budget(Duration::from_secs(3))
///     .max_bytes(2 * 1024 * 1024 * 1024)
///     .open("inbox.db")?;
/// # Ok::<(), hookstead_inbox::InboxError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SqliteOptions {
    accept_budget: Duration,
    lock_timeout: Duration,
    max_bytes: Option<u64>,
    keep_bodies: bool,
    watch_interval: Duration,
}

impl SqliteOptions {
    /// `accept` gives up after 5 s by default: GitHub cuts the connection after 10 s, and the
    /// answer has to travel.
    pub const DEFAULT_ACCEPT_BUDGET: Duration = Duration::from_secs(5);

    /// A lock of another process is waited for so long by default: a little less than the accept
    /// budget, so that the error names the lock and not just the time.
    pub const DEFAULT_LOCK_TIMEOUT: Duration = Duration::from_secs(4);

    /// While this process waits for work, it looks so often by default whether another one has
    /// written. A delivery from there waits half of it on average: less than a person notices, or a
    /// handler takes. Looking so often takes 2 ms of a processor's second, measured over an idle
    /// minute.
    pub const DEFAULT_WATCH_INTERVAL: Duration = Duration::from_millis(20);

    pub(super) fn new() -> Self {
        Self {
            accept_budget: Self::DEFAULT_ACCEPT_BUDGET,
            lock_timeout: Self::DEFAULT_LOCK_TIMEOUT,
            max_bytes: None,
            keep_bodies: false,
            watch_interval: Self::DEFAULT_WATCH_INTERVAL,
        }
    }

    /// After this long, `accept` fails.
    pub fn accept_budget(mut self, budget: Duration) -> Self {
        self.accept_budget = budget;
        self
    }

    /// For this long a transaction waits while another process holds the lock; then it fails.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// The file grows to about so many bytes; then `accept` fails with an error that
    /// [`is_full`](InboxError::is_full), until deliveries are done. By default the disk is the
    /// limit.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Keeps the bodies of deliveries that are done or superseded until they are purged, to look back
    /// at them. By default they are dropped: they take most of the room, and may be private.
    pub fn keep_bodies(mut self, keep: bool) -> Self {
        self.keep_bodies = keep;
        self
    }

    /// While this process waits for work, it looks so often whether another one has written; at most
    /// once per millisecond. Where no other process puts deliveries into the file, a long interval
    /// saves the little that this costs.
    pub fn watch_interval(mut self, interval: Duration) -> Self {
        self.watch_interval = interval.max(Duration::from_millis(1));
        self
    }

    /// Opens the file, or makes it (readable by its owner only: payloads may be private), and
    /// starts the writer thread. It blocks for a moment.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be opened or made, is no SQLite database, is another program's,
    /// or was written by a newer version of this crate. The error names the file.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteInbox, InboxError> {
        let path = path.as_ref();
        // SQLite takes some names for something else (`:memory:`, `file:...`); an absolute path
        // is always a file.
        let file = std::path::absolute(path).map_err(|error| InboxError::open(path, error))?;
        create(&file).map_err(|error| InboxError::open(path, error))?;
        self.start(&file).map_err(|error| InboxError::open(path, error))
    }

    fn start(&self, file: &Path) -> Result<SqliteInbox, Box<dyn std::error::Error + Send + Sync>> {
        let before = identity(file);
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let writing = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::prepare(&writing, self.lock_timeout)?;
        if let Some(bytes) = self.max_bytes {
            let page: u32 = writing.query_row("PRAGMA page_size", [], |row| row.get(0))?;
            let pages = i64::try_from(bytes / u64::from(page.max(1))).unwrap_or(i64::MAX);
            writing.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        }
        let read_only = || {
            let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY;
            let connection = Connection::open_with_flags(file, flags)?;
            connection.busy_timeout(self.lock_timeout)?;
            // SQLite opens the files beside the first when it reads for the first time. They must be
            // those of now, and not of some other file that takes the place of this one.
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok::<_, rusqlite::Error>(connection)
        };
        let (reader, watching) = (read_only()?, read_only()?);
        let files = Files::of(file);
        if identity(file) != before {
            return Err("it was replaced while it was opened".into());
        }
        let changed = Arc::new(Notify::new());
        Ok(SqliteInbox {
            reader: Arc::new(Mutex::new(reader)),
            watch: Watch::start_thread(watching, self.watch_interval, Arc::clone(&changed))?,
            writer: Writer::start(writing, files, Arc::clone(&changed))?,
            changed,
            clock_pace: Pace::new(),
            accept_budget: self.accept_budget,
            keep_bodies: self.keep_bodies,
            file: file.to_owned(),
        })
    }
}

/// Makes the file, with the owner's permissions only, if there is none. SQLite gives the same
/// permissions to the files that it puts beside it.
fn create(file: &Path) -> io::Result<()> {
    // Closing a file gives up all locks that this process holds on it. So nobody here may lock it
    // between its making and its closing.
    static CREATING: Mutex<()> = Mutex::new(());
    let _alone = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
