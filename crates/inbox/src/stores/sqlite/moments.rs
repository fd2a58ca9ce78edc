use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::time::bounded;

/// The store's clock, in milliseconds: the one that SQLite's own functions tell.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The duration in whole milliseconds, rounded up: a pause is never shorter than asked for.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    let milliseconds = bounded(duration).as_nanos().div_ceil(1_000_000);
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}

/// The time from one moment to a later one; zero if it is not later.
pub(super) fn span(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}
