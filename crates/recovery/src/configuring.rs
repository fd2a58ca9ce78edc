//! How a [`Recovery`] is told how far, how often and how patiently.

use std::time::Duration;

use crate::recovery::Recovery;
use crate::settings::Settings;

impl Default for Settings {
    fn default() -> Self {
        Self {
            every: Recovery::DEFAULT_ROUND_INTERVAL,
            look_back: Recovery::DEFAULT_LOOK_BACK,
            overlap: Recovery::DEFAULT_OVERLAP,
            margin: Recovery::DEFAULT_MARGIN,
            longest_delay: Recovery::DEFAULT_LONGEST_DELAY,
            max_redeliveries: Recovery::DEFAULT_MAX_REDELIVERIES,
        }
    }
}

/// Settings.
impl Recovery {
    /// 5 minutes: a round without news is one call of the 5,000 that a token has per hour, and what
    /// fails while the server is up fails rarely.
    pub const DEFAULT_ROUND_INTERVAL: Duration = Duration::from_secs(5 * 60);

    /// 3 days: for so long github.com keeps a delivery and delivers it again.
    pub const DEFAULT_LOOK_BACK: Duration = Duration::from_secs(3 * 24 * 60 * 60);

    /// 1 hour: GitHub puts deliveries off by minutes when it is busy, and records them when they end.
    pub const DEFAULT_OVERLAP: Duration = Duration::from_secs(60 * 60);

    /// 1 minute: GitHub gives up after 10 s, an Enterprise Server after 30 s, and the receiver may be
    /// storing then what GitHub believes lost.
    pub const DEFAULT_MARGIN: Duration = Duration::from_secs(60);

    /// 4 hours: so long at most goes by between the end of an outage on the way to the server, which
    /// nobody can see from here, and the next attempt.
    pub const DEFAULT_LONGEST_DELAY: Duration = Duration::from_secs(4 * 60 * 60);

    /// 24: with the default pauses they fill the three days in which GitHub delivers again.
    pub const DEFAULT_MAX_REDELIVERIES: u32 = 24;

    /// Does a round so often. The default is [`DEFAULT_ROUND_INTERVAL`](Self::DEFAULT_ROUND_INTERVAL); less than a
    /// second counts as one.
    #[must_use]
    pub fn round_interval(mut self, interval: Duration) -> Self {
        self.settings.every = interval;
        self
    }

    /// Looks so far back, and asks for nothing older. The default is
    /// [`DEFAULT_LOOK_BACK`](Self::DEFAULT_LOOK_BACK); a GitHub Enterprise Server keeps deliveries for
    /// 7 days.
    ///
    /// The first round reads the whole of it, one call for every 100 deliveries; the others read what
    /// is new since.
    #[must_use]
    pub fn look_back(mut self, time: Duration) -> Self {
        self.settings.look_back = time;
        self
    }

    /// Reads so far into what earlier rounds have read, for deliveries that were recorded late. The
    /// default is [`DEFAULT_OVERLAP`](Self::DEFAULT_OVERLAP).
    #[must_use]
    pub fn overlap(mut self, time: Duration) -> Self {
        self.settings.overlap = time;
        self
    }

    /// Leaves an event alone for so long after its first attempt; it doubles with each failed
    /// redelivery, up to the [longest delay](Self::longest_delay). The default is
    /// [`DEFAULT_MARGIN`](Self::DEFAULT_MARGIN).
    #[must_use]
    pub fn margin(mut self, time: Duration) -> Self {
        self.settings.margin = time;
        self
    }

    /// The longest that an event is left alone after a failed redelivery. The default is
    /// [`DEFAULT_LONGEST_DELAY`](Self::DEFAULT_LONGEST_DELAY).
    #[must_use]
    pub fn longest_delay(mut self, delay: Duration) -> Self {
        self.settings.longest_delay = delay;
        self
    }

    /// Gives an event up when so many redeliveries of it have failed, whoever asked for them: the
    /// server may refuse it each time. GitHub's own list is counted, so that a restart does not begin
    /// anew. With 0 nothing is asked for, only told. The default is
    /// [`DEFAULT_MAX_REDELIVERIES`](Self::DEFAULT_MAX_REDELIVERIES).
    #[must_use]
    pub fn max_redeliveries(mut self, redeliveries: u32) -> Self {
        self.settings.max_redeliveries = redeliveries;
        self
    }
}
