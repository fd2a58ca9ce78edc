use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::security::secret_scanning_alert::SecretScanningAlert;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `secret_scanning_alert`: something happened to a secret that was found in a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecretScanningAlertEvent {
    /// What happened.
    pub action: SecretScanningAlertAction,
    /// The alert.
    pub alert: Box<SecretScanningAlert>,
    /// The account; on `assigned` and `unassigned`.
    pub assignee: Option<User>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who caused it; may be missing.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a secret scanning alert.
    pub enum SecretScanningAlertAction {
        /// Somebody was assigned to it.
        Assigned = "assigned",
        /// It is new.
        Created = "created",
        /// GitHub learned more about the secret.
        MetadataCreated = "metadata_created",
        /// GitHub no longer keeps what it had learned.
        MetadataRemoved = "metadata_removed",
        /// The secret was found in a public place.
        PubliclyLeaked = "publicly_leaked",
        /// It is open again.
        Reopened = "reopened",
        /// It is settled.
        Resolved = "resolved",
        /// Somebody is no longer assigned.
        Unassigned = "unassigned",
        /// GitHub found out whether the secret works.
        Validated = "validated",
    }
}
