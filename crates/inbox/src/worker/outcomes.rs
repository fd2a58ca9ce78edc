use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::taken::Taken;
use crate::store::settlement::Settlement;

/// While fewer outcomes than this wait to be written, the slots of handlers that have done their work are free
/// before that is written. Beyond that the store is too slow for more.
const MOST_AHEAD: usize = 256;

/// What has come of the attempts that have ended, on its way to the store. Whatever ends while the store
/// is busy with others goes to it in one call.
#[derive(Default)]
pub(super) struct Outcomes {
    waiting: Mutex<Vec<Outcome>>,
    changed: Notify,
    /// The store has not kept up: slots are free only once their outcomes are written.
    is_late: AtomicBool,
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
        let freed =
            matches!(end, AttemptEnds::Settled(Settlement::Done)).then(|| Arc::clone(&taken));
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(Outcome { taken, end });
        let (is_first, is_ahead) = (waiting.len() == 1, waiting.len() < MOST_AHEAD);
        drop(waiting);
        // Here, and not where it is written down: that is on another thread, and until it is awake what is
        // accepted would find no slot.
        if let Some(done) = freed
            && is_ahead
            && !self.is_late.load(Ordering::Relaxed)
        {
            done.free_slot();
        }
        // For those after it somebody is on the way.
        if is_first {
            self.changed.notify_one();
        }
    }

    /// Says whether the store keeps up: it does not fail, and so many outcomes that were taken from here are not
    /// written yet.
    pub(super) fn set_unwritten(&self, count: usize, has_failed: bool) {
        self.is_late.store(has_failed || count >= MOST_AHEAD, Ordering::Relaxed);
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
