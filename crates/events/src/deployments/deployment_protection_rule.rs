use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Sha, User};

use crate::event_name::EventName;
use crate::pull_requests::pull_request::PullRequest;
use crate::shared::deployment::Deployment;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `deployment_protection_rule`: a deployment waits for the leave of an App.
///
/// The App answers at [`deployment_callback_url`](Self::deployment_callback_url). Only Apps get
/// this event.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DeploymentProtectionRuleEvent {
    /// Always `requested`; GitHub's schema allows it to be missing.
    #[serde(default = "requested")]
    pub action: DeploymentProtectionRuleAction,
    /// Where to deploy.
    pub environment: Option<String>,
    /// The event that the workflow runs for: `push` for instance.
    pub event: Option<EventName>,
    /// The commit to deploy; missing in old payloads.
    pub sha: Option<Sha>,
    /// The branch or tag to deploy; missing in old payloads.
    pub r#ref: Option<String>,
    /// Where to answer: the call in the REST API that approves or rejects.
    pub deployment_callback_url: Option<String>,
    /// The deployment.
    pub deployment: Option<Box<Deployment>>,
    /// The pull requests whose head the commit is.
    #[serde(default, deserialize_with = "items")]
    pub pull_requests: Vec<PullRequest>,
    /// The repository; GitHub's schema allows it to be missing.
    pub repository: Option<Box<Repository>>,
    /// Who caused it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

fn requested() -> DeploymentProtectionRuleAction {
    DeploymentProtectionRuleAction::Requested
}

hookstead_types::open_enum! {
    /// What happened to a protection rule of a deployment.
    pub enum DeploymentProtectionRuleAction {
        /// Its App has to decide.
        Requested = "requested",
    }
}
