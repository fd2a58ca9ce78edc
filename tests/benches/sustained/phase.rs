/// What is special for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Nothing,
    Snapshot,
    Lag,
    Retries,
}

impl Phase {
    /// In their order, each with its share of the time.
    pub(crate) fn all(can_lag: bool) -> Vec<(Self, u32)> {
        let mut all =
            vec![(Self::Nothing, 3), (Self::Snapshot, 5), (Self::Lag, 3), (Self::Retries, 4)];
        all.retain(|(phase, _)| can_lag || *phase != Self::Lag);
        all
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing special",
            Self::Snapshot => "a snapshot is held",
            Self::Lag => "the database lags by 5 ms",
            Self::Retries => "retries become due at once",
        }
    }
}
