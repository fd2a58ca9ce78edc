use hookstead_types::{Decode, Sha};

use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A branch, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Branch {
    /// Its name, without `refs/heads/`.
    pub name: String,
    /// Its last commit.
    pub commit: BranchHead,
    /// Whether a protection or a ruleset holds for it.
    pub protected: Option<bool>,
    /// What its protection requires; not in old servers' lists.
    pub protection: Option<BranchProtection>,
}

/// The last commit of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct BranchHead {
    /// Its name.
    pub sha: Sha,
    /// It in the REST API.
    pub url: Option<String>,
}

/// What everybody is shown of the protection of a branch. [Rulesets](Repo::branch_rules) are apart.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct BranchProtection {
    /// Whether it is protected.
    pub enabled: Option<bool>,
    /// What must be green before something is merged into it.
    pub required_status_checks: Option<ProtectingChecks>,
}

/// What a protection requires to be green.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct ProtectingChecks {
    /// The contexts of statuses and the names of check runs.
    #[serde(default)]
    pub contexts: Vec<String>,
    /// The same, with the App that must have made them.
    #[serde(default)]
    pub checks: Vec<ProtectingCheck>,
    /// Whom it holds for: `off`, `non_admins` or `everyone`.
    pub enforcement_level: Option<String>,
    /// Whether a branch must have all commits of this one, before it is merged.
    pub strict: Option<bool>,
}

/// One check that a protection requires.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct ProtectingCheck {
    /// Its context or name.
    pub context: String,
    /// The number of the App that must have made it; `None`, and any number below 1: whoever likes.
    pub app_id: Option<i64>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&LIST, &GET];

static LIST: Endpoint =
    Endpoint::get("Repo::branches", IN_REPOSITORY, "/branches").permission("*Contents* read");

static GET: Endpoint = Endpoint::get("Repo::branch", IN_REPOSITORY, "/branches/{branch}")
    .permission("*Contents* read");

impl Repo {
    /// Lists the branches, in the order of their names.
    ///
    /// Permission: *Contents* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn branches(&self) -> Result<Page<Branch>, Error> {
        let purpose = format!("list the branches of {}", self.name());
        let call = self.call(&LIST, purpose, &[])?.query("per_page", ITEMS_PER_PAGE);
        self.core().send(call).await?.page()
    }

    /// Gets a branch by its name.
    ///
    /// Permission: *Contents* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn branch(&self, name: impl AsRef<str>) -> Result<Branch, Error> {
        let name = name.as_ref();
        let purpose = format!("get the branch {name} of {}", self.name());
        self.core().send(self.call(&GET, purpose, &[name])?).await?.decode()
    }
}
