//! Deployments: asking for one, and what comes of it.

pub(crate) mod deployment;
pub(crate) mod deployment_filter;
pub(crate) mod ensure;
pub(crate) mod new_deployment;
pub(crate) mod refusal;

pub use deployment::{Deployment, DeploymentOutcome};
pub use deployment_filter::DeploymentFilter;
pub use ensure::EnsuredDeployment;
pub use new_deployment::{NewDeployment, RequiredContexts};
pub use refusal::{FailingContext, Refusal, RefusalReason};
