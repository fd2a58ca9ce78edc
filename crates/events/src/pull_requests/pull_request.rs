use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, MergeMethod, PullRequestState, Sha, Timestamp, User};

use crate::issues::label::Label;
use crate::issues::lock_reason::LockReason;
use crate::issues::milestone::Milestone;
use crate::organizations::team::Team;
use crate::pull_requests::reviewer::Reviewer;
use crate::shared::author_association::AuthorAssociation;
use crate::shared::link::Link;
use crate::shared::repository::Repository;

/// A pull request, as the event shows it.
///
/// Inside the `pull_request_review` events GitHub leaves out whether it is merged, whether it can
/// be, and the counters.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequest {
    /// The pull request's number on GitHub.
    pub id: u64,
    /// The pull request's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The pull request's number in its repository.
    pub number: u64,
    /// Whether it is open.
    pub state: PullRequestState,
    /// The title.
    pub title: String,
    /// What its author says about it, in Markdown.
    pub body: Option<String>,
    /// What it wants to merge.
    pub head: PullRequestBranch,
    /// What it wants to merge into.
    pub base: PullRequestBranch,
    /// Who opened it.
    pub user: Option<User>,
    /// How they stand to the repository.
    pub author_association: Option<AuthorAssociation>,
    /// Whether it is a draft.
    #[serde(default)]
    pub draft: bool,
    /// Whether its conversation is locked.
    #[serde(default)]
    pub locked: bool,
    /// Why it is locked.
    pub active_lock_reason: Option<LockReason>,
    /// When it was opened.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was closed or merged.
    pub closed_at: Option<Timestamp>,
    /// When it was merged.
    pub merged_at: Option<Timestamp>,

    /// Whether it is merged, if GitHub says; see [`is_merged`](Self::is_merged).
    pub merged: Option<bool>,
    /// Who merged it.
    pub merged_by: Option<User>,
    /// After merging: the merge commit, the squashed commit, or the last of the rebased ones.
    /// Before: a commit that GitHub made to *test* the merge, if any.
    pub merge_commit_sha: Option<Sha>,
    /// Whether it merges without conflict; nothing while GitHub finds out, as it does right after
    /// the head moved.
    pub mergeable: Option<bool>,
    /// Whether its commits can be rebased without conflict.
    pub rebaseable: Option<bool>,
    /// What stands between it and merging.
    pub mergeable_state: Option<MergeableState>,
    /// How it will merge itself when it is ready.
    pub auto_merge: Option<Box<AutoMerge>>,
    /// Its place in a stack of pull requests.
    pub stack: Option<PullRequestStack>,
    /// Whether the base's maintainers may push to the head.
    pub maintainer_can_modify: Option<bool>,

    /// Who works on it, the first of them.
    pub assignee: Option<User>,
    /// Who works on it.
    #[serde(default, deserialize_with = "items")]
    pub assignees: Vec<User>,
    /// Whose review is wanted.
    #[serde(default, deserialize_with = "items")]
    pub requested_reviewers: Vec<Reviewer>,
    /// Which teams' review is wanted.
    #[serde(default, deserialize_with = "items")]
    pub requested_teams: Vec<Team>,
    /// Its labels.
    #[serde(default, deserialize_with = "items")]
    pub labels: Vec<Label>,
    /// The milestone that it belongs to.
    pub milestone: Option<Box<Milestone>>,

    /// How many comments its conversation has.
    pub comments: Option<u64>,
    /// How many comments its changes have.
    pub review_comments: Option<u64>,
    /// How many commits it has.
    pub commits: Option<u64>,
    /// How many lines it adds.
    pub additions: Option<u64>,
    /// How many lines it removes.
    pub deletions: Option<u64>,
    /// How many files it changes.
    pub changed_files: Option<u64>,

    /// Whether the repository's pull requests may merge themselves.
    pub allow_auto_merge: Option<bool>,
    /// Whether a branch that is behind its base may be updated from the pull request.
    pub allow_update_branch: Option<bool>,
    /// Whether merging deletes the head branch.
    pub delete_branch_on_merge: Option<bool>,
    /// What a merge commit's title is made of.
    pub merge_commit_title: Option<String>,
    /// What a merge commit's message is made of.
    pub merge_commit_message: Option<String>,
    /// What a squashed commit's title is made of.
    pub squash_merge_commit_title: Option<String>,
    /// What a squashed commit's message is made of.
    pub squash_merge_commit_message: Option<String>,
    /// Whether a squashed commit's title is the pull request's.
    pub use_squash_pr_title_as_default: Option<bool>,

    /// The pull request in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its changes as a diff.
    pub diff_url: Option<String>,
    /// Its commits as patches.
    pub patch_url: Option<String>,
    /// The same as an issue, in the REST API.
    pub issue_url: Option<String>,
    /// Its commits in the REST API.
    pub commits_url: Option<String>,
    /// The comments on its changes in the REST API.
    pub review_comments_url: Option<String>,
    /// One of them, as a URI template.
    pub review_comment_url: Option<String>,
    /// The comments of its conversation in the REST API.
    pub comments_url: Option<String>,
    /// The statuses of its head in the REST API.
    pub statuses_url: Option<String>,
    /// The links once more, as GitHub's `_links`.
    #[serde(rename = "_links")]
    pub links: Option<Box<PullRequestLinks>>,
}

