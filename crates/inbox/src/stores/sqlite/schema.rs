use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::row::unreadable;
use super::session::{Session, plan_once};

/// What leads to each version of the schema from the one before. Released ones never change.
///
/// A migration that a program of an older version can live with (a new table, a new column with a default)
/// leaves `meta.oldest_version` as it is; one that it cannot sets it to its own number.
const MIGRATIONS: &[(i64, &str)] = &[(2, include_str!("migrations/1_tasks.sql"))];

/// The version that this program writes: SQLite's `user_version`.
const VERSION: i64 = 2;

/// The one that kept deliveries without tasks. Nothing leads from there.
const BEFORE_TASKS: i64 = 1;

/// Marks the file as ours: SQLite's `application_id`, the letters `Hook`.
const APPLICATION: i64 = 0x486f_6f6b;

/// Brings a database to the present schema, and the connection to the present settings.
///
/// What it refuses (no database, another program's, a newer schema) it leaves untouched.
pub(super) fn prepare(connection: &Connection, lock_deadline: Duration) -> Result<(), Unusable> {
    connection.busy_timeout(lock_deadline)?;
    plan_once(connection)?;
    present_version(connection)?;
    use_write_ahead_log(connection, lock_deadline)?;
    // A commit is on the disk when it returns; on macOS only the "full" sync means that.
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON;",
    )?;
    migrate(connection)
}

/// The schema's version, seen from outside of a transaction.
fn present_version(connection: &Connection) -> Result<i64, Unusable> {
    version(&Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?)
}

/// The schema's version; 0 for an empty file. It is read in several steps, between which another
/// process could migrate: hence the transaction.
fn version(connection: &Transaction<'_>) -> Result<i64, Unusable> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let version = number("PRAGMA user_version")?;
    match number("PRAGMA application_id")? {
        APPLICATION if version == BEFORE_TASKS => Err(Unusable::BeforeTasks),
        APPLICATION if version > VERSION => {
            let oldest = number(OLDEST_VERSION)?;
            if oldest > VERSION { Err(Unusable::Newer { version, oldest }) } else { Ok(version) }
        }
        APPLICATION => Ok(version),
        0 if version == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0 => Ok(0),
        _ => Err(Unusable::Foreign),
    }
}

/// The oldest version that may still be used beside newer ones.
const OLDEST_VERSION: &str = "SELECT oldest_version FROM meta";

/// Fails if somebody has brought the schema to a version meanwhile that this program cannot use. It is
/// asked at the beginning of each transaction, and costs what reading a number from memory does.
pub(super) fn expect_usable(session: &mut Session<'_>) -> rusqlite::Result<()> {
    let version = session.number("PRAGMA user_version", [])?;
    if version == VERSION {
        return Ok(());
    }
    let oldest = session.number(OLDEST_VERSION, [])?;
    if version > VERSION && oldest <= VERSION {
        return Ok(());
    }
    Err(unreadable(Unusable::Newer { version, oldest }))
}

fn use_write_ahead_log(connection: &Connection, lock_deadline: Duration) -> Result<(), Unusable> {
    let started = Instant::now();
    loop {
        let mode = connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => return Err(Unusable::NoWriteAheadLog(mode)),
            // The one lock that SQLite does not wait for: another process is switching, too.
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && started.elapsed() < lock_deadline =>
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn migrate(connection: &Connection) -> Result<(), Unusable> {
    if present_version(connection)? >= VERSION {
        return Ok(());
    }
    // Takes the write lock first: of several processes that start at once, one migrates.
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let present = version(&transaction)?;
    if present >= VERSION {
        return Ok(());
    }
    for (version, migration) in MIGRATIONS {
        if *version > present {
            transaction.execute_batch(migration)?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// Why a file cannot be an inbox.
#[derive(Debug)]
pub(super) enum Unusable {
    /// It belongs to another program.
    Foreign,
    /// It keeps deliveries without tasks.
    BeforeTasks,
    /// A newer version of this program wrote it, and no program that knows less than `oldest` may use it.
    Newer { version: i64, oldest: i64 },
    /// SQLite fell back to this journal mode.
    NoWriteAheadLog(String),
    /// SQLite failed.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Unusable {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => formatter.write_str("it is another program's database"),
            Self::BeforeTasks => formatter.write_str(
                "it was written before Hookstead kept a task for each handler, and cannot be read any \
                 more: have its deliveries handled by the version that wrote it, and begin with a new file",
            ),
            Self::Newer { version, oldest } => write!(
                formatter,
                "a newer version of Hookstead wrote it (schema {version}, for programs that know at \
                 least {oldest}; this one knows {VERSION})"
            ),
            Self::NoWriteAheadLog(mode) => write!(
                formatter,
                "its file system does not support a write-ahead log (SQLite chose `{mode}`); \
                 it must be a local disk"
            ),
            Self::Sqlite(error) => fmt::Display::fmt(error, formatter),
        }
    }
}

impl Error for Unusable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Sqlite(error) => Some(error),
            Self::Foreign | Self::BeforeTasks | Self::Newer { .. } | Self::NoWriteAheadLog(_) => {
                None
            }
        }
    }
}
