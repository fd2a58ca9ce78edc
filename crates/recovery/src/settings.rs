use std::time::Duration;

use hookstead_inbox::BackOff;

/// How far, how often and how patiently.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) every: Duration,
    pub(crate) look_back: Duration,
    pub(crate) overlap: Duration,
    pub(crate) margin: Duration,
    pub(crate) longest_delay: Duration,
    pub(crate) max_redeliveries: u32,
}

impl Settings {
    /// How long an event is left alone after its last attempt, when so many redeliveries of it have
    /// failed.
    pub(crate) fn pause_after(&self, redeliveries: u32) -> Duration {
        let back_off = BackOff::new(self.margin, self.longest_delay);
        back_off.longest(redeliveries.saturating_add(1)).max(self.margin)
    }
}
