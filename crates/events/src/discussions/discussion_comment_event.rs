use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::discussions::discussion::Discussion;
use crate::discussions::discussion_comment::DiscussionComment;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `discussion_comment`: a comment in a discussion was written, changed or deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DiscussionCommentEvent {
    /// What happened.
    pub action: DiscussionCommentAction,
    /// The comment, as it is now.
    pub comment: Box<DiscussionComment>,
    /// The discussion.
    pub discussion: Box<Discussion>,
    /// What was edited, as it was before; on `edited`.
    pub changes: Option<DiscussionCommentChanges>,
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
    /// What happened to a comment in a discussion.
    pub enum DiscussionCommentAction {
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
pub struct DiscussionCommentChanges {
    /// What it said.
    pub body: Option<Change<String>>,
}
