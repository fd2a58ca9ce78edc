use std::fmt;

use hookstead_types::Timestamp;

/// An issue to be opened with [`open_issue`](crate::FakeRepository::open_issue).
///
/// ```
/// use hookstead_testkit::FakeIssue;
///
/// let typo = FakeIssue::new("A typo").author("hubot").label("bug");
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is opened by `FakeRepository::open_issue`"]
pub struct FakeIssue {
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) labels: Vec<String>,
}

impl FakeIssue {
    /// An issue with this title, by the repository's owner.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), body: None, author: None, labels: Vec::new() }
    }

    /// The description.
    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    /// The login of the account that opens it.
    pub fn author(mut self, login: &str) -> Self {
        self.author = Some(login.to_owned());
        self
    }

    /// Adds a label.
    pub fn label(mut self, name: &str) -> Self {
        self.labels.push(name.to_owned());
        self
    }
}

/// An issue.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedIssue {
    /// The id that no other object has.
    pub id: u64,
    /// The number within the repository; pull requests have such numbers, too.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The description.
    pub body: Option<String>,
    /// The login of the account that opened it.
    pub author: String,
    /// Whether it is not closed.
    pub open: bool,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl fmt::Display for RecordedIssue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, title, open, .. } = self;
        write!(formatter, "#{number} {title:?} is {}", if *open { "open" } else { "closed" })
    }
}

/// A comment on an issue or a pull request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedComment {
    /// The comment's number.
    pub id: u64,
    /// The number of the issue or the pull request.
    pub issue: u64,
    /// What it says.
    pub body: String,
    /// The login of the account that wrote it.
    pub author: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was edited last.
    pub updated_at: Timestamp,
}

impl fmt::Display for RecordedComment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issue, author, body, .. } = self;
        write!(formatter, "{author} on #{issue}: {body:?}")
    }
}

/// A reaction to an issue, a pull request or a comment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedReaction {
    /// The reaction's number.
    pub id: u64,
    /// What it says: `+1`, `eyes` and six others.
    pub content: String,
    /// The login of the account that reacted.
    pub author: String,
    /// When that was.
    pub created_at: Timestamp,
    pub(crate) to: ReactedTo,
}

/// What a reaction is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReactedTo {
    /// By its number.
    Issue(u64),
    /// By its id.
    Comment(u64),
}
