//! Discussions and their comments.

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
