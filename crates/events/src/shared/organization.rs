use serde::Serialize;

use hookstead_types::Decode;

/// An organization.
///
/// Its links, all made from the login by rule, are left out; see
/// [`OMITTED_LINKS`](crate::OMITTED_LINKS).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Organization {
    /// The name that stands in URLs and mentions.
    pub login: String,
    /// The organization's number; it survives a change of the login.
    pub id: u64,
    /// The organization's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The organization in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// The picture.
    pub avatar_url: Option<String>,
    /// What the organization says about itself.
    pub description: Option<String>,
}
