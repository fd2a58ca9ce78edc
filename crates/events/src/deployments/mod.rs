//! Deployments, their statuses, and the rules and reviews that they wait for.

pub(crate) mod deployment;
pub(crate) mod deployment_protection_rule;
pub(crate) mod deployment_review;

pub use deployment::{
    Deployment, DeploymentAction, DeploymentCheckRun, DeploymentEvent, DeploymentStatus,
    DeploymentStatusEvent, MinimalDeployment,
};
pub use deployment_protection_rule::{
    DeploymentProtectionRuleAction, DeploymentProtectionRuleEvent,
};
pub use deployment_review::{
    DeploymentReviewAction, DeploymentReviewEvent, DeploymentReviewJob, DeploymentReviewer,
    DeploymentReviewerType,
};
