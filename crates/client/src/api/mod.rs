//! The parts of GitHub that are called, a file or a folder for each.
//!
//! A part's requests, answers and outcomes stand in one place, together with the methods that call it. Each
//! call is declared there as an `Endpoint`, and `calls` collects the declarations.
//!
//! This wing leans on `client` and `repo`, whose methods it adds, on `app` and on `engine`. Nothing leans on it.

pub(crate) mod calls;
pub(crate) mod check_run;
pub(crate) mod code;
pub(crate) mod collaborator;
pub(crate) mod decoration;
pub(crate) mod deployment;
pub(crate) mod deployment_status;
pub(crate) mod environment;
pub(crate) mod hook;
pub(crate) mod installation;
pub(crate) mod issue;
pub(crate) mod merge;
pub(crate) mod pull_request;
pub(crate) mod pull_request_filter;
pub(crate) mod repository;
pub(crate) mod required;
pub(crate) mod review;
pub(crate) mod status;

pub use calls::calls;
pub use check_run::{
    CheckAction, CheckAnnotation, CheckApp, CheckOutput, CheckRun, CheckRunFilter, CheckSuite,
    NewCheckRun, OutputOfRun, SuiteOfRun,
};
pub use code::{
    Branch, BranchHead, BranchProtection, ChangedFile, Commit, CommitDetails, CommitFilter,
    CommitPerson, Comparison, ComparisonStatus, FileChange, ObjectName, ProtectingCheck,
    ProtectingChecks, Tree, TreeEntry,
};
pub use collaborator::{CollaboratorLevel, CollaboratorPermission};
pub use decoration::{
    CHECK_TEXT_MAX_BYTES, COMMENT_MAX_CHARACTERS, CONTEXT_MAX_CHARACTERS,
    DESCRIPTION_MAX_CHARACTERS,
};
pub use deployment::{
    Deployment, DeploymentFilter, DeploymentOutcome, EnsuredDeployment, FailingContext,
    NewDeployment, Refusal, RefusalReason, RequiredContexts,
};
pub use deployment_status::{DeploymentStatus, NewDeploymentStatus};
pub use environment::{Environment, EnvironmentRule};
pub use hook::{
    Hook, HookConfig, HookConfigUpdate, HookDeliveries, HookDelivery, HookMessage, HookResponse,
    HookUpdate, Hooks, NewHook,
};
pub use installation::Installation;
pub use issue::{IssueComment, Label, LabelOutcome, NewLabel, Reaction, ReactionContent};
pub use merge::{
    BranchMergeOutcome, MergeAction, MergeOptions, MergeOutcome, MergeRequest, MergeRequestOutcome,
    MergeRequestState,
};
pub use pull_request::{PullRequest, PullRequestBranch, PullRequestRepo};
pub use pull_request_filter::PullRequestFilter;
pub use repository::{Repository, RepositoryPermissions};
pub use required::{
    BranchRule, CheckSource, CheckState, CommitCheck, CommitChecks, RequiredCheck, RequiredChecks,
    RuleParameters, RuledCheck, Unread,
};
pub use review::{Review, ReviewState};
pub use status::{CombinedStatus, NewStatus, Status};
