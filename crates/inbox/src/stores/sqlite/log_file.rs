//! The write-ahead log beside the file.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::copying::{Copied, Copying};

/// Once the log has so many bytes, what it says is copied into the file and it begins anew. SQLite's own
/// measure: large enough that most pages are copied once for many commits.
pub(super) const USUAL_LENGTH: u64 = 4 * 1024 * 1024;

/// A log of so many times its usual length is not copied at once: whoever waits for a commit would wait for
/// that, a second for each two gigabytes on a quick disk.
const LONG: u64 = 16;

/// So often shortening it is tried at most.
const INTERVAL: Duration = Duration::from_secs(1);

/// So long a commit waits for others to end their reading, once it is all that keeps a long log from being shortened.
const READING_DEADLINE: Duration = Duration::from_millis(10);

/// Keeps the log short. It cannot begin anew while anybody reads what it was before; so a reader that
/// stays for long makes it grow, and only once that is gone it can be shortened.
pub(super) struct LogFile {
    path: PathBuf,
    usual_length: u64,
    busy_timeout: Duration,
    tried: Cell<Option<Instant>>,
    /// SQLite copies the log with a commit.
    copies_itself: Cell<bool>,
    copying: Copying,
    /// Next to nothing of a long log is left to copy.
    is_copied: Cell<bool>,
    /// In bytes.
    page: Cell<u64>,
}

impl LogFile {
    /// The log at this path, of this file. A file that may have only so many bytes has a shorter one.
    pub(super) fn new(
        path: PathBuf,
        file: PathBuf,
        max_bytes: Option<u64>,
        busy_timeout: Duration,
    ) -> Self {
        let usual_length = max_bytes.map_or(USUAL_LENGTH, |bytes| USUAL_LENGTH.min(bytes / 16));
        Self {
            path,
            usual_length,
            busy_timeout,
            tried: Cell::new(None),
            copies_itself: Cell::new(true),
            copying: Copying::new(file),
            is_copied: Cell::new(false),
            page: Cell::new(1),
        }
    }

    /// Has SQLite copy and shorten it at the usual length.
    pub(super) fn set_up(&self, connection: &Connection) -> rusqlite::Result<()> {
        let page: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get("page_size"))?;
        self.page.set(u64::from(page.max(1)));
        set(connection, "journal_size_limit", self.bytes(self.usual_pages()))?;
        set(connection, "wal_autocheckpoint", self.usual_pages())
    }

    fn usual_pages(&self) -> u64 {
        (self.usual_length / self.page.get()).max(16)
    }

    /// What one commit may well wait for, whether it is copied or cut off.
    fn little_pages(&self) -> u64 {
        self.usual_pages() * LONG / 4
    }

    fn bytes(&self, pages: u64) -> u64 {
        pages.saturating_mul(self.page.get())
    }

    /// Shortens the log if it has grown, as far as nobody reads it; not often, unless room is short. Then it
    /// is kept as short as can be: it would take the room that the file needs.
    pub(super) fn tend(&self, connection: &Connection, is_room_short: bool) {
        let is_time = self.is_copied.get()
            || self.tried.get().is_none_or(|tried| tried.elapsed() >= INTERVAL);
        let copied = self.copying.take();
        if !is_time && !is_room_short && copied == Copied::Unknown {
            return;
        }
        let length = std::fs::metadata(&self.path).map_or(0, |log| log.len());
        let too_long = if is_room_short { 0 } else { self.usual_length * 2 };
        let is_long = length > self.usual_length * LONG;
        if is_long && !is_room_short {
            self.shorten_later(connection, length, copied);
            return;
        }
        self.is_copied.set(false);
        self.let_copy_itself(connection, true);
        if length > too_long {
            self.shorten(connection);
        }
    }

    /// Has a long log copied while others write. Once little is left, cuts a piece off with each commit: a file system
    /// takes a second to free four gigabytes, and a commit would wait for that.
    fn shorten_later(&self, connection: &Connection, length: u64, copied: Copied) {
        let little = self.little_pages();
        self.let_copy_itself(connection, false);
        match copied {
            Copied::Except(Some(left)) => self.is_copied.set(left <= little),
            // Better late than never.
            Copied::Except(None) => return self.shorten(connection),
            Copied::Unknown => {}
        }
        let piece = if self.is_copied.get() { self.bytes(little) } else { 0 };
        let is_limited =
            set(connection, "journal_size_limit", length.saturating_sub(piece)).is_ok();
        if self.is_copied.get() {
            self.is_copied.set(is_limited && self.begin_anew(connection));
        } else if copied == Copied::Unknown {
            self.copying.begin(little);
        }
        self.tried.set(Some(Instant::now()));
    }

    /// Copies what is left, so that the next commit writes to the log's beginning and cuts off what is over the limit.
    /// Whether nobody reads the log any more.
    fn begin_anew(&self, connection: &Connection) -> bool {
        let _ = connection.busy_timeout(READING_DEADLINE);
        let is_busy = connection
            .query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, i64>("busy"));
        let _ = connection.busy_timeout(self.busy_timeout);
        is_busy == Ok(0)
    }

    fn let_copy_itself(&self, connection: &Connection, wanted: bool) {
        if self.copies_itself.get() == wanted {
            return;
        }
        let is_set = match wanted {
            true => self.set_up(connection),
            false => set(connection, "wal_autocheckpoint", 0),
        };
        if is_set.is_ok() {
            self.copies_itself.set(wanted);
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

fn set(connection: &Connection, pragma: &str, value: u64) -> rusqlite::Result<()> {
    let value = i64::try_from(value).unwrap_or(i64::MAX);
    connection.pragma_update_and_check(None, pragma, value, |_| Ok(()))
}
