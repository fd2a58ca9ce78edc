use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::taken::Taken;
use crate::store::settlement::Settlement;

/// What has come of the attempts that have ended, on its way to the store. Whatever ends while the store
/// is busy with others goes to it in one call.
#[derive(Default)]
pub(super) struct Outcomes {
    waiting: Mutex<Vec<Outcome>>,
    changed: Notify,
}

/// What has come of one attempt.
pub(super) struct Outcome {
    pub(super) taken: Arc<Taken>,
    pub(super) end: AttemptEnds,
}

/// How an attempt has ended.
pub(super) enum AttemptEnds {
    /// It is settled like this.
    Settled(Settlement),
    /// Its future was dropped before it had an outcome: it was told to stop, or its runtime is gone.
    Dropped,
}

impl Outcomes {
    pub(super) fn add(&self, taken: Arc<Taken>, end: AttemptEnds) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(Outcome { taken, end });
        let is_first = waiting.len() == 1;
        drop(waiting);
        // For those after it somebody is on the way.
        if is_first {
            self.changed.notify_one();
        }
    }

    /// Everything that has ended since; waits until there is something.
    pub(super) async fn next(&self) -> Vec<Outcome> {
        loop {
            let outcomes = self.take();
            if !outcomes.is_empty() {
                return outcomes;
            }
            self.changed.notified().await;
        }
    }

    /// Everything that has ended since.
    pub(super) fn take(&self) -> Vec<Outcome> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
