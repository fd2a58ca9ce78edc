use std::fmt;

use hookstead::inbox::{Changed, ChangedTask, Purged, Revived};
use serde::Serialize;

/// What an operation did with one task, as people and machines read it.
#[derive(Debug, Serialize)]
pub(crate) struct ChangedView<'a> {
    id: &'a str,
    handler: &'a str,
    was: &'static str,
    result: &'static str,
    superseded_by: Option<&'a str>,
    #[serde(skip)]
    changed: &'a ChangedTask,
}

impl<'a> ChangedView<'a> {
    /// A view of it.
    #[must_use]
    pub(crate) fn new(changed: &'a ChangedTask) -> Self {
        let (result, superseded_by) = match &changed.changed {
            Changed::Changed => ("changed", None),
            Changed::Marked => ("told", None),
            Changed::Superseded { by } => ("superseded", Some(by.as_str())),
            Changed::Refused => ("refused", None),
            Changed::NoBody => ("no_body", None),
            _ => ("unknown", None),
        };
        Self {
            id: changed.delivery.as_str(),
            handler: changed.handler.as_str(),
            was: changed.was.as_str(),
            result,
            superseded_by,
            changed,
        }
    }
}

/// A line.
impl fmt::Display for ChangedView<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.changed.fmt(formatter)
    }
}

/// What came of many dead tasks that were to go on.
#[derive(Debug, Serialize)]
pub(crate) struct RevivedView {
    revived: u64,
    superseded: u64,
    without_body: u64,
    others: u64,
}

impl RevivedView {
    /// A view of it.
    #[must_use]
    pub(crate) fn new(revived: &Revived) -> Self {
        let Revived { revived, superseded, without_body, others, .. } = *revived;
        Self { revived, superseded, without_body, others }
    }

    /// A line for each number that is not 0.
    #[must_use]
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = [
            (self.revived, "revived"),
            (self.superseded, "superseded by newer ones"),
            (self.without_body, "without a body: only a redelivery brings them back"),
            (self.others, "not dead any more"),
        ];
        lines.iter().filter(|it| it.0 > 0).map(|(count, what)| format!("{count} {what}")).collect()
    }
}

/// What was forgotten.
#[derive(Debug, Serialize)]
pub(crate) struct PurgedView {
    bodies: u64,
    tasks: u64,
    deliveries: u64,
    untaken: u64,
}

impl PurgedView {
    /// A view of it.
    #[must_use]
    pub(crate) fn new(purged: &Purged) -> Self {
        let Purged { bodies, tasks, deliveries, untaken, .. } = *purged;
        Self { bodies, tasks, deliveries, untaken }
    }
}
