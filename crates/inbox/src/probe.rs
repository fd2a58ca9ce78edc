use std::time::Duration;

/// What [`Inbox::probe`](crate::Inbox::probe) learned, besides that a delivery could be accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// For how long the oldest ready delivery has been ready, as in [`Depth`](crate::Depth); it is
    /// found without counting the others.
    pub oldest_ready: Option<Duration>,
}

impl Probe {
    /// The oldest ready delivery has been ready for this long; for those who write a store.
    #[must_use]
    pub fn new(oldest_ready: Option<Duration>) -> Self {
        Self { oldest_ready }
    }
}
