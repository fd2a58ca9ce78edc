use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whose turn it is, of the connections of one process, to write in the file.
#[derive(Debug, Default)]
pub(super) struct WriteTurns(Mutex<()>);

impl WriteTurns {
    pub(super) fn wait(&self) -> SqliteWriteTurn<'_> {
        // It guards no data that a panic could leave half changed.
        SqliteWriteTurn { _guard: self.0.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

/// The turn to write that [`SqliteStore::write_turn`](crate::SqliteStore::write_turn) gives, until it is dropped.
#[derive(Debug)]
#[must_use = "the turn is over when this is dropped"]
pub struct SqliteWriteTurn<'a> {
    _guard: MutexGuard<'a, ()>,
}
