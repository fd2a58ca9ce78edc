use std::fmt;

use hookstead_types::StatusState;
use serde_json::Value;

/// Why GitHub made no deployment of a commit (409).
///
/// It is an error as well, so that a caller to whom every refusal is one can return it by `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// What is in the way.
    pub reason: RefusalReason,
    /// GitHub's words.
    pub message: String,
    /// The contexts that are not successful, if that is the reason and GitHub names them.
    pub contexts: Vec<FailingContext>,
}

/// What is in the way of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// A required status or check is not successful: it failed, or it still runs.
    FailingContexts,
    /// The default branch cannot be merged into the ref; only with auto-merge turned on.
    MergeConflict,
    /// Something that this version does not know; see the message.
    Other,
}

/// A required status or check that is not successful.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailingContext {
    /// Its name, such as `ci/demo`.
    pub context: String,
    /// Its state: `pending`, `failure`, `error`. A check run can have others.
    pub state: StatusState,
}

impl Refusal {
    /// Reads a 409 of GitHub's; `None` if it is none of GitHub's.
    ///
    /// GitHub has no code for the two reasons. Failed contexts come with an `errors` entry about
    /// `required_contexts`; on old servers, and in a merge conflict, the message must do.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let message = body.get("message")?.as_str()?.to_owned();
        let errors = body.get("errors").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let contexts = errors
            .iter()
            .filter_map(|error| error.get("contexts")?.as_array())
            .flatten()
            .filter_map(FailingContext::read)
            .collect::<Vec<_>>();

        let names_contexts = errors.iter().any(|error| {
            error.get("contexts").is_some()
                || error.get("field").and_then(Value::as_str) == Some("required_contexts")
        });
        let says = message.to_ascii_lowercase();
        let reason = if names_contexts || says.contains("status checks failed") {
            RefusalReason::FailingContexts
        } else if says.contains("conflict merging") || says.contains("merge conflict") {
            RefusalReason::MergeConflict
        } else {
            RefusalReason::Other
        };
        Some(Self { reason, message, contexts })
    }

    /// Whether a required status or check is not successful. One that is pending may become so.
    #[must_use]
    pub fn is_failing_contexts(&self) -> bool {
        self.reason == RefusalReason::FailingContexts
    }

    /// Whether the default branch cannot be merged into the ref.
    #[must_use]
    pub fn is_merge_conflict(&self) -> bool {
        self.reason == RefusalReason::MergeConflict
    }
}

impl FailingContext {
    fn read(entry: &Value) -> Option<Self> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        Some(Self {
            context: text("context")?.to_owned(),
            state: StatusState::from(text("state").unwrap_or_default()),
        })
    }
}

/// GitHub's words, and the contexts: `Conflict: Commit status checks failed for main. (ci/demo:
/// pending)`.
impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        for (position, failing) in self.contexts.iter().enumerate() {
            let before = if position == 0 { " (" } else { ", " };
            write!(formatter, "{before}{}: {}", failing.context, failing.state)?;
        }
        if self.contexts.is_empty() { Ok(()) } else { formatter.write_str(")") }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_are_told_apart() {
        use RefusalReason::{FailingContexts, MergeConflict, Other};
        for (body, reason) in [
            (r#"{"message": "Conflict: Commit status checks failed for x."}"#, FailingContexts),
            (
                r#"{"message": "Conflict", "errors": [{"field": "required_contexts"}]}"#,
                FailingContexts,
            ),
            (r#"{"message": "Conflict merging main into x."}"#, MergeConflict),
            (r#"{"message": "Merge conflict"}"#, MergeConflict),
            (
                r#"{"message": "Something newer", "errors": ["x", {"contexts": 3}]}"#,
                FailingContexts,
            ),
            (r#"{"message": "Something newer", "errors": ["x"]}"#, Other),
            (r#"{"message": "Something newer", "errors": null}"#, Other),
        ] {
            assert_eq!(Refusal::read(body.as_bytes()).unwrap().reason, reason, "{body}");
        }
        for other in ["", "<html>", "[]", "{}", r#"{"message": 3}"#] {
            assert_eq!(Refusal::read(other.as_bytes()), None);
        }
    }
}
