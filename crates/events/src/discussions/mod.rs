//! Discussions and their comments.

pub(crate) mod discussion;
pub(crate) mod discussion_comment;

pub use discussion::{
    Discussion, DiscussionAction, DiscussionCategory, DiscussionChanges, DiscussionEvent,
    DiscussionState, DiscussionStateReason,
};
pub use discussion_comment::{
    DiscussionComment, DiscussionCommentAction, DiscussionCommentChanges, DiscussionCommentEvent,
};
