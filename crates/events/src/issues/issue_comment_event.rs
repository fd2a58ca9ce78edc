use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::issues::issue::Issue;
use crate::issues::issue_comment::IssueComment;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `issue_comment`: something happened to a comment on an issue or in the conversation of a pull
/// request.
///
/// ```
/// use hookstead_events::{Event, EventName, IssueCommentAction, IssueCommentEvent};
///
/// let payload = br#"{
///     "action": "created",
///     "issue": {"id": 444500041, "number": 1, "title": "Update the README", "pull_request": {}},
///     "comment": {"id": 492700400, "body": "/deploy staging"},
///     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
/// }"#;
/// let event = IssueCommentEvent::decode(&EventName::IssueComment, payload)?;
/// assert_eq!(event.action, IssueCommentAction::Created);
/// assert!(event.issue.is_pull_request());
/// let commands = event.comment.commands();
/// let [Ok(deploy)] = commands.as_slice() else { panic!("one command") };
/// assert_eq!((deploy.name(), deploy.arguments()), ("deploy", &["staging".to_owned()][..]));
/// # Ok::<(), hookstead_events::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueCommentEvent {
    /// What happened.
    pub action: IssueCommentAction,
    /// The comment, as it is now.
    pub comment: Box<IssueComment>,
    /// The issue, or the pull request seen as one: see [`Issue::is_pull_request`].
    pub issue: Box<Issue>,
    /// What was edited, as it was before; on `edited`.
    pub changes: Option<IssueCommentChanges>,
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
    /// What happened to a comment on an issue.
    pub enum IssueCommentAction {
        /// It was written.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed.
        Edited = "edited",
        /// It was pinned to the issue.
        Pinned = "pinned",
        /// It is no longer pinned.
        Unpinned = "unpinned",
    }
}

/// What was edited in a comment, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueCommentChanges {
    /// What it said.
    pub body: Option<Change<String>>,
}
