use serde::Serialize;

use hookstead_types::{Decode, Timestamp};

/// An enterprise account.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Enterprise {
    /// The enterprise's number.
    pub id: u64,
    /// The name in its URLs.
    pub slug: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The enterprise's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The picture.
    pub avatar_url: Option<String>,
    /// What the enterprise says about itself.
    pub description: Option<String>,
    /// Its own site.
    pub website_url: Option<String>,
    /// Its page on GitHub.
    pub html_url: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
}
