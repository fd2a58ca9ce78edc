use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::pull_requests::pull_request::PullRequest;
use crate::pull_requests::pull_request_review_comment::PullRequestReviewComment;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `pull_request_review_comment`: a comment on the changes of a pull request was written, changed
/// or deleted. Comments of its conversation are [`issue_comment`](crate::IssueCommentEvent)s.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewCommentEvent {
    /// What happened.
    pub action: PullRequestReviewCommentAction,
    /// The comment, as it is now.
    pub comment: Box<PullRequestReviewComment>,
    /// The pull request. GitHub leaves out here whether it is merged, whether it can be, and the
    /// counters.
    pub pull_request: Box<PullRequest>,
    /// What was edited, as it was before; on `edited`.
    pub changes: Option<PullRequestReviewCommentChanges>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a comment on the changes of a pull request.
    pub enum PullRequestReviewCommentAction {
        /// It was written.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed.
        Edited = "edited",
    }
}

/// What was edited in a comment, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewCommentChanges {
    /// What it said.
    pub body: Option<Change<String>>,
}
