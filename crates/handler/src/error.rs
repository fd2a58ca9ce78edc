use std::error::Error;
use std::fmt;
use std::time::Duration;

use hookstead_types::RetryAfter;

/// Why a handler did not finish its work, and whether to try again.
///
/// Any error becomes one by `?`, and that means *try again later*, with growing pauses. The other
/// two answers are spelled out:
///
/// ```
/// use std::time::Duration;
/// use hookstead_handler::HandlerError;
///
/// fn read_configuration(text: &str) -> Result<u16, HandlerError> {
///     // No later attempt reads it differently.
///     text.parse().map_err(HandlerError::permanent)
/// }
///
/// fn start_build(free_machines: u32) -> Result<(), HandlerError> {
///     if free_machines == 0 {
///         return Err(HandlerError::retry_after("no free machine", Duration::from_secs(60)));
///     }
///     std::fs::create_dir_all("target/builds")?; // an I/O error is tried again
///     Ok(())
/// }
/// # assert!(read_configuration("x").unwrap_err().is_permanent());
/// # assert_eq!(start_build(0).unwrap_err().retry_delay(), Some(Duration::from_secs(60)));
/// ```
///
/// An error that knows when to come back (a rate limit met by the client) carries
/// [`RetryAfter`] among its sources; `?` keeps it.
///
/// It does not implement [`std::error::Error`] itself, as `anyhow::Error` does not: else it could
/// not be made from every error by `?`.
pub struct HandlerError {
    error: Box<dyn Error + Send + Sync>,
    advice: Advice,
}

#[derive(Clone, Copy)]
enum Advice {
    Retry,
    RetryAfter(Duration),
    Permanent,
}

impl HandlerError {
    /// No later attempt can succeed: the delivery becomes a dead letter now.
    #[must_use]
    pub fn permanent(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { error: error.into(), advice: Advice::Permanent }
    }

    /// Try again, after this long.
    #[must_use]
    pub fn retry_after(error: impl Into<Box<dyn Error + Send + Sync>>, delay: Duration) -> Self {
        Self { error: error.into(), advice: Advice::RetryAfter(delay) }
    }

    /// Try again later. `?` does the same for an error; this takes a text as well.
    #[must_use]
    pub fn retry(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { error: error.into(), advice: Advice::Retry }
    }

    /// Whether no later attempt can succeed.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        matches!(self.advice, Advice::Permanent)
    }

    /// How long to wait before the next attempt, if somebody knows: the handler, or an error among
    /// the sources.
    #[must_use]
    pub fn retry_delay(&self) -> Option<Duration> {
        match self.advice {
            Advice::Permanent => None,
            Advice::RetryAfter(delay) => Some(delay),
            Advice::Retry => RetryAfter::in_chain(self.error.as_ref()),
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::retry(error)
    }
}

/// The error with all its sources: `cannot create the status: connection refused`.
impl fmt::Display for HandlerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.error.to_string();
        formatter.write_str(&said)?;
        let mut next = self.error.source();
        while let Some(source) = next {
            let text = source.to_string();
            // Some errors repeat their source in their own text.
            if !said.contains(&text) {
                write!(formatter, ": {text}")?;
            }
            said = text;
            next = source.source();
        }
        Ok(())
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = match self.advice {
            Advice::Retry => "retry".to_owned(),
            Advice::RetryAfter(delay) => format!("retry after {delay:?}"),
            Advice::Permanent => "permanent".to_owned(),
        };
        formatter
            .debug_struct("HandlerError")
            .field("error", &self.error)
            .field("advice", &advice)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(RetryAfter);

    impl fmt::Display for Outer {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("rate limited")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    fn by_question_mark() -> Result<(), HandlerError> {
        Err(Outer(RetryAfter(Duration::from_secs(7))))?;
        Ok(())
    }

    #[test]
    fn the_question_mark_keeps_the_time_to_come_back() {
        let error = by_question_mark().unwrap_err();
        assert!(!error.is_permanent());
        assert_eq!(error.retry_delay(), Some(Duration::from_secs(7)));
        assert_eq!(error.to_string(), "rate limited: retry after 7 s");
    }

    #[test]
    fn spelled_out_advice_wins() {
        let marked = || Outer(RetryAfter(Duration::from_secs(7)));
        assert_eq!(HandlerError::permanent(marked()).retry_delay(), None);
        let delay = Duration::from_secs(1);
        assert_eq!(HandlerError::retry_after(marked(), delay).retry_delay(), Some(delay));
        assert_eq!(HandlerError::retry("a text").retry_delay(), None);
    }
}
