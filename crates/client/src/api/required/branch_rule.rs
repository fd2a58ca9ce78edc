use hookstead_types::Decode;

use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A rule that a ruleset of the repository or its organization has for a branch.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct BranchRule {
    /// What it is: `required_status_checks`, `pull_request`, `merge_queue` and many others.
    pub r#type: String,
    /// What it says, as far as it is about checks.
    pub parameters: Option<RuleParameters>,
    /// The number of the ruleset.
    pub ruleset_id: Option<u64>,
    /// Whose ruleset it is: a repository's or an organization's name.
    pub ruleset_source: Option<String>,
}

/// What a rule says about checks.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct RuleParameters {
    /// The checks that it requires; none if it is about something else.
    #[serde(default)]
    pub required_status_checks: Vec<RuledCheck>,
    /// Whether a branch must have all commits of this one, before it is merged.
    pub strict_required_status_checks_policy: Option<bool>,
}

/// One check that a rule requires.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct RuledCheck {
    /// Its context or name.
    pub context: String,
    /// The number of the App that must have made it; `None`: whoever likes.
    pub integration_id: Option<i64>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&LIST];

static LIST: Endpoint =
    Endpoint::get("Repo::branch_rules", IN_REPOSITORY, "/rules/branches/{branch}")
        .permission("*Metadata* read");

impl Repo {
    /// Lists the rules that active rulesets have for a branch. The branch need not be there.
    /// Its protection is apart, see [`branch`](Self::branch); [`required_checks`](Self::required_checks)
    /// reads both.
    ///
    /// Permission: *Metadata* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn branch_rules(&self, branch: impl AsRef<str>) -> Result<Page<BranchRule>, Error> {
        let branch = branch.as_ref();
        let purpose = format!("list the rules for {branch} of {}", self.name());
        let call = self.call(&LIST, purpose, &[branch])?.query("per_page", ITEMS_PER_PAGE);
        self.core().send(call).await?.page()
    }
}
