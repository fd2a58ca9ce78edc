use serde::{Deserialize, Serialize};

/// A link in an object's `_links`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// Where it leads.
    pub href: Option<String>,
}
