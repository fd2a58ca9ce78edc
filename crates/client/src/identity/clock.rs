use std::sync::atomic::{AtomicI64, Ordering};

/// Dates are whole seconds and an answer is under way for a moment: less than this is no difference.
const TOLERANCE_SECONDS: u64 = 5;

/// GitHub's clock, as far as this machine knows it: its own clock, until GitHub refuses what was dated by
/// that and an answer's `Date` shows another time.
///
/// A correction is remembered. When somebody sets this machine's clock right, it is wrong itself, GitHub
/// refuses again, and it is corrected again.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// How far GitHub's clock is ahead of this machine's.
    ahead: AtomicI64,
}

impl Clock {
    /// Now, in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        jiff::Timestamp::now().as_second().saturating_add(self.ahead())
    }

    /// How far GitHub's clock is believed to be ahead, in seconds.
    pub(crate) fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Learns the time of an answer that refused something dated when the clock was ahead by `then`.
    /// Returns whether it would be dated otherwise now; another call may have learnt it before.
    pub(crate) fn learn(&self, date: Option<i64>, then: i64) -> bool {
        let Some(date) = date else { return false };
        let ahead = date.saturating_sub(jiff::Timestamp::now().as_second());
        if differ(ahead, self.ahead()) {
            self.ahead.store(ahead, Ordering::Relaxed);
            tracing::warn!(
                seconds = ahead,
                "this machine's clock differs from GitHub's, whose time is taken from now on"
            );
        }
        differ(self.ahead(), then)
    }
}

fn differ(one: i64, other: i64) -> bool {
    one.abs_diff(other) > TOLERANCE_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_difference_that_matters_is_learnt() {
        let clock = Clock::default();
        let local = || jiff::Timestamp::now().as_second();
        assert!(!clock.learn(None, 0));
        assert!(!clock.learn(Some(local() + 3), 0));
        assert_eq!(clock.ahead(), 0);
        assert!(clock.learn(Some(local() - 90), 0));
        assert!((-91..=-89).contains(&clock.ahead()), "{}", clock.ahead());
        assert!((clock.now() - local() + 90).abs() <= 2);
        // What was dated before that is dated anew, what was dated since is not.
        assert!(clock.learn(Some(local() - 90), 0));
        assert!(!clock.learn(Some(local() - 90), clock.ahead()));
        // The machine's clock has been set right.
        assert!(clock.learn(Some(local()), clock.ahead()));
        assert!(clock.ahead().abs() <= 1);
        clock.learn(Some(i64::MAX), 0);
        clock.learn(Some(i64::MIN), 0);
    }
}
