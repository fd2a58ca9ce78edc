use std::fmt;

use serde::{Deserialize, Serialize};

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

/// A secret that was found in a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecretScanningAlert {
    /// The alert's number in its repository; GitHub's schema does not require it.
    pub number: Option<u64>,
    /// How it stands; GitHub does not say in every payload.
    pub state: Option<SecretScanningAlertState>,
    /// What kind of secret it is: `adafruit_io_key` for instance.
    pub secret_type: Option<String>,
    /// The kind's name for people.
    pub secret_type_display_name: Option<String>,
    /// Whose secret it is: the service's name for people.
    pub provider: Option<String>,
    /// The same for programs.
    pub provider_slug: Option<String>,
    /// Whether a pattern for a certain service found it (`default`), or one for any (`generic`).
    pub secret_category: Option<SecretCategory>,
    /// What GitHub learned about the secret.
    #[serde(default, deserialize_with = "items")]
    pub metadata: Vec<SecretMetadata>,
    /// The secret itself. GitHub's webhooks leave it out nowadays.
    pub secret: Option<DetectedSecret>,
    /// Whether the secret works.
    pub validity: Option<SecretValidity>,
    /// Whether it was found in a public place.
    pub publicly_leaked: Option<bool>,
    /// Whether it was found in several repositories.
    pub multi_repo: Option<bool>,
    /// Who works on it.
    pub assigned_to: Option<User>,
    /// When it was found.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,

    /// How it was settled.
    pub resolution: Option<SecretScanningResolution>,
    /// When it was settled.
    pub resolved_at: Option<Timestamp>,
    /// Who settled it.
    pub resolved_by: Option<User>,
    /// What they said about that.
    pub resolution_comment: Option<String>,

    /// Whether somebody pushed it although GitHub had held the push back.
    pub push_protection_bypassed: Option<bool>,
    /// Who did.
    pub push_protection_bypassed_by: Option<User>,
    /// When they did.
    pub push_protection_bypassed_at: Option<Timestamp>,
    /// What they said when they asked whether they may.
    pub push_protection_bypass_request_comment: Option<String>,
    /// Where they asked.
    pub push_protection_bypass_request_html_url: Option<String>,
    /// Who allowed it.
    pub push_protection_bypass_request_reviewer: Option<User>,
    /// What they said about that.
    pub push_protection_bypass_request_reviewer_comment: Option<String>,

    /// What somebody said who asked whether the alert may be closed.
    pub closure_request_comment: Option<String>,
    /// Who answered.
    pub closure_request_reviewer: Option<User>,
    /// What they said.
    pub closure_request_reviewer_comment: Option<String>,
    /// The alert in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Where the secret was found, in the REST API.
    pub locations_url: Option<String>,
}

hookstead_types::open_enum! {
    /// How a secret scanning alert stands.
    pub enum SecretScanningAlertState {
        /// It is there.
        Open = "open",
        /// It is settled.
        Resolved = "resolved",
    }
}

hookstead_types::open_enum! {
    /// How a [`SecretScanningAlert`] was settled.
    pub enum SecretScanningResolution {
        /// It is none.
        FalsePositive = "false_positive",
        /// It stays.
        WontFix = "wont_fix",
        /// The secret does not work any more.
        Revoked = "revoked",
        /// It is in tests only.
        UsedInTests = "used_in_tests",
        /// The pattern that found it is deleted.
        PatternDeleted = "pattern_deleted",
        /// The pattern that found it was changed.
        PatternEdited = "pattern_edited",
    }
}

hookstead_types::open_enum! {
    /// Whether a secret works.
    pub enum SecretValidity {
        /// It does.
        Active = "active",
        /// It does not.
        Inactive = "inactive",
        /// `unknown`: GitHub cannot tell.
        NotKnown = "unknown",
    }
}

hookstead_types::open_enum! {
    /// What kind of pattern found a secret.
    pub enum SecretCategory {
        /// One for the secrets of a certain service, or one that somebody defined.
        Default = "default",
        /// One for anything that looks like a secret.
        Generic = "generic",
    }
}

/// Something that GitHub learned about a secret, its owner for instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecretMetadata {
    /// What it is about.
    pub key: String,
    /// What it is.
    pub value: Option<String>,
}

/// A secret that was found. It never appears in `Debug`; it is written back as it came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DetectedSecret(String);

impl DetectedSecret {
    /// The secret.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DetectedSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_does_not_show() {
        let json = r#"{"number": 7, "secret": "s3cret"}"#;
        let alert: SecretScanningAlert = serde_json::from_str(json).unwrap();
        assert_eq!(alert.secret.as_ref().unwrap().expose(), "s3cret");
        assert!(!format!("{alert:?}").contains("s3cret"));
        assert_eq!(serde_json::to_value(&alert).unwrap()["secret"], "s3cret");
    }
}
