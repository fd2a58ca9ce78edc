use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::issues::issue::Issue;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `sub_issues`: an issue became a part of another, or no longer is.
///
/// Both sides get an event: `sub_issue_...` the repository of the parent, `parent_issue_...` that of
/// the sub-issue.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SubIssuesEvent {
    /// What happened.
    pub action: SubIssuesAction,
    /// The parent's number on GitHub.
    pub parent_issue_id: Option<u64>,
    /// The parent.
    pub parent_issue: Option<Box<Issue>>,
    /// The parent's repository; on `parent_issue_added` and `parent_issue_removed`.
    pub parent_issue_repo: Option<Box<Repository>>,
    /// The sub-issue's number on GitHub.
    pub sub_issue_id: Option<u64>,
    /// The sub-issue.
    pub sub_issue: Option<Box<Issue>>,
    /// The sub-issue's repository; on `sub_issue_added` and `sub_issue_removed`.
    pub sub_issue_repo: Option<Box<Repository>>,
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
    /// What happened between an issue and a part of it.
    pub enum SubIssuesAction {
        /// The issue got a parent.
        ParentIssueAdded = "parent_issue_added",
        /// The issue lost its parent.
        ParentIssueRemoved = "parent_issue_removed",
        /// The issue got a sub-issue.
        SubIssueAdded = "sub_issue_added",
        /// The issue lost a sub-issue.
        SubIssueRemoved = "sub_issue_removed",
    }
}
