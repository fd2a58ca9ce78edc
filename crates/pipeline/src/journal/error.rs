use std::error::Error;
use std::fmt;

use hookstead::inbox::{InboxError, WorkError};
use hookstead::types::Outage;

use super::database::{Kind, Problem};

/// Why the journal could not do what it was asked for.
///
/// What lies beneath is its [`source`](Error::source). Where the database is locked, unreachable or gets no
/// answer across, that is an [`Outage`]: a handler that returns it is tried again for a day.
#[derive(Debug)]
pub struct JournalError {
    doing: &'static str,
    kind: Option<Kind>,
    source: Box<dyn Error + Send + Sync>,
}

impl JournalError {
    pub(super) fn new(doing: &'static str, problem: Problem) -> Self {
        let kind = Some(problem.kind);
        let source: Box<dyn Error + Send + Sync> = match problem.kind {
            Kind::Down | Kind::Undone => Box::new(Outage::of(problem)),
            _ => Box::new(problem),
        };
        Self { doing, kind, source }
    }

    pub(super) fn inbox(doing: &'static str, error: InboxError) -> Self {
        let kind = error.is_full().then_some(Kind::Full);
        Self { doing, kind, source: Box::new(error) }
    }

    pub(super) fn work(doing: &'static str, error: WorkError) -> Self {
        Self { doing, kind: None, source: Box::new(error) }
    }

    pub(super) fn json(doing: &'static str, error: serde_json::Error) -> Self {
        Self { doing, kind: None, source: Box::new(error) }
    }

    pub(super) fn disk(doing: &'static str, error: std::io::Error) -> Self {
        Self { doing, kind: None, source: Box::new(error) }
    }

    /// Whether the database has no room left, so that something must be removed first.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.kind == Some(Kind::Full)
    }

    /// Whether the database is locked or cannot be reached, so that waiting may help.
    #[must_use]
    pub fn is_down(&self) -> bool {
        matches!(self.kind, Some(Kind::Down | Kind::Undone))
    }

    /// Whether there is no build of the number that was asked about.
    #[must_use]
    pub fn is_no_build(&self) -> bool {
        matches!(self.kind, Some(Kind::NoBuild(_)))
    }

    /// Whether what is stored is not what this program writes: another program wrote it, or it is damaged.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.kind == Some(Kind::Unreadable)
    }
}

/// What it failed to do, and why: the log shows one line.
impl fmt::Display for JournalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Some(Kind::NoBuild(number)) => write!(formatter, "the journal has no build {number}"),
            _ => write!(formatter, "the journal failed to {}", self.doing),
        }
    }
}

impl Error for JournalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self.kind {
            Some(Kind::NoBuild(_)) => None,
            _ => Some(self.source.as_ref()),
        }
    }
}
