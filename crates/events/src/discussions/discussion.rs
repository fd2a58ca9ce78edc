use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

use crate::issues::label::Label;
use crate::issues::lock_reason::LockReason;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::reactions::Reactions;

/// A discussion.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Discussion {
    /// The discussion's number on GitHub.
    pub id: u64,
    /// The discussion's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The discussion's number in its repository.
    pub number: u64,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// What its author says, in Markdown.
    #[serde(default)]
    pub body: String,
    /// The category that it is in.
    pub category: Option<Box<DiscussionCategory>>,
    /// How it stands.
    pub state: Option<DiscussionState>,
    /// Why it is in this state.
    pub state_reason: Option<DiscussionStateReason>,
    /// Who started it.
    pub user: Option<User>,
    /// How they stand to the repository.
    pub author_association: Option<AuthorAssociation>,
    /// Whether it is locked.
    #[serde(default)]
    pub locked: bool,
    /// Why it is locked.
    pub active_lock_reason: Option<LockReason>,
    /// The page of the comment that answers it.
    pub answer_html_url: Option<String>,
    /// When that was chosen as the answer.
    pub answer_chosen_at: Option<Timestamp>,
    /// Who chose it.
    pub answer_chosen_by: Option<User>,
    /// Its labels; missing in old payloads.
    #[serde(default, deserialize_with = "items")]
    pub labels: Vec<Label>,
    /// How many comments it has.
    #[serde(default)]
    pub comments: u64,
    /// The reactions to it.
    pub reactions: Option<Reactions>,
    /// When it was started.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its repository in the REST API.
    pub repository_url: Option<String>,
    /// What happened to it and was said, in the REST API.
    pub timeline_url: Option<String>,
}

/// A category of discussions.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DiscussionCategory {
    /// The category's number.
    pub id: u64,
    /// The category's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The number of its repository.
    pub repository_id: Option<u64>,
    /// The name for people.
    pub name: Option<String>,
    /// The name in URLs.
    pub slug: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The emoji in front of its name, as `:pray:`.
    pub emoji: Option<String>,
    /// Whether a comment can be chosen as the answer.
    #[serde(default)]
    pub is_answerable: bool,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
}

hookstead_types::open_enum! {
    /// How a [`Discussion`] stands.
    pub enum DiscussionState {
        /// It goes on.
        Open = "open",
        /// It is closed.
        Closed = "closed",
        /// It is locked.
        Locked = "locked",
        /// An issue is being made into it.
        Converting = "converting",
        /// It is on its way to another repository.
        Transferring = "transferring",
    }
}

hookstead_types::open_enum! {
    /// Why a [`Discussion`] is in its state.
    pub enum DiscussionStateReason {
        /// Closed: it is settled.
        Resolved = "resolved",
        /// Closed: it no longer matters.
        Outdated = "outdated",
        /// Closed: another discussion is about the same.
        Duplicate = "duplicate",
        /// Open: it was closed once.
        Reopened = "reopened",
    }
}
