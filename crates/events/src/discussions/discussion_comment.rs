use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::commands::command::Command;
use crate::commands::command_error::CommandError;
use crate::commands::command_limits::CommandLimits;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::reactions::Reactions;

/// A comment in a [`Discussion`](crate::Discussion); it may have been chosen as the answer.
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

impl DiscussionComment {
    /// The commands in it, `/deploy staging` for instance, within the limits by default; the rules, and what
    /// is left to you, stand at [`Command`].
    #[must_use]
    pub fn commands(&self) -> Vec<Result<Command, CommandError>> {
        CommandLimits::default().commands(&self.body)
    }
}
