use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookstead_types::{BackOff, RetryAfter};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::engine::rate_limit::Limit;
use crate::engine::rate_limit_policy::RateLimitPolicy;

/// None of GitHub's windows is longer; a guess has no reason to be.
const LONGEST_GUESS: Duration = Duration::from_secs(60 * 60);

/// Keeps the calls of one token within GitHub's limits.
pub(crate) struct Limiter {
    policy: RateLimitPolicy,
    /// One permit: writes take turns, in the order in which they came.
    writes: Semaphore,
    reads: Semaphore,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// GitHub wants to be left alone until then.
    paused_until: Option<Instant>,
    /// How many times in a row that time had to be guessed.
    guesses: u32,
    /// When the writes so far would have ended, had each taken its whole interval. It may lie
    /// ahead by as much as the burst allows.
    writes_until: Option<Instant>,
}

/// The right to send one request; it ends when it is dropped.
pub(crate) struct Turn<'a> {
    _permit: Option<SemaphorePermit<'a>>,
    /// How long it took to come.
    pub(crate) waited: Duration,
}

/// The time that one call may spend on waiting.
pub(crate) struct Budget(pub(crate) Duration);

impl Budget {
    pub(crate) fn left(&self) -> Duration {
        self.0
    }

    /// Takes a wait out of it, if it is there.
    pub(crate) fn spend(&mut self, wait: Duration) -> bool {
        let rest = self.0.checked_sub(wait);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }
}

/// The turn would come later than the budget allows.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) retry_after: RetryAfter,
    /// GitHub said so; else too many other calls wait.
    by_github: bool,
}

impl fmt::Display for Held {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = if self.by_github {
            "GitHub's rate limit still holds"
        } else {
            "too many other calls wait for their turn"
        };
        write!(formatter, "{reason} ({})", self.retry_after)
    }
}

