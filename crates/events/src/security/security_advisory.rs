use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp};

use crate::security::advisory::{
    AdvisoryIdentifier, AdvisoryReference, AdvisorySeverity, Cvss, CvssSeverities, Cwe, Epss,
    Vulnerability,
};

/// An advisory: what is known about a vulnerability.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecurityAdvisory {
    /// GitHub's name for it.
    pub ghsa_id: String,
    /// Its name in the list of Common Vulnerabilities and Exposures.
    pub cve_id: Option<String>,
    /// What it is about, in short.
    #[serde(default)]
    pub summary: String,
    /// What it is about, in full.
    #[serde(default)]
    pub description: String,
    /// Whether it is about a weakness or about malware.
    pub classification: Option<AdvisoryClassification>,
    /// How bad it is.
    pub severity: Option<AdvisorySeverity>,
    /// The packages that are vulnerable.
    #[serde(default, deserialize_with = "items")]
    pub vulnerabilities: Vec<Vulnerability>,
    /// Its names in all lists.
    #[serde(default, deserialize_with = "items")]
    pub identifiers: Vec<AdvisoryIdentifier>,
    /// Where to read more.
    #[serde(default, deserialize_with = "items")]
    pub references: Vec<AdvisoryReference>,
    /// What kinds of weakness it is.
    #[serde(default, deserialize_with = "items")]
    pub cwes: Vec<Cwe>,
    /// How bad it is as a figure.
    pub cvss: Option<Cvss>,
    /// How bad it is by each version of the scoring system.
    pub cvss_severities: Option<CvssSeverities>,
    /// How likely it is to be exploited.
    pub epss: Option<Epss>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
}

hookstead_types::open_enum! {
    /// What an advisory is about.
    pub enum AdvisoryClassification {
        /// A weakness.
        General = "general",
        /// Software that means harm.
        Malware = "malware",
    }
}
