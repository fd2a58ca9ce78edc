use std::fmt;
use std::time::Duration;

use hookstead_events::DecodeError;

use crate::HandlerError;
use crate::router::End;

/// How one attempt to handle a delivery ended.
#[derive(Debug)]
#[must_use]
pub struct Outcome {
    failures: Vec<Failure>,
    is_superseded: bool,
}

impl Outcome {
    pub(crate) fn new(ends: Vec<End>) -> Self {
        let mut outcome = Self { failures: Vec::new(), is_superseded: false };
        for end in ends {
            match end {
                End::Done => {}
                End::Failed(failure) => outcome.failures.push(failure),
                End::Superseded => outcome.is_superseded = true,
            }
        }
        outcome
    }

    /// Whether a handler was ended, or not called, because a newer delivery took its place. That is
    /// no failure.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        self.is_superseded
    }

    /// Whether every handler did its work, as far as it is not superseded.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.failures.is_empty()
    }

    /// Whether no later attempt can help: every failure is permanent.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        !self.is_done() && self.failures.iter().all(Failure::is_permanent)
    }

    /// How long to wait before the next attempt, where a failure says so; the longest wins.
    #[must_use]
    pub fn retry_delay(&self) -> Option<Duration> {
        self.failures.iter().filter_map(Failure::retry_delay).max()
    }

    /// What failed.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }
}

/// All failures in one line.
impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_done() {
            return formatter.write_str(if self.is_superseded { "superseded" } else { "done" });
        }
        for (position, failure) in self.failures.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(formatter, "{separator}{failure}")?;
        }
        Ok(())
    }
}

/// A handler that did not do its work.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The handler's type.
    pub handler: &'static str,
    /// What happened.
    pub cause: FailureCause,
}

/// What kept a handler from doing its work.
#[derive(Debug)]
#[non_exhaustive]
pub enum FailureCause {
    /// The payload does not fit the type that the handler takes. No later attempt helps, but a
    /// later version of the program may: the dead letter can be revived.
    Decode(DecodeError),
    /// The handler returned an error.
    Error(HandlerError),
    /// The handler panicked with this message.
    Panic(String),
    /// The handler took longer than its deadline, and was dropped.
    Deadline(Duration),
}

impl Failure {
    fn is_permanent(&self) -> bool {
        match &self.cause {
            FailureCause::Decode(_) => true,
            FailureCause::Error(error) => error.is_permanent(),
            FailureCause::Panic(_) | FailureCause::Deadline(_) => false,
        }
    }

    fn retry_delay(&self) -> Option<Duration> {
        match &self.cause {
            FailureCause::Error(error) => error.retry_delay(),
            FailureCause::Decode(_) | FailureCause::Panic(_) | FailureCause::Deadline(_) => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            FailureCause::Decode(error) => {
                write!(formatter, "{}: cannot decode {error}", self.handler)
            }
            FailureCause::Error(error) => write!(formatter, "{}: {error}", self.handler),
            FailureCause::Panic(message) => {
                write!(formatter, "{}: panicked: {message}", self.handler)
            }
            FailureCause::Deadline(deadline) => {
                let seconds = deadline.as_secs_f64();
                write!(formatter, "{}: took longer than {seconds} s", self.handler)
            }
        }
    }
}
