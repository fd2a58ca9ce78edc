//! Spans of time that fit a clock.

use std::time::Duration;

/// Longer than anybody waits, and short enough for every clock's arithmetic.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The duration, cut to what every clock can add to the present.
pub(crate) fn bounded(duration: Duration) -> Duration {
    duration.min(FOREVER)
}
