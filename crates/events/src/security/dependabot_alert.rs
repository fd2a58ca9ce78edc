use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

use crate::security::advisory::{Vulnerability, VulnerablePackage};
use crate::security::security_advisory::SecurityAdvisory;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `dependabot_alert`: something happened to a vulnerable dependency.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DependabotAlertEvent {
    /// What happened.
    pub action: DependabotAlertAction,
    /// The alert.
    pub alert: Box<DependabotAlert>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who caused it; GitHub itself unless a user did.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a Dependabot alert.
    pub enum DependabotAlertAction {
        /// Somebody was assigned to it or no longer is.
        AssigneesChanged = "assignees_changed",
        /// A rule dismissed it.
        AutoDismissed = "auto_dismissed",
        /// A rule that had dismissed it no longer does.
        AutoReopened = "auto_reopened",
        /// It is new.
        Created = "created",
        /// Somebody dismissed it.
        Dismissed = "dismissed",
        /// The dependency is not vulnerable any more.
        Fixed = "fixed",
        /// The dependency is vulnerable again after it had been fixed.
        Reintroduced = "reintroduced",
        /// Somebody took back its dismissal.
        Reopened = "reopened",
    }
}

/// A vulnerable dependency.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DependabotAlert {
    /// The alert's number in its repository.
    pub number: u64,
    /// How it stands.
    pub state: DependabotAlertState,
    /// The dependency.
    pub dependency: Option<Dependency>,
    /// What is known about the vulnerability.
    pub security_advisory: Option<Box<SecurityAdvisory>>,
    /// The part of that which is about this package.
    pub security_vulnerability: Option<Vulnerability>,
    /// Who works on it.
    #[serde(default, deserialize_with = "items")]
    pub assignees: Vec<User>,
    /// When it was found first.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When the dependency was not vulnerable any more.
    pub fixed_at: Option<Timestamp>,
    /// When a rule dismissed it.
    pub auto_dismissed_at: Option<Timestamp>,
    /// When somebody dismissed it.
    pub dismissed_at: Option<Timestamp>,
    /// Who dismissed it.
    pub dismissed_by: Option<User>,
    /// Why they dismissed it.
    pub dismissed_reason: Option<DependabotDismissedReason>,
    /// What they said about that.
    pub dismissed_comment: Option<String>,
    /// That somebody asked whether it may be dismissed.
    pub dismissal_request: Option<DismissalRequest>,
    /// The alert in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}

/// That somebody asked whether a [`DependabotAlert`] may be dismissed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct DismissalRequest {
    /// The request's number.
    pub id: Option<u64>,
    /// How it stands.
    pub status: Option<DismissalRequestStatus>,
    /// Who asked.
    pub requester: Option<User>,
    /// When they asked.
    pub created_at: Option<Timestamp>,
    /// The request in the REST API.
    pub url: Option<String>,
}

hookstead_types::open_enum! {
    /// How a [`DismissalRequest`] stands.
    pub enum DismissalRequestStatus {
        /// Nobody has answered.
        Pending = "pending",
        /// It was granted.
        Approved = "approved",
        /// It was refused.
        Rejected = "rejected",
        /// It was taken back.
        Cancelled = "cancelled",
    }
}

hookstead_types::open_enum! {
    /// How a Dependabot alert stands.
    pub enum DependabotAlertState {
        /// A rule dismissed it.
        AutoDismissed = "auto_dismissed",
        /// Somebody dismissed it.
        Dismissed = "dismissed",
        /// It is gone.
        Fixed = "fixed",
        /// It is there.
        Open = "open",
    }
}

hookstead_types::open_enum! {
    /// Why a [`DependabotAlert`] was dismissed.
    pub enum DependabotDismissedReason {
        /// Somebody is at it.
        FixStarted = "fix_started",
        /// It is wrong.
        Inaccurate = "inaccurate",
        /// Nobody has the time.
        NoBandwidth = "no_bandwidth",
        /// What is vulnerable is not used.
        NotUsed = "not_used",
        /// The risk is bearable.
        TolerableRisk = "tolerable_risk",
    }
}

/// The dependency that a [`DependabotAlert`] is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Dependency {
    /// The package.
    pub package: Option<VulnerablePackage>,
    /// The file that asks for it, `package-lock.json` for instance.
    pub manifest_path: Option<String>,
    /// What it is needed for.
    pub scope: Option<DependencyScope>,
    /// Who asks for it.
    pub relationship: Option<DependencyRelationship>,
}

hookstead_types::open_enum! {
    /// What a [`Dependency`] is needed for.
    pub enum DependencyScope {
        /// Working on the software.
        Development = "development",
        /// Running it.
        Runtime = "runtime",
    }
}

hookstead_types::open_enum! {
    /// Who asks for a [`Dependency`].
    pub enum DependencyRelationship {
        /// `unknown`: GitHub cannot tell.
        NotKnown = "unknown",
        /// The software itself.
        Direct = "direct",
        /// Another dependency.
        Transitive = "transitive",
        /// GitHub found reasons for either.
        Inconclusive = "inconclusive",
    }
}
