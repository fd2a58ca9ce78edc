use http::StatusCode;

use crate::api::code::Branch;
use crate::api::required::branch_rule::BranchRule;
use crate::engine::error::Error;
use crate::engine::page::Page;
use crate::repo::Repo;

/// The checks that a branch requires of what is merged into it: by its protection, and by rulesets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequiredChecks {
    /// Each once.
    pub checks: Vec<RequiredCheck>,
    /// Whether something that is merged must have all commits of the branch before.
    pub is_strict: bool,
    /// What the token may not read: there may be more checks.
    pub unread: Vec<Unread>,
}

/// A check that must be green.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequiredCheck {
    /// The context of a status, or the name of a check run.
    pub name: String,
    /// The number of the App that must have made it; `None`: whoever likes.
    pub app_id: Option<u64>,
}

/// What a token may not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unread {
    /// The protection of the branch: *Contents* read is missing.
    BranchProtection,
    /// The rulesets: *Metadata* read is missing, or the server has none.
    Rulesets,
    /// The statuses of the commit: *Commit statuses* read is missing.
    Statuses,
    /// The check runs of the commit: *Checks* read is missing, which fine-grained personal tokens never
    /// have.
    CheckRuns,
}

impl RequiredChecks {
    /// Whether everything could be read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unread.is_empty()
    }

    fn add_protection(&mut self, branch: Branch) {
        let Some(protection) = branch.protection else {
            // Who is shown nothing of a protection knows nothing of it. A ruleset's is apart.
            if branch.protected == Some(true) {
                self.unread.push(Unread::BranchProtection);
            }
            return;
        };
        let Some(required) = protection.required_status_checks else { return };
        let is_on = protection.enabled != Some(false)
            && required.enforcement_level.as_deref() != Some("off");
        if !is_on {
            return;
        }
        self.is_strict |= required.strict == Some(true);
        for check in required.checks {
            self.add(check.context, check.app_id);
        }
        // Old servers have these alone; else they are the same once more.
        for context in required.contexts {
            if !self.checks.iter().any(|known| known.name == context) {
                self.add(context, None);
            }
        }
    }

    fn add_rule(&mut self, rule: BranchRule) {
        let Some(parameters) = rule.parameters.filter(|_| rule.r#type == "required_status_checks")
        else {
            return;
        };
        self.is_strict |= parameters.strict_required_status_checks_policy == Some(true);
        for check in parameters.required_status_checks {
            self.add(check.context, check.integration_id);
        }
    }

    fn add(&mut self, name: String, app_id: Option<i64>) {
        // GitHub writes -1 for whoever likes.
        let app_id = app_id.and_then(|id| u64::try_from(id).ok()).filter(|id| *id > 0);
        let check = RequiredCheck { name, app_id };
        if !self.checks.contains(&check) {
            self.checks.push(check);
        }
    }
}

impl Repo {
    /// Gets the checks that a branch requires of what is merged into it, by its protection and by rulesets.
    /// What the token may not read is named in [`unread`](RequiredChecks::unread) and no error.
    ///
    /// It makes two calls, or more where there are many rules: [`branch`](Self::branch) and
    /// [`branch_rules`](Self::branch_rules), whose permissions it needs.
    ///
    /// # Errors
    ///
    /// Fails when there is no such branch (404) or a call fails on the way, see [`Error`].
    pub async fn required_checks(&self, branch: impl AsRef<str>) -> Result<RequiredChecks, Error> {
        let branch = branch.as_ref();
        let mut required = RequiredChecks::default();
        match self.branch(branch).await {
            Ok(branch) => required.add_protection(branch),
            Err(error) if is_forbidden(&error) => required.unread.push(Unread::BranchProtection),
            Err(error) => return Err(error),
        }
        match self.all_rules(branch).await {
            Ok(rules) => rules.into_iter().for_each(|rule| required.add_rule(rule)),
            Err(error) if is_forbidden(&error) || error.is_not_found() => {
                required.unread.push(Unread::Rulesets);
            }
            Err(error) => return Err(error),
        }
        Ok(required)
    }

    async fn all_rules(&self, branch: &str) -> Result<Vec<BranchRule>, Error> {
        let page = self.branch_rules(branch).await?;
        self.all(page).await
    }

    /// The items of this page and of all that follow.
    pub(super) async fn all<T>(&self, page: Page<T>) -> Result<Vec<T>, Error>
    where
        T: serde::de::DeserializeOwned + Send + 'static,
    {
        let mut items = self.client().items(page);
        let mut all = Vec::new();
        while let Some(item) = items.next().await {
            all.push(item?);
        }
        Ok(all)
    }
}

/// Whether the token lacks a permission.
pub(super) fn is_forbidden(error: &Error) -> bool {
    error.status() == Some(StatusCode::FORBIDDEN)
        && !error.is_rate_limited()
        && !error.is_suspended()
}
