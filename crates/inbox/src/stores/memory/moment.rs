//! Moments of this store: its own clock, tokio's, so that a test may pause it.

use std::time::Duration;

use hookstead_events::Timestamp;
use tokio::time::Instant;

use crate::time::bounded;

/// Microseconds since the store was made. Whole numbers of 8 bytes, because every index holds one for
/// each task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) i64);

impl Moment {
    pub(super) const FIRST: Self = Self(i64::MIN);
    pub(super) const LAST: Self = Self(i64::MAX);

    /// So long after this one.
    pub(super) fn after(self, duration: Duration) -> Self {
        let micros = i64::try_from(bounded(duration).as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// The next one that can be told from this one.
    pub(super) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// How long this one is after an earlier one; zero if it is not.
    pub(super) fn since(self, earlier: Self) -> Duration {
        let micros = self.0.saturating_sub(earlier.0);
        Duration::from_micros(u64::try_from(micros).unwrap_or_default())
    }

    /// The moment as people write it.
    pub(super) fn on_the_wall(self, now: Self) -> Option<Timestamp> {
        let wall = jiff::Timestamp::now();
        let wall = match self > now {
            true => wall.checked_add(self.since(now)),
            false => wall.checked_sub(now.since(self)),
        };
        wall.ok().map(Timestamp::from)
    }
}

/// Tells the moments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(Instant);

impl Clock {
    /// It begins now.
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn now(&self) -> Moment {
        Moment(0).after(self.0.elapsed())
    }
}
