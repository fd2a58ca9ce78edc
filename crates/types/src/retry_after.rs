use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::chain::chain;

/// A marker in an error's chain of sources: *the other side asked us to come back after this long*.
///
/// The client puts it under a rate-limit error; the worker looks for it with
/// [`RetryAfter::in_chain`] and lets the task sleep for that long. So the two work together
/// without knowing each other.
///
/// ```
/// use std::time::Duration;
/// use hookstead_types::RetryAfter;
///
/// let error = std::io::Error::other(RetryAfter(Duration::from_secs(90)));
/// assert_eq!(RetryAfter::in_chain(&error), Some(Duration::from_secs(90)));
/// assert_eq!(RetryAfter::in_chain(&std::fmt::Error), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// The time asked for by the first marker in the error's chain, the error itself included.
    #[must_use]
    pub fn in_chain(error: &(dyn Error + 'static)) -> Option<Duration> {
        chain(error).find_map(|error| error.downcast_ref()).map(|marker: &Self| marker.0)
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "retry after {} s", self.0.as_secs_f64().ceil())
    }
}

impl Error for RetryAfter {}
