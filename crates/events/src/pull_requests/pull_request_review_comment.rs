use serde::Serialize;

use hookstead_types::{Decode, Sha, Timestamp, User};

use crate::commands::command::Command;
use crate::commands::command_error::CommandError;
use crate::commands::command_limits::CommandLimits;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::link::Link;
use crate::shared::reactions::Reactions;

/// A comment on the changes of a [`PullRequest`](crate::PullRequest).
///
/// Where it points to is given twice: for the changes as they are, and, in the fields named
/// `original`, as they were when it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewComment {
    /// The comment's number.
    pub id: u64,
    /// The comment's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The number of the review that it belongs to.
    pub pull_request_review_id: Option<u64>,
    /// The number of the comment that it replies to, if it does.
    pub in_reply_to_id: Option<u64>,
    /// What it says, in Markdown.
    #[serde(default)]
    pub body: String,
    /// Who wrote it.
    pub user: Option<User>,
    /// How they stand to the repository.
    pub author_association: Option<AuthorAssociation>,
    /// The file that it is about.
    pub path: Option<String>,
    /// Whether it is about a line of the file, or the whole of it; missing in old payloads.
    pub subject_type: Option<ReviewCommentSubject>,
    /// The part of the diff that it is about.
    pub diff_hunk: Option<String>,
    /// The commit that it is about.
    pub commit_id: Option<Sha>,
    /// The commit that it was about at first.
    pub original_commit_id: Option<Sha>,
    /// The line of the file, the last of several; nothing once the line is gone.
    pub line: Option<u64>,
    /// The line that it was about at first.
    pub original_line: Option<u64>,
    /// The first of several lines.
    pub start_line: Option<u64>,
    /// The first of several lines, at first.
    pub original_start_line: Option<u64>,
    /// Which side of the diff the line is on.
    pub side: Option<DiffSide>,
    /// Which side of the diff the first of several lines is on.
    pub start_side: Option<DiffSide>,
    /// The line of the diff; GitHub's older way to say [`line`](Self::line).
    pub position: Option<u64>,
    /// The line of the diff, at first.
    pub original_position: Option<u64>,
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
    /// Its pull request in the REST API.
    pub pull_request_url: Option<String>,
    /// The links once more, as GitHub's `_links`.
    #[serde(rename = "_links")]
    pub links: Option<Box<PullRequestReviewCommentLinks>>,
}

impl PullRequestReviewComment {
    /// The commands in it, `/deploy staging` for instance, within the limits by default; the rules, and what
    /// is left to you, stand at [`Command`].
    #[must_use]
    pub fn commands(&self) -> Vec<Result<Command, CommandError>> {
        CommandLimits::default().commands(&self.body)
    }
}

/// The links of a [`PullRequestReviewComment`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestReviewCommentLinks {
    /// The comment in the REST API.
    #[serde(rename = "self")]
    pub this: Option<Link>,
    /// Its page.
    pub html: Option<Link>,
    /// Its pull request in the REST API.
    pub pull_request: Option<Link>,
}

hookstead_types::open_enum! {
    /// A side of a diff.
    pub enum DiffSide {
        /// Before: lines that were removed.
        Left = "LEFT",
        /// After: lines that were added, or are the same.
        Right = "RIGHT",
    }
}

hookstead_types::open_enum! {
    /// What a [`PullRequestReviewComment`] is about.
    pub enum ReviewCommentSubject {
        /// A line, or several.
        Line = "line",
        /// A file as a whole.
        File = "file",
    }
}
