use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

use crate::organizations::team::Team;
use crate::security::advisory::{
    AdvisoryIdentifier, AdvisorySeverity, Cvss, CvssSeverities, Cwe, VulnerablePackage,
};
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::{MinimalRepository, Repository};

/// `repository_advisory`: a repository published an advisory about itself, or somebody reported a
/// vulnerability to it in private.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryAdvisoryEvent {
    /// What happened.
    pub action: RepositoryAdvisoryAction,
    /// The advisory.
    pub repository_advisory: Box<RepositoryAdvisory>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a repository's advisory.
    pub enum RepositoryAdvisoryAction {
        /// It was published.
        Published = "published",
        /// Somebody reported it in private.
        Reported = "reported",
    }
}

/// A repository's advisory: what its maintainers say about a vulnerability of their software.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryAdvisory {
    /// GitHub's name for it.
    pub ghsa_id: String,
    /// Its name in the list of Common Vulnerabilities and Exposures.
    pub cve_id: Option<String>,
    /// What it is about, in short.
    #[serde(default)]
    pub summary: String,
    /// What it is about, in full.
    pub description: Option<String>,
    /// How bad it is.
    pub severity: Option<AdvisorySeverity>,
    /// How far it is.
    pub state: Option<RepositoryAdvisoryState>,
    /// Who wrote it.
    pub author: Option<User>,
    /// Who published it.
    pub publisher: Option<User>,
    /// Its names in all lists.
    #[serde(default, deserialize_with = "items")]
    pub identifiers: Vec<AdvisoryIdentifier>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// What became of the report, if somebody reported it in private.
    pub submission: Option<AdvisorySubmission>,
    /// The packages that are vulnerable.
    #[serde(default, deserialize_with = "items")]
    pub vulnerabilities: Vec<RepositoryVulnerability>,
    /// How bad it is as a figure.
    pub cvss: Option<Cvss>,
    /// How bad it is by each version of the scoring system.
    pub cvss_severities: Option<CvssSeverities>,
    /// What kinds of weakness it is.
    #[serde(default, deserialize_with = "items")]
    pub cwes: Vec<Cwe>,
    /// The numbers of those kinds.
    #[serde(default, deserialize_with = "items")]
    pub cwe_ids: Vec<String>,
    /// Who is to be credited.
    #[serde(default, deserialize_with = "items")]
    pub credits: Vec<AdvisoryCredit>,
    /// Who is to be credited, and whether they want to be.
    #[serde(default, deserialize_with = "items")]
    pub credits_detailed: Vec<DetailedAdvisoryCredit>,
    /// Who works on it.
    #[serde(default, deserialize_with = "items")]
    pub collaborating_users: Vec<User>,
    /// Which teams work on it.
    #[serde(default, deserialize_with = "items")]
    pub collaborating_teams: Vec<Team>,
    /// The private fork that it is being fixed in.
    pub private_fork: Option<Box<MinimalRepository>>,
    /// The advisory in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}

hookstead_types::open_enum! {
    /// How far a [`RepositoryAdvisory`] is.
    pub enum RepositoryAdvisoryState {
        /// Everybody sees it.
        Published = "published",
        /// It came to nothing.
        Closed = "closed",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// The maintainers write it.
        Draft = "draft",
        /// Somebody reported it; the maintainers have not decided.
        Triage = "triage",
    }
}

/// What became of a report that led to a [`RepositoryAdvisory`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct AdvisorySubmission {
    /// Whether the maintainers accepted it.
    #[serde(default)]
    pub accepted: bool,
}

/// A package that is vulnerable, as a [`RepositoryAdvisory`] names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryVulnerability {
    /// The package.
    pub package: Option<VulnerablePackage>,
    /// The versions that are vulnerable: `>= 2.0.4, < 2.0.6` for instance.
    pub vulnerable_version_range: Option<String>,
    /// The versions that are not vulnerable any more.
    pub patched_versions: Option<String>,
    /// The functions that are vulnerable.
    #[serde(default, deserialize_with = "items")]
    pub vulnerable_functions: Vec<String>,
}

/// Who is to be credited for a [`RepositoryAdvisory`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct AdvisoryCredit {
    /// Their login.
    pub login: Option<String>,
    /// What they did.
    pub r#type: Option<AdvisoryCreditType>,
}

/// Who is to be credited for a [`RepositoryAdvisory`], and whether they want to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct DetailedAdvisoryCredit {
    /// The person who is credited.
    pub user: Option<User>,
    /// What they did.
    pub r#type: Option<AdvisoryCreditType>,
    /// Whether they want to be credited.
    pub state: Option<AdvisoryCreditState>,
}

hookstead_types::open_enum! {
    /// What somebody did for a [`RepositoryAdvisory`].
    pub enum AdvisoryCreditType {
        /// They analysed it.
        Analyst = "analyst",
        /// They found it.
        Finder = "finder",
        /// They reported it.
        Reporter = "reporter",
        /// They brought people together.
        Coordinator = "coordinator",
        /// They fixed it.
        RemediationDeveloper = "remediation_developer",
        /// They reviewed the fix.
        RemediationReviewer = "remediation_reviewer",
        /// They tested the fix.
        RemediationVerifier = "remediation_verifier",
        /// It is a tool that found it.
        Tool = "tool",
        /// They paid for it.
        Sponsor = "sponsor",
        /// Something else.
        Other = "other",
    }
}

hookstead_types::open_enum! {
    /// Whether somebody wants to be credited.
    pub enum AdvisoryCreditState {
        /// They do.
        Accepted = "accepted",
        /// They do not.
        Declined = "declined",
        /// They have not said.
        Pending = "pending",
    }
}
