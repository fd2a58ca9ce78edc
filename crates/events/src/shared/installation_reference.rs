use serde::Serialize;

use hookstead_types::Decode;

/// Which installation of a GitHub App a delivery belongs to. Only Apps get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct InstallationReference {
    /// The installation's number: what an installation token is asked for with.
    pub id: u64,
    /// The installation's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}
