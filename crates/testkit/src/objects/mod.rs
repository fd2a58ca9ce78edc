//! What a test makes and finds in a repository: plain data, without behaviour.

pub(crate) mod check_run;
pub(crate) mod commit;
pub(crate) mod deployment;
pub(crate) mod deployment_status;
pub(crate) mod hook;
pub(crate) mod issue;
pub(crate) mod label;
pub(crate) mod merge_group;
pub(crate) mod protection;
pub(crate) mod pull_request;
pub(crate) mod recorded_hook;
pub(crate) mod review;
pub(crate) mod status;

pub use check_run::RecordedCheckRun;
pub use commit::FakeCommit;
pub use deployment::{FakeDeployment, RecordedDeployment};
pub use deployment_status::RecordedDeploymentStatus;
pub use hook::FakeHook;
pub use issue::{FakeIssue, RecordedComment, RecordedIssue, RecordedReaction};
pub use label::RecordedLabel;
pub use merge_group::RecordedMergeGroup;
pub use protection::FakeProtection;
pub use pull_request::{FakePullRequest, RecordedPullRequest};
pub use recorded_hook::RecordedHook;
pub use review::RecordedReview;
pub use status::RecordedStatus;
