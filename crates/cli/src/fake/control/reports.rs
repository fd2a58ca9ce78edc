//! Hooks, and what other programs than the one under test report.

use hookstead::types::{DeploymentState, StatusState};
use hookstead_testkit::FakeDeployment;
use serde_json::{Value, json};

use super::call::Call;
use super::field::{Kind, optional, required};
use super::refusal::Refusal;
use super::route::{Route, post};
use super::{shown, world};

/// All states of a commit status.
pub(super) const STATUS: Kind = Kind::OneOf(StatusState::KNOWN);

/// All states of a deployment status.
pub(super) const DEPLOYMENT_STATUS: Kind = Kind::OneOf(DeploymentState::KNOWN);

pub(super) const ROUTES: &[Route] = &[
    post(
        "/repositories/{owner}/{name}/create-hook",
        "Adds a hook to a repository, and pings it",
        world::HOOK,
        create_hook,
    ),
    post(
        "/repositories/{owner}/{name}/create-status",
        "Adds a status to a commit, as another program than the one under test",
        &[
            required("commit", Kind::Text, "a full sha, or a branch"),
            required("context", Kind::Text, "what reports"),
            required("state", STATUS, "the state"),
        ],
        create_status,
    ),
    post(
        "/repositories/{owner}/{name}/create-deployment",
        "Makes a deployment, as another program than the one under test",
        &[
            required("ref", Kind::Text, "a branch, a tag or a full sha"),
            optional("environment", Kind::Text, "where to; production by default"),
            optional("task", Kind::Text, "what is to be done; deploy by default"),
            optional("description", Kind::Text, "the description"),
            optional("payload", Kind::Json, "the creator's own data"),
        ],
        create_deployment,
    ),
    post(
        "/repositories/{owner}/{name}/create-deployment-status",
        "Adds a status to a deployment, as another program than the one under test",
        &[
            required("deployment", Kind::Whole, "the deployment's id"),
            required("state", DEPLOYMENT_STATUS, "the state"),
        ],
        create_deployment_status,
    ),
    post(
        "/repositories/{owner}/{name}/rerequest-check-run",
        "Asks the App for a check run again",
        &[required("id", Kind::Whole, "the check run's id")],
        rerequest_check_run,
    ),
];

fn create_hook(call: &Call) -> Result<Value, Refusal> {
    Ok(json!({ "id": call.repository()?.create_hook(world::hook(call)?) }))
}

fn create_status(call: &Call) -> Result<Value, Refusal> {
    let sha = call.commit("commit")?;
    let state = StatusState::from(call.text("state"));
    let created = call.repository()?.create_status(&sha, call.text("context"), state);
    Ok(shown::status(&created))
}

fn create_deployment(call: &Call) -> Result<Value, Refusal> {
    let mut new = FakeDeployment::new(call.text("ref"));
    if let Some(environment) = call.optional_text("environment") {
        new = new.environment(environment);
    }
    if let Some(task) = call.optional_text("task") {
        new = new.task(task);
    }
    if let Some(description) = call.optional_text("description") {
        new = new.description(description);
    }
    if let Some(payload) = call.value("payload") {
        new = new.payload(payload.clone());
    }
    Ok(shown::deployment(&call.repository()?.create_deployment(new)))
}

fn create_deployment_status(call: &Call) -> Result<Value, Refusal> {
    let state = DeploymentState::from(call.text("state"));
    let id = call.whole("deployment");
    Ok(shown::deployment_status(&call.repository()?.create_deployment_status(id, state)))
}

fn rerequest_check_run(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.rerequest_check_run(call.whole("id"));
    Ok(json!({}))
}
