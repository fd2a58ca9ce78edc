//! Deployments, their statuses, and the rules and reviews that they wait for.
//!
//! The events: `deployment`, `deployment_protection_rule`, `deployment_review`, `deployment_status`.
//!
//! It leans on `checks/` and `pull_requests/`: a run of a workflow deploys, for pull requests.

pub(crate) mod deployment_action;
pub(crate) mod deployment_event;
pub(crate) mod deployment_protection_rule;
pub(crate) mod deployment_review;
pub(crate) mod deployment_status;

pub use deployment_action::DeploymentAction;
pub use deployment_event::DeploymentEvent;
pub use deployment_protection_rule::{
    DeploymentProtectionRuleAction, DeploymentProtectionRuleEvent,
};
pub use deployment_review::{
    DeploymentReviewAction, DeploymentReviewEvent, DeploymentReviewJob, DeploymentReviewer,
    DeploymentReviewerType,
};
pub use deployment_status::{DeploymentCheckRun, DeploymentStatus, DeploymentStatusEvent};
