use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `secret_scanning_scan`: GitHub has looked through something for secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecretScanningScanEvent {
    /// What happened.
    pub action: SecretScanningScanAction,
    /// Why GitHub looked.
    pub r#type: Option<SecretScanningScanType>,
    /// What it looked through.
    pub source: Option<SecretScanningScanSource>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// The kinds of secret that GitHub learned to recognise; empty unless that is why it looked.
    #[serde(default, deserialize_with = "items")]
    pub secret_types: Vec<String>,
    /// The pattern of one's own that changed, if that is why GitHub looked.
    pub custom_pattern_name: Option<String>,
    /// What that pattern is for.
    pub custom_pattern_scope: Option<SecretPatternScope>,
    /// The repository; GitHub's schema allows it to be missing.
    pub repository: Option<Box<Repository>>,
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
    /// What happened to a scan for secrets.
    pub enum SecretScanningScanAction {
        /// It ended.
        Completed = "completed",
    }
}

hookstead_types::open_enum! {
    /// Why GitHub looked for secrets.
    pub enum SecretScanningScanType {
        /// Secret scanning was switched on.
        Backfill = "backfill",
        /// Somebody changed a pattern of their own.
        CustomPatternBackfill = "custom-pattern-backfill",
        /// GitHub changed its patterns.
        PatternVersionBackfill = "pattern-version-backfill",
    }
}

hookstead_types::open_enum! {
    /// What GitHub looked through for secrets.
    pub enum SecretScanningScanSource {
        /// The repository's files, with their history.
        Git = "git",
        /// Its issues.
        Issues = "issues",
        /// Its pull requests.
        PullRequests = "pull-requests",
        /// Its discussions.
        Discussions = "discussions",
        /// Its wiki.
        Wiki = "wiki",
    }
}

hookstead_types::open_enum! {
    /// What a pattern for secrets is for.
    pub enum SecretPatternScope {
        /// One repository.
        Repository = "repository",
        /// The repositories of an organization.
        Organization = "organization",
        /// The repositories of an enterprise.
        Enterprise = "enterprise",
    }
}
