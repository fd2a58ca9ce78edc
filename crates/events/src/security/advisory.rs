//! What the security advisories of GitHub and of repositories, and the alerts about them, share.

use serde::Serialize;

use hookstead_types::Decode;

hookstead_types::open_enum! {
    /// How bad a vulnerability is.
    pub enum AdvisorySeverity {
        /// A little.
        Low = "low",
        /// Somewhat.
        Medium = "medium",
        /// Somewhat; GitHub's older word for it.
        Moderate = "moderate",
        /// Very.
        High = "high",
        /// As bad as it gets.
        Critical = "critical",
    }
}

/// A name that an advisory has in some list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct AdvisoryIdentifier {
    /// Which list.
    pub r#type: Option<AdvisoryIdentifierType>,
    /// The name there: `CVE-2018-6188` for instance.
    pub value: Option<String>,
}

hookstead_types::open_enum! {
    /// Which list an [`AdvisoryIdentifier`] is from.
    pub enum AdvisoryIdentifierType {
        /// Common Vulnerabilities and Exposures.
        Cve = "CVE",
        /// GitHub's own.
        Ghsa = "GHSA",
    }
}

/// Where to read more about a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct AdvisoryReference {
    /// The address.
    pub url: Option<String>,
}

/// A package that is vulnerable, and which of its versions are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Vulnerability {
    /// The package.
    pub package: Option<VulnerablePackage>,
    /// How bad it is.
    pub severity: Option<AdvisorySeverity>,
    /// The versions that are vulnerable: `>= 2.0.4, < 2.0.6` for instance.
    pub vulnerable_version_range: Option<String>,
    /// The first version that is not vulnerable any more, if there is one.
    pub first_patched_version: Option<PatchedVersion>,
}

/// A package that is vulnerable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct VulnerablePackage {
    /// Where it comes from.
    pub ecosystem: Option<PackageEcosystem>,
    /// What it is called there.
    pub name: Option<String>,
}

hookstead_types::open_enum! {
    /// Where a package comes from: a language, or its packages' registry.
    pub enum PackageEcosystem {
        /// Workflows of GitHub Actions.
        Actions = "actions",
        /// PHP.
        Composer = "composer",
        /// Erlang and Elixir.
        Erlang = "erlang",
        /// Go.
        Go = "go",
        /// Java and its relatives.
        Maven = "maven",
        /// JavaScript.
        Npm = "npm",
        /// .NET.
        Nuget = "nuget",
        /// Python.
        Pip = "pip",
        /// Dart.
        Pub = "pub",
        /// Ruby.
        Rubygems = "rubygems",
        /// Rust.
        Rust = "rust",
        /// Swift.
        Swift = "swift",
        /// Something else.
        Other = "other",
    }
}

/// A version that is not vulnerable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PatchedVersion {
    /// The version.
    pub identifier: Option<String>,
}

/// How bad a vulnerability is by the Common Vulnerability Scoring System.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Cvss {
    /// The score, from 0 to 10.
    pub score: Option<f64>,
    /// How the score came about: `CVSS:3.1/AV:L/...` for instance.
    pub vector_string: Option<String>,
}

/// How bad a vulnerability is by each version of the scoring system.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CvssSeverities {
    /// By version 3.
    pub cvss_v3: Option<Cvss>,
    /// By version 4.
    pub cvss_v4: Option<Cvss>,
}

/// How likely it is that a vulnerability gets exploited, by the Exploit Prediction Scoring System.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Epss {
    /// How likely that is within 30 days.
    pub percentage: Option<f64>,
    /// How many of all vulnerabilities are less likely or as likely.
    pub percentile: Option<f64>,
}

/// A kind of weakness, from the Common Weakness Enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Cwe {
    /// The number there: `CWE-532` for instance.
    pub cwe_id: Option<String>,
    /// The name for people.
    pub name: Option<String>,
}
