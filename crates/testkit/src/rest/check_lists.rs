//! The check runs and check suites of a commit, and asking for them again.

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::page::Page;
use crate::objects::check_run::RecordedCheckRun;
use crate::payload;
use crate::state::app;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// Of each suite and name the latest, unless all are asked for.
pub(super) fn runs(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, sha) = commit(world, call)?;
    let repository = world.repository(at);
    let is_wanted = |it: &RecordedCheckRun| {
        it.sha == sha
            && call.query("check_name").is_none_or(|name| it.name == name)
            && call.query("app_id").is_none_or(|id| id == app::ID.to_string())
            && call.query("status").is_none_or(|status| it.status == status)
    };
    let runs: Vec<&RecordedCheckRun> = match call.query("filter") {
        Some("all") => repository.check_runs.iter().rev().filter(|it| is_wanted(it)).collect(),
        _ => repository.latest_check_runs(is_wanted),
    };
    let facts = repository.facts();
    let shown = |it: &RecordedCheckRun| {
        payload::check_run::check_run(&world.links, &facts, &repository.check_run_facts(it))
    };
    let runs = runs.into_iter().map(shown).collect();
    Ok(wrapped(world, call, "check_runs", runs))
}

pub(super) fn suites(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, sha) = commit(world, call)?;
    let repository = world.repository(at);
    let mut ids: Vec<u64> =
        repository.check_runs.iter().filter(|it| it.sha == sha).map(|it| it.suite).collect();
    ids.dedup();
    let facts = repository.facts();
    let suites = ids.into_iter().filter_map(|id| repository.suite_facts(id));
    let suites =
        suites.map(|it| payload::check_suite::check_suite(&world.links, &facts, &it)).collect();
    Ok(wrapped(world, call, "check_suites", suites))
}

pub(super) fn rerequest_run(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    call.caller.require_installation()?;
    let at = call.repository(world)?;
    let id = call.number("check_run_id")?;
    world.rerequest_check_run(at, id, &call.user).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(StatusCode::CREATED, json!({})))
}

pub(super) fn rerequest_suite(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    call.caller.require_installation()?;
    let at = call.repository(world)?;
    let id = call.number("check_suite_id")?;
    world.rerequest_check_suite(at, id, &call.user).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(StatusCode::CREATED, json!({})))
}

/// The repository, and the commit in it that the path names.
fn commit(world: &World, call: &Call) -> Result<(RepositoryIndex, hookstead_types::Sha), Answer> {
    let at = call.repository(world)?;
    let reference = call.parameter("ref");
    let found = world.repository(at).resolve(reference);
    let unknown = || Answer::unprocessable(&format!("No commit found for SHA: {reference}"));
    Ok((at, found.ok_or_else(unknown)?.sha))
}

/// A page of a list with an object around it.
pub(super) fn wrapped(world: &World, call: &Call, field: &str, entries: Vec<Value>) -> Answer {
    let page = Page::of(call);
    let all = entries.len();
    let mut body = json!({ "total_count": all });
    body[field] = page.cut(entries).into();
    page.link(Answer::ok(body), world, call, all)
}
