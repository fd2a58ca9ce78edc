use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::issues::issue::Issue;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `issue_dependencies`: an issue blocks another, or no longer does.
///
/// Both sides get an event: `blocked_by_...` the repository of the blocked issue, `blocking_...` that
/// of the blocking one.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueDependenciesEvent {
    /// What happened.
    pub action: IssueDependenciesAction,
    /// The number on GitHub of the issue that has to wait.
    pub blocked_issue_id: Option<u64>,
    /// The issue that has to wait.
    pub blocked_issue: Option<Box<Issue>>,
    /// The repository of the blocked issue; on `blocking_added` and `blocking_removed`.
    pub blocked_issue_repo: Option<Box<Repository>>,
    /// The number on GitHub of the issue that it waits for.
    pub blocking_issue_id: Option<u64>,
    /// The issue that it waits for.
    pub blocking_issue: Option<Box<Issue>>,
    /// The repository of the blocking issue; on `blocked_by_added` and `blocked_by_removed`.
    pub blocking_issue_repo: Option<Box<Repository>>,
    /// The repository.
    pub repository: Option<Box<Repository>>,
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
    /// What happened between two issues.
    pub enum IssueDependenciesAction {
        /// The issue is blocked by another.
        BlockedByAdded = "blocked_by_added",
        /// The issue is no longer blocked by another.
        BlockedByRemoved = "blocked_by_removed",
        /// The issue blocks another.
        BlockingAdded = "blocking_added",
        /// The issue no longer blocks another.
        BlockingRemoved = "blocking_removed",
    }
}
