use serde::{Deserialize, Serialize};

use hookstead_types::decode::null_as_default;

/// A label of issues and pull requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Label {
    /// The label's number; zero where GitHub gives none, as its schema of `sub_issues` allows.
    #[serde(default, deserialize_with = "null_as_default")]
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
    #[serde(default, deserialize_with = "null_as_default")]
    pub default: bool,
    /// What the label is for.
    pub description: Option<String>,
}
