use std::time::Duration;

use hookstead_types::BackOff;

/// How often, and after which waits, a call is repeated that may be repeated.
///
/// Whether it *may* be is not a setting: see [the table](crate#what-is-repeated). The waits double
/// and are drawn at random between nothing and their full length (*full jitter*), so that many
/// clients that failed at the same moment do not come back at the same moment.
///
/// ```
/// use std::time::Duration;
/// use hookstead_client::RetryPolicy;
///
/// let patient = RetryPolicy::new().max_attempts(8).longest_delay(Duration::from_secs(30));
/// # let _ = patient;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
    just_named_attempts: u32,
    just_named_delay: Duration,
    young_token_age: Duration,
    young_token_attempts: u32,
    young_token_delay: Duration,
}

impl RetryPolicy {
    /// 4: three failures in a row over a few seconds are an outage, and an outage is better waited
    /// out in the inbox than in a handler.
    pub const DEFAULT_MAX_ATTEMPTS: u32 = 4;

    /// 500 ms: a call takes a few hundred milliseconds, and who asks again much faster than that
    /// meets the same trouble.
    pub const DEFAULT_FIRST_DELAY: Duration = Duration::from_millis(500);

    /// 8 s: beyond it a call spends its deadline on waiting.
    pub const DEFAULT_LONGEST_DELAY: Duration = Duration::from_secs(8);

    /// 3: after a second, two more and four more. What GitHub has not copied to its replicas after
    /// seven seconds is more likely to be missing.
    pub const DEFAULT_JUST_NAMED_ATTEMPTS: u32 = 3;

    /// 1 s: the lag of replicas is of this order.
    pub const DEFAULT_JUST_NAMED_DELAY: Duration = Duration::from_secs(1);

    /// 1 minute: GitHub's servers hear of a new token within seconds. A token that has been good for longer
    /// and is refused is bad.
    pub const DEFAULT_YOUNG_TOKEN_AGE: Duration = Duration::from_secs(60);

    /// 3: after a second, two more and four more. A token that is unknown after seven seconds is more
    /// likely to be bad.
    pub const DEFAULT_YOUNG_TOKEN_ATTEMPTS: u32 = 3;

