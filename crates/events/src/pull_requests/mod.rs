//! Pull requests, their reviews, and the comments and threads of these.
//!
//! The events: `pull_request`, `pull_request_review`, `pull_request_review_comment`,
//! `pull_request_review_thread`.
//!
//! It leans on `issues/` and `organizations/`: a pull request has labels and milestones like an
//! issue, and teams review it.

pub(crate) mod minimal_pull_request;
pub(crate) mod pull_request;
pub(crate) mod pull_request_event;
pub(crate) mod pull_request_review;
pub(crate) mod pull_request_review_comment;
pub(crate) mod pull_request_review_comment_event;
pub(crate) mod pull_request_review_thread;
pub(crate) mod reviewer;

pub use minimal_pull_request::{MinimalBranch, MinimalPullRequest, RepositoryReference};
pub use pull_request::{
    AutoMerge, MergeableState, PullRequest, PullRequestBranch, PullRequestLinks, PullRequestStack,
    PullRequestStackBase,
};
pub use pull_request_event::{
    PullRequestAction, PullRequestBaseChange, PullRequestChanges, PullRequestEvent,
    PullRequestReason,
};
pub use pull_request_review::{
    PullRequestReview, PullRequestReviewAction, PullRequestReviewChanges, PullRequestReviewEvent,
    PullRequestReviewLinks, PullRequestReviewState,
};
pub use pull_request_review_comment::{
    DiffSide, PullRequestReviewComment, PullRequestReviewCommentLinks, ReviewCommentSubject,
};
pub use pull_request_review_comment_event::{
    PullRequestReviewCommentAction, PullRequestReviewCommentChanges, PullRequestReviewCommentEvent,
};
pub use pull_request_review_thread::{
    PullRequestReviewThread, PullRequestReviewThreadAction, PullRequestReviewThreadEvent,
};
pub use reviewer::Reviewer;
