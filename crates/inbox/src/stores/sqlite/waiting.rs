use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::store::lease::Leases;
use crate::time::bounded;

/// Several may lease and wait here, and none of them is known: a change that one did not see when it leased
/// may look as if it was seen, since another one leased after it. So whoever waits looks again so long
/// after the last change; which is longer than it takes from leasing to waiting.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// When something may be due, without asking the file: what changed since it was asked last, and the next
/// moment that is known.
#[derive(Default)]
pub(super) struct Waiting {
    changed: Notify,
    /// Counts the changes.
    changes: AtomicU64,
    /// The count when the last lease was asked for.
    seen: AtomicU64,
    /// The last lease got as much as it wanted; there may be more.
    may_be_more: AtomicBool,
    moments: Mutex<Moments>,
}

#[derive(Default)]
struct Moments {
    /// When something may be due next.
    next: Option<Instant>,
    last_change: Option<Instant>,
}

impl Waiting {
    /// Something may be due that was not.
    pub(super) fn wake(&self) {
        self.lock().last_change = Some(Instant::now());
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// A lease is asked for: it sees all changes until now.
    pub(super) fn look(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// What came of that.
    pub(super) fn looked(&self, changes: u64, leases: &Leases, limit: usize, lease: Duration) {
        self.seen.store(changes, Ordering::SeqCst);
        let got_all = leases.leased.len() >= limit && limit > 0;
        self.may_be_more.store(got_all, Ordering::SeqCst);
        if let Some(pause) = leases.next_due {
            self.expect_in(pause);
        }
        if !leases.leased.is_empty() {
            self.expect_in(lease);
        }
    }

    /// Something may be due after this long.
    pub(super) fn expect_in(&self, pause: Duration) {
        let moment = Instant::now() + bounded(pause);
        let mut moments = self.lock();
        moments.next = Some(moments.next.map_or(moment, |next| next.min(moment)));
    }

    /// Returns when something may be due.
    pub(super) async fn wait(&self, at_most: Duration) {
        // Made before anything is looked at: it hears of every change from here on.
        let changed = self.changed.notified();
        let now = Instant::now();
        let changes = self.changes.load(Ordering::SeqCst);
        let has_changed = self.seen.swap(changes, Ordering::SeqCst) != changes;
        if has_changed || self.may_be_more.swap(false, Ordering::SeqCst) {
            return;
        }
        let mut until = now + bounded(at_most);
        {
            let mut moments = self.lock();
            if let Some(next) = moments.next {
                until = until.min(next);
            }
            // It is over then; whoever leases hears of the one after it.
            moments.next = moments.next.filter(|next| *next > until);
            let again = moments.last_change.map(|change| change + LOOK_AGAIN);
            if let Some(again) = again.filter(|again| *again > now) {
                until = until.min(again);
            }
        }
        tokio::select! {
            () = changed => {}
            () = sleep_until(until) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Moments> {
        self.moments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
