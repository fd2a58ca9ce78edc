//! What others are shown of a thing, as it was at one moment. A webhook tells of the moment when something
//! happened, so it must not look at what became of it since.

use hookstead_events::{CheckConclusion, CheckStatus};
use hookstead_types::{RepoName, Sha, Timestamp};

use super::app::Installation;
use super::history::Commit;
use super::hook::Hook;
use crate::objects::check_run::RecordedCheckRun;
use crate::objects::issue::{RecordedComment, RecordedIssue};
use crate::objects::label::RecordedLabel;
use crate::objects::pull_request::RecordedPullRequest;
use crate::objects::review::RecordedReview;

/// A repository.
#[derive(Debug, Clone)]
pub(crate) struct RepositoryFacts {
    pub(crate) id: u64,
    pub(crate) name: RepoName,
    /// Whether the owner is an organization.
    pub(crate) of_organization: bool,
    pub(crate) default_branch: String,
    pub(crate) private: bool,
    pub(crate) is_fork: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) pushed_at: Timestamp,
    pub(crate) labels: Vec<RecordedLabel>,
    /// Open issues and open pull requests: GitHub counts both.
    pub(crate) open_issues: usize,
}

/// A pull request, with what only its repository knows.
#[derive(Debug, Clone)]
pub(crate) struct PullRequestFacts {
    pub(crate) it: RecordedPullRequest,
    /// How many commits it brings.
    pub(crate) commits: usize,
    pub(crate) mergeability: Mergeability,
}

/// Whether a pull request can be merged. Right after a change nobody knows; it is computed when somebody
/// asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mergeability {
    /// Nobody has asked yet, or it is closed.
    Unknown,
    Conflicting,
    Draft,
    /// The base branch requires checks or reviews that it does not have.
    Blocked,
    /// The base branch requires that it has all its commits.
    Behind,
    /// It can be merged, but not every status of its head is a success.
    Unstable,
    Clean,
}

/// A check run, with what only its repository knows.
#[derive(Debug, Clone)]
pub(crate) struct CheckRunFacts {
    pub(crate) it: RecordedCheckRun,
    /// A branch whose last commit is the check run's.
    pub(crate) head_branch: Option<String>,
    /// The commit before the check run's.
    pub(crate) before: Option<Sha>,
    /// The open pull requests whose head it is about; none of those from forks.
    pub(crate) pull_requests: Vec<RecordedPullRequest>,
}

/// An issue or a pull request, as far as it is an issue.
#[derive(Debug, Clone)]
pub(crate) struct IssueFacts {
    pub(crate) it: RecordedIssue,
    /// How its author stands to the repository.
    pub(crate) association: &'static str,
    /// How many comments it has.
    pub(crate) comments: usize,
    /// The pull request, if it is one.
    pub(crate) pull_request: Option<RecordedPullRequest>,
}

/// A comment, with what only its repository knows.
#[derive(Debug, Clone)]
pub(crate) struct CommentFacts {
    pub(crate) it: RecordedComment,
    /// How its author stands to the repository.
    pub(crate) association: &'static str,
}

/// A check suite.
#[derive(Debug, Clone)]
pub(crate) struct SuiteFacts {
    pub(crate) id: u64,
    /// One of its check runs: they are about the same commit.
    pub(crate) about: CheckRunFacts,
    pub(crate) commit: Commit,
    pub(crate) status: CheckStatus,
    pub(crate) conclusion: Option<CheckConclusion>,
    /// How many check runs it has, of each name the latest.
    pub(crate) count: usize,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// A review, with what only its repository knows.
#[derive(Debug, Clone)]
pub(crate) struct ReviewFacts {
    pub(crate) it: RecordedReview,
    /// How its author stands to the repository.
    pub(crate) association: &'static str,
}

/// An installation of the App.
#[derive(Debug, Clone)]
pub(crate) struct InstallationFacts {
    pub(crate) it: Installation,
    /// Whether the account is an organization.
    pub(crate) of_organization: bool,
}

/// A webhook.
#[derive(Debug, Clone)]
pub(crate) struct HookFacts {
    pub(crate) it: Hook,
    pub(crate) owner: OwnerFacts,
}

/// Whom a hook belongs to, by name.
#[derive(Debug, Clone)]
pub(crate) enum OwnerFacts {
    Repository(RepoName),
    /// By its login.
    Organization(String),
    App,
}
