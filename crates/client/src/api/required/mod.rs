//! What must be green before something is merged, and what is.

pub(crate) mod branch_rule;
pub(crate) mod commit_checks;
pub(crate) mod required_checks;

pub use branch_rule::{BranchRule, RuleParameters, RuledCheck};
pub use commit_checks::{CheckSource, CheckState, CommitCheck, CommitChecks};
pub use required_checks::{RequiredCheck, RequiredChecks, Unread};
