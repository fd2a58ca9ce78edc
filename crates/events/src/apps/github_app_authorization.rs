use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `github_app_authorization`: somebody took back what they allowed an App to do on their behalf.
/// Only the App gets it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct GithubAppAuthorizationEvent {
    /// What happened.
    pub action: GithubAppAuthorizationAction,
    /// Who did it.
    pub sender: Option<User>,
    /// The repository, where the event belongs to one.
    pub repository: Option<Box<Repository>>,
    /// The organization.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to what somebody allows an App.
    pub enum GithubAppAuthorizationAction {
        /// They took it back; tokens that act for them no longer work.
        Revoked = "revoked",
    }
}
