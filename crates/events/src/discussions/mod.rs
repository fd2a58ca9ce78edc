//! Discussions and their comments.
//!
//! The events: `discussion`, `discussion_comment`.
//!
//! It leans on `issues/`: a discussion has labels, and is locked, like an issue.

pub(crate) mod discussion;
pub(crate) mod discussion_comment;
pub(crate) mod discussion_comment_event;
pub(crate) mod discussion_event;

pub use discussion::{Discussion, DiscussionCategory, DiscussionState, DiscussionStateReason};
pub use discussion_comment::DiscussionComment;
pub use discussion_comment_event::{
    DiscussionCommentAction, DiscussionCommentChanges, DiscussionCommentEvent,
};
pub use discussion_event::{DiscussionAction, DiscussionChanges, DiscussionEvent};
