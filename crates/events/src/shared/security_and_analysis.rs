use serde::Serialize;

use hookstead_types::Decode;
use hookstead_types::decode::items;

/// Which security features of a repository are on.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecurityAndAnalysis {
    /// GitHub Advanced Security.
    pub advanced_security: Option<SecurityFeature>,
    /// GitHub Code Security.
    pub code_security: Option<SecurityFeature>,
    /// Dependabot's pull requests against vulnerabilities.
    pub dependabot_security_updates: Option<SecurityFeature>,
    /// The search for secrets.
    pub secret_scanning: Option<SecurityFeature>,
    /// The search for secrets in what is pushed, before it gets in.
    pub secret_scanning_push_protection: Option<SecurityFeature>,
    /// The search for secrets of no known service.
    pub secret_scanning_non_provider_patterns: Option<SecurityFeature>,
    /// The search for passwords by a model.
    pub secret_scanning_ai_detection: Option<SecurityFeature>,
    /// Asking the services whether found secrets still work.
    pub secret_scanning_validity_checks: Option<SecurityFeature>,
    /// Closing alerts only after a review.
    pub secret_scanning_delegated_alert_dismissal: Option<SecurityFeature>,
    /// Pushing found secrets only after a review.
    pub secret_scanning_delegated_bypass: Option<SecurityFeature>,
    /// Who reviews that.
    pub secret_scanning_delegated_bypass_options: Option<DelegatedBypassOptions>,
}

/// Who reviews pushes of secrets that were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct DelegatedBypassOptions {
    /// The teams and roles.
    #[serde(default, deserialize_with = "items")]
    pub reviewers: Vec<DelegatedBypassReviewer>,
}

/// A team or role that reviews pushes of secrets that were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct DelegatedBypassReviewer {
    /// The team's or the role's number.
    pub reviewer_id: Option<u64>,
    /// Whether it is a team or a role.
    pub reviewer_type: Option<DelegatedBypassReviewerType>,
    /// Whether their own pushes need a review.
    pub mode: Option<DelegatedBypassMode>,
}

hookstead_types::open_enum! {
    /// Whether a [`DelegatedBypassReviewer`] is a team or a role.
    pub enum DelegatedBypassReviewerType {
        /// A team.
        Team = "TEAM",
        /// A role.
        Role = "ROLE",
    }
}

hookstead_types::open_enum! {
    /// Whether the pushes of a [`DelegatedBypassReviewer`] need a review.
    pub enum DelegatedBypassMode {
        /// They can approve their own.
        Always = "ALWAYS",
        /// Their own need none.
        Exempt = "EXEMPT",
    }
}

/// Whether a security feature is on.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecurityFeature {
    /// Whether it is.
    pub status: Option<SecurityFeatureStatus>,
}

hookstead_types::open_enum! {
    /// Whether a security feature is on.
    pub enum SecurityFeatureStatus {
        /// It is.
        Enabled = "enabled",
        /// It is not.
        Disabled = "disabled",
    }
}
