//! What is said of a commit: statuses, check runs and suites, and the runs and jobs of workflows.
//!
//! The events: `check_run`, `check_suite`, `status`, `workflow_dispatch`, `workflow_job`,
//! `workflow_run`.
//!
//! It leans on `code/` and `pull_requests/`: a check shows the commit and the pull requests that it
//! is about.

pub(crate) mod check_run;
pub(crate) mod check_suite;
pub(crate) mod status;
pub(crate) mod workflow;
pub(crate) mod workflow_dispatch;
pub(crate) mod workflow_job;
pub(crate) mod workflow_run;
pub(crate) mod workflow_run_event;

pub use check_run::{
    CheckRun, CheckRunAction, CheckRunEvent, CheckRunOutput, CheckRunSuite, RequestedAction,
};
pub use check_suite::{CheckSuite, CheckSuiteAction, CheckSuiteEvent};
pub use status::{
    CommitParent, CommitVerification, GitCommit, GitTree, StatusBranch, StatusBranchCommit,
    StatusCommit, StatusEvent,
};
pub use workflow::Workflow;
pub use workflow_dispatch::WorkflowDispatchEvent;
pub use workflow_job::{WorkflowJob, WorkflowJobAction, WorkflowJobEvent, WorkflowStep};
pub use workflow_run::{ReferencedWorkflow, WorkflowRun};
pub use workflow_run_event::{WorkflowRunAction, WorkflowRunEvent};
