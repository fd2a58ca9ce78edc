use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::files::{Files, beside, identity};
use super::log_file::LogFile;
use super::reader::Reader;
use super::room::Room;
use super::schema;
use super::session::plan_once;
use super::sqlite_store::SqliteStore;
use super::waiting::Waiting;
use super::watch::Watch;
use super::write_turn::WriteTurns;
use super::writer::{Surroundings, Writer};
use crate::clock::Pace;
use crate::error::InboxError;
use rusqlite::{Connection, OpenFlags};

/// How to open a [`SqliteStore`], made by [`SqliteStore::options`].
///
/// ```no_run
/// use std::time::Duration;
/// use hookstead_inbox::SqliteStore;
///
/// let inbox = SqliteStore::options()
///     .lock_deadline(Duration::from_secs(3))
///     .max_bytes(2 * 1024 * 1024 * 1024)
///     .open("inbox.db")?;
/// # Ok::<(), hookstead_inbox::InboxError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SqliteOptions {
    lock_deadline: Duration,
    max_bytes: Option<u64>,
    reserve: u64,
    watch_interval: Duration,
}

impl SqliteOptions {
    /// A lock of another process is waited for so long by default: a little less than the inbox takes to
    /// accept at most, so that the error names the lock and not just the time.
    pub const DEFAULT_LOCK_DEADLINE: Duration = Duration::from_secs(4);

    /// While this process waits for work, it looks so often by default whether another one has
    /// written. A delivery from there waits half of it on average: less than a person notices, or a
    /// handler takes. Looking so often takes 2 ms of a processor's second, measured over an idle
    /// minute.
    pub const DEFAULT_WATCH_INTERVAL: Duration = Duration::from_millis(20);

    /// So much of the disk stays free by default, while deliveries are accepted: 64 MiB. What leases,
    /// settles and purges needs the log, which grows to 4 MiB and is used again, and some pages of the
    /// file; and other programs on the disk need some, too. Of a small file system a quarter is kept at
    /// most.
    pub const DEFAULT_RESERVE: u64 = 64 * 1024 * 1024;

    pub(super) fn new() -> Self {
        Self {
            lock_deadline: Self::DEFAULT_LOCK_DEADLINE,
            max_bytes: None,
            reserve: Self::DEFAULT_RESERVE,
            watch_interval: Self::DEFAULT_WATCH_INTERVAL,
        }
    }

    /// For this long a transaction waits while another process holds the lock; then it fails.
    pub fn lock_deadline(mut self, deadline: Duration) -> Self {
        self.lock_deadline = deadline;
        self
    }

    /// File and log grow to about so many bytes; then bodies of settled tasks are dropped, and where there
    /// are none, accepting fails with an error that [`is_full`](InboxError::is_full), until there is room
    /// again. All else goes on, and may take some more. By default the disk is the limit.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Accepting stops like that while so many bytes of the disk are free still, so that what was
    /// accepted can be handled on a full disk. At most a quarter of the file system is kept.
    pub fn reserve(mut self, bytes: u64) -> Self {
        self.reserve = bytes;
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
    /// Fails when the file cannot be opened or made, is no SQLite database, or is another program's. Fails
    /// when it was written by a newer version of this crate that shares it with none as old as this, or by
    /// one that kept no tasks. The error names the file.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, InboxError> {
        let path = path.as_ref();
        // SQLite takes some names for something else (`:memory:`, `file:...`); an absolute path
        // is always a file.
        let file = std::path::absolute(path).map_err(|error| InboxError::open(path, error))?;
        create(&file).map_err(|error| InboxError::open(path, error))?;
        self.start(&file).map_err(|error| InboxError::open(path, error))
    }

    fn start(&self, file: &Path) -> Result<SqliteStore, Box<dyn std::error::Error + Send + Sync>> {
        let before = identity(file);
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let writing = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::prepare(&writing, self.lock_deadline)?;
        let log =
            LogFile::new(beside(file, "-wal"), file.to_owned(), self.max_bytes, self.lock_deadline);
        log.set_up(&writing)?;
        let read_only = || {
            let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY;
            let connection = Connection::open_with_flags(file, flags)?;
            connection.busy_timeout(self.lock_deadline)?;
            plan_once(&connection)?;
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
        let waiting = Arc::new(Waiting::default());
        let room = Room::new(file, beside(file, "-wal"), self.reserve, self.max_bytes);
        let room = Arc::new(room);
        let write_turns = Arc::new(WriteTurns::default());
        let around = Surroundings {
            files,
            log,
            room: Arc::clone(&room),
            waiting: Arc::clone(&waiting),
            write_turns: Arc::clone(&write_turns),
        };
        Ok(SqliteStore {
            reader: Reader::start(reader)?,
            watch: Watch::start_thread(watching, self.watch_interval, Arc::clone(&waiting))?,
            writer: Writer::start(writing, around)?,
            waiting,
            room,
            write_turns,
            clock_pace: Pace::new(),
            passed_on: Mutex::default(),
            file: file.to_owned(),
        })
    }
}

impl SqliteStore {
    /// Opens the file, or makes it, with the default options.
    ///
    /// # Errors
    ///
    /// See [`SqliteOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, InboxError> {
        Self::options().open(path)
    }

    /// Options to open a file with.
    pub fn options() -> SqliteOptions {
        SqliteOptions::new()
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
