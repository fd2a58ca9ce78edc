use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a build was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BuildCause {
    /// A delivery told of something new.
    Delivery {
        /// The delivery's id.
        id: String,
        /// The event and its action: `pull_request.opened`.
        event: String,
    },
    /// Somebody asked for a build again: by the page, a comment, a check's button or the command line.
    Again {
        /// The number of the build that is repeated.
        of: i64,
        /// The login of whoever asked, or `command line`.
        by: String,
    },
    /// Somebody asked for a build: by a comment or the command line.
    Asked {
        /// The login of whoever asked, or `command line`.
        by: String,
    },
    /// The job's schedule.
    Schedule,
}

/// Says it to people: `pull_request.opened`, `retry of 16 by anna`.
impl fmt::Display for BuildCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivery { event, .. } => formatter.write_str(event),
            Self::Again { of, by } => write!(formatter, "retry of {of} by {by}"),
            Self::Asked { by } => write!(formatter, "asked for by {by}"),
            Self::Schedule => formatter.write_str("schedule"),
        }
    }
}
