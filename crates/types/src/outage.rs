use std::error::Error;
use std::fmt;

use crate::chain::{bottom, chain};
use crate::retry_after::RetryAfter;

/// A marker in an error's chain of sources: *the other side is down, or wants to be left alone; what
/// was asked is not at fault*.
///
/// The client puts it under an error when no connection came about or one broke, when a name could
/// not be resolved, when no answer came in time, and when GitHub answered with a 5xx. A rate limit
/// has [`RetryAfter`]. Who looks for both with [`Outage::in_chain`] can be patient: what failed so
/// need not count as a failure of the work.
///
/// ```
/// use hookstead_types::{Outage, RetryAfter};
///
/// let down = std::io::Error::other(Outage::new());
/// assert!(Outage::in_chain(&down));
/// assert!(!Outage::in_chain(&std::fmt::Error));
///
/// // Who says when to come back is not at work now.
/// let limited = std::io::Error::other(RetryAfter(std::time::Duration::from_secs(90)));
/// assert!(Outage::in_chain(&limited));
/// ```
#[derive(Debug, Default)]
pub struct Outage {
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Outage {
    /// An outage of which nothing more is known.
    #[must_use]
    pub const fn new() -> Self {
        Self { cause: None }
    }

    /// An outage that showed itself by this error. It is kept, and what is at its bottom, below its
    /// wrappers, is the marker's [source](Error::source).
    #[must_use]
    pub fn of(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()) }
    }

    /// Whether the error's chain, the error itself included, has this marker, or [`RetryAfter`]: to ask
    /// for a pause is an outage as well.
    #[must_use]
    pub fn in_chain(error: &(dyn Error + 'static)) -> bool {
        chain(error).any(|error| error.is::<Self>() || error.is::<RetryAfter>())
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an outage of the other side")
    }
}

/// The cause at the bottom, if one is known: it says most, and the wrappers around it little.
impl Error for Outage {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| bottom(cause))
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_is_found_at_any_depth() {
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        assert!(!Outage::in_chain(&refused()));
        assert!(Outage::in_chain(&Outage::of(refused())));
        assert!(Outage::in_chain(&io::Error::other(io::Error::other(Outage::of(refused())))));
        assert!(Outage::in_chain(&io::Error::other(Outage::of(RetryAfter(Duration::ZERO)))));
    }

    #[derive(Debug)]
    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("endless")
        }
    }

    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    #[test]
    fn an_error_that_is_its_own_source_is_left() {
        assert!(!Outage::in_chain(&Endless));
        assert_eq!(RetryAfter::in_chain(&Endless), None);
        assert!(Outage::of(Endless).source().unwrap().is::<Endless>());
    }

    #[test]
    fn what_is_below_it_is_found_too() {
        let wait = Duration::from_secs(7);
        let error = io::Error::other(io::Error::other(Outage::of(RetryAfter(wait))));
        assert_eq!(RetryAfter::in_chain(&error), Some(wait));
        assert_eq!(Outage::of(RetryAfter(wait)).source().unwrap().to_string(), "retry after 7 s");
        assert!(Outage::new().source().is_none());
        let wrapped = Outage::of(Outage::of(io::Error::from(io::ErrorKind::BrokenPipe)));
        assert!(wrapped.source().unwrap().is::<io::Error>());
    }
}
