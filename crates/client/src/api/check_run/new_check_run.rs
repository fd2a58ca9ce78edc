use hookstead_types::{CheckConclusion, CheckStatus, Sha, Timestamp};
use serde::{Deserialize, Serialize};

use crate::api::check_run::check_action::CheckAction;
use crate::api::decoration::{Text, link};
use crate::engine::decorated::{Complaint, Decorated};

/// As many annotations does GitHub take with one call.
const ANNOTATIONS_PER_CALL: usize = 50;

/// As many are sent, in 20 calls: nobody reads more, and each call takes its turn among the writes.
const MAX_ANNOTATIONS: usize = 1000;

/// The names by which GitHub may complain about what a check run shows.
const OUTPUT_FIELDS: &[&str] = &[
    "output",
    "title",
    "summary",
    "text",
    "annotations",
    "message",
    "path",
    "start_line",
    "end_line",
    "annotation_level",
];

/// A check run to be created, or a change of one; what is not set stays.
///
/// ```
/// use hookstead_client::{CheckConclusion, CheckOutput, NewCheckRun};
///
/// let started = NewCheckRun::in_progress().details_url("https://ci.example.com/builds/17");
/// let ended = NewCheckRun::completed(CheckConclusion::Failure)
///     .output(CheckOutput::new("2 of 300 tests failed", "See the log."));
/// # let _ = (started, ended);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewCheckRun {
    status: CheckStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    conclusion: Option<CheckConclusion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<CheckOutput>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<CheckAction>,
}

impl NewCheckRun {
    /// The work waits for its turn.
    #[must_use]
    pub fn queued() -> Self {
        Self::with(CheckStatus::Queued, None)
    }

    /// The work has begun.
    #[must_use]
    pub fn in_progress() -> Self {
        Self::with(CheckStatus::InProgress, None)
    }

    /// The work has ended so.
    #[must_use]
    pub fn completed(conclusion: CheckConclusion) -> Self {
        Self::with(CheckStatus::Completed, Some(conclusion))
    }

    fn with(status: CheckStatus, conclusion: Option<CheckConclusion>) -> Self {
        Self {
            status,
            conclusion,
            started_at: None,
            completed_at: None,
            details_url: None,
            external_id: None,
            output: None,
            actions: Vec::new(),
        }
    }

    /// When the work began. GitHub's default is now.
    #[must_use]
    pub fn started_at(mut self, moment: Timestamp) -> Self {
        self.started_at = Some(moment);
        self
    }

    /// When the work ended. GitHub's default is now.
    #[must_use]
    pub fn completed_at(mut self, moment: Timestamp) -> Self {
        self.completed_at = Some(moment);
        self
    }

    /// Where its link leads: the build's page. One that is no `http://` or `https://` URL is left out, and
    /// one that was set before stays.
    #[must_use]
    pub fn details_url(mut self, url: impl Into<String>) -> Self {
        self.details_url = link("details_url", url).or(self.details_url);
        self
    }

    /// One's own name for the work.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// What to show.
    #[must_use]
    pub fn output(mut self, output: CheckOutput) -> Self {
        self.output = Some(output);
        self
    }

    /// Adds a button. GitHub takes three, so a fourth one is left out.
    #[must_use]
    pub fn action(mut self, action: CheckAction) -> Self {
        action.add_to(&mut self.actions);
        self
    }

    /// What one call can bring, and the output of each further one.
    pub(crate) fn in_parts(&self) -> (Self, Vec<CheckOutput>) {
        let mut first = self.clone();
        let Some(output) = &mut first.output else { return (first, Vec::new()) };
        if output.annotations.len() > MAX_ANNOTATIONS {
            tracing::warn!(
                field = "output.annotations",
                count = output.annotations.len(),
                "too many annotations, leaving those after the first {MAX_ANNOTATIONS} out"
            );
            output.annotations.truncate(MAX_ANNOTATIONS);
        }
        let kept = output.annotations.len().min(ANNOTATIONS_PER_CALL);
        let others = output.annotations.split_off(kept);
        // GitHub adds annotations to those before, and replaces the rest of the output.
        let further = others.chunks(ANNOTATIONS_PER_CALL);
        let further = further.map(|it| CheckOutput { annotations: it.to_vec(), ..output.clone() });
        let further = further.collect();
        (first, further)
    }

