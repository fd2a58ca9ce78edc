use std::collections::BTreeMap;

use super::repository::RepositoryState;
use crate::objects::protection::FakeProtection;

/// Who may do what in a repository, and what its branches require.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// The roles of accounts, by login in lower case.
    roles: BTreeMap<String, String>,
    /// The protection of each branch.
    pub(crate) protections: BTreeMap<String, FakeProtection>,
    /// What rulesets require of a branch; there may be several for one.
    pub(crate) rulesets: Vec<Ruleset>,
}

/// A ruleset.
#[derive(Debug)]
pub(crate) struct Ruleset {
    pub(crate) id: u64,
    pub(crate) branch: String,
    pub(crate) requires: FakeProtection,
}

impl Rules {
    pub(crate) fn set_role(&mut self, login: &str, role: &str) {
        self.roles.insert(login.to_ascii_lowercase(), role.to_owned());
    }
}

impl RepositoryState {
    /// Whether a protection or a ruleset holds for a branch.
    pub(crate) fn is_protected(&self, branch: &str) -> bool {
        self.rules.protections.contains_key(branch)
            || self.rules.rulesets.iter().any(|it| it.branch == branch)
    }

    /// The role of an account. The repositories here are public: whoever has no other may read.
    pub(crate) fn role(&self, login: &str) -> &str {
        match self.rules.roles.get(&login.to_ascii_lowercase()) {
            Some(role) => role,
            None if self.name.owner().eq_ignore_ascii_case(login) => "admin",
            None => "read",
        }
    }

    /// How an author stands to the repository.
    pub(crate) fn association(&self, login: &str) -> &'static str {
        if self.name.owner().eq_ignore_ascii_case(login) {
            "OWNER"
        } else if self.rules.roles.contains_key(&login.to_ascii_lowercase()) {
            "COLLABORATOR"
        } else {
            "NONE"
        }
    }
}
