use std::time::Duration;

/// How a client keeps within GitHub's limits, and how long it waits when it did not.
///
/// GitHub asks clients to make requests one after another, with a second between writes, and bans
/// those that go on while they are limited. So the writes of one client and all its clones take
/// turns, its reads are bounded, and when one call is told that a limit is exceeded, all wait.
///
/// # What the turns cost
///
/// The first ten writes after a quiet time wait for nothing but each other's answers: a status costs
/// no more than its round trip. Only who writes more than one thing per second for longer waits:
/// the eleventh write in a row for one second, the fortieth for half a minute. 10 at once and
/// one per second after that are 70 in the busiest minute, below the 80 that GitHub allows to create.
///
/// ```
/// use std::time::Duration;
/// use hookstead_client::RateLimitPolicy;
///
/// // To the letter: never two writes within a second. Errors rather than waits.
/// let strict = RateLimitPolicy::new().write_burst(1).longest_wait(Duration::ZERO);
/// # let _ = strict;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitPolicy {
    pub(crate) longest_wait: Duration,
    pub(crate) longest_delay: Duration,
    pub(crate) write_interval: Duration,
    pub(crate) write_burst: u32,
    pub(crate) max_concurrent_reads: usize,
}

impl RateLimitPolicy {
    /// 90 s: enough for a secondary limit that names no time, which is a minute. When the last status
    /// of a long build meets one, waiting is cheaper than building again. The hourly limit is beyond
    /// it; there the error frees the worker.
    pub const DEFAULT_LONGEST_WAIT: Duration = Duration::from_secs(90);

    /// 1 hour: none of GitHub's limits takes longer to end. A `retry-after` of more is an error of somebody's,
    /// and must not silence a program for a day.
    pub const DEFAULT_LONGEST_DELAY: Duration = Duration::from_secs(60 * 60);

    /// 1 s, as GitHub asks.
    pub const DEFAULT_WRITE_INTERVAL: Duration = Duration::from_secs(1);

    /// 10: together with one write per second at most 70 in a minute.
    pub const DEFAULT_WRITE_BURST: u32 = 10;

    /// 10: GitHub allows 100 requests at a time to a token, and others may use the token as well.
    pub const DEFAULT_MAX_CONCURRENT_READS: usize = 10;

    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            longest_wait: Self::DEFAULT_LONGEST_WAIT,
            longest_delay: Self::DEFAULT_LONGEST_DELAY,
            write_interval: Self::DEFAULT_WRITE_INTERVAL,
            write_burst: Self::DEFAULT_WRITE_BURST,
            max_concurrent_reads: Self::DEFAULT_MAX_CONCURRENT_READS,
        }
    }

    /// How long one call may wait, altogether, for its turn and because GitHub says so. These waits
    /// come on top of the call's [deadline](crate::ClientBuilder::deadline). A wait that
    /// would be longer is not begun: the call fails at once, with an error that
    /// [is about a rate limit](crate::Error::is_rate_limited) and knows
    /// [when to come back](crate::Error::retry_after). The default is
    /// [`DEFAULT_LONGEST_WAIT`](Self::DEFAULT_LONGEST_WAIT).
    #[must_use]
    pub const fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// How long all calls pause, at most, when one was told that a limit is exceeded. After that the next
    /// call asks anew. The call that was told so still says in its error [all that it was
    /// told](crate::Error::retry_after). The default is
    /// [`DEFAULT_LONGEST_DELAY`](Self::DEFAULT_LONGEST_DELAY).
    #[must_use]
    pub const fn longest_delay(mut self, delay: Duration) -> Self {
        self.longest_delay = delay;
        self
    }

    /// The time between the beginnings of two writes, once the burst is used up; zero only
    /// serialises them. The default is [`DEFAULT_WRITE_INTERVAL`](Self::DEFAULT_WRITE_INTERVAL).
    #[must_use]
    pub const fn write_interval(mut self, interval: Duration) -> Self {
        self.write_interval = interval;
        self
    }

    /// How many writes may follow each other without the interval after a quiet time; one comes back
    /// with each interval. 0 counts as 1. The default is
    /// [`DEFAULT_WRITE_BURST`](Self::DEFAULT_WRITE_BURST).
    #[must_use]
    pub const fn write_burst(mut self, writes: u32) -> Self {
        self.write_burst = writes;
        self
    }

    /// How many reads may be under way at a time; 0 counts as 1. The default is
    /// [`DEFAULT_MAX_CONCURRENT_READS`](Self::DEFAULT_MAX_CONCURRENT_READS).
    #[must_use]
    pub const fn max_concurrent_reads(mut self, reads: usize) -> Self {
        self.max_concurrent_reads = reads;
        self
    }
}

impl Default for RateLimitPolicy {
    fn default() -> Self {
        Self::new()
    }
}
