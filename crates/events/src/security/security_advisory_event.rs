use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::security::security_advisory::SecurityAdvisory;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `security_advisory`: something happened to an advisory that GitHub reviewed, about software
/// anywhere.
///
/// Only Apps get this event.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecurityAdvisoryEvent {
    /// What happened.
    pub action: SecurityAdvisoryAction,
    /// The advisory.
    pub security_advisory: Box<SecurityAdvisory>,
    /// A repository, if any.
    pub repository: Option<Box<Repository>>,
    /// Who caused it.
    pub sender: Option<User>,
    /// An organization, if any.
    pub organization: Option<Organization>,
    /// The App's installation, if any.
    pub installation: Option<InstallationReference>,
    /// An enterprise, if any.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a security advisory.
    pub enum SecurityAdvisoryAction {
        /// It was published.
        Published = "published",
        /// It was changed.
        Updated = "updated",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}
