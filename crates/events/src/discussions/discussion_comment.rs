use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::discussions::discussion::Discussion;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::reactions::Reactions;
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

/// A comment in a [`Discussion`]; it may have been chosen as the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DiscussionComment {
    /// The comment's number.
    pub id: u64,
    /// The comment's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The number of its discussion on GitHub.
    pub discussion_id: Option<u64>,
    /// The number of the comment that it replies to, if it does.
    pub parent_id: Option<u64>,
    /// How many replies it has.
    #[serde(default)]
    pub child_comment_count: u64,
    /// What it says, in Markdown.
    #[serde(default)]
    pub body: String,
    /// Who wrote it.
    pub user: Option<User>,
    /// How they stand to the repository.
    pub author_association: Option<AuthorAssociation>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The reactions to it.
    pub reactions: Option<Reactions>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its repository in the REST API.
    pub repository_url: Option<String>,
}
