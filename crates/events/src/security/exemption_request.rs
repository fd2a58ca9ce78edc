use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp};

/// Somebody's request that a rule shall not hold this once: to push what a ruleset or the search for
/// secrets holds back, or to dismiss an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ExemptionRequest {
    /// The request's number on GitHub.
    pub id: Option<u64>,
    /// The request's number in its repository.
    pub number: Option<u64>,
    /// The repository's number.
    pub repository_id: Option<u64>,
    /// The number of who asks.
    pub requester_id: Option<u64>,
    /// The login of who asks.
    pub requester_login: Option<String>,
    /// What they ask for.
    pub request_type: Option<ExemptionRequestType>,
    /// What it is about.
    pub exemption_request_data: Option<ExemptionRequestData>,
    /// What it is about in GitHub's words: an alert's number or a commit's name, for instance.
    pub resource_identifier: Option<String>,
    /// How it stands.
    pub status: Option<ExemptionRequestStatus>,
    /// What they say about it.
    pub requester_comment: Option<String>,
    /// The reason that they chose, and what the request is called.
    pub metadata: Option<ExemptionRequestMetadata>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// When they asked.
    pub created_at: Option<Timestamp>,
    /// The answers so far.
    #[serde(default, deserialize_with = "items")]
    pub responses: Vec<ExemptionResponse>,
    /// Its page.
    pub html_url: Option<String>,
}

hookstead_types::open_enum! {
    /// What an [`ExemptionRequest`] asks for.
    pub enum ExemptionRequestType {
        /// To push what a ruleset forbids.
        PushRulesetBypass = "push_ruleset_bypass",
        /// To push a secret.
        SecretScanning = "secret_scanning",
        /// To close an alert about a secret.
        SecretScanningClosure = "secret_scanning_closure",
        /// To dismiss an alert about code.
        CodeScanningAlertDismissal = "code_scanning_alert_dismissal",
        /// To dismiss an alert about a dependency.
        DependabotAlertDismissal = "dependabot_alert_dismissal",
        /// To dismiss an alert about a licence.
        LicenseComplianceDismissal = "license_compliance_dismissal",
    }
}

hookstead_types::open_enum! {
    /// How an [`ExemptionRequest`] stands.
    pub enum ExemptionRequestStatus {
        /// It is not decided.
        Pending = "pending",
        /// It was refused.
        Rejected = "rejected",
        /// Who asked took it back.
        Cancelled = "cancelled",
        /// It was granted, and made use of.
        Completed = "completed",
    }
}

/// What an [`ExemptionRequest`] is about.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ExemptionRequestData {
    /// What is asked for.
    pub r#type: Option<ExemptionRequestType>,
    /// What it is about, one by one.
    #[serde(default, deserialize_with = "items")]
    pub data: Vec<ExemptionRequestItem>,
}

/// One of the things that an [`ExemptionRequest`] is about. Which fields it has depends on the
/// [kind](ExemptionRequestType) of the request.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ExemptionRequestItem {
    /// A push: the ruleset's number.
    pub ruleset_id: Option<u64>,
    /// A push: what the ruleset is called.
    pub ruleset_name: Option<String>,
    /// A push: how often it breaks the rule.
    pub total_violations: Option<u64>,
    /// A push: what kind of rule it breaks.
    pub rule_type: Option<String>,
    /// A secret: what kind it is.
    pub secret_type: Option<String>,
    /// A secret: where it was found.
    pub locations: Option<Vec<ExemptionRequestLocation>>,
    /// An alert: its number in the repository, as text.
    pub alert_number: Option<String>,
    /// An alert about a secret: why it shall be closed.
    pub reason: Option<ExemptionReason>,
}

/// Where a secret was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ExemptionRequestLocation {
    /// The commit.
    pub commit: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// The file.
    pub path: Option<String>,
}

/// The reason of an [`ExemptionRequest`], and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ExemptionRequestMetadata {
    /// A secret: what kind it is, for people.
    pub label: Option<String>,
    /// An alert: what it is called.
    pub alert_title: Option<String>,
    /// Why they ask.
    pub reason: Option<ExemptionReason>,
}

hookstead_types::open_enum! {
    /// Why somebody makes an [`ExemptionRequest`].
    pub enum ExemptionReason {
        /// A secret: it will be mended later.
        FixedLater = "fixed_later",
        /// A secret: it is none.
        FalsePositive = "false_positive",
        /// A secret: it is in tests only.
        Tests = "tests",
        /// A secret: it does not work any more.
        Revoked = "revoked",
        /// An alert about code: it is wrong.
        CodeFalsePositive = "false positive",
        /// An alert about code: it stays.
        CodeWontFix = "won't fix",
        /// An alert about code: it is in tests only.
        CodeUsedInTests = "used in tests",
        /// A dependency: somebody is at it.
        FixStarted = "fix_started",
        /// A dependency: the alert is wrong.
        Inaccurate = "inaccurate",
        /// A dependency: nobody has the time.
        NoBandwidth = "no_bandwidth",
        /// A dependency: what is vulnerable is not used.
        NotUsed = "not_used",
        /// A dependency: the risk is bearable.
        TolerableRisk = "tolerable_risk",
        /// A licence: there is an amendment.
        Amendment = "amendment",
        /// A licence: the package is private.
        PrivatePackage = "private package",
        /// A licence: GitHub took it for another.
        InaccurateLicense = "inaccurate license",
    }
}

/// Somebody's answer to an [`ExemptionRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ExemptionResponse {
    /// The answer's number.
    pub id: Option<u64>,
    /// The number of who answered.
    pub reviewer_id: Option<u64>,
    /// The login of who answered.
    pub reviewer_login: Option<String>,
    /// What they decided.
    pub status: Option<ExemptionResponseStatus>,
    /// What they said.
    pub reviewer_comment: Option<String>,
    /// When they answered.
    pub created_at: Option<Timestamp>,
}

hookstead_types::open_enum! {
    /// What somebody decided about an [`ExemptionRequest`].
    pub enum ExemptionResponseStatus {
        /// It is granted.
        Approved = "approved",
        /// It is refused.
        Rejected = "rejected",
        /// The answer was taken back.
        Dismissed = "dismissed",
    }
}