impl PullRequest {
    /// Whether it is merged, whichever way GitHub says so.
    #[must_use]
    pub fn is_merged(&self) -> bool {
        self.merged.unwrap_or(self.merged_at.is_some())
    }

    /// Whether it wants to merge code of another repository, whose owner need not be allowed to write here.
    /// Also if that repository is not named, as it is after the fork was deleted.
    ///
    /// `head.repo.fork` says something else: that the head's repository was made from another. A pull request
    /// within such a repository is not from a fork.
    #[must_use]
    pub fn is_from_fork(&self) -> bool {
        match (&self.head.repo, &self.base.repo) {
            (Some(head), Some(base)) => head.id != base.id,
            _ => true,
        }
    }
}

/// A side of a [`PullRequest`], as the event shows it: its head or its base.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestBranch {
    /// The branch with its owner, `owner:branch`.
    pub label: Option<String>,
    /// The branch, without `refs/heads/`.
    pub r#ref: String,
    /// The commit that it is at.
    pub sha: Sha,
    /// The account that the repository belongs to.
    pub user: Option<User>,
    /// The repository that it is in; nothing for the head when its fork was deleted.
    pub repo: Option<Box<Repository>>,
}

/// How a pull request will merge itself when it is ready.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct AutoMerge {
    /// Who wants it to.
    pub enabled_by: Option<User>,
    /// How it will be merged.
    pub merge_method: Option<MergeMethod>,
    /// The title that the commit will have.
    pub commit_title: Option<String>,
    /// The message that the commit will have.
    pub commit_message: Option<String>,
}

/// A pull request's place in a stack of pull requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestStack {
    /// What the stack's lowest pull request wants to merge into.
    pub base: Option<PullRequestStackBase>,
    /// The stack's number on GitHub.
    pub id: Option<u64>,
    /// The stack's number in its repository.
    pub number: Option<u64>,
    /// How many pull requests the stack has.
    pub size: Option<u64>,
    /// Which of them this one is.
    pub position: Option<u64>,
}

/// What a [`PullRequestStack`] wants to merge into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestStackBase {
    /// The branch.
    pub r#ref: Option<String>,
    /// The commit that it is at.
    pub sha: Option<Sha>,
}

/// The links of a [`PullRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PullRequestLinks {
    /// The pull request in the REST API.
    #[serde(rename = "self")]
    pub this: Option<Link>,
    /// Its page.
    pub html: Option<Link>,
    /// The same as an issue.
    pub issue: Option<Link>,
    /// The comments of its conversation.
    pub comments: Option<Link>,
    /// The comments on its changes.
    pub review_comments: Option<Link>,
    /// One of them, as a URI template.
    pub review_comment: Option<Link>,
    /// Its commits.
    pub commits: Option<Link>,
    /// The statuses of its head.
    pub statuses: Option<Link>,
}

hookstead_types::open_enum! {
    /// What stands between a [`PullRequest`] and merging. GitHub documents no list of these values.
    pub enum MergeableState {
        /// Nothing.
        Clean = "clean",
        /// A conflict.
        Dirty = "dirty",
        /// A status that is not required failed or is pending.
        Unstable = "unstable",
        /// A rule.
        Blocked = "blocked",
        /// The head is behind the base.
        Behind = "behind",
        /// It is a draft.
        Draft = "draft",
        /// Nothing, but the server has hooks that may refuse.
        HasHooks = "has_hooks",
        /// `unknown`: GitHub has not found out yet.
        NotComputed = "unknown",
    }
}
