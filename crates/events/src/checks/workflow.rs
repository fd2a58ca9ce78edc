use serde::Serialize;

use hookstead_types::{Decode, Timestamp};

/// A workflow of GitHub Actions.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Workflow {
    /// The workflow's number.
    pub id: u64,
    /// The workflow's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The file that defines it, `.github/workflows/test.yml` for instance.
    pub path: Option<String>,
    /// `active`, or why it does not run.
    pub state: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The workflow in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its badge.
    pub badge_url: Option<String>,
}
