use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// How long to wait before trying again: a random time up to a bound that doubles with every
/// attempt (*full jitter*), so that what failed together does not come back together.
///
/// ```
/// use std::time::Duration;
/// use hookstead_types::BackOff;
///
/// let back_off = BackOff::new(Duration::from_secs(1), Duration::from_secs(3600));
/// assert_eq!(back_off.longest(1), Duration::from_secs(1));
/// assert_eq!(back_off.longest(5), Duration::from_secs(16));
/// assert_eq!(back_off.longest(100), Duration::from_secs(3600));
/// assert!(back_off.delay(5) <= Duration::from_secs(16));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff {
    first: Duration,
    last: Duration,
}

impl BackOff {
    /// Starts with up to `first` and doubles up to `last`.
    #[must_use]
    pub const fn new(first: Duration, last: Duration) -> Self {
        Self { first, last }
    }

    /// The longest possible delay after this attempt, counted from 1.
    #[must_use]
    pub fn longest(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1);
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.last)
    }

    /// The delay after this attempt, counted from 1.
    #[must_use]
    pub fn delay(&self, attempt: u32) -> Duration {
        self.portion(attempt, random_portion())
    }

    /// The delay for a portion between 0 and 1 of the longest one, for callers that draw it themselves.
    #[must_use]
    pub fn portion(&self, attempt: u32, portion: f64) -> Duration {
        let longest = self.longest(attempt);
        Duration::try_from_secs_f64(longest.as_secs_f64() * portion).unwrap_or(longest)
    }
}

/// A number from 0 to 1. The standard library seeds its hash maps well enough for this, so that no
/// crate for random numbers is needed here.
fn random_portion() -> f64 {
    /// What a number of an `f64` holds without rounding.
    const BITS: u32 = 53;
    let number = RandomState::new().hash_one(0_u8) >> (u64::BITS - BITS);
    number as f64 / (1_u64 << BITS) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn the_bound_doubles_up_to_the_last() {
        let back_off = BackOff::new(SECOND, HOUR);
        let bounds: Vec<u64> = (0..=14).map(|n| back_off.longest(n).as_secs()).collect();
        let doubling = [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600];
        assert_eq!(bounds, doubling);
        assert_eq!(back_off.longest(u32::MAX), HOUR);
    }

    #[test]
    fn the_delay_is_a_portion_of_the_bound() {
        let back_off = BackOff::new(SECOND, HOUR);
        assert_eq!(back_off.portion(3, 0.0), Duration::ZERO);
        assert_eq!(back_off.portion(3, 0.5), 2 * SECOND);
        assert_eq!(back_off.portion(3, 1.0), 4 * SECOND);
        assert_eq!(back_off.portion(99, 0.5), HOUR / 2);
    }

    #[test]
    fn extremes_do_not_overflow() {
        let back_off = BackOff::new(Duration::MAX, Duration::MAX);
        assert_eq!(back_off.longest(7), Duration::MAX);
        assert!(back_off.portion(7, 1.0) > HOUR);
    }

    #[test]
    fn delays_differ() {
        let back_off = BackOff::new(HOUR, HOUR);
        let first = back_off.delay(1);
        assert!((0..100).any(|_| back_off.delay(1) != first));
    }

    #[test]
    fn delays_are_drawn_from_the_whole_range() {
        let back_off = BackOff::new(HOUR, HOUR);
        let mut drawn: Vec<_> = (0..1000).map(|_| back_off.delay(1)).collect();
        drawn.sort();
        // Each of these is missed by chance less often than once in 10^40 runs.
        assert!(drawn[0] < HOUR / 10 && drawn[999] > HOUR * 9 / 10 && drawn[999] <= HOUR);
        assert!(drawn[500] > HOUR / 4 && drawn[500] < HOUR * 3 / 4);
    }
}
