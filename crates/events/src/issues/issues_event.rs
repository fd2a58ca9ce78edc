use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::issues::issue::{Issue, IssueType};
use crate::issues::issue_field::{IssueField, IssueFieldSetting};
use crate::issues::label::Label;
use crate::issues::milestone::Milestone;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `issues`: something happened to an issue.
///
/// ```
/// use hookstead_events::{Event, EventName, IssuesAction, IssuesEvent};
///
/// let payload = br#"{
///     "action": "labeled",
///     "issue": {"id": 444500041, "number": 1, "title": "Spelling error", "state": "open"},
///     "label": {"id": 1362934389, "name": "bug"},
///     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
/// }"#;
/// let event = IssuesEvent::decode(&EventName::Issues, payload)?;
/// assert_eq!(event.action, IssuesAction::Labeled);
/// assert_eq!(event.label.unwrap().name, "bug");
/// # Ok::<(), hookstead_events::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssuesEvent {
    /// What happened.
    pub action: IssuesAction,
    /// The issue, as it is now.
    pub issue: Box<Issue>,
    /// What was before, on `edited`; where the issue came from, on `opened` after a transfer; where
    /// it went, on `transferred`.
    pub changes: Option<Box<IssuesChanges>>,
    /// The account; on `assigned` and `unassigned`.
    pub assignee: Option<User>,
    /// The label; on `labeled`, `unlabeled` and, as GitHub's schema has it, `edited`.
    pub label: Option<Label>,
    /// The milestone; on `milestoned` and `demilestoned`.
    pub milestone: Option<Box<Milestone>>,
    /// The kind that it got or lost; on `typed` and `untyped`.
    pub r#type: Option<Box<IssueType>>,
    /// The custom field; on `field_added` and `field_removed`.
    pub issue_field: Option<IssueField>,
    /// What it holds now, on `field_added`; what it held, on `field_removed`.
    pub issue_field_value: Option<Box<IssueFieldSetting>>,
    /// The repository.
    pub repository: Box<Repository>,
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
    /// What happened to an issue.
    pub enum IssuesAction {
        /// Somebody was assigned.
        Assigned = "assigned",
        /// It was closed.
        Closed = "closed",
        /// It was deleted.
        Deleted = "deleted",
        /// It was removed from a milestone.
        Demilestoned = "demilestoned",
        /// Its title or body was changed.
        Edited = "edited",
        /// A custom field got a value.
        FieldAdded = "field_added",
        /// A custom field lost its value.
        FieldRemoved = "field_removed",
        /// It got a label.
        Labeled = "labeled",
        /// Its conversation was locked.
        Locked = "locked",
        /// It was added to a milestone.
        Milestoned = "milestoned",
        /// It was opened.
        Opened = "opened",
        /// It was pinned to the repository.
        Pinned = "pinned",
        /// It was opened again.
        Reopened = "reopened",
        /// It went to another repository.
        Transferred = "transferred",
        /// It became an issue of some kind.
        Typed = "typed",
        /// Somebody is no longer assigned.
        Unassigned = "unassigned",
        /// It lost a label.
        Unlabeled = "unlabeled",
        /// Its conversation was unlocked.
        Unlocked = "unlocked",
        /// It is no longer pinned.
        Unpinned = "unpinned",
        /// It is no longer an issue of some kind.
        Untyped = "untyped",
    }
}

/// What changed in an issue, or with it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssuesChanges {
    /// The title before; on `edited`.
    pub title: Option<Change<String>>,
    /// The body before; on `edited`.
    pub body: Option<Change<String>>,
    /// The issue that it was before its transfer; on `opened`.
    pub old_issue: Option<Box<Issue>>,
    /// The repository that it was transferred from; on `opened`.
    pub old_repository: Option<Box<Repository>>,
    /// The issue that it became; on `transferred`.
    pub new_issue: Option<Box<Issue>>,
    /// The repository that it went to; on `transferred`.
    pub new_repository: Option<Box<Repository>>,
    /// What the custom field held before; on `field_added`.
    pub issue_field_value: Option<Change<IssueFieldSetting>>,
}
