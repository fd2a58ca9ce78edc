use std::fmt;

use hookstead_types::{DeploymentState, Timestamp};

/// A deployment status.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedDeploymentStatus {
    /// The status's number; later ones are greater.
    pub id: u64,
    /// The deployment.
    pub deployment_id: u64,
    /// The state reported.
    pub state: DeploymentState,
    /// The text beside the state, perhaps empty.
    pub description: String,
    /// The environment.
    pub environment: String,
    /// Where the deployed thing can be seen.
    pub environment_url: Option<String>,
    /// Where the deployment's log can be seen. Also known as `target_url`.
    pub log_url: Option<String>,
    /// The login of the account that reported it.
    pub creator: String,
    /// When it was reported.
    pub created_at: Timestamp,
}

impl fmt::Display for RecordedDeploymentStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is {}", self.deployment_id, self.state)?;
        if self.description.is_empty() {
            Ok(())
        } else {
            write!(formatter, " ({})", self.description)
        }
    }
}
