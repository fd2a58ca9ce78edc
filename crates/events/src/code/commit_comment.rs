use serde::Serialize;

use hookstead_types::{Decode, Sha, Timestamp, User};

use crate::commands::command::Command;
use crate::commands::command_error::CommandError;
use crate::commands::command_limits::CommandLimits;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::reactions::Reactions;
use crate::shared::repository::Repository;

/// `commit_comment`: somebody commented on a commit.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CommitCommentEvent {
    /// What happened.
    pub action: CommitCommentAction,
    /// The comment.
    pub comment: Box<CommitComment>,
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
    /// What happened to a comment on a commit.
    pub enum CommitCommentAction {
        /// It was written.
        Created = "created",
    }
}

/// A comment on a commit, or on a line of it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CommitComment {
    /// The comment's number.
    pub id: u64,
    /// The comment's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The commit's name.
    pub commit_id: Sha,
    /// What it says, in Markdown.
    #[serde(default)]
    pub body: String,
    /// Who wrote it.
    pub user: Option<User>,
    /// How they stand to the repository.
    pub author_association: Option<AuthorAssociation>,
    /// The file that it is about, if one.
    pub path: Option<String>,
    /// The line of that file, if one.
    pub line: Option<u64>,
    /// The line of that file's diff, if one.
    pub position: Option<u64>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The reactions to it.
    pub reactions: Option<Reactions>,
    /// The comment in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}

impl CommitComment {
    /// The commands in it, `/deploy staging` for instance, within the limits by default; the rules, and what
    /// is left to you, stand at [`Command`].
    #[must_use]
    pub fn commands(&self) -> Vec<Result<Command, CommandError>> {
        CommandLimits::default().commands(&self.body)
    }
}
