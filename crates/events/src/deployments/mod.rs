//! Deployments, their statuses, and the rules and reviews that they wait for.

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
