use serde::Serialize;

use hookstead_types::decode::{empty_as_none, items};
use hookstead_types::{Decode, Sha, Timestamp, User};

use crate::security::advisory::AdvisorySeverity;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `code_scanning_alert`: something happened to what a scan of the code found.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeScanningAlertEvent {
    /// What happened.
    pub action: CodeScanningAlertAction,
    /// The alert.
    pub alert: Box<CodeScanningAlert>,
    /// Where it happened, in full: `refs/heads/main` for instance. Empty on the actions by a user.
    pub r#ref: Option<String>,
    /// The commit that it happened at. Empty on the actions by a user.
    pub commit_oid: Option<Sha>,
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
    /// What happened to a code scanning alert.
    pub enum CodeScanningAlertAction {
        /// It, known from elsewhere, is in another branch too.
        AppearedInBranch = "appeared_in_branch",
        /// Somebody dismissed it.
        ClosedByUser = "closed_by_user",
        /// It is new.
        Created = "created",
        /// A scan did not find it any more.
        Fixed = "fixed",
        /// A scan found it again after it had been fixed.
        Reopened = "reopened",
        /// Somebody took back its dismissal.
        ReopenedByUser = "reopened_by_user",
        /// Somebody was assigned to it or no longer is.
        UpdatedAssignment = "updated_assignment",
    }
}

/// What a scan of the code found.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeScanningAlert {
    /// The alert's number in its repository.
    pub number: u64,
    /// How it stands.
    pub state: Option<CodeScanningAlertState>,
    /// The rule that is broken.
    pub rule: Option<Box<CodeScanningRule>>,
    /// The tool that found it.
    pub tool: Option<CodeScanningTool>,
    /// Where it was found last.
    pub most_recent_instance: Option<Box<CodeScanningInstance>>,
    /// Everywhere that it was found; in old payloads only.
    #[serde(default, deserialize_with = "items")]
    pub instances: Vec<CodeScanningInstance>,
    /// Who works on it.
    #[serde(default, deserialize_with = "items")]
    pub assignees: Vec<User>,
    /// When it was found first.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When a scan did not find it any more.
    pub fixed_at: Option<Timestamp>,
    /// When it was dismissed.
    pub dismissed_at: Option<Timestamp>,
    /// Who dismissed it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub dismissed_by: Option<User>,
    /// Why it was dismissed.
    pub dismissed_reason: Option<CodeScanningDismissedReason>,
    /// What they said about that.
    pub dismissed_comment: Option<String>,
    /// Who allowed that.
    pub dismissal_approved_by: Option<User>,
    /// The alert in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Everywhere that it was found, in the REST API.
    pub instances_url: Option<String>,
}

hookstead_types::open_enum! {
    /// How a code scanning alert stands.
    pub enum CodeScanningAlertState {
        /// It is there.
        Open = "open",
        /// Somebody dismissed it.
        Dismissed = "dismissed",
        /// It is gone.
        Fixed = "fixed",
    }
}

hookstead_types::open_enum! {
    /// Why a [`CodeScanningAlert`] was dismissed.
    pub enum CodeScanningDismissedReason {
        /// It is none.
        FalsePositive = "false positive",
        /// It stays.
        WontFix = "won't fix",
        /// It is in tests only.
        UsedInTests = "used in tests",
        /// It is harmless where it is.
        Mitigated = "mitigated",
    }
}

/// The rule that a [`CodeScanningAlert`] is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeScanningRule {
    /// What its tool calls it: `java/sql-injection` for instance.
    pub id: Option<String>,
    /// The name for people; often empty.
    pub name: Option<String>,
    /// How bad breaking it is.
    pub severity: Option<CodeScanningSeverity>,
    /// How bad it is for security, for a rule about that.
    pub security_severity_level: Option<AdvisorySeverity>,
    /// What it is about, in short.
    pub description: Option<String>,
    /// What it is about, in full.
    pub full_description: Option<String>,
    /// What kind of rule it is.
    #[serde(default, deserialize_with = "items")]
    pub tags: Vec<String>,
    /// What to do about it, in Markdown.
    pub help: Option<String>,
    /// Where to read more.
    pub help_uri: Option<String>,
}

hookstead_types::open_enum! {
    /// How bad breaking a [`CodeScanningRule`] is.
    pub enum CodeScanningSeverity {
        /// Not at all.
        None = "none",
        /// Worth a note.
        Note = "note",
        /// Perhaps a problem.
        Warning = "warning",
        /// A problem.
        Error = "error",
    }
}

/// The tool that found a [`CodeScanningAlert`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeScanningTool {
    /// What it is called: `CodeQL` for instance.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its identifier in reports.
    pub guid: Option<String>,
}

/// A place that a [`CodeScanningAlert`] was found in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeScanningInstance {
    /// The branch, tag or pull request, in full: `refs/pull/11/merge` for instance.
    pub r#ref: Option<String>,
    /// The commit that was scanned.
    pub commit_sha: Option<Sha>,
    /// How the alert stands there.
    pub state: Option<CodeScanningAlertState>,
    /// What scanned it: the workflow's file and the job, for GitHub Actions.
    pub analysis_key: Option<String>,
    /// What sets this scan apart from others of the same commit.
    pub category: Option<String>,
    /// What the scan ran with, as JSON in a string.
    pub environment: Option<String>,
    /// Where in the code it is.
    pub location: Option<CodeScanningLocation>,
    /// What the tool says about it.
    pub message: Option<CodeScanningMessage>,
    /// What kind of code it is in, where that is special: `test`, `generated`, `library`, ...
    #[serde(default, deserialize_with = "items")]
    pub classifications: Vec<String>,
}

/// Where in the code a [`CodeScanningInstance`] is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeScanningLocation {
    /// The file.
    pub path: Option<String>,
    /// The first line, from 1.
    pub start_line: Option<u64>,
    /// The last line.
    pub end_line: Option<u64>,
    /// The first column, from 1.
    pub start_column: Option<u64>,
    /// The last column.
    pub end_column: Option<u64>,
}

/// What the tool says about a [`CodeScanningInstance`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeScanningMessage {
    /// The text.
    pub text: Option<String>,
}