    /// Sending annotations twice shows them twice.
    pub(crate) fn adds_annotations(&self) -> bool {
        self.output.as_ref().is_some_and(|output| !output.annotations.is_empty())
    }
}

impl Decorated for NewCheckRun {
    fn take_off(&mut self, complaint: &Complaint) -> Vec<&'static str> {
        let mut fields =
            complaint.about(&[OUTPUT_FIELDS, &["details_url", "external_id", "actions"]].concat());
        if complaint.is_about_length() {
            fields.push("output");
        }
        fields.retain(|field| match *field {
            "details_url" => self.details_url.take().is_some(),
            "external_id" => self.external_id.take().is_some(),
            "actions" => !std::mem::take(&mut self.actions).is_empty(),
            _ => match &mut self.output {
                // Title and summary say most.
                Some(output) if output.text.is_some() || !output.annotations.is_empty() => {
                    output.text = None;
                    output.annotations.clear();
                    true
                }
                output => output.take().is_some(),
            },
        });
        fields
    }
}

/// What a check run shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckOutput {
    title: String,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<CheckAnnotation>,
}

impl CheckOutput {
    /// A title, and a summary in Markdown. A summary beyond
    /// [`CHECK_TEXT_MAX_BYTES`](crate::CHECK_TEXT_MAX_BYTES) is cut, a title beyond 255 characters as well.
    #[must_use]
    pub fn new(title: impl Into<String>, summary: impl Into<String>) -> Self {
        let (title, summary) = (Text::CHECK_TITLE.fit(title), Text::CHECK_SUMMARY.fit(summary));
        Self { title, summary, text: None, annotations: Vec::new() }
    }

    /// The details, in Markdown. A text beyond [`CHECK_TEXT_MAX_BYTES`](crate::CHECK_TEXT_MAX_BYTES) is
    /// cut.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(Text::CHECK_TEXT.fit(text));
        self
    }

    /// Adds a remark about a place in the code. GitHub takes 50 with each call, so more take further
    /// calls; a thousand are sent at most.
    #[must_use]
    pub fn annotation(mut self, annotation: CheckAnnotation) -> Self {
        self.annotations.push(annotation);
        self
    }
}

/// A remark about a place in the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnnotation {
    path: String,
    start_line: u32,
    end_line: u32,
    annotation_level: AnnotationLevel,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AnnotationLevel {
    Notice,
    Warning,
    Failure,
}

impl CheckAnnotation {
    /// Something to know about these lines.
    #[must_use]
    pub fn notice(path: impl Into<String>, lines: (u32, u32), message: impl Into<String>) -> Self {
        Self::with(AnnotationLevel::Notice, path.into(), lines, message.into())
    }

    /// Something to beware of in these lines.
    #[must_use]
    pub fn warning(path: impl Into<String>, lines: (u32, u32), message: impl Into<String>) -> Self {
        Self::with(AnnotationLevel::Warning, path.into(), lines, message.into())
    }

    /// Something wrong in these lines.
    #[must_use]
    pub fn failure(path: impl Into<String>, lines: (u32, u32), message: impl Into<String>) -> Self {
        Self::with(AnnotationLevel::Failure, path.into(), lines, message.into())
    }

    fn with(
        annotation_level: AnnotationLevel,
        path: String,
        lines: (u32, u32),
        message: String,
    ) -> Self {
        let (start_line, end_line) = lines;
        let message = Text::ANNOTATION_MESSAGE.fit(message);
        Self { path, start_line, end_line, annotation_level, message, title: None }
    }

    /// A title. One beyond 255 characters is cut.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(Text::ANNOTATION_TITLE.fit(title));
        self
    }
}

/// The body of a request that only adds annotations.
#[derive(Serialize)]
pub(crate) struct MoreAnnotations<'a> {
    pub(crate) output: &'a CheckOutput,
}

/// The body of the request that creates one.
#[derive(Serialize)]
pub(crate) struct CreateCheckRun<'a> {
    pub(crate) name: &'a str,
    pub(crate) head_sha: &'a Sha,
    #[serde(flatten)]
    pub(crate) run: &'a NewCheckRun,
}
