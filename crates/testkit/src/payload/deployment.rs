use serde_json::{Value, json};

use super::ids::node_id;
use super::user;
use crate::objects::deployment::RecordedDeployment;
use crate::objects::deployment_status::RecordedDeploymentStatus;
use crate::state::facts::RepositoryFacts;
use crate::state::links::Links;

/// A deployment.
pub(crate) fn deployment(
    links: &Links,
    repository: &RepositoryFacts,
    deployment: &RecordedDeployment,
) -> Value {
    let api = links.api_repository(&repository.name);
    let url = format!("{api}/deployments/{}", deployment.id);
    json!({
        "url": url,
        "id": deployment.id,
        "node_id": node_id("DE_kwDO", deployment.id),
        "sha": deployment.sha,
        "ref": deployment.r#ref,
        "task": deployment.task,
        "payload": deployment.payload,
        "original_environment": deployment.original_environment,
        "environment": deployment.environment,
        "description": deployment.description,
        "creator": user::user(links, &deployment.creator),
        "created_at": deployment.created_at,
        "updated_at": deployment.updated_at,
        "statuses_url": format!("{url}/statuses"),
        "repository_url": api,
        "transient_environment": deployment.transient_environment,
        "production_environment": deployment.production_environment,
        "performed_via_github_app": null,
    })
}

/// A deployment status.
pub(crate) fn status(
    links: &Links,
    repository: &RepositoryFacts,
    status: &RecordedDeploymentStatus,
) -> Value {
    let api = links.api_repository(&repository.name);
    let deployment = format!("{api}/deployments/{}", status.deployment_id);
    // GitHub writes no link as an empty one.
    let log_url = status.log_url.as_deref().unwrap_or_default();
    let environment_url = status.environment_url.as_deref().unwrap_or_default();
    json!({
        "url": format!("{deployment}/statuses/{}", status.id),
        "id": status.id,
        "node_id": node_id("DES_kwDO", status.id),
        "state": status.state,
        "creator": user::user(links, &status.creator),
        "description": status.description,
        "environment": status.environment,
        // The same link under its older name and its newer one.
        "target_url": log_url,
        "log_url": log_url,
        "environment_url": environment_url,
        "created_at": status.created_at,
        "updated_at": status.created_at,
        "deployment_url": deployment,
        "repository_url": api,
        "performed_via_github_app": null,
    })
}
