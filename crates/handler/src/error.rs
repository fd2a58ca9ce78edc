use std::error::Error;
use std::fmt;
use std::iter::successors;
use std::time::Duration;

use hookstead_types::{Outage, RetryAfter};

use crate::wait::{self, Until, WaitUntil};

/// Why a handler did not finish its work, and when to try again.
///
/// Any error becomes one by `?`, and that means *try again later*, with growing pauses. The other
/// answers are spelled out:
///
/// ```
/// use std::time::Duration;
/// use hookstead_handler::{Advice, HandlerError};
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
/// # let pause = Duration::from_secs(60);
/// # assert_eq!(start_build(0).unwrap_err().advice(), Advice::RetryAfter(pause));
/// ```
///
/// # Errors that `?` does not take
///
/// `anyhow::Error` and `Box<dyn Error + Send + Sync>` are no [`std::error::Error`] themselves, so `?`
/// cannot take them. [`retry`](Self::retry) does, and so do [`permanent`](Self::permanent) and the
/// others. They take a text as well, which helps with a `Box<dyn Error>` that is not `Send`.
///
/// ```
/// use std::error::Error;
/// use hookstead_handler::HandlerError;
///
/// fn build() -> Result<(), Box<dyn Error + Send + Sync>> {
///     Ok(())
/// }
///
/// fn old_build() -> Result<(), Box<dyn Error>> {
///     Ok(())
/// }
///
/// fn both() -> Result<(), HandlerError> {
///     build().map_err(HandlerError::retry)?;
///     old_build().map_err(|error| HandlerError::retry(error.to_string()))?;
///     Ok(())
/// }
/// # assert!(both().is_ok());
/// ```
///
/// # Outages
///
/// Where the other side is down, nothing is wrong with the work: it is tried again for a day, and that
/// counts as no failure. An error is such an outage where [`Outage`] or [`RetryAfter`] is among its
/// sources, as it is in the client's errors, and `?` keeps them. Of another service than GitHub,
/// [`outage`](Self::outage) says so.
///
/// # Waiting
///
/// [`wait`](Self::wait) is no failure either: the work goes on later, when something has happened.
///
/// It does not implement [`std::error::Error`] itself, as `anyhow::Error` does not: else it could
/// not be made from every error by `?`.
pub struct HandlerError {
    error: Box<dyn Error + Send + Sync>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Retry,
    RetryAfter(Duration),
    Outage,
    Permanent,
    Wait(Until),
}

/// What to do after an attempt that was not successful; see [`HandlerError::advice`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// It is a failure: try again, with growing pauses, some times.
    Retry,
    /// It is a failure: try again after this pause.
    RetryAfter(Duration),
    /// The other side is down, or asks for this pause. Try again for a day; it is no failure.
    Outage(Option<Duration>),
    /// No later attempt can succeed.
    Permanent,
    /// The handler waits; it is no failure.
    Wait {
        /// So much is left, by this machine's clock: between [`HandlerError::SHORTEST_WAIT`] and
        /// [`HandlerError::LONGEST_WAIT`].
        left: Duration,
        /// What it waits for, in the handler's words.
        why: String,
    },
}

impl HandlerError {
    /// No wait is shorter than this: who looks again more often should be woken instead.
    pub const SHORTEST_WAIT: Duration = wait::SHORTEST;

    /// No wait is longer than this: a run that only waits is dead by then. Whoever waits is
    /// also woken.
    pub const LONGEST_WAIT: Duration = wait::LONGEST;

    /// No later attempt can succeed: the task becomes a dead letter now.
    #[must_use]
    pub fn permanent(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { error: error.into(), kind: Kind::Permanent }
    }

    /// Try again, after this long.
    #[must_use]
    pub fn retry_after(error: impl Into<Box<dyn Error + Send + Sync>>, delay: Duration) -> Self {
        Self { error: error.into(), kind: Kind::RetryAfter(delay) }
    }

    /// Try again later. `?` does the same for an error; this takes a text as well.
    #[must_use]
    pub fn retry(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { error: error.into(), kind: Kind::Retry }
    }

