use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// GitHub's clock, by which all times in its lists are: this machine's, corrected by what GitHub's answers
/// say. A machine whose clock is days ahead would find everything too old to be asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    /// How far GitHub's clock is ahead.
    ahead: SignedDuration,
}

/// The present, by GitHub's calendar and by the clock that nobody sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    pub(crate) moment: Timestamp,
    pub(crate) instant: Instant,
}

impl Clock {
    /// GitHub has answered at this moment, a moment ago.
    pub(crate) fn learn(&mut self, at: Timestamp) {
        self.ahead = at.duration_since(Timestamp::now());
    }

    /// A moment of this machine's clock, by GitHub's.
    pub(crate) fn by_github(self, moment: Timestamp) -> Timestamp {
        moment.checked_add(self.ahead).unwrap_or(moment)
    }

    pub(crate) fn now(self) -> Now {
        let local = Timestamp::now();
        let moment = local.checked_add(self.ahead).unwrap_or(local);
        Now { moment, instant: Instant::now() }
    }
}

impl Now {
    /// How old a moment of GitHub's is; what seems to be still to come is new.
    pub(crate) fn age_of(self, at: Timestamp) -> Duration {
        Duration::try_from(self.moment.duration_since(at)).unwrap_or(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn github_s_clock_counts() {
        let mut clock = Clock::default();
        for day in [-400, 0, 400] {
            let there = Timestamp::now() + SignedDuration::from_hours(24 * day);
            clock.learn(there);
            let age = clock.now().age_of(there);
            assert!(age < Duration::from_secs(60), "{day}: {age:?}");
            let old = there - Duration::from_secs(3600);
            assert!(clock.now().age_of(old) >= Duration::from_secs(3600));
            let error = clock.by_github(Timestamp::now()).duration_since(there);
            assert!(error.abs() < SignedDuration::from_secs(60), "{day}: {error}");
        }
        clock.learn(Timestamp::MAX);
        clock.learn(Timestamp::MIN);
        assert!(clock.now().moment <= Timestamp::MAX);
    }
}
