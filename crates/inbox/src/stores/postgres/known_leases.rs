use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// So often all leases are looked at, for whatever was missed.
const ALL_EVERY: Duration = Duration::from_secs(30);

/// What this process remembers of the leases, so that it need not look at everything each time.
#[derive(Default)]
pub(super) struct Leases(Mutex<Known>);

#[derive(Default)]
pub(super) struct Known {
    /// From where to look for leases that have ended.
    pub(super) from: Option<SystemTime>,
    looked_at_all: Option<Instant>,
    /// What processes alive took when the lanes were last passed on.
    pub(super) taken: Option<Vec<i64>>,
}

impl Leases {
    /// All leases are looked at the next time, and all lanes.
    pub(super) fn forget(&self) {
        *self.lock() = Known::default();
    }

    pub(super) fn from(&self) -> SystemTime {
        let mut known = self.lock();
        if known.looked_at_all.is_none_or(|moment| moment.elapsed() >= ALL_EVERY) {
            known.looked_at_all = Some(Instant::now());
            known.from = None;
        }
        known.from.unwrap_or(UNIX_EPOCH)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
