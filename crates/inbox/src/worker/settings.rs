use std::time::Duration;

use hookstead_handler::Outcome;

use super::Worker;
use crate::{BackOff, Settlement};

/// What a worker was told about how to work.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) concurrency: usize,
    pub(super) lease: Duration,
    pub(super) max_attempts: u32,
    pub(super) back_off: BackOff,
    pub(super) max_retry_delay: Duration,
    pub(super) poll_interval: Duration,
    pub(super) superseded_interval: Duration,
    pub(super) drain_time: Duration,
    pub(super) retention: Duration,
    #[cfg(feature = "metrics")]
    pub(super) gauge_interval: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: Worker::DEFAULT_CONCURRENCY,
            lease: Worker::DEFAULT_LEASE,
            max_attempts: Worker::DEFAULT_MAX_ATTEMPTS,
            back_off: Worker::DEFAULT_BACK_OFF,
            max_retry_delay: Worker::DEFAULT_MAX_RETRY_DELAY,
            poll_interval: Worker::DEFAULT_POLL_INTERVAL,
            superseded_interval: Worker::DEFAULT_SUPERSEDED_INTERVAL,
            drain_time: Worker::DEFAULT_DRAIN_TIME,
            retention: Worker::DEFAULT_RETENTION,
            #[cfg(feature = "metrics")]
            gauge_interval: Worker::DEFAULT_GAUGE_INTERVAL,
        }
    }
}

impl Settings {
    /// What becomes of a delivery after this attempt with this outcome.
    pub(super) fn settlement(&self, attempt: u32, outcome: &Outcome) -> Settlement {
        if outcome.is_done() {
            return if outcome.is_superseded() { Settlement::Superseded } else { Settlement::Done };
        }
        let error = outcome.to_string();
        if outcome.is_permanent() {
            return Settlement::Dead { error: shortened(error) };
        }
        self.after_failure(attempt, outcome.retry_delay(), error)
    }

    /// What becomes of a delivery after this attempt has failed; `delay` is the pause that was
    /// asked for.
    pub(super) fn after_failure(
        &self,
        attempt: u32,
        delay: Option<Duration>,
        error: String,
    ) -> Settlement {
        if attempt >= self.max_attempts {
            let error = format!("gave up after attempt {attempt}: {error}");
            return Settlement::Dead { error: shortened(error) };
        }
        let after = match delay {
            Some(delay) => delay.min(self.max_retry_delay),
            None => self.back_off.delay(attempt),
        };
        Settlement::Retry { after, error: shortened(error) }
    }
}

/// Cuts a text to [`Worker::MAX_ERROR_LENGTH`].
fn shortened(mut error: String) -> String {
    if error.len() > Worker::MAX_ERROR_LENGTH {
        error.truncate(error.floor_char_boundary(Worker::MAX_ERROR_LENGTH));
        error.push_str("...");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn after_failure(attempt: u32, delay: Option<Duration>) -> Settlement {
        Settings::default().after_failure(attempt, delay, "broken".to_owned())
    }

    #[test]
    fn a_delay_that_was_asked_for_is_honoured_up_to_a_day() {
        for (asked, given) in [(MINUTE, MINUTE), (100 * 24 * 60 * MINUTE, 24 * 60 * MINUTE)] {
            let retry = Settlement::Retry { after: given, error: "broken".to_owned() };
            assert_eq!(after_failure(1, Some(asked)), retry);
        }
    }

    #[test]
    fn the_last_attempt_is_the_last() {
        assert!(matches!(after_failure(11, None), Settlement::Retry { .. }));
        for delay in [None, Some(MINUTE)] {
            let dead = Settlement::Dead { error: "gave up after attempt 12: broken".to_owned() };
            assert_eq!(after_failure(12, delay), dead);
        }
    }

    #[test]
    fn a_long_error_is_cut_between_characters() {
        let error = shortened("é".repeat(Worker::MAX_ERROR_LENGTH));
        assert_eq!(error.len(), Worker::MAX_ERROR_LENGTH + 3);
        assert!(error.ends_with("é..."));
        assert_eq!(shortened("short".to_owned()), "short");
    }
}
