use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

use crate::pull_requests::pull_request::PullRequest;
use crate::pull_requests::pull_request_review_comment::PullRequestReviewComment;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `pull_request_review_thread`: comments on the changes of a pull request were marked as settled,
/// or no longer are.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewThreadEvent {
    /// What happened.
    pub action: PullRequestReviewThreadAction,
    /// The thread.
    pub thread: PullRequestReviewThread,
    /// The pull request. GitHub leaves out here whether it is merged, whether it can be, and the
    /// counters.
    pub pull_request: Box<PullRequest>,
    /// When it happened; missing in old payloads.
    pub updated_at: Option<Timestamp>,
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
    /// What happened to a thread of comments.
    pub enum PullRequestReviewThreadAction {
        /// It is settled.
        Resolved = "resolved",
        /// It is no longer settled.
        Unresolved = "unresolved",
    }
}

/// Comments on the same place of a [`PullRequest`]'s changes.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewThread {
    /// The thread's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The comments.
    #[serde(default, deserialize_with = "items")]
    pub comments: Vec<PullRequestReviewComment>,
}
