//! The write-ahead log beside the file.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Once the log has so many bytes, what it says is copied into the file and it begins anew. SQLite's own
/// measure: large enough that most pages are copied once for many commits.
pub(super) const USUAL_LENGTH: u64 = 4 * 1024 * 1024;

/// So often shortening it is tried at most.
const INTERVAL: Duration = Duration::from_secs(1);

/// Keeps the log short. It cannot begin anew while anybody reads what it was before; so a reader that
/// stays for long makes it grow, and only once that is gone it can be shortened.
pub(super) struct LogFile {
    path: PathBuf,
    usual_length: u64,
    busy_timeout: Duration,
    tried: Cell<Option<Instant>>,
}

impl LogFile {
    /// The log at this path. A file that may have only so many bytes has a shorter one.
    pub(super) fn new(path: PathBuf, max_bytes: Option<u64>, busy_timeout: Duration) -> Self {
        let usual_length = max_bytes.map_or(USUAL_LENGTH, |bytes| USUAL_LENGTH.min(bytes / 16));
        Self { path, usual_length, busy_timeout, tried: Cell::new(None) }
    }

    /// Has SQLite copy and shorten it at the usual length.
    pub(super) fn set_up(&self, connection: &Connection) -> rusqlite::Result<()> {
        let page: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get("page_size"))?;
        let pages = (self.usual_length / u64::from(page.max(1))).max(16);
        let as_number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (pragma, value) in [
            ("wal_autocheckpoint", as_number(pages)),
            ("journal_size_limit", as_number(pages.saturating_mul(u64::from(page)))),
        ] {
            connection.pragma_update_and_check(None, pragma, value, |_| Ok(()))?;
        }
        Ok(())
    }

    /// Shortens the log if it has grown, as far as nobody reads it; not often, unless room is short. Then it
    /// is kept as short as can be: it would take the room that the file needs.
    pub(super) fn tend(&self, connection: &Connection, is_room_short: bool) {
        let length = || std::fs::metadata(&self.path).map_or(0, |log| log.len());
        let is_time = self.tried.get().is_none_or(|tried| tried.elapsed() >= INTERVAL);
        let too_long = if is_room_short { 0 } else { self.usual_length * 2 };
        if (is_time || is_room_short) && length() > too_long {
            self.shorten(connection);
        }
    }

    /// Copies what the log says into the file and empties it, if nobody reads it. Waits for nobody.
    pub(super) fn shorten(&self, connection: &Connection) {
        self.tried.set(Some(Instant::now()));
        // Whether it could be is seen from its length, by whoever needs the room.
        let _ = connection.busy_timeout(Duration::ZERO);
        let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let _ = connection.busy_timeout(self.busy_timeout);
    }
}
