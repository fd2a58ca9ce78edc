use serde::Serialize;

use hookstead_types::{Decode, Sha, User};

use crate::issues::label::Label;
use crate::issues::milestone::Milestone;
use crate::organizations::team::Team;
use crate::pull_requests::pull_request::{PullRequest, PullRequestStack};
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `pull_request`: something happened to a pull request.
///
/// ```
/// use hookstead_events::{Event, EventName, PullRequestAction, PullRequestEvent};
///
/// let payload = br#"{
///     "action": "synchronize", "number": 2,
///     "pull_request": {
///         "id": 279147437, "number": 2, "title": "Update the README", "state": "open",
///         "head": {"ref": "changes", "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821"},
///         "base": {"ref": "main", "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"}
///     },
///     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
/// }"#;
/// let event = PullRequestEvent::decode(&EventName::PullRequest, payload)?;
/// assert_eq!(event.action, PullRequestAction::Synchronize);
/// assert_eq!(event.pull_request.head.sha.short(), "ec26c3e");
/// assert_eq!(event.repository.full_name.owner(), "octocat");
/// # Ok::<(), hookstead_events::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestEvent {
    /// What happened.
    pub action: PullRequestAction,
    /// The pull request's number in its repository.
    pub number: u64,
    /// The pull request, as it is now.
    pub pull_request: Box<PullRequest>,
    /// What was edited, as it was before.
    pub changes: Option<PullRequestChanges>,
    /// The head commit before; on `synchronize`.
    pub before: Option<Sha>,
    /// The head commit now; on `synchronize`.
    pub after: Option<Sha>,
    /// The label; on `labeled` and `unlabeled`.
    pub label: Option<Label>,
    /// The account; on `assigned` and `unassigned`.
    pub assignee: Option<User>,
    /// The milestone; on `milestoned` and `demilestoned`.
    pub milestone: Option<Box<Milestone>>,
    /// Whose review is or was wanted, if a person's; on `review_requested` and
    /// `review_request_removed`.
    pub requested_reviewer: Option<User>,
    /// Whose review is or was wanted, if a team's.
    pub requested_team: Option<Box<Team>>,
    /// Why; on `dequeued`, `auto_merge_enabled` and `auto_merge_disabled`.
    pub reason: Option<PullRequestReason>,
    /// The stack; on `stacked`.
    pub stack: Option<PullRequestStack>,
    /// The repository that the pull request wants to merge into.
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
    /// What happened to a pull request.
    pub enum PullRequestAction {
        /// Somebody was assigned.
        Assigned = "assigned",
        /// It shall no longer merge itself.
        AutoMergeDisabled = "auto_merge_disabled",
        /// It shall merge itself when it is ready.
        AutoMergeEnabled = "auto_merge_enabled",
        /// It was closed, or merged: see [`PullRequest::is_merged`].
        Closed = "closed",
        /// It became a draft.
        ConvertedToDraft = "converted_to_draft",
        /// It was removed from a milestone.
        Demilestoned = "demilestoned",
        /// It left the merge queue.
        Dequeued = "dequeued",
        /// Its title, body or base was changed.
        Edited = "edited",
        /// It joined the merge queue.
        Enqueued = "enqueued",
        /// It got a label.
        Labeled = "labeled",
        /// Its conversation was locked.
        Locked = "locked",
        /// It was added to a milestone.
        Milestoned = "milestoned",
        /// It was opened.
        Opened = "opened",
        /// It is no draft any more.
        ReadyForReview = "ready_for_review",
        /// It was opened again.
        Reopened = "reopened",
        /// A review is no longer wanted.
        ReviewRequestRemoved = "review_request_removed",
        /// A review is wanted.
        ReviewRequested = "review_requested",
        /// It was put on a stack of pull requests.
        Stacked = "stacked",
        /// Its head moved: somebody pushed.
        Synchronize = "synchronize",
        /// Somebody is no longer assigned.
        Unassigned = "unassigned",
        /// It lost a label.
        Unlabeled = "unlabeled",
        /// Its conversation was unlocked.
        Unlocked = "unlocked",
    }
}

/// What was edited in a pull request, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestChanges {
    /// The title.
    pub title: Option<Change<String>>,
    /// The body.
    pub body: Option<Change<String>>,
    /// What it wants to merge into.
    pub base: Option<PullRequestBaseChange>,
}

/// What a pull request wanted to merge into before that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestBaseChange {
    /// The branch.
    pub r#ref: Option<Change<String>>,
    /// The commit.
    pub sha: Option<Change<Sha>>,
}

hookstead_types::open_enum! {
    /// Why a pull request left the merge queue. On the `auto_merge` actions GitHub sends free text
    /// in the same place, which is [`Unknown`](Self::Unknown) here.
    pub enum PullRequestReason {
        /// GitHub does not say.
        UnknownRemovalReason = "UNKNOWN_REMOVAL_REASON",
        /// Somebody removed it.
        Manual = "MANUAL",
        /// It was merged.
        Merge = "MERGE",
        /// It conflicts with the base.
        MergeConflict = "MERGE_CONFLICT",
        /// A check failed.
        CiFailure = "CI_FAILURE",
        /// A check took too long.
        CiTimeout = "CI_TIMEOUT",
        /// It had been merged already.
        AlreadyMerged = "ALREADY_MERGED",
        /// Somebody cleared the queue.
        QueueCleared = "QUEUE_CLEARED",
        /// The queue was rolled back.
        RollBack = "ROLL_BACK",
        /// A branch protection rule was not met.
        BranchProtections = "BRANCH_PROTECTIONS",
        /// The merged tree was invalid.
        GitTreeInvalid = "GIT_TREE_INVALID",
        /// The merge commit was invalid.
        InvalidMergeCommit = "INVALID_MERGE_COMMIT",
    }
}
