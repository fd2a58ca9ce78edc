use hookstead_types::StatusState;

use super::answer::Answer;
use super::call::Call;
use super::page::{Page, paged};
use super::validation::{context, description, link, required_text};
use crate::objects::status::RecordedStatus;
use crate::payload;
use crate::state::changes::statuses::NewStatus;
use crate::state::repository::Resolved;
use crate::state::world::World;

/// As many statuses may one commit have in one context.
const PER_CONTEXT_LIMIT: usize = 1000;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let sha = call.parameter("sha");
    let state = StatusState::from(required_text(&call.body, "state")?);
    if matches!(state, StatusState::Unknown(_)) {
        return Err(Answer::invalid("Status", "state", "state is not included in the list"));
    }
    let context = context(&call.body)?;
    let new = NewStatus {
        description: description(&call.body, "Status")?.map(str::to_owned),
        target_url: link(&call.body, "target_url", "Status")?.map(str::to_owned),
        ..NewStatus::new(state, context)
    };

    let earlier = world.repository(at).statuses.iter().filter(|status| {
        status.sha == sha.to_ascii_lowercase().as_str()
            && status.context.eq_ignore_ascii_case(context)
    });
    if earlier.count() >= PER_CONTEXT_LIMIT {
        let message = "This SHA and context has reached the maximum number of statuses.";
        return Err(Answer::invalid("Status", "context", message));
    }
    let status = world
        .create_status(at, sha, new, &call.user)
        .ok_or_else(|| Answer::unprocessable(&format!("No commit found for SHA: {sha}")))?;
    Ok(Answer::created(payload::status::status(&world.links, &world.facts(at), &status)))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let facts = repository.facts();
    let found = resolve(repository.resolve(call.parameter("ref")))?;
    let statuses = repository.statuses.iter().rev().filter(|status| status.sha == found.sha);
    let statuses =
        statuses.map(|status| payload::status::status(&world.links, &facts, status)).collect();
    Ok(paged(world, call, statuses))
}

pub(super) fn combined(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let facts = repository.facts();
    let found = resolve(repository.resolve(call.parameter("ref")))?;
    let all: Vec<&RecordedStatus> = repository.current_statuses(&found.sha);
    let page = Page::of(call);
    let shown = page.cut(all.clone());
    let combined = payload::status::combined(&world.links, &facts, &found.sha, &all, &shown);
    Ok(page.link(Answer::ok(combined), world, call, all.len()))
}

fn resolve(found: Option<Resolved>) -> Result<Resolved, Answer> {
    found.ok_or_else(Answer::not_found)
}
