use std::fmt;
use std::time::Duration;

use hookstead_events::DecodeError;

use crate::error::{Advice, HandlerError};
use crate::interruption::Interruption;

/// How one attempt ended.
#[derive(Debug)]
#[must_use]
pub enum AttemptEnd {
    /// The handler did its work.
    Done,
    /// It did not.
    Failed(Failure),
    /// It was ended by an interruption: superseded, canceled, or without its lease. That is no failure.
    Interrupted(Interruption),
}

/// Why an attempt failed. Its text is the handler's own words, or what happened to it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
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
    Deadline {
        /// How long it might take.
        after: Duration,
        /// Whether it is [tried again](crate::Registration::retried).
        is_retried: bool,
    },
}

impl Failure {
    /// When to try again.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match &self.cause {
            FailureCause::Decode(_) | FailureCause::Deadline { is_retried: false, .. } => {
                Advice::Permanent
            }
            FailureCause::Error(error) => error.advice(),
            FailureCause::Panic(_) | FailureCause::Deadline { is_retried: true, .. } => {
                Advice::Retry
            }
        }
    }
}

impl From<FailureCause> for Failure {
    fn from(cause: FailureCause) -> Self {
        Self { cause }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            FailureCause::Decode(error) => write!(formatter, "cannot decode {error}"),
            FailureCause::Error(error) => fmt::Display::fmt(error, formatter),
            FailureCause::Panic(message) => write!(formatter, "panicked: {message}"),
            FailureCause::Deadline { after, .. } => {
                write!(formatter, "took longer than {} s", after.as_secs_f64())
            }
        }
    }
}
