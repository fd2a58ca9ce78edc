use std::fmt;

use hookstead_types::decode::{path_of_error, without_contents};

use crate::event_name::EventName;

/// A payload does not fit its type.
///
/// Says which event, where in the payload and what was wrong there, as
/// `pull_request: pull_request.head.sha: invalid type: integer, expected a string`. It never shows
/// the payload's contents: those may be private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    event: EventName,
    path: String,
    problem: String,
}

impl DecodeError {
    pub(crate) fn new(event: &EventName, path: String, problem: String) -> Self {
        Self { event: event.clone(), path, problem }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn locate(event: &EventName, payload: &[u8], error: &serde_json::Error) -> Self {
        let text = error.to_string();
        Self {
            event: event.clone(),
            path: path_of_error(payload, error.line(), error.column(), &text),
            problem: without_contents(text),
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn no_text(event: &EventName, payload: &[u8], valid_up_to: usize) -> Self {
        let valid = payload.get(..valid_up_to).unwrap_or_default();
        let line_feed = valid.iter().rposition(|&byte| byte == b'\n');
        let line = valid.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let column = valid_up_to - line_feed.map_or(0, |at| at + 1) + 1;
        Self {
            event: event.clone(),
            path: path_of_error(payload, line, column, ""),
            problem: format!("invalid UTF-8 at line {line} column {column}"),
        }
    }

    /// The same, of a payload that has what was read at the path `part`.
    pub(crate) fn of_part(mut self, part: &str) -> Self {
        self.path = match self.path.as_str() {
            "." => part.to_owned(),
            index if index.starts_with('[') => format!("{part}{index}"),
            path => format!("{part}.{path}"),
        };
        // The line and the column are not those of the payload.
        if let Some((problem, _)) = self.problem.rsplit_once(" at line ") {
            self.problem = problem.to_owned();
        }
        self
    }

    /// The event whose payload it was.
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.event
    }

    /// The path to the place, such as `pull_request.head.sha` or `commits[3].id`; `.` is the
    /// payload itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was wrong there.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}: {}", self.event, self.path, self.problem)
    }
}

impl std::error::Error for DecodeError {}
