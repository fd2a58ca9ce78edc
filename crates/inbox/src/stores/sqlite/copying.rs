//! Copies what the log says into the file, while others go on to write.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use rusqlite::{Connection, InterruptHandle, OpenFlags};

/// A thread that copies a long log, if there is one to copy. SQLite lets others write meanwhile, if it need not
/// wait for anybody.
///
/// Dropping it stops the thread.
pub(super) struct Copying {
    file: PathBuf,
    state: Arc<Mutex<State>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
enum State {
    #[default]
    Idle,
    /// It can be interrupted as soon as it has its connection.
    AtWork(Option<InterruptHandle>),
    /// So many pages could not be copied, or were written meanwhile. Nothing, where it failed.
    Left(Option<u64>),
    /// Nothing begins any more.
    Over,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copied {
    /// It is at it, or was never.
    Unknown,
    /// So many pages are left; nothing, where it failed.
    Except(Option<u64>),
}

impl Copying {
    /// Of the log of this file.
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, state: Arc::default(), thread: Mutex::default() }
    }

    /// Begins, unless it is at it. It goes on until at most so many pages are left, or nothing more can be done.
    pub(super) fn begin(&self, enough: u64) {
        let mut state = lock(&self.state);
        if matches!(*state, State::AtWork(_) | State::Over) {
            return;
        }
        *state = State::AtWork(None);
        let (file, shared) = (self.file.clone(), Arc::clone(&self.state));
        let started = Builder::new().name("hookstead-copy".to_owned()).spawn(move || {
            let left = copy(&file, &shared, enough).ok().flatten();
            let mut state = lock(&shared);
            if matches!(*state, State::AtWork(_)) {
                *state = State::Left(left);
            }
        });
        match started {
            // The one before has ended.
            Ok(thread) => *lock(&self.thread) = Some(thread),
            Err(_) => *state = State::Left(None),
        }
    }

    /// What became of it. It is told once.
    pub(super) fn take(&self) -> Copied {
        let mut state = lock(&self.state);
        match *state {
            State::Left(left) => {
                *state = State::Idle;
                Copied::Except(left)
            }
            _ => Copied::Unknown,
        }
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        if let State::AtWork(Some(interrupt)) =
            std::mem::replace(&mut *lock(&self.state), State::Over)
        {
            interrupt.interrupt();
        }
        if let Some(thread) = lock(&self.thread).take() {
            // It does nothing that panics, and if it did, nobody would want to know now.
            let _ = thread.join();
        }
    }
}

/// Copies until this is enough, or a round does not get further. Returns how many pages are left; nothing, where
/// nobody wants it any more.
fn copy(file: &Path, state: &Mutex<State>, enough: u64) -> rusqlite::Result<Option<u64>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    // As the connection that writes.
    connection.execute_batch("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;")?;
    {
        let mut state = lock(state);
        if matches!(*state, State::Over) {
            return Ok(None);
        }
        *state = State::AtWork(Some(connection.get_interrupt_handle()));
    }
    let (mut copied, mut most, mut most_left) = (0, u64::MAX, u64::MAX);
    loop {
        let Some(round) = Round::make(&connection)? else { return Ok(Some(u64::MAX)) };
        // SQLite may have begun the log anew.
        let newly = round.copied.checked_sub(copied).unwrap_or(round.copied);
        copied = round.copied;
        if newly > enough {
            flush_to_disk(file);
            // More was written meanwhile; as long as each round is shorter than the one before, it comes to little.
            if newly < most {
                most = newly;
                continue;
            }
        }
        if round.left <= enough || round.left >= most_left {
            return Ok(Some(round.left));
        }
        most_left = round.left;
    }
}

/// In pages of the log.
struct Round {
    /// Since the log began.
    copied: u64,
    left: u64,
}

impl Round {
    /// Copies what the log has now. Nothing: somebody else is at it.
    fn make(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            let (log, copied): (i64, i64) = (row.get("log")?, row.get("checkpointed")?);
            let is_busy = row.get::<_, i64>("busy")? != 0;
            let pages = |count: i64| count.max(0).unsigned_abs();
            let round = Self { copied: pages(copied), left: pages(log.saturating_sub(copied)) };
            Ok((!is_busy).then_some(round))
        })
    }
}

/// Waits until the disk has what was copied into this file. SQLite leaves that to whoever copies the last page of the
/// log, which is a commit; and there may be gigabytes.
///
/// The file itself is not opened for it: closing it would end this process' locks on it.
fn flush_to_disk(file: &Path) {
    // Where it cannot be done, a commit waits.
    #[cfg(target_os = "linux")]
    if let Some(Ok(folder)) = file.parent().map(std::fs::File::open) {
        let _ = rustix::fs::syncfs(folder);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
