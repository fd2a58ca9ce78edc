use hookstead_client::{CheckAction, CheckAnnotation, CheckConclusion, StatusState};
use serde::{Deserialize, Serialize};

/// What a piece of work came to, as its last report says it. It is kept as a step of the attempt, so that
/// the work is not done again because a report failed.
///
/// It can be said in three ways: as a commit status, as a deployment status and as a check run. Work may
/// return a `bool` as well, which is a success or a failure, or nothing, which is a success.
///
/// ```
/// use hookstead_report::Verdict;
///
/// let verdict = Verdict::failure("2 of 108 tests failed")
///     .link("https://ci.example.com/builds/17#failures");
/// assert!(!verdict.is_success());
/// assert_eq!(Verdict::from(true).description(), "Succeeded");
/// ```
// The inbox compares the name of this type, with its path: a kept verdict goes to nobody who asks for
// another type. So it should not move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub(crate) state: StatusState,
    pub(crate) description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) environment_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) conclusion: Option<CheckConclusion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) annotations: Vec<CheckAnnotation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) actions: Vec<CheckAction>,
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
    /// should be tried again returns an `Err` instead. A check run shows it as a failure.
    #[must_use]
    pub fn error(description: impl Into<String>) -> Self {
        Self::new(StatusState::Error, description)
    }

    fn new(state: StatusState, description: impl Into<String>) -> Self {
        Self {
            state,
            description: description.into(),
            link: None,
            environment_url: None,
            conclusion: None,
            summary: None,
            text: None,
            annotations: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// Where the report's link leads, if elsewhere than the reporter's. A status calls it `target_url`, a
    /// deployment status `log_url`, a check run `details_url`.
    #[must_use]
    pub fn link(mut self, url: impl Into<String>) -> Self {
        self.link = Some(url.into());
        self
    }

    /// Where the deployed thing is, if elsewhere than the reporter says. Only deployments show it.
    #[must_use]
    pub fn environment_url(mut self, url: impl Into<String>) -> Self {
        self.environment_url = Some(url.into());
        self
    }

    /// The conclusion of a check run, in place of `success` or `failure`: `neutral`, `skipped` or
    /// `action_required`, say. Statuses and deployments have no such words, and show the state.
    #[must_use]
    pub fn conclusion(mut self, conclusion: CheckConclusion) -> Self {
        self.conclusion = Some(conclusion);
        self
    }

    /// A summary in Markdown, below the description, which is the title. Only check runs show it.
    #[must_use]
    pub fn summary(mut self, markdown: impl Into<String>) -> Self {
        self.summary = Some(markdown.into());
        self
    }

    /// The details in Markdown. Only check runs show them.
    #[must_use]
    pub fn text(mut self, markdown: impl Into<String>) -> Self {
        self.text = Some(markdown.into());
        self
    }

    /// Adds a remark about a place in the code. Only check runs show it. GitHub takes 50 with each call,
    /// so more take further calls; a thousand are sent at most.
    #[must_use]
    pub fn annotation(mut self, annotation: CheckAnnotation) -> Self {
        self.annotations.push(annotation);
        self
    }

    /// Adds a button. Only check runs show it; GitHub takes three.
    #[must_use]
    pub fn action(mut self, action: CheckAction) -> Self {
        self.actions.push(action);
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
}

/// Whether it passed.
impl From<bool> for Verdict {
    fn from(passed: bool) -> Self {
        if passed { Self::success("Succeeded") } else { Self::failure("Failed") }
    }
}

/// What is done without an error is done well.
impl From<()> for Verdict {
    fn from((): ()) -> Self {
        Self::success("Done")
    }
}
