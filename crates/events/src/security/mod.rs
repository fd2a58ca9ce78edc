//! Alerts and advisories, and the requests to be exempt from what they guard.
//!
//! The events: `bypass_request_push_ruleset`, `bypass_request_secret_scanning`,
//! `code_scanning_alert`, `dependabot_alert`, `dismissal_request_code_scanning`,
//! `dismissal_request_dependabot`, `dismissal_request_secret_scanning`,
//! `exemption_request_push_ruleset`, `exemption_request_secret_scanning`, `repository_advisory`,
//! `repository_vulnerability_alert`, `secret_scanning_alert`, `secret_scanning_alert_location`,
//! `secret_scanning_scan`, `security_advisory`.
//!
//! It leans on `organizations/`: teams work on advisories.

pub(crate) mod advisory;
pub(crate) mod code_scanning_alert;
pub(crate) mod dependabot_alert;
pub(crate) mod exemption_request;
pub(crate) mod exemption_request_event;
pub(crate) mod repository_advisory;
pub(crate) mod repository_vulnerability_alert;
pub(crate) mod secret_scanning_alert;
pub(crate) mod secret_scanning_alert_event;
pub(crate) mod secret_scanning_alert_location;
pub(crate) mod secret_scanning_scan;
pub(crate) mod security_advisory;
pub(crate) mod security_advisory_event;

pub use advisory::{
    AdvisoryIdentifier, AdvisoryIdentifierType, AdvisoryReference, AdvisorySeverity, Cvss,
    CvssSeverities, Cwe, Epss, PackageEcosystem, PatchedVersion, Vulnerability, VulnerablePackage,
};
pub use code_scanning_alert::{
    CodeScanningAlert, CodeScanningAlertAction, CodeScanningAlertEvent, CodeScanningAlertState,
    CodeScanningDismissedReason, CodeScanningInstance, CodeScanningLocation, CodeScanningMessage,
    CodeScanningRule, CodeScanningSeverity, CodeScanningTool,
};
pub use dependabot_alert::{
    DependabotAlert, DependabotAlertAction, DependabotAlertEvent, DependabotAlertState,
    DependabotDismissedReason, Dependency, DependencyRelationship, DependencyScope,
    DismissalRequest, DismissalRequestStatus,
};
pub use exemption_request::{
    ExemptionReason, ExemptionRequest, ExemptionRequestData, ExemptionRequestItem,
    ExemptionRequestLocation, ExemptionRequestMetadata, ExemptionRequestStatus,
    ExemptionRequestType, ExemptionResponse, ExemptionResponseStatus,
};
pub use exemption_request_event::{
    BypassRequestPushRulesetEvent, BypassRequestSecretScanningEvent,
    DismissalRequestCodeScanningEvent, DismissalRequestDependabotEvent,
    DismissalRequestSecretScanningEvent, ExemptionRequestAction, ExemptionRequestPushRulesetEvent,
    ExemptionRequestSecretScanningEvent,
};
pub use repository_advisory::{
    AdvisoryCredit, AdvisoryCreditState, AdvisoryCreditType, AdvisorySubmission,
    DetailedAdvisoryCredit, RepositoryAdvisory, RepositoryAdvisoryAction, RepositoryAdvisoryEvent,
    RepositoryAdvisoryState, RepositoryVulnerability,
};
pub use repository_vulnerability_alert::{
    RepositoryVulnerabilityAlert, RepositoryVulnerabilityAlertAction,
    RepositoryVulnerabilityAlertEvent, RepositoryVulnerabilityAlertState,
};
pub use secret_scanning_alert::{
    DetectedSecret, SecretCategory, SecretMetadata, SecretScanningAlert, SecretScanningAlertState,
    SecretScanningResolution, SecretValidity,
};
pub use secret_scanning_alert_event::{SecretScanningAlertAction, SecretScanningAlertEvent};
pub use secret_scanning_alert_location::{
    SecretScanningAlertLocationAction, SecretScanningAlertLocationEvent, SecretScanningLocation,
    SecretScanningLocationDetails, SecretScanningLocationType,
};
pub use secret_scanning_scan::{
    SecretPatternScope, SecretScanningScanAction, SecretScanningScanEvent,
    SecretScanningScanSource, SecretScanningScanType,
};
pub use security_advisory::{AdvisoryClassification, SecurityAdvisory};
pub use security_advisory_event::{SecurityAdvisoryAction, SecurityAdvisoryEvent};
