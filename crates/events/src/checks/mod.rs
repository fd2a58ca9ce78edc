//! What is said of a commit: statuses, check runs and suites, and the runs and jobs of workflows.

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