    /// 1 s: the lag of GitHub's servers is of this order.
    pub const DEFAULT_YOUNG_TOKEN_DELAY: Duration = Duration::from_secs(1);

    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_attempts: Self::DEFAULT_MAX_ATTEMPTS,
            first_delay: Self::DEFAULT_FIRST_DELAY,
            longest_delay: Self::DEFAULT_LONGEST_DELAY,
            just_named_attempts: Self::DEFAULT_JUST_NAMED_ATTEMPTS,
            just_named_delay: Self::DEFAULT_JUST_NAMED_DELAY,
            young_token_age: Self::DEFAULT_YOUNG_TOKEN_AGE,
            young_token_attempts: Self::DEFAULT_YOUNG_TOKEN_ATTEMPTS,
            young_token_delay: Self::DEFAULT_YOUNG_TOKEN_DELAY,
        }
    }

    /// No call is repeated.
    #[must_use]
    pub const fn never() -> Self {
        Self { max_attempts: 1, just_named_attempts: 0, young_token_attempts: 0, ..Self::new() }
    }

    /// How often a call is sent at most, the first time included; 0 counts as 1. The default is
    /// [`DEFAULT_MAX_ATTEMPTS`](Self::DEFAULT_MAX_ATTEMPTS).
    #[must_use]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The longest wait before the second attempt; it doubles with each further one. The default is
    /// [`DEFAULT_FIRST_DELAY`](Self::DEFAULT_FIRST_DELAY).
    #[must_use]
    pub const fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// Where the doubling ends. The default is
    /// [`DEFAULT_LONGEST_DELAY`](Self::DEFAULT_LONGEST_DELAY).
    #[must_use]
    pub const fn longest_delay(mut self, delay: Duration) -> Self {
        self.longest_delay = delay;
        self
    }

    /// How often [`Repo::just_named`](crate::Repo::just_named) asks again, and after which time
    /// first; it doubles. The defaults are
    /// [`DEFAULT_JUST_NAMED_ATTEMPTS`](Self::DEFAULT_JUST_NAMED_ATTEMPTS) and
    /// [`DEFAULT_JUST_NAMED_DELAY`](Self::DEFAULT_JUST_NAMED_DELAY).
    #[must_use]
    pub const fn just_named(mut self, attempts: u32, first_delay: Duration) -> Self {
        self.just_named_attempts = attempts;
        self.just_named_delay = first_delay;
        self
    }

    /// How often a call is sent again with the same token when GitHub refuses one that was [made a
    /// moment ago](crate::TokenProvider::age), and after which time first; it doubles. These waits come on
    /// top of the call's [`timeout`](crate::ClientBuilder::deadline). The defaults are
    /// [`DEFAULT_YOUNG_TOKEN_ATTEMPTS`](Self::DEFAULT_YOUNG_TOKEN_ATTEMPTS) and
    /// [`DEFAULT_YOUNG_TOKEN_DELAY`](Self::DEFAULT_YOUNG_TOKEN_DELAY).
    ///
    /// GitHub answers 401, at times 403, to a new token of an App's installation until all of its servers
    /// know it. Making another one would not help: that is even younger.
    #[must_use]
    pub const fn young_token(mut self, attempts: u32, first_delay: Duration) -> Self {
        self.young_token_attempts = attempts;
        self.young_token_delay = first_delay;
        self
    }

    /// For how long a token counts as young. The default is
    /// [`DEFAULT_YOUNG_TOKEN_AGE`](Self::DEFAULT_YOUNG_TOKEN_AGE).
    #[must_use]
    pub const fn young_token_age(mut self, age: Duration) -> Self {
        self.young_token_age = age;
        self
    }

    /// Whether there is another attempt after so many.
    pub(crate) fn allows_after(&self, attempts: u32) -> bool {
        attempts < self.max_attempts
    }

    /// The wait after so many attempts.
    pub(crate) fn delay_after(&self, attempts: u32) -> Duration {
        BackOff::new(self.first_delay, self.longest_delay).delay(attempts)
    }

    /// The wait after having asked so many times again for something that an event has just named;
    /// `None` when that was often enough.
    pub(crate) fn just_named_delay_after(&self, asked_again: u32) -> Option<Duration> {
        (asked_again < self.just_named_attempts)
            .then(|| doubling(self.just_named_delay, asked_again))
    }

    /// The wait before a token of this age, which was refused and sent again so many times, is sent once
    /// more; `None` when it is not young or that was often enough.
    pub(crate) fn young_token_delay_after(
        &self,
        age: Duration,
        sent_again: u32,
    ) -> Option<Duration> {
        (age < self.young_token_age && sent_again < self.young_token_attempts)
            .then(|| doubling(self.young_token_delay, sent_again))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// A wait that doubles without a limit and without chance: how often it is waited is limited.
fn doubling(first: Duration, waited: u32) -> Duration {
    BackOff::new(first, Duration::MAX).longest(waited.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_their_limit_and_are_drawn_from_the_whole_range() {
        let policy = RetryPolicy::new();
        for (attempts, longest) in [(1, 500), (2, 1000), (3, 2000), (5, 8000), (40, 8000)] {
            let longest = Duration::from_millis(longest);
            let drawn: Vec<_> = (0..200).map(|_| policy.delay_after(attempts)).collect();
            assert!(drawn.iter().all(|delay| *delay <= longest), "{attempts}: {drawn:?}");
            // The chance that 200 draws miss a quarter of the range is one in 10^25.
            assert!(drawn.iter().any(|delay| *delay < longest / 4));
            assert!(drawn.iter().any(|delay| *delay > longest * 3 / 4));
        }
    }

    #[test]
    fn nothing_overflows() {
        let endless = RetryPolicy::new().first_delay(Duration::MAX).longest_delay(Duration::MAX);
        endless.delay_after(u32::MAX);
        assert_eq!(doubling(Duration::MAX, u32::MAX), Duration::MAX);
        assert_eq!(endless.just_named_delay_after(u32::MAX), None);
    }

    #[test]
    fn never_is_one_attempt() {
        assert!(!RetryPolicy::never().allows_after(1));
        assert_eq!(RetryPolicy::never().just_named_delay_after(0), None);
        assert!(RetryPolicy::new().allows_after(3) && !RetryPolicy::new().allows_after(4));
        let waits: Vec<_> =
            (0..9).map_while(|asked| RetryPolicy::new().just_named_delay_after(asked)).collect();
        assert_eq!(waits, [1, 2, 4].map(Duration::from_secs));
    }

    #[test]
    fn a_token_is_young_for_a_while() {
        let (policy, second) = (RetryPolicy::new(), Duration::from_secs(1));
        let waits: Vec<_> =
            (0..9).map_while(|sent| policy.young_token_delay_after(second * 59, sent)).collect();
        assert_eq!(waits, [1, 2, 4].map(Duration::from_secs));
        assert_eq!(policy.young_token_delay_after(second * 60, 0), None);
        assert_eq!(RetryPolicy::never().young_token_delay_after(second, 0), None);
    }
}
