use serde::Serialize;

use hookstead_types::Decode;

/// A label of issues and pull requests, as the event shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Label {
    /// The label's number; zero where GitHub gives none, as its schema of `sub_issues` allows.
    #[serde(default)]
    pub id: u64,
    /// The label's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The label in the REST API.
    pub url: Option<String>,
    /// The label's text.
    pub name: String,
    /// Six hex digits, without `#`.
    pub color: Option<String>,
    /// Whether the label is one that every new repository gets.
    #[serde(default)]
    pub default: bool,
    /// What the label is for.
    pub description: Option<String>,
}

impl Label {
    /// A label with this text and nothing else, for tests and samples.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: 0,
            node_id: None,
            url: None,
            name: name.into(),
            color: None,
            default: false,
            description: None,
        }
    }
}
