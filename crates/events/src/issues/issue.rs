use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

use crate::issues::issue_comment::IssueComment;
use crate::issues::issue_field::IssueFieldValue;
use crate::issues::label::Label;
use crate::issues::lock_reason::LockReason;
use crate::issues::milestone::Milestone;
use crate::shared::app::App;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::reactions::Reactions;
use crate::shared::repository::Repository;

/// An issue; in `issue_comment` also a pull request, seen as an issue.
///
/// Only its numbers are always there: where an event tells of an issue's former life (a transfer),
/// GitHub's schema requires nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Issue {
    /// The issue's number on GitHub.
    pub id: u64,
    /// The issue's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The issue's number in its repository.
    pub number: u64,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// What its author says, in Markdown.
    pub body: Option<String>,
    /// The same as HTML; seldom sent.
    pub body_html: Option<String>,
    /// The same as plain text; seldom sent.
    pub body_text: Option<String>,
    /// Whether it is open.
    pub state: Option<IssueState>,
    /// Why it is in this state.
    pub state_reason: Option<IssueStateReason>,
    /// Its kind, if its organization defines such.
    pub r#type: Option<Box<IssueType>>,
    /// Who opened it.
    pub user: Option<User>,
    /// How they stand to the repository.
    pub author_association: Option<AuthorAssociation>,
    /// The App that opened it on somebody's behalf.
    pub performed_via_github_app: Option<Box<App>>,
    /// Who closed it; seldom sent.
    pub closed_by: Option<User>,
    /// Whether its conversation is locked.
    #[serde(default)]
    pub locked: bool,
    /// Why it is locked.
    pub active_lock_reason: Option<LockReason>,
    /// When it was opened.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,

    /// What makes it a pull request; nothing if it is none.
    pub pull_request: Option<IssuePullRequest>,
    /// Whether it is a draft, if it is a pull request.
    pub draft: Option<bool>,

    /// Who works on it, the first of them.
    pub assignee: Option<User>,
    /// Who works on it.
    #[serde(default, deserialize_with = "items")]
    pub assignees: Vec<User>,
    /// Its labels. GitHub's schema of `sub_issues` and `issue_dependencies` allows a mere name in
    /// the place of a label; that is read as a label of this name whose `id` is zero.
    #[serde(default, deserialize_with = "labels")]
    pub labels: Vec<Label>,
    /// The milestone that it belongs to.
    pub milestone: Option<Box<Milestone>>,
    /// The values of its custom fields.
    #[serde(default, deserialize_with = "items")]
    pub issue_field_values: Vec<IssueFieldValue>,
    /// The comment that is pinned to it.
    pub pinned_comment: Option<Box<IssueComment>>,
    /// How far its sub-issues are.
    pub sub_issues_summary: Option<SubIssuesSummary>,
    /// How many issues it blocks and is blocked by.
    pub issue_dependencies_summary: Option<IssueDependenciesSummary>,
    /// How many comments it has.
    #[serde(default)]
    pub comments: u64,
    /// The reactions to it.
    pub reactions: Option<Reactions>,
    /// The repository that it is in; seldom sent.
    pub repository: Option<Box<Repository>>,

    /// The issue in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its repository in the REST API.
    pub repository_url: Option<String>,
    /// The issue that it is a part of, in the REST API.
    pub parent_issue_url: Option<String>,
    /// Its labels in the REST API, as a URI template.
    pub labels_url: Option<String>,
    /// Its comments in the REST API.
    pub comments_url: Option<String>,
    /// What happened to it, in the REST API.
    pub events_url: Option<String>,
    /// What happened to it and was said, in the REST API.
    pub timeline_url: Option<String>,
}

impl Issue {
    /// Whether it is a pull request.
    #[must_use]
    pub fn is_pull_request(&self) -> bool {
        self.pull_request.is_some()
    }
}

/// What makes an [`Issue`] a pull request.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssuePullRequest {
    /// The pull request in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its changes as a diff.
    pub diff_url: Option<String>,
    /// Its commits as patches.
    pub patch_url: Option<String>,
    /// When it was merged.
    pub merged_at: Option<Timestamp>,
}

/// A kind of issue that an organization defines, such as `Bug`.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueType {
    /// The type's number.
    pub id: u64,
    /// The type's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name.
    pub name: String,
    /// What the type is for.
    pub description: Option<String>,
    /// How it is shown.
    pub color: Option<IssueTypeColor>,
    /// Whether it can be chosen.
    pub is_enabled: Option<bool>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
}

/// How far the sub-issues of an [`Issue`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct SubIssuesSummary {
    /// How many there are.
    #[serde(default)]
    pub total: u64,
    /// How many of them are completed.
    #[serde(default)]
    pub completed: u64,
    /// The same in percent.
    #[serde(default)]
    pub percent_completed: u64,
}

/// How many issues an [`Issue`] blocks and is blocked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueDependenciesSummary {
    /// How many open issues block it.
    #[serde(default)]
    pub blocked_by: u64,
    /// How many open issues it blocks.
    #[serde(default)]
    pub blocking: u64,
    /// How many issues block it, closed ones included.
    #[serde(default)]
    pub total_blocked_by: u64,
    /// How many issues it blocks, closed ones included.
    #[serde(default)]
    pub total_blocking: u64,
}

hookstead_types::open_enum! {
    /// Whether an [`Issue`] is open.
    pub enum IssueState {
        /// It is.
        Open = "open",
        /// It is not.
        Closed = "closed",
    }
}

hookstead_types::open_enum! {
    /// Why an [`Issue`] is in its state.
    pub enum IssueStateReason {
        /// Closed: it is done.
        Completed = "completed",
        /// Closed: nobody will do it.
        NotPlanned = "not_planned",
        /// Closed: another issue says the same.
        Duplicate = "duplicate",
        /// Open: it was closed once.
        Reopened = "reopened",
    }
}

hookstead_types::open_enum! {
    /// How an [`IssueType`] is shown.
    pub enum IssueTypeColor {
        /// Gray.
        Gray = "gray",
        /// Blue.
        Blue = "blue",
        /// Green.
        Green = "green",
        /// Yellow.
        Yellow = "yellow",
        /// Orange.
        Orange = "orange",
        /// Red.
        Red = "red",
        /// Pink.
        Pink = "pink",
        /// Purple.
        Purple = "purple",
    }
}

fn labels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Label>, D::Error> {
    items(deserializer).map(|labels: Vec<LabelOrName>| labels.into_iter().map(|it| it.0).collect())
}

/// A label that may be written as its name alone.
struct LabelOrName(Label);

impl<'de> Deserialize<'de> for LabelOrName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = LabelOrName;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a label or its name")
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(LabelOrName(Label {
                    id: 0,
                    node_id: None,
                    url: None,
                    name: name.to_owned(),
                    color: None,
                    default: false,
                    description: None,
                }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Label::deserialize(MapAccessDeserializer::new(map)).map(LabelOrName)
            }
        }

        deserializer.deserialize_any(Either)
    }
}
