use serde::Serialize;

use hookstead_types::Decode;

/// A link in an object's `_links`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Link {
    /// Where it leads.
    pub href: Option<String>,
}
