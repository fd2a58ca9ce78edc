use std::error::Error;
use std::fmt;

use hookstead::inbox::{InboxError, WorkError};
use hookstead::types::Outage;

use super::database::{Kind, Problem};

/// Why the journal could not do what it was asked for.
///
/// What lies beneath is its [`source`](Error::source). Where the database is locked, full, unreachable or gets no
/// answer across, that is an [`Outage`]: a handler that returns it is tried again for a day. So it is where the
/// inbox failed, unless a person has to mend it.
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
            Kind::Down | Kind::Undone | Kind::Full => Box::new(Outage::of(problem)),
            _ => Box::new(problem),
        };
        Self { doing, kind, source }
    }

    pub(super) fn inbox(doing: &'static str, error: InboxError) -> Self {
        let kind = error.is_full().then_some(Kind::Full);
        // Whatever a person need not mend may pass: the database is down, or nobody takes the work while servers
        // start anew.
        let source: Box<dyn Error + Send + Sync> = match error.needs_a_person() {
            true => Box::new(error),
            false => Box::new(Outage::of(error)),
        };
        Self { doing, kind, source }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_an_outage() {
        let of_inbox = |error| Outage::in_chain(&JournalError::inbox("write", error));
        assert!(of_inbox(InboxError::store("look", std::io::Error::other("down"))));
        assert!(of_inbox(InboxError::full()));
        assert!(!of_inbox(InboxError::open_at("here", std::io::Error::other("denied"))));
        assert!(!of_inbox(InboxError::name_taken("pipeline.build", "another")));
        for (kind, is_outage) in [
            (Kind::Down, true),
            (Kind::Undone, true),
            (Kind::Full, true),
            (Kind::Refused, false),
            (Kind::Unreadable, false),
            (Kind::NoBuild(1), false),
        ] {
            let error = JournalError::new("write", Problem::new(kind, "it failed"));
            // A build that is not there has nothing beneath.
            assert_eq!(Outage::in_chain(&error), is_outage, "{kind:?}");
        }
    }
}
