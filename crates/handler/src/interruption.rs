use std::fmt;

/// Why an attempt was interrupted: its handler's future is dropped before its end, or soon will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interruption {
    /// A newer task took its place in a lane where only the latest counts.
    Superseded,
    /// Somebody canceled it.
    Canceled,
    /// It took longer than its deadline.
    Deadline,
    /// The worker lost its lease; somebody else may be at it.
    LeaseLost,
    /// The worker is shutting down; the task is handed back.
    Shutdown,
}

impl Interruption {
    /// Whether [`Registered::run`](crate::Registered::run) ends the handler by itself for it. A
    /// shutdown leaves some time, which is the worker's to measure; the deadline is a failure.
    pub(crate) fn ends_the_attempt(self) -> bool {
        matches!(self, Self::Superseded | Self::Canceled | Self::LeaseLost)
    }
}

impl fmt::Display for Interruption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Superseded => "superseded by a newer one",
            Self::Canceled => "canceled",
            Self::Deadline => "took longer than its deadline",
            Self::LeaseLost => "lost its lease, another worker takes over",
            Self::Shutdown => "stopped by a shutdown, to be started again",
        })
    }
}
