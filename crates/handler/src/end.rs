use std::fmt;

/// How a run of a task ended without success, for [`Handler::ended`](crate::Handler::ended).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// No attempt is left: a failure was final, or there were too many. It stays as a dead letter, and
    /// may be revived.
    Dead,
    /// A newer task took its place in a lane where only the latest counts.
    Superseded,
    /// Somebody canceled it.
    Canceled,
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Dead => "dead",
            Self::Superseded => "superseded",
            Self::Canceled => "canceled",
        })
    }
}
