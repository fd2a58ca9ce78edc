use hookstead_types::DeploymentState;

use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use super::validation::{boolean, description, link, required_text, text};
use crate::payload;
use crate::state::changes::deployments::NewDeploymentStatus;
use crate::state::world::World;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let deployment = call.number("deployment_id")?;
    world.repository(at).deployment(deployment).ok_or_else(Answer::not_found)?;
    let body = &call.body;
    let state = DeploymentState::from(required_text(body, "state")?);
    if matches!(state, DeploymentState::Unknown(_)) {
        let message = "state is not included in the list";
        return Err(Answer::invalid("DeploymentStatus", "state", message));
    }
    // The newer of the two names wins.
    let log_url = match link(body, "log_url", "DeploymentStatus")? {
        Some(log_url) => Some(log_url),
        None => link(body, "target_url", "DeploymentStatus")?,
    };
    let environment_url = link(body, "environment_url", "DeploymentStatus")?;
    let new = NewDeploymentStatus {
        state,
        description: description(body, "DeploymentStatus")?.unwrap_or_default().to_owned(),
        environment: text(body, "environment")?.map(str::to_owned),
        environment_url: given(environment_url),
        log_url: given(log_url),
        auto_inactive: boolean(body, "auto_inactive")?.unwrap_or(true),
    };
    let status = world
        .create_deployment_status(at, deployment, new, &call.user)
        .ok_or_else(Answer::not_found)?;
    Ok(Answer::created(payload::deployment::status(&world.links, &world.facts(at), &status)))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let id = call.number("deployment_id")?;
    let repository = world.repository(at);
    let facts = repository.facts();
    repository.deployment(id).ok_or_else(Answer::not_found)?;
    let statuses = repository.deployment_statuses.iter().rev().filter(|it| it.deployment_id == id);
    let statuses =
        statuses.map(|it| payload::deployment::status(&world.links, &facts, it)).collect();
    Ok(paged(world, call, statuses))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let (deployment, id) = (call.number("deployment_id")?, call.number("status_id")?);
    let repository = world.repository(at);
    let facts = repository.facts();
    let status = repository
        .deployment_statuses
        .iter()
        .find(|it| it.deployment_id == deployment && it.id == id)
        .ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(payload::deployment::status(&world.links, &facts, status)))
}

/// An empty link is none.
fn given(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}
