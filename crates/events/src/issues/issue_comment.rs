use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::commands::command::Command;
use crate::commands::command_error::CommandError;
use crate::commands::command_limits::CommandLimits;
use crate::shared::app::App;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::reactions::Reactions;

/// A comment on an [`Issue`](crate::Issue), as the event shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueComment {
    /// The comment's number.
    pub id: u64,
    /// The comment's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// What it says, in Markdown.
    #[serde(default)]
    pub body: String,
    /// The same as HTML; seldom sent.
    pub body_html: Option<String>,
    /// The same as plain text; seldom sent.
    pub body_text: Option<String>,
    /// Who wrote it.
    pub user: Option<User>,
    /// How they stand to the repository.
    pub author_association: Option<AuthorAssociation>,
    /// The App that wrote it on somebody's behalf.
    pub performed_via_github_app: Option<Box<App>>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The reactions to it.
    pub reactions: Option<Reactions>,
    /// Who pinned it to its issue, and when; nothing if it is not pinned.
    pub pin: Option<IssueCommentPin>,
    /// Why it is hidden; nothing if it is not.
    pub minimized: Option<IssueCommentMinimized>,
    /// The comment in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its issue in the REST API.
    pub issue_url: Option<String>,
}

impl IssueComment {
    /// The commands in it, `/deploy staging` for instance, within the limits by default; the rules, and what
    /// is left to you, stand at [`Command`].
    #[must_use]
    pub fn commands(&self) -> Vec<Result<Command, CommandError>> {
        CommandLimits::default().commands(&self.body)
    }
}

/// That an [`IssueComment`] is pinned to its issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueCommentPin {
    /// When it was pinned.
    pub pinned_at: Option<Timestamp>,
    /// Who pinned it.
    pub pinned_by: Option<User>,
}

/// That an [`IssueComment`] is hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueCommentMinimized {
    /// Why it is: `low-quality` for instance.
    pub reason: Option<String>,
}
