use hookstead_types::StatusState;
use serde::{Deserialize, Serialize};

/// What a piece of work came to, as its last status says it. It can be kept as JSON, so that the work
/// need not be done again because a report failed.
///
/// ```
/// use hookstead_client::StatusState;
/// use hookstead_report::Verdict;
///
/// let verdict = Verdict::failure("2 of 108 tests failed")
///     .target_url("https://ci.example.com/builds/17#failures");
/// assert_eq!(verdict.state(), StatusState::Failure);
/// assert!(!verdict.is_success());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    state: StatusState,
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target_url: Option<String>,
}

impl Verdict {
    /// The work ended well.
    #[must_use]
    pub fn success(description: impl Into<String>) -> Self {
        Self::new(StatusState::Success, description)
    }

    /// The work ended badly, and whoever wrote the commit can mend it: a test failed.
    #[must_use]
    pub fn failure(description: impl Into<String>) -> Self {
        Self::new(StatusState::Failure, description)
    }

    /// The work could not be done, and the commit is not to blame. This ends the matter; work that
    /// should be tried again returns an `Err` instead.
    #[must_use]
    pub fn error(description: impl Into<String>) -> Self {
        Self::new(StatusState::Error, description)
    }

    fn new(state: StatusState, description: impl Into<String>) -> Self {
        Self { state, description: description.into(), target_url: None }
    }

    /// Where this status' link leads, if elsewhere than
    /// [the reporter's](crate::StatusReporter::target_url).
    #[must_use]
    pub fn target_url(mut self, url: impl Into<String>) -> Self {
        self.target_url = Some(url.into());
        self
    }

    /// The state: `success`, `failure` or `error`.
    #[must_use]
    pub fn state(&self) -> StatusState {
        self.state.clone()
    }

    /// Whether the work ended well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.state == StatusState::Success
    }

    /// The words for people, not cut yet.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    pub(crate) fn own_target_url(&self) -> Option<&str> {
        self.target_url.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_after_it_was_kept() {
        for verdict in [
            Verdict::success("108 tests passed"),
            Verdict::failure("2 failed \u{0} \u{1f41b}").target_url("https://ci.example.com/17"),
            Verdict::error(""),
        ] {
            let kept = serde_json::to_vec(&verdict).unwrap();
            assert_eq!(serde_json::from_slice::<Verdict>(&kept).unwrap(), verdict);
        }
    }
}
