use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::discussions::discussion::{Discussion, DiscussionCategory};
use crate::discussions::discussion_comment::DiscussionComment;
use crate::issues::label::Label;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `discussion`: something happened to a discussion.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DiscussionEvent {
    /// What happened.
    pub action: DiscussionAction,
    /// The discussion, as it is now.
    pub discussion: Box<Discussion>,
    /// The comment that was chosen as the answer; on `answered`.
    pub answer: Option<Box<DiscussionComment>>,
    /// The comment that is no longer the answer; on `unanswered`.
    pub old_answer: Option<Box<DiscussionComment>>,
    /// What was before, on `edited` and `category_changed`; where the discussion went, on
    /// `transferred`.
    pub changes: Option<Box<DiscussionChanges>>,
    /// The label; on `labeled` and `unlabeled`.
    pub label: Option<Label>,
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
    /// What happened to a discussion.
    pub enum DiscussionAction {
        /// A comment was chosen as the answer.
        Answered = "answered",
        /// It was put into another category.
        CategoryChanged = "category_changed",
        /// It was closed.
        Closed = "closed",
        /// It was started.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// Its title or body was changed.
        Edited = "edited",
        /// It got a label.
        Labeled = "labeled",
        /// It was locked.
        Locked = "locked",
        /// It was pinned to the repository.
        Pinned = "pinned",
        /// It was opened again.
        Reopened = "reopened",
        /// It went to another repository.
        Transferred = "transferred",
        /// A comment is no longer the answer.
        Unanswered = "unanswered",
        /// It lost a label.
        Unlabeled = "unlabeled",
        /// It was unlocked.
        Unlocked = "unlocked",
        /// It is no longer pinned.
        Unpinned = "unpinned",
    }
}

/// What changed in a discussion, or with it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DiscussionChanges {
    /// The title before; on `edited`.
    pub title: Option<Change<String>>,
    /// The body before; on `edited`.
    pub body: Option<Change<String>>,
    /// The category before; on `category_changed`.
    pub category: Option<Change<DiscussionCategory>>,
    /// The discussion that it became; on `transferred`.
    pub new_discussion: Option<Box<Discussion>>,
    /// The repository that it went to; on `transferred`.
    pub new_repository: Option<Box<Repository>>,
}
