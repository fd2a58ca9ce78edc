use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

/// A classic project: columns with cards.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Project {
    /// The project's number on GitHub.
    pub id: u64,
    /// The project's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The project's number where it belongs.
    pub number: u64,
    /// The name.
    pub name: String,
    /// What it is for, in Markdown.
    pub body: Option<String>,
    /// Whether it is open.
    pub state: Option<ProjectState>,
    /// Who made it.
    pub creator: Option<User>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The project in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its columns in the REST API.
    pub columns_url: Option<String>,
    /// What it belongs to, in the REST API.
    pub owner_url: Option<String>,
}

hookstead_types::open_enum! {
    /// Whether a project is open.
    pub enum ProjectState {
        /// It is.
        Open = "open",
        /// It is not.
        Closed = "closed",
    }
}
