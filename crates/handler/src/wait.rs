use std::time::{Duration, SystemTime};

use hookstead_types::Timestamp;

/// See [`HandlerError::SHORTEST_WAIT`](crate::HandlerError::SHORTEST_WAIT).
pub(crate) const SHORTEST: Duration = Duration::from_secs(1);

/// See [`HandlerError::LONGEST_WAIT`](crate::HandlerError::LONGEST_WAIT).
pub(crate) const LONGEST: Duration = Duration::from_secs(35 * 24 * 60 * 60);

/// Until when a handler waits, for [`HandlerError::wait`](crate::HandlerError::wait): a moment
/// (a [`Timestamp`] or a [`SystemTime`]), or a [`Duration`] from now.
#[derive(Debug, Clone)]
pub struct WaitUntil(pub(crate) Result<Until, String>);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    After(Duration),
    Moment(SystemTime),
}

impl Until {
    /// What is left by this machine's clock. The store's may be another, so that only this is handed
    /// on.
    pub(crate) fn left(self) -> Duration {
        let left = match self {
            Self::After(pause) => pause,
            Self::Moment(moment) => moment.duration_since(SystemTime::now()).unwrap_or_default(),
        };
        left.clamp(SHORTEST, LONGEST)
    }
}

impl From<Duration> for WaitUntil {
    fn from(pause: Duration) -> Self {
        Self(Ok(Until::After(pause)))
    }
}

impl From<SystemTime> for WaitUntil {
    fn from(moment: SystemTime) -> Self {
        Self(Ok(Until::Moment(moment)))
    }
}

impl From<Timestamp> for WaitUntil {
    fn from(timestamp: Timestamp) -> Self {
        Self::from(&timestamp)
    }
}

impl From<&Timestamp> for WaitUntil {
    fn from(timestamp: &Timestamp) -> Self {
        let moment = timestamp.instant().map(|instant| Until::Moment(instant.into()));
        Self(moment.ok_or_else(|| timestamp.to_string()))
    }
}
