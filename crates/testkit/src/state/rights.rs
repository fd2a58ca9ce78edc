//! Who may do what in a repository.

use super::repository::RepositoryState;

impl RepositoryState {
    /// Whether a protection or a ruleset holds for a branch.
    pub(crate) fn is_protected(&self, branch: &str) -> bool {
        self.rules.protections.contains_key(branch)
            || self.rules.rulesets.iter().any(|it| it.branch == branch)
    }

    /// The role of an account. The repositories here are public: whoever has no other may read.
    pub(crate) fn role(&self, login: &str) -> &str {
        match self.rules.role(login) {
            Some(role) => role,
            None if self.name.owner().eq_ignore_ascii_case(login) => "admin",
            None => "read",
        }
    }

    /// How an author stands to the repository.
    pub(crate) fn association(&self, login: &str) -> &'static str {
        if self.name.owner().eq_ignore_ascii_case(login) {
            "OWNER"
        } else if self.rules.role(login).is_some() {
            "COLLABORATOR"
        } else {
            "NONE"
        }
    }
}
