use crate::objects::issue::{ReactedTo, RecordedComment, RecordedIssue, RecordedReaction};
use crate::objects::label::RecordedLabel;
use crate::objects::review::RecordedReview;

/// The issues of a repository, and what is said about them and about pull requests. The oldest first, as
/// all such lists.
#[derive(Debug)]
pub(crate) struct Issues {
    pub(crate) issues: Vec<RecordedIssue>,
    pub(crate) comments: Vec<RecordedComment>,
    pub(crate) reactions: Vec<RecordedReaction>,
    pub(crate) reviews: Vec<RecordedReview>,
    /// Those that there are, whether something has them or not.
    pub(crate) labels: Vec<RecordedLabel>,
}

impl Default for Issues {
    fn default() -> Self {
        Self {
            issues: Vec::new(),
            comments: Vec::new(),
            reactions: Vec::new(),
            reviews: Vec::new(),
            labels: RecordedLabel::defaults(),
        }
    }
}

impl Issues {
    pub(crate) fn issue(&self, number: u64) -> Option<&RecordedIssue> {
        self.issues.iter().find(|it| it.number == number)
    }

    pub(crate) fn issue_mut(&mut self, number: u64) -> Option<&mut RecordedIssue> {
        self.issues.iter_mut().find(|it| it.number == number)
    }

    pub(crate) fn comment(&self, id: u64) -> Option<&RecordedComment> {
        self.comments.iter().find(|it| it.id == id)
    }

    pub(crate) fn comments_on(&self, number: u64) -> impl Iterator<Item = &RecordedComment> {
        self.comments.iter().filter(move |it| it.issue == number)
    }

    pub(crate) fn reactions_to(&self, to: ReactedTo) -> impl Iterator<Item = &RecordedReaction> {
        self.reactions.iter().filter(move |it| it.to == to)
    }
}
