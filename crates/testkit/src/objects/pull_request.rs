use std::fmt;

use hookstead_types::{Sha, Timestamp};

/// A pull request to be opened with
/// [`open_pull_request`](crate::FakeRepository::open_pull_request).
///
/// ```
/// use hookstead_testkit::FakePullRequest;
///
/// let flag = FakePullRequest::new("Add a flag").head("feature").label("enhancement");
/// let stranger = FakePullRequest::new("Fix a typo").from_fork("hubot");
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is opened by `FakeRepository::open_pull_request`"]
pub struct FakePullRequest {
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) head: String,
    pub(crate) base: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) fork_of: Option<String>,
    pub(crate) draft: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<String>,
    pub(crate) reviewers: Vec<String>,
}

impl FakePullRequest {
    /// A pull request with this title, by the repository's owner, from the branch `feature` to the
    /// default branch.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            body: None,
            head: "feature".to_owned(),
            base: None,
            author: None,
            fork_of: None,
            draft: false,
            labels: Vec::new(),
            assignees: Vec::new(),
            reviewers: Vec::new(),
        }
    }

    /// The branch it comes from. If there is none, it is made, with one commit.
    pub fn head(mut self, branch: &str) -> Self {
        self.head = branch.to_owned();
        self
    }

    /// The branch it goes to, instead of the default branch.
    pub fn base(mut self, branch: &str) -> Self {
        self.base = Some(branch.to_owned());
        self
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

    /// It comes from this account's fork, and that account opens it. The fork's branch is
    /// `owner:branch` to the methods of [`FakeRepository`](crate::FakeRepository). With git, the fork is a
    /// [repository of its own](crate::FakeRepository::fork).
    pub fn from_fork(mut self, owner: &str) -> Self {
        self.fork_of = Some(owner.to_owned());
        self
    }

    /// It is a draft.
    pub fn draft(mut self) -> Self {
        self.draft = true;
        self
    }

    /// Adds a label.
    pub fn label(mut self, name: &str) -> Self {
        self.labels.push(name.to_owned());
        self
    }

    /// Adds an account that is to care for it.
    pub fn assignee(mut self, login: &str) -> Self {
        self.assignees.push(login.to_owned());
        self
    }

    /// Adds an account that is asked for a review.
    pub fn reviewer(mut self, login: &str) -> Self {
        self.reviewers.push(login.to_owned());
        self
    }
}

/// A pull request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedPullRequest {
    /// The id that no other object has.
    pub id: u64,
    /// The number within the repository.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The description.
    pub body: Option<String>,
    /// The login of the account that opened it.
    pub author: String,
    /// Whether it is neither closed nor merged.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// The branch it comes from.
    pub head_ref: String,
    /// The last commit of that branch, which moves when somebody pushes.
    pub head_sha: Sha,
    /// The branch it goes to.
    pub base_ref: String,
    /// That branch's last commit when the pull request was opened.
    pub base_sha: Sha,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// The logins of those who care for it.
    pub assignees: Vec<String>,
    /// The logins of those who are asked for a review.
    pub reviewers: Vec<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it was closed or merged.
    pub closed_at: Option<Timestamp>,
    /// Whether it is merged.
    pub merged: bool,
    /// The login of the account that merged it.
    pub merged_by: Option<String>,
    /// The commit that merged it; while it is open, a test merge.
    pub merge_commit_sha: Option<Sha>,
    /// The branch's name in the repository's state.
    pub(crate) branch: String,
    pub(crate) fork: Option<Fork>,
    pub(crate) mergeability_known: bool,
    /// What git says; unknown without git.
    pub(crate) test_merge: TestMerge,
    /// What it changes; only git knows.
    pub(crate) size: Option<ChangeSize>,
}

/// How much a pull request changes, in lines and files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChangeSize {
    pub(crate) additions: u64,
    pub(crate) deletions: u64,
    pub(crate) files: usize,
}

/// What became of merging a pull request into its base as they are now, without moving the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TestMerge {
    Unknown,
    Conflict,
    Clean,
}

impl RecordedPullRequest {
    /// `owner:branch`, as GitHub labels a head, in a repository of this owner.
    pub(crate) fn head_label(&self, owner: &str) -> String {
        let owner = self.fork.as_ref().map_or(owner, |fork| &fork.owner);
        format!("{owner}:{}", self.head_ref)
    }
}

impl fmt::Display for RecordedPullRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (self.open, self.merged) {
            (true, _) => "open",
            (_, true) => "merged",
            _ => "closed",
        };
        let Self { number, title, head_ref, head_sha, base_ref, .. } = self;
        write!(
            formatter,
            "#{number} {title:?} is {state}: {head_ref} ({}) -> {base_ref}",
            head_sha.short()
        )
    }
}

/// Where a pull request comes from, if not from the repository itself.
#[derive(Debug, Clone)]
pub(crate) struct Fork {
    pub(crate) id: u64,
    pub(crate) owner: String,
    pub(crate) deleted: bool,
}