impl Limiter {
    pub(crate) fn new(policy: RateLimitPolicy) -> Self {
        let reads = policy.max_concurrent_reads.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            policy,
            writes: Semaphore::new(1),
            reads: Semaphore::new(reads),
            state: Mutex::default(),
        }
    }

    /// Waits until a request may be sent, as long as the budget lasts.
    pub(crate) async fn turn(&self, is_write: bool, budget: &mut Budget) -> Result<Turn<'_>, Held> {
        let began = Instant::now();
        self.check_pause(budget.0)?;
        let queue = if is_write { &self.writes } else { &self.reads };
        // The semaphore is never closed, so the error never comes; no permit is no harm then.
        let permit = tokio::time::timeout(budget.0, queue.acquire())
            .await
            .map_err(|_| self.too_busy())?
            .ok();
        loop {
            let left = budget.0.saturating_sub(began.elapsed());
            self.check_pause(left)?;
            let wait = self.claim(is_write);
            if wait.is_zero() {
                break;
            }
            if wait > left {
                return Err(self.too_busy());
            }
            tokio::time::sleep(wait).await;
        }
        let waited = began.elapsed();
        budget.spend(waited.min(budget.0));
        Ok(Turn { _permit: permit, waited })
    }

    /// The wait before the next request; zero when it may go, which counts it.
    fn claim(&self, is_write: bool) -> Duration {
        let now = Instant::now();
        let mut state = self.state();
        let pause =
            state.paused_until.map_or(Duration::ZERO, |end| end.saturating_duration_since(now));
        if !is_write {
            return pause;
        }
        let RateLimitPolicy { write_interval, write_burst, .. } = self.policy;
        let ahead =
            state.writes_until.map_or(Duration::ZERO, |end| end.saturating_duration_since(now));
        let wait = pause.max(
            ahead.saturating_sub(write_interval.saturating_mul(write_burst.saturating_sub(1))),
        );
        if wait.is_zero() {
            // Where no clock shows the sum, the interval is forever, and this was the last write.
            let end = now.checked_add(ahead).and_then(|end| end.checked_add(write_interval));
            state.writes_until = end.or(state.writes_until);
        }
        wait
    }

    /// Notes that a request, sent at this moment, was refused by a rate limit, and corrects the
    /// time after which to come back: a guess doubles each time.
    pub(crate) fn refused(&self, limit: &mut Limit, sent_at: Instant) {
        let Some(mut wait) = limit.retry_after.filter(|_| limit.is_rate_limit) else {
            return;
        };
        let now = Instant::now();
        let mut state = self.state();
        if limit.is_guess {
            // Requests that were under way together say the same thing only once.
            if state.paused_until.is_none_or(|end| sent_at >= end) {
                state.guesses = state.guesses.saturating_add(1);
            }
            wait = BackOff::new(wait, LONGEST_GUESS).longest(state.guesses);
        }
        // The others pause for so long at most; this call tells all that it was told.
        let end = now.checked_add(wait.min(self.policy.longest_delay));
        state.paused_until = state.paused_until.max(end);
        let pause = state.paused_until.map_or(wait, |end| end.saturating_duration_since(now));
        limit.retry_after = Some(wait.max(pause));
    }

    /// Notes that GitHub took a request.
    pub(crate) fn accepted(&self) {
        self.state().guesses = 0;
    }

    fn check_pause(&self, left: Duration) -> Result<(), Held> {
        let rest = self.pause();
        if rest <= left {
            return Ok(());
        }
        Err(Held { retry_after: RetryAfter(rest), by_github: true })
    }

    fn pause(&self) -> Duration {
        let end = self.state().paused_until;
        end.map_or(Duration::ZERO, |end| end.saturating_duration_since(Instant::now()))
    }

    fn too_busy(&self) -> Held {
        let rest = self.pause();
        Held {
            by_github: !rest.is_zero(),
            retry_after: RetryAfter(rest.max(Duration::from_secs(1))),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is locked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn guess() -> Limit {
        Limit { is_rate_limit: true, is_guess: true, retry_after: Some(Duration::from_secs(60)) }
    }

    async fn turn(limiter: &Limiter, is_write: bool) -> u64 {
        let mut budget = Budget(Duration::from_secs(9000));
        limiter.turn(is_write, &mut budget).await.unwrap().waited.as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_of_writes_is_free_and_the_rest_is_spaced() {
        let limiter = Limiter::new(RateLimitPolicy::new());
        let mut waits = Vec::new();
        for _ in 0..13 {
            waits.push(turn(&limiter, true).await);
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
        tokio::time::sleep(SECOND * 3).await;
        let mut waits = Vec::new();
        for _ in 0..4 {
            waits.push(turn(&limiter, true).await);
        }
        assert_eq!(waits, [0, 0, 0, 1], "one comes back with each interval");
        assert_eq!(turn(&limiter, false).await, 0, "reads are not spaced");
    }

    #[tokio::test(start_paused = true)]
    async fn the_busiest_minute_stays_below_github_s_limit() {
        let limiter = Limiter::new(RateLimitPolicy::new());
        let began = Instant::now();
        let mut writes = 0;
        while began.elapsed() < SECOND * 60 {
            turn(&limiter, true).await;
            writes += 1;
        }
        assert!((69..=71).contains(&writes), "{writes}");
    }

    #[tokio::test(start_paused = true)]
    async fn writes_take_turns_and_reads_are_bounded() {
        let limiter = Limiter::new(RateLimitPolicy::new().max_concurrent_reads(2));
        let short = || Budget(SECOND);
        for (is_write, at_a_time) in [(true, 1), (false, 2)] {
            let mut running = Vec::new();
            for _ in 0..at_a_time {
                running.push(limiter.turn(is_write, &mut short()).await.unwrap());
            }
            let held = limiter.turn(is_write, &mut short()).await.err().unwrap();
            assert!(held.to_string().starts_with("too many other calls wait"), "{held}");
            running.pop();
            assert!(limiter.turn(is_write, &mut short()).await.is_ok());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_holds_everybody_and_a_guess_doubles() {
        let limiter = Limiter::new(RateLimitPolicy::new());
        let mut guessed = Vec::new();
        for _ in 0..8 {
            turn(&limiter, false).await;
            // Two requests under way at once count once.
            let sent_at = Instant::now();
            let (mut first, mut second) = (guess(), guess());
            limiter.refused(&mut first, sent_at);
            limiter.refused(&mut second, sent_at);
            assert_eq!(first, second);
            guessed.push(first.retry_after.unwrap().as_secs());
        }
        assert_eq!(guessed, [60, 120, 240, 480, 960, 1920, 3600, 3600]);

        let held = limiter.turn(true, &mut Budget(SECOND)).await.err().unwrap();
        assert_eq!(held.to_string(), "GitHub's rate limit still holds (retry after 3600 s)");
        assert_eq!(turn(&limiter, true).await, 3600);
        limiter.accepted();
        let mut limit = guess();
        limiter.refused(&mut limit, Instant::now());
        assert_eq!(limit, guess());
    }

    #[tokio::test(start_paused = true)]
    async fn a_day_holds_the_others_for_an_hour_and_is_told_in_full() {
        let limiter = Limiter::new(RateLimitPolicy::new());
        let day = Duration::from_secs(24 * 60 * 60);
        let mut limit = Limit { is_rate_limit: true, is_guess: false, retry_after: Some(day) };
        limiter.refused(&mut limit, Instant::now());
        assert_eq!(limit.retry_after, Some(day));
        let held = limiter.turn(false, &mut Budget(SECOND)).await.err().unwrap();
        assert_eq!(held.retry_after.0, SECOND * 3600);
        tokio::time::sleep(SECOND * 3599).await;
        assert_eq!(turn(&limiter, true).await, 1);

        let short = Limiter::new(RateLimitPolicy::new().longest_delay(SECOND * 5));
        short.refused(&mut limit, Instant::now());
        assert_eq!(limit.retry_after, Some(day));
        // A second one that is told less is held as long as all.
        let mut other = Limit { retry_after: Some(SECOND * 2), ..limit };
        short.refused(&mut other, Instant::now());
        assert_eq!(other.retry_after, Some(SECOND * 5));
        assert_eq!(turn(&short, false).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn strange_settings_do_no_harm() {
        let policy = RateLimitPolicy::new()
            .write_burst(0)
            .write_interval(Duration::MAX)
            .max_concurrent_reads(usize::MAX)
            .longest_wait(Duration::MAX);
        let limiter = Limiter::new(policy);
        assert!(limiter.turn(true, &mut Budget(Duration::MAX)).await.is_ok());
        assert!(limiter.turn(false, &mut Budget(Duration::MAX)).await.is_ok());
        assert!(
            Limiter::new(policy.max_concurrent_reads(0))
                .turn(false, &mut Budget(SECOND))
                .await
                .is_ok()
        );
        let serial = Limiter::new(RateLimitPolicy::new().write_interval(Duration::ZERO));
        for _ in 0..99 {
            assert_eq!(turn(&serial, true).await, 0);
        }
    }
}
