/// What a token may ask per hour. The fake counts, but does not refuse.
pub(crate) const RATE_LIMIT: usize = 5000;

const HOUR: u64 = 3600;

/// The window of the primary limit. It begins with the first request after the last one ended.
#[derive(Debug, Default)]
pub(crate) struct RateWindow {
    /// `None` before the first request.
    current: Option<Rate>,
}

/// How a window stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) used: usize,
    /// When it ends, in seconds since 1970.
    pub(crate) reset: u64,
}

impl Rate {
    pub(crate) fn remaining(self) -> usize {
        RATE_LIMIT.saturating_sub(self.used)
    }
}

impl RateWindow {
    /// The window as it stands at this moment, in seconds since 1970; a new one if the last has ended.
    pub(crate) fn at(&mut self, now: i64) -> Rate {
        let now = u64::try_from(now).unwrap_or(0);
        let current = self.current.filter(|rate| now < rate.reset);
        *self.current.insert(current.unwrap_or(Rate { used: 0, reset: now + HOUR }))
    }

    /// A request counts against the limit.
    pub(crate) fn count(&mut self, now: i64) {
        let rate = self.at(now);
        self.current = Some(Rate { used: rate.used + 1, ..rate });
    }
}
