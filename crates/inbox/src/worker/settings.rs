use std::time::Duration;

use hookstead_types::BackOff;

/// The pauses after a failure of the store: short at first, for a lock that is soon given back;
/// later just often enough to notice when it is well again.
pub(super) const STORE_BACK_OFF: BackOff =
    BackOff::new(Duration::from_millis(100), Duration::from_secs(5));

/// What a worker was told about how to work.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) concurrency: usize,
    pub(super) fresh_share: f64,
    pub(super) lease: Duration,
    pub(super) renew_interval: Duration,
    pub(super) max_failures: u32,
    pub(super) max_abandoned: u32,
    pub(super) back_off: BackOff,
    pub(super) longest_retry_delay: Duration,
    pub(super) outage_for: Duration,
    pub(super) longest_outage_delay: Duration,
    pub(super) longest_wait: Duration,
    pub(super) ended_deadline: Duration,
    pub(super) slot_warning: Duration,
    pub(super) poll_interval: Duration,
    pub(super) drain_deadline: Duration,
}

impl Settings {
    /// A lease counts as lost so long after it was renewed: ended a tenth early, a handler is gone before
    /// anybody else may begin.
    pub(super) fn own_part_of_lease(&self) -> Duration {
        self.lease - self.lease / 10
    }

    /// All leases are renewed so often.
    pub(super) fn renew_pause(&self) -> Duration {
        self.renew_interval.min(self.lease / 3)
    }
}
