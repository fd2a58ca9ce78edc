use super::world::World;

/// What a token may ask per hour. The fake counts, but does not refuse.
pub(crate) const RATE_LIMIT: usize = 5000;

const HOUR: u64 = 3600;

/// The window of the primary limit.
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

impl World {
    /// The window as it stands; a new one if the last has ended.
    pub(crate) fn rate(&mut self) -> Rate {
        let now = u64::try_from(self.mint.now_seconds()).unwrap_or(0);
        let rate = self.rate.filter(|rate| now < rate.reset);
        *self.rate.insert(rate.unwrap_or(Rate { used: 0, reset: now + HOUR }))
    }

    /// A request counts against the limit.
    pub(crate) fn count_request(&mut self) {
        let rate = self.rate();
        self.rate = Some(Rate { used: rate.used + 1, ..rate });
    }
}
