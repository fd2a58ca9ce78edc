//! What happened, as a value. A change queues it; whoever sends it renders it.

use std::sync::Arc;

use hookstead_signature::WebhookSecret;
use hookstead_types::Sha;

use super::facts::{
    CheckRunFacts, CommentFacts, HookFacts, InstallationFacts, IssueFacts, PullRequestFacts,
    RepositoryFacts, ReviewFacts, SuiteFacts,
};
use super::history::Commit;
use crate::objects::deployment::RecordedDeployment;
use crate::objects::deployment_status::RecordedDeploymentStatus;
use crate::objects::merge_group::RecordedMergeGroup;
use crate::objects::status::RecordedStatus;

/// Something that happened, as it was at that moment.
#[derive(Debug)]
pub(crate) struct Occurrence {
    /// Shared by all hooks that hear of it.
    pub(crate) guid: String,
    pub(crate) what: What,
    /// The login of the organization that it happened in.
    pub(crate) organization: Option<String>,
    /// The login of the account that did it.
    pub(crate) sender: Option<String>,
    /// The installation that every payload names, whoever is told; only samples have one.
    pub(crate) installation: Option<u64>,
}

/// What happened, and where.
#[derive(Debug)]
pub(crate) enum What {
    InRepository(Box<RepositoryFacts>, Event),
    /// A hook was made, or somebody asked for a ping.
    Ping(Box<HookFacts>, Option<Box<RepositoryFacts>>),
    /// A hook is deleted.
    HookDeleted(Box<HookFacts>, Option<Box<RepositoryFacts>>),
    /// An account let the App in.
    Installed(Box<InstallationFacts>, Vec<RepositoryFacts>),
}

/// What can happen in a repository.
#[derive(Debug)]
pub(crate) enum Event {
    CheckRun {
        action: &'static str,
        run: Box<CheckRunFacts>,
        /// The identifier of the button that somebody pressed.
        pressed: Option<String>,
    },
    CheckSuite {
        action: &'static str,
        suite: Box<SuiteFacts>,
    },
    Deployment(Box<RecordedDeployment>),
    DeploymentStatus {
        status: Box<RecordedDeploymentStatus>,
        deployment: Box<RecordedDeployment>,
    },
    Issue {
        action: &'static str,
        issue: Box<IssueFacts>,
        /// The label that was added or removed.
        label: Option<String>,
    },
    IssueComment {
        action: &'static str,
        issue: Box<IssueFacts>,
        comment: Box<CommentFacts>,
        /// What it said before.
        before: Option<String>,
    },
    PullRequest {
        action: &'static str,
        pull_request: Box<PullRequestFacts>,
        /// The heads before and after a push.
        moved: Option<(Sha, Sha)>,
        /// The label that was added or removed.
        label: Option<String>,
        /// Why it left the merge queue.
        reason: Option<&'static str>,
    },
    /// Its owner made it private.
    Privatized,
    Push(Box<Push>),
    /// A branch or a tag is new.
    RefCreated(RefFacts),
    /// A branch or a tag is gone.
    RefDeleted(RefFacts),
    /// The merge queue has a new group, or one less.
    MergeGroup {
        action: &'static str,
        group: Box<RecordedMergeGroup>,
        commit: Box<Commit>,
        /// Why it is gone.
        reason: Option<&'static str>,
    },
    /// There is a fork of it.
    Forked(Box<RepositoryFacts>),
    /// Somebody has submitted a review.
    Review {
        review: Box<ReviewFacts>,
        pull_request: Box<PullRequestFacts>,
    },
    /// It has another name now; this was the one before, without the owner.
    Renamed(String),
    Status {
        status: Box<RecordedStatus>,
        /// The branches that have the commit, each with its last one.
        branches: Vec<(String, Sha)>,
        commit: Option<Box<Commit>>,
    },
}

/// A branch or a tag.
#[derive(Debug)]
pub(crate) struct RefFacts {
    /// `branch` or `tag`.
    pub(crate) kind: &'static str,
    /// In short: `main`.
    pub(crate) name: String,
}

/// A branch or a tag moved, or was made, or deleted.
#[derive(Debug)]
pub(crate) struct Push {
    /// In full: `refs/heads/main`.
    pub(crate) reference: String,
    pub(crate) before: Option<Sha>,
    pub(crate) after: Option<Sha>,
    /// Whether what was there is not among what is there now.
    pub(crate) forced: bool,
    /// A branch, in full, that a new one begins with.
    pub(crate) base: Option<String>,
    /// The new commits, the oldest first.
    pub(crate) commits: Vec<Commit>,
    /// The last commit of the branch, or the tag's.
    pub(crate) head: Option<Commit>,
    /// The login of the account that pushed.
    pub(crate) pusher: String,
}

impl What {
    /// The event's name, as hooks subscribe to it.
    pub(crate) fn event(&self) -> &'static str {
        match self {
            Self::Ping(..) => "ping",
            Self::HookDeleted(..) => "meta",
            Self::Installed(..) => "installation",
            Self::InRepository(_, event) => event.name(),
        }
    }

    /// The payload's `action`, where the event has one.
    pub(crate) fn action(&self) -> Option<&'static str> {
        match self {
            Self::Ping(..) => None,
            Self::HookDeleted(..) => Some("deleted"),
            Self::Installed(..) => Some("created"),
            Self::InRepository(_, event) => event.action(),
        }
    }

    pub(crate) fn repository(&self) -> Option<&RepositoryFacts> {
        match self {
            Self::InRepository(repository, _) => Some(repository),
            Self::Ping(_, repository) | Self::HookDeleted(_, repository) => repository.as_deref(),
            Self::Installed(..) => None,
        }
    }
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Self::CheckRun { .. } => "check_run",
            Self::CheckSuite { .. } => "check_suite",
            Self::Deployment(_) => "deployment",
            Self::DeploymentStatus { .. } => "deployment_status",
            Self::Issue { .. } => "issues",
            Self::IssueComment { .. } => "issue_comment",
            Self::MergeGroup { .. } => "merge_group",
            Self::PullRequest { .. } => "pull_request",
            Self::Push(_) => "push",
            Self::RefCreated(_) => "create",
            Self::RefDeleted(_) => "delete",
            Self::Forked(_) => "fork",
            Self::Renamed(_) | Self::Privatized => "repository",
            Self::Review { .. } => "pull_request_review",
            Self::Status { .. } => "status",
        }
    }

    fn action(&self) -> Option<&'static str> {
        match self {
            Self::CheckRun { action, .. }
            | Self::CheckSuite { action, .. }
            | Self::Issue { action, .. }
            | Self::IssueComment { action, .. }
            | Self::MergeGroup { action, .. }
            | Self::PullRequest { action, .. } => Some(action),
            Self::Deployment(_) | Self::DeploymentStatus { .. } => Some("created"),
            Self::Renamed(_) => Some("renamed"),
            Self::Privatized => Some("privatized"),
            Self::Push(_)
            | Self::RefCreated(_)
            | Self::RefDeleted(_)
            | Self::Forked(_)
            | Self::Status { .. } => None,
            Self::Review { .. } => Some("submitted"),
        }
    }
}

/// One hook that is to be told of something.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) hook: u64,
    /// What kind of thing the hook's owner is, and its number.
    pub(crate) target: (&'static str, u64),
    pub(crate) url: String,
    pub(crate) secret: Option<WebhookSecret>,
    pub(crate) form: bool,
    /// The App's installation that it is about.
    pub(crate) installation: Option<u64>,
    /// Whether this hook was told of it before.
    pub(crate) redelivery: bool,
    pub(crate) occurrence: Arc<Occurrence>,
}
