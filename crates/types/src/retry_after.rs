use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A marker in an error's chain of sources: *the other side asked us to come back after this long*.
///
/// The client puts it under a rate-limit error; the worker looks for it with
/// [`RetryAfter::in_chain`] and lets the delivery sleep for that long. So the two work together
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
        let mut next = Some(error);
        while let Some(error) = next {
            // An I/O error steps over the error that it was made from when asked for its source.
            let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            let marker = error.downcast_ref::<Self>();
            if let Some(marker) =
                marker.or_else(|| wrapped.and_then(|wrapped| wrapped.downcast_ref()))
            {
                return Some(marker.0);
            }
            next = error.source();
        }
        None
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "retry after {} s", self.0.as_secs_f64().ceil())
    }
}

impl Error for RetryAfter {}
