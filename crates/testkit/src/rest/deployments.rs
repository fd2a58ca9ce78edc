use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use super::validation::{boolean, description, required_text, text, texts, wrong_type};
use crate::objects::deployment::{FakeDeployment, RecordedDeployment};
use crate::payload;
use crate::state::changes::deployments::DeploymentRefusal;
use crate::state::world::World;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let new = read(call)?;
    let r#ref = new.r#ref.clone();
    let deployment =
        world.create_deployment(at, new, &call.user).map_err(|it| refused(it, &r#ref))?;
    let facts = world.facts(at);
    Ok(Answer::created(payload::deployment::deployment(&world.links, &facts, &deployment)))
}

fn read(call: &Call) -> Result<FakeDeployment, Answer> {
    let body = &call.body;
    let payload = match body.get("payload") {
        None | Some(Value::Null) => json!({}),
        // An object stays an object, a string stays a string, even if it is JSON.
        Some(payload @ (Value::Object(_) | Value::String(_))) => payload.clone(),
        Some(other) => return Err(wrong_type("payload", other, "an object or a string")),
    };
    Ok(FakeDeployment {
        r#ref: required_text(body, "ref")?.to_owned(),
        task: text(body, "task")?.unwrap_or("deploy").to_owned(),
        payload,
        environment: text(body, "environment")?.unwrap_or("production").to_owned(),
        description: description(body, "Deployment")?.map(str::to_owned),
        transient_environment: boolean(body, "transient_environment")?.unwrap_or(false),
        production_environment: boolean(body, "production_environment")?,
        auto_merge: boolean(body, "auto_merge")?.unwrap_or(true),
        required_contexts: texts(body, "required_contexts")?,
    })
}

fn refused(refusal: DeploymentRefusal, r#ref: &str) -> Answer {
    match refusal {
        DeploymentRefusal::UnknownRef => Answer::unprocessable(&format!("No ref found for: {ref}")),
        // No error, and yet no deployment.
        DeploymentRefusal::AutoMerged { base, head } => Answer::json(
            StatusCode::ACCEPTED,
            json!({ "message": format!("Auto-merged {base} into {head} on deployment.") }),
        ),
        DeploymentRefusal::Conflict { base, head } => {
            Answer::error(StatusCode::CONFLICT, &format!("Conflict merging {base} into {head}."))
        }
        DeploymentRefusal::FailedContexts(failed) => {
            let contexts: Vec<Value> = failed
                .iter()
                .map(|(context, state)| json!({ "context": context, "state": state }))
                .collect();
            let message = format!("Conflict: Commit status checks failed for {ref}.");
            Answer::error(StatusCode::CONFLICT, &message).with_errors(json!([{
                "contexts": contexts,
                "resource": "Deployment",
                "field": "required_contexts",
                "code": "invalid",
            }]))
        }
    }
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let facts = repository.facts();
    let wanted = |it: &&RecordedDeployment| {
        let is = |key, value: &str| call.query(key).is_none_or(|it| it == "none" || it == value);
        is("sha", it.sha.as_str())
            && is("ref", &it.r#ref)
            && is("task", &it.task)
            && is("environment", &it.environment)
    };
    let deployments = repository.deployments.iter().rev().filter(wanted);
    let deployments =
        deployments.map(|it| payload::deployment::deployment(&world.links, &facts, it)).collect();
    Ok(paged(world, call, deployments))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let facts = repository.facts();
    let deployment =
        repository.deployment(call.number("deployment_id")?).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(payload::deployment::deployment(&world.links, &facts, deployment)))
}

/// An active deployment can be deleted only if it is the last one.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let id = call.number("deployment_id")?;
    world.repository(at).deployment(id).ok_or_else(Answer::not_found)?;
    let active = world.is_active(at, id);
    let repository = world.repository_mut(at);
    if active && repository.deployments.len() > 1 {
        return Err(Answer::unprocessable(
            "We cannot delete an active deployment unless it is the only deployment in a given \
             environment.",
        ));
    }
    repository.deployments.retain(|it| it.id != id);
    repository.deployment_statuses.retain(|it| it.deployment_id != id);
    Ok(Answer::no_content())
}
