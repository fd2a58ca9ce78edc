use std::collections::BTreeMap;

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
    /// The role that somebody gave to an account.
    pub(in crate::state) fn role(&self, login: &str) -> Option<&str> {
        self.roles.get(&login.to_ascii_lowercase()).map(String::as_str)
    }

    pub(crate) fn set_role(&mut self, login: &str, role: &str) {
        self.roles.insert(login.to_ascii_lowercase(), role.to_owned());
    }
}
