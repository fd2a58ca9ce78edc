use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

/// A milestone of issues and pull requests.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Milestone {
    /// The milestone's number on GitHub.
    pub id: u64,
    /// The milestone's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The milestone's number in its repository.
    pub number: u64,
    /// The name.
    pub title: String,
    /// What the milestone is for.
    pub description: Option<String>,
    /// Whether it is reached.
    pub state: Option<MilestoneState>,
    /// Who made it.
    pub creator: Option<User>,
    /// How many open issues and pull requests it has.
    #[serde(default)]
    pub open_issues: u64,
    /// How many closed issues and pull requests it has.
    #[serde(default)]
    pub closed_issues: u64,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it is due.
    pub due_on: Option<Timestamp>,
    /// The milestone in the REST API.
    pub url: Option<String>,
    /// The milestone's page.
    pub html_url: Option<String>,
    /// The labels of its issues in the REST API.
    pub labels_url: Option<String>,
}

impl Milestone {
    /// A milestone with this number in its repository and this name, and nothing else, for tests
    /// and samples.
    #[must_use]
    pub fn new(number: u64, title: impl Into<String>) -> Self {
        Self {
            id: 0,
            node_id: None,
            number,
            title: title.into(),
            description: None,
            state: None,
            creator: None,
            open_issues: 0,
            closed_issues: 0,
            created_at: None,
            updated_at: None,
            closed_at: None,
            due_on: None,
            url: None,
            html_url: None,
            labels_url: None,
        }
    }
}

hookstead_types::open_enum! {
    /// Whether a [`Milestone`] is reached.
    pub enum MilestoneState {
        /// Not yet.
        Open = "open",
        /// It is, or it was given up.
        Closed = "closed",
    }
}
