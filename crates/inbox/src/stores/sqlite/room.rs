//! How much may still be accepted: what is left of the disk, and of the size that the file may have.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::moments;
use super::purging::{self, HANDLED};
use super::row::Outcome;
use super::session::Session;

/// A delivery takes so much besides its body, in bytes: its row, its tasks, and the indexes.
const OVERHEAD: u64 = 16 * 1024;

/// The disk is looked at so often while there is room. In between what is taken is counted.
pub(super) const INTERVAL: Duration = Duration::from_millis(100);

/// At most this part of a file system is kept free, so that a small one can be used, too.
const LARGEST_SHARE: u64 = 4;

/// So many bodies at a time go to make room.
const BODIES: i64 = 100;

/// Says whether there is room for what comes. Accepting stops while there is still a reserve, for leasing,
/// settling and purging need room as well: what was accepted is handled on a full disk, too.
pub(super) struct Room {
    file: PathBuf,
    log: PathBuf,
    reserve: u64,
    max_bytes: Option<u64>,
    free_space: FreeSpace,
    state: Mutex<State>,
}

/// Tells the bytes that are free on a file's disk for this user, and all that it has; nothing, where nobody
/// can tell.
pub(super) type FreeSpace = fn(&Path) -> Option<(u64, u64)>;

#[derive(Default)]
struct State {
    looked: Option<Instant>,
    left: u64,
    /// In the transaction at hand; the disk does not show it yet.
    taken: u64,
    was_short: bool,
    relieved: Option<Instant>,
    is_short: bool,
}

impl Room {
    pub(super) fn new(file: &Path, log: PathBuf, reserve: u64, max_bytes: Option<u64>) -> Self {
        let (file, state) = (file.to_owned(), Mutex::default());
        Self { file, log, reserve, max_bytes, free_space, state }
    }

    /// The same of another disk.
    #[cfg(test)]
    pub(super) fn on_disk(self, free_space: FreeSpace) -> Self {
        Self { free_space, ..self }
    }

    /// A transaction begins.
    pub(super) fn begin(&self) {
        self.lock().taken = 0;
    }

    /// Whether room is short, or was since this was asked last.
    pub(super) fn is_short(&self) -> bool {
        let mut state = self.lock();
        std::mem::take(&mut state.was_short) || state.is_short
    }

    /// Takes room for a body of this length. Where it is short, bodies of settled tasks go: the oldest
    /// first, those of dead ones last. The error says what is full.
    pub(super) fn take(
        &self,
        session: &mut Session<'_>,
        length: usize,
    ) -> rusqlite::Result<Result<(), String>> {
        let needed = OVERHEAD.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        let mut state = self.lock();
        let is_fresh = state.looked.is_some_and(|looked| looked.elapsed() < INTERVAL);
        if !is_fresh || state.left < needed {
            let (mut left, mut full) = self.look(session, state.taken)?;
            while left < needed && drop_bodies(session, &ALL)? {
                (left, full) = self.look(session, state.taken)?;
            }
            state.looked = Some(Instant::now());
            state.left = left;
            if left < needed {
                state.was_short = true;
                return Ok(Err(full));
            }
        }
        state.left = state.left.saturating_sub(needed);
        state.taken = state.taken.saturating_add(needed);
        Ok(Ok(()))
    }

    /// Drops some bodies of settled tasks while there is no room: what is settled then finds free pages in
    /// the file, and needs none of the disk.
    pub(super) fn relieve(&self, session: &mut Session<'_>) -> rusqlite::Result<()> {
        let mut state = self.lock();
        if state.relieved.is_some_and(|relieved| relieved.elapsed() < INTERVAL) && !state.is_short {
            return Ok(());
        }
        let (left, _) = self.look(session, state.taken)?;
        state.relieved = Some(Instant::now());
        state.is_short = left < OVERHEAD;
        if state.is_short {
            drop_bodies(session, &HANDLED)?;
        }
        Ok(())
    }

    /// How many bytes may still be taken, and what says so.
    fn look(&self, session: &mut Session<'_>, taken: u64) -> rusqlite::Result<(u64, String)> {
        let mut number = |sql| session.number(sql, []).map(i64::cast_unsigned);
        let page = number("PRAGMA page_size")?;
        let unused = number("PRAGMA freelist_count")?.saturating_mul(page);
        let size = number("PRAGMA page_count")?.saturating_mul(page);
        let mut left = (u64::MAX, String::new());
        if let Some(max_bytes) = self.max_bytes {
            let log = std::fs::metadata(&self.log).map_or(0, |log| log.len());
            let used = size.saturating_sub(unused).saturating_add(log);
            let full = format!("its file may have {max_bytes} bytes and has {used} with its log");
            left = (max_bytes.saturating_sub(used), full);
        }
        if let Some((free, total)) = (self.free_space)(&self.file) {
            let reserve = self.reserve.min(total / LARGEST_SHARE);
            // What comes is written to the log, and then to the file. There it may find room.
            let free_now = free.saturating_add(unused).saturating_sub(taken.saturating_mul(2));
            let on_disk = free_now.saturating_sub(reserve) / 2;
            if on_disk < left.0 {
                let full = format!("its disk has {free} bytes left, of which {reserve} are kept");
                left = (on_disk, full);
            }
        }
        Ok(left)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How tasks may have ended, those first whose bodies are needed least.
const ALL: [Outcome; 4] = [Outcome::Done, Outcome::Superseded, Outcome::Canceled, Outcome::Dead];

/// Drops some bodies of tasks that ended like this; whether there were any.
fn drop_bodies(session: &mut Session<'_>, ended: &[Outcome]) -> rusqlite::Result<bool> {
    let now = moments::now();
    for outcome in ended.iter().copied() {
        loop {
            let mut left = BODIES;
            if purging::bodies(session, outcome, now, &mut left)? > 0 {
                return Ok(true);
            }
            // Those that were looked at have none any more, or one that is needed; there may be others.
            if left == BODIES {
                break;
            }
        }
    }
    Ok(false)
}

#[cfg(unix)]
fn free_space(file: &Path) -> Option<(u64, u64)> {
    let told = rustix::fs::statvfs(file).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(told.f_frsize);
    Some((bytes(told.f_bavail), bytes(told.f_blocks)))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<(u64, u64)> {
    None
}
