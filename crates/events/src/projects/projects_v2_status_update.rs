use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

/// What somebody said about how a project stands.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2StatusUpdate {
    /// Its number.
    pub id: u64,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The project's id in GitHub's GraphQL API.
    pub project_node_id: Option<String>,
    /// Who said it.
    pub creator: Option<User>,
    /// How the project stands.
    pub status: Option<ProjectsV2Status>,
    /// The day that the work begins: `2022-04-28` for instance.
    pub start_date: Option<String>,
    /// The day that it is to be done.
    pub target_date: Option<String>,
    /// What they said, in Markdown.
    pub body: Option<String>,
    /// When they said it.
    pub created_at: Option<Timestamp>,
    /// When they changed it last.
    pub updated_at: Option<Timestamp>,
}

hookstead_types::open_enum! {
    /// How a project stands.
    pub enum ProjectsV2Status {
        /// Nobody works on it.
        Inactive = "INACTIVE",
        /// Well.
        OnTrack = "ON_TRACK",
        /// It may be late.
        AtRisk = "AT_RISK",
        /// It will be late.
        OffTrack = "OFF_TRACK",
        /// It is done.
        Complete = "COMPLETE",
    }
}