    /// The other side is down: try again for a day. The client's errors say so by themselves; this is
    /// for other services.
    #[must_use]
    pub fn outage(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { error: error.into(), kind: Kind::Outage }
    }

    /// Go on later: at this moment (a [`Timestamp`](hookstead_types::Timestamp) or a `SystemTime`), or
    /// after this `Duration`. It is no failure, however often. Its lane is free meanwhile, unless it
    /// is [in order](crate::Registration::in_order). The reason is shown to operators.
    ///
    /// The next attempt begins anew: keep what was done in [steps](crate::Attempt::step).
    ///
    /// A timestamp that names no moment (GitHub knows such ones) makes it a permanent error.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hookstead_handler::{Advice, HandlerError};
    ///
    /// let error = HandlerError::wait(Duration::from_secs(600), "an approval");
    /// let Advice::Wait { left, why } = error.advice() else { panic!() };
    /// assert_eq!((left.as_secs(), why.as_str()), (600, "an approval"));
    /// ```
    #[must_use]
    pub fn wait(until: impl Into<WaitUntil>, why: impl Into<String>) -> Self {
        let why = why.into();
        match until.into().0 {
            Ok(until) => Self { error: why.into(), kind: Kind::Wait(until) },
            Err(text) => {
                let text = text.escape_debug();
                Self::permanent(format!(
                    "cannot wait until `{text}`, which names no moment ({why})"
                ))
            }
        }
    }

    /// When to try again. What was spelled out goes first; but for an error with [`Outage`] or
    /// [`RetryAfter`] among its sources, *retry* means an outage.
    #[must_use]
    pub fn advice(&self) -> Advice {
        let error = self.error.as_ref();
        match self.kind {
            Kind::Permanent => Advice::Permanent,
            Kind::Wait(until) => Advice::Wait { left: until.left(), why: error.to_string() },
            Kind::Outage => Advice::Outage(RetryAfter::in_chain(error)),
            Kind::Retry if Outage::in_chain(error) => Advice::Outage(RetryAfter::in_chain(error)),
            Kind::RetryAfter(delay) if Outage::in_chain(error) => Advice::Outage(Some(delay)),
            Kind::Retry => Advice::Retry,
            Kind::RetryAfter(delay) => Advice::RetryAfter(delay),
        }
    }

    /// Whether no later attempt can succeed.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        matches!(self.kind, Kind::Permanent)
    }
}

/// What `?` makes a [`HandlerError`] of: every error that can be sent to another thread.
///
/// Every such error has this trait; nobody implements it by hand. It exists so that the compiler can say
/// what to write where `?` does not work, as with `anyhow::Error`.
#[diagnostic::on_unimplemented(
    message = "`?` cannot make a `HandlerError` of `{Self}`",
    label = "this is no `std::error::Error + Send + Sync`: write `.map_err(hookstead::HandlerError::retry)?`",
    note = "`retry` takes `anyhow::Error`, `Box<dyn Error + Send + Sync>` and texts"
)]
pub trait AnyError: Error + Send + Sync + 'static {}

// Else the compiler would name `Error` in place of this trait, and its own words in place of ours.
#[diagnostic::do_not_recommend]
impl<E: Error + Send + Sync + 'static> AnyError for E {}

impl<E: AnyError> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::retry(error)
    }
}

/// So many sources are told. An error that is its own source would be told for ever.
const MOST_SOURCES: usize = 64;

/// The error with all its sources: `cannot create the status: connection refused`.
impl fmt::Display for HandlerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.error.to_string();
        let sources = successors(self.error.source(), |&source| source.source());
        for source in sources.take(MOST_SOURCES) {
            // The marker is for programs.
            if source.is::<Outage>() {
                continue;
            }
            let text = source.to_string();
            // Some errors repeat their sources in their own text.
            if !said.contains(&text) {
                said.push_str(": ");
                said.push_str(&text);
            }
        }
        formatter.write_str(&said)
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HandlerError")
            .field("error", &self.error)
            .field("advice", &self.advice())
            .finish()
    }
}
