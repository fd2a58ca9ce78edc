use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use super::session::Session;
use super::waiting::Waiting;

/// Notices what other processes write, and notifies those who wait here. Its thread looks only while
/// somebody waits; a thread of its own, because looking may wait for a lock or the disk, and handing
/// each look to a runtime's thread would cost more than the look.
///
/// Dropping it ends the thread and closes its connection.
pub(super) struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// So many wait.
    waiting: usize,
    /// The thread sleeps until somebody does.
    is_asleep: bool,
    has_ended: bool,
}

impl Watch {
    /// Starts the thread, which looks so often.
    pub(super) fn start_thread(
        connection: Connection,
        interval: Duration,
        waiting: Arc<Waiting>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        let thread = Builder::new()
            .name("hookstead-watch".to_owned())
            .spawn(move || watch(&connection, interval, &watched, &waiting))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Watches until what this returns is dropped.
    pub(super) fn start(&self) -> Watching<'_> {
        let mut state = self.shared.lock();
        state.waiting += 1;
        if state.is_asleep {
            state.is_asleep = false;
            self.shared.changed.notify_one();
        }
        Watching { shared: &self.shared }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody waits.
pub(super) struct Watching<'a> {
    shared: &'a Shared,
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.shared.lock().waiting -= 1;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.lock().has_ended = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It does nothing that panics, and if it did, nobody would want to know now.
            let _ = thread.join();
        }
    }
}

/// The thread. What was written while nobody waited is noticed late, which is harmless: whoever
/// begins to wait asks for what is due.
fn watch(connection: &Connection, interval: Duration, shared: &Shared, waiting: &Waiting) {
    let mut session = Session::new(connection);
    let mut known = None;
    loop {
        {
            let mut state = shared.lock();
            state.is_asleep = state.waiting == 0;
            let asleep = |state: &mut State| state.is_asleep && !state.has_ended;
            let awake = shared.changed.wait_while(state, asleep);
            if awake.unwrap_or_else(PoisonError::into_inner).has_ended {
                return;
            }
        }
        // A failure is told by who asks for the deliveries themselves.
        if let Ok(version) = version(&mut session)
            && std::mem::replace(&mut known, version) != version
        {
            waiting.wake();
        }
        let running = |state: &mut State| !state.has_ended;
        drop(shared.changed.wait_timeout_while(shared.lock(), interval, running));
    }
}

/// A number that is another one whenever somebody else has written: another process, or this one's
/// writer thread, which costs those who wait one look more. It is read from shared memory.
fn version(session: &mut Session<'_>) -> rusqlite::Result<Option<i64>> {
    session.first("PRAGMA data_version", [], |row| row.get(0))
}
