use std::error::Error;
use std::fmt;
use std::time::Duration;

use hookstead_client::{self as client, InvisibleEnd};
use hookstead_inbox::InboxError;

use crate::report::Report;

/// A round ended early. The next one takes up where it ended.
///
/// The error beneath, the client's or the inbox's, is its [`source`](Error::source).
pub struct RecoveryError {
    cause: Cause,
    /// What had been done.
    report: Box<Report>,
}

/// Why a round ended early.
#[derive(Debug)]
pub(crate) enum Cause {
    GitHub(client::Error),
    Inbox(InboxError),
    NoHook {
        owner: String,
    },
    /// The address of the hook has something at an end that nobody sees.
    InvisibleEnd {
        owner: String,
        end: InvisibleEnd,
    },
    SeveralHooks {
        owner: String,
        ids: Vec<u64>,
    },
}

impl From<client::Error> for Cause {
    fn from(error: client::Error) -> Self {
        Self::GitHub(error)
    }
}

impl From<InboxError> for Cause {
    fn from(error: InboxError) -> Self {
        Self::Inbox(error)
    }
}

impl RecoveryError {
    pub(crate) fn new(cause: Cause, report: Report) -> Self {
        Self { cause, report: Box::new(report) }
    }

    /// What was done before.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// How long GitHub wants to be left alone; see [`Error::retry_after`](client::Error::retry_after).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.github()?.retry_after()
    }

    /// The client's error, if it was GitHub that failed.
    #[must_use]
    pub fn github(&self) -> Option<&client::Error> {
        match &self.cause {
            Cause::GitHub(error) => Some(error),
            _ => None,
        }
    }

    /// Whether it will fail again until somebody changes something.
    pub(crate) fn needs_a_person(&self) -> bool {
        matches!(
            self.cause,
            Cause::NoHook { .. } | Cause::InvisibleEnd { .. } | Cause::SeveralHooks { .. }
        ) || self.is_about_permission()
            || self.github().is_some_and(client::Error::is_not_github)
    }

    /// Whether it may be a missing permission. GitHub also says *not found* then.
    fn is_about_permission(&self) -> bool {
        let refused = |error: &client::Error| match error.status().map(|it| it.as_u16()) {
            Some(401 | 404) => true,
            Some(403) => !error.is_rate_limited(),
            _ => false,
        };
        self.github().is_some_and(refused)
    }
}

impl fmt::Display for RecoveryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::GitHub(error) => fmt::Display::fmt(error, formatter)?,
            Cause::Inbox(error) => {
                fmt::Display::fmt(error, formatter)?;
                // What lies beneath says what to do, and logs show one line.
                if let Some(source) = error.source() {
                    write!(formatter, ": {source}")?;
                }
            }
            Cause::NoHook { owner } => {
                write!(formatter, "no hook of {owner} delivers to the given address")?;
            }
            Cause::InvisibleEnd { owner, end } => {
                write!(formatter, "the given address of the hook of {owner} {end}")?;
            }
            Cause::SeveralHooks { owner, ids } => write!(
                formatter,
                "several hooks of {owner} deliver to the given address, {ids:?}: name them by number"
            )?,
        }
        if self.is_about_permission() {
            formatter.write_str(
                " (recovery needs the permission *Webhooks* read to list and write to redeliver; \
                 for an App's hook, the App's own key)",
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecoveryError")
            .field("cause", &self.cause)
            .field("report", &self.report)
            .finish()
    }
}

/// The client's error itself, so that its [`RetryAfter`](client::Error::retry_after) is found.
impl Error for RecoveryError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            Cause::GitHub(error) => Some(error),
            Cause::Inbox(error) => Some(error),
            Cause::NoHook { .. } | Cause::InvisibleEnd { .. } | Cause::SeveralHooks { .. } => None,
        }
    }
}
