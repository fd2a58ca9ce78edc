//! Issues, their comments, and what they are sorted by: labels, milestones, fields; how they depend
//! on each other.
//!
//! The events: `issue_comment`, `issue_dependencies`, `issue_relates_to`, `issues`, `label`,
//! `milestone`, `sub_issues`.
//!
//! It leans on no other family.

pub(crate) mod issue;
pub(crate) mod issue_comment;
pub(crate) mod issue_comment_event;
pub(crate) mod issue_dependencies;
pub(crate) mod issue_field;
pub(crate) mod issue_relates_to;
pub(crate) mod issues_event;
pub(crate) mod label;
pub(crate) mod label_event;
pub(crate) mod lock_reason;
pub(crate) mod milestone;
pub(crate) mod milestone_event;
pub(crate) mod sub_issues;

pub use issue::{
    Issue, IssueDependenciesSummary, IssuePullRequest, IssueState, IssueStateReason, IssueType,
    IssueTypeColor, SubIssuesSummary,
};
pub use issue_comment::{IssueComment, IssueCommentMinimized, IssueCommentPin};
pub use issue_comment_event::{IssueCommentAction, IssueCommentChanges, IssueCommentEvent};
pub use issue_dependencies::{IssueDependenciesAction, IssueDependenciesEvent};
pub use issue_field::{
    IssueField, IssueFieldDataType, IssueFieldOption, IssueFieldSetting, IssueFieldValue,
};
pub use issue_relates_to::{IssueRelatesToAction, IssueRelatesToEvent};
pub use issues_event::{IssuesAction, IssuesChanges, IssuesEvent};
pub use label::Label;
pub use label_event::{LabelAction, LabelChanges, LabelEvent};
pub use lock_reason::LockReason;
pub use milestone::{Milestone, MilestoneState};
pub use milestone_event::{MilestoneAction, MilestoneChanges, MilestoneEvent};
pub use sub_issues::{SubIssuesAction, SubIssuesEvent};
