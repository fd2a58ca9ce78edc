use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use hookstead_client::Error;

/// Why [`StatusReporter::run`](crate::StatusReporter::run) did not bring a verdict although the work
/// itself did not fail.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// GitHub could not be told. Before the work, it was not begun; after it, the commit still says
    /// that it is running. Running it again puts that right.
    Call(Error),
    /// The work took longer than its [deadline](crate::StatusReporter::deadline), and was ended.
    #[non_exhaustive]
    Deadline {
        /// The deadline.
        after: Duration,
    },
}

impl From<Error> for ReportError {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => fmt::Display::fmt(error, formatter),
            Self::Deadline { after } => {
                write!(formatter, "the work {}", too_long(*after))
            }
        }
    }
}

/// A failed call is seen through, so that what it says about the time to come back is found.
impl StdError for ReportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Call(error) => error.source(),
            Self::Deadline { .. } => None,
        }
    }
}

/// What happened at a deadline, to be read after the name of the work.
pub(crate) fn too_long(after: Duration) -> String {
    format!("took longer than {} s", after.as_secs_f64())
}
