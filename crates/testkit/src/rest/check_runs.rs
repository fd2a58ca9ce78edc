use hookstead_events::{CheckConclusion, CheckStatus};
use hookstead_types::Timestamp;
use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::validation::{Object, link, missing, required_text, text, wrong_type};
use crate::objects::check_run::RecordedCheckRun;
use crate::payload;
use crate::state::changes::check_runs::{CheckRunChange, CheckRunOutput};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// The longest summary or text, in bytes: GitHub's documentation speaks of characters.
const TEXT_LIMIT: usize = 65_535;

/// The longest message and the longest details of an annotation, in bytes.
const ANNOTATION_LIMIT: usize = 64 * 1024;

/// The longest title of an annotation, in characters.
const ANNOTATION_TITLE_LIMIT: usize = 255;

/// As many annotations may one request bring; later requests add more.
const ANNOTATIONS_LIMIT: usize = 50;

const ACTIONS_LIMIT: usize = 3;

/// What a button's parts are, and how many characters each may have.
const ACTION: &[(&str, usize)] = &[("label", 20), ("description", 40), ("identifier", 20)];

pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    call.caller.require_installation()?;
    let at = call.repository(world)?;
    let body = &call.body;
    let (name, sha) = (required_text(body, "name")?, required_text(body, "head_sha")?);
    let change = CheckRunChange { name: Some(name.to_owned()), ..read(body, true)? };
    let run = world
        .create_check_run(at, sha, change, &call.user)
        .ok_or_else(|| Answer::unprocessable(&format!("No commit found for SHA: {sha}")))?;
    Ok(Answer::created(shown(world, at, &run)))
}

pub(super) fn update(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    call.caller.require_installation()?;
    let at = call.repository(world)?;
    let id = call.number("check_run_id")?;
    world.repository(at).check_run(id).ok_or_else(Answer::not_found)?;
    let change = read(&call.body, false)?;
    let run = world.update_check_run(at, id, change, &call.user).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(shown(world, at, &run)))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let run = world.repository(at).check_run(call.number("check_run_id")?);
    Ok(Answer::ok(shown(world, at, run.ok_or_else(Answer::not_found)?)))
}

fn shown(world: &World, at: RepositoryIndex, run: &RecordedCheckRun) -> Value {
    let repository = world.repository(at);
    let (facts, run) = (repository.facts(), repository.check_run_facts(run));
    payload::check_run::check_run(&world.links, &facts, &run)
}

fn read(body: &Object, new: bool) -> Result<CheckRunChange, Answer> {
    let status = text(body, "status")?.map(CheckStatus::from);
    let known = [CheckStatus::Queued, CheckStatus::InProgress, CheckStatus::Completed];
    if status.as_ref().is_some_and(|status| !known.contains(status)) {
        return Err(invalid("status", "status is not included in the list"));
    }
    let conclusion = text(body, "conclusion")?.map(CheckConclusion::from);
    // GitHub alone says that a check run is stale.
    let refused =
        |it: &CheckConclusion| matches!(it, CheckConclusion::Unknown(_) | CheckConclusion::Stale);
    if conclusion.as_ref().is_some_and(refused) {
        return Err(invalid("conclusion", "conclusion is not included in the list"));
    }
    let completed_at = time(body, "completed_at")?;
    let completed = status == Some(CheckStatus::Completed) || completed_at.is_some();
    if completed && conclusion.is_none() {
        return Err(missing("conclusion"));
    }
    Ok(CheckRunChange {
        name: text(body, "name")?.map(str::to_owned),
        status,
        conclusion,
        started_at: time(body, "started_at")?,
        completed_at,
        details_url: link(body, "details_url", "CheckRun")?.map(str::to_owned),
        external_id: text(body, "external_id")?.map(str::to_owned),
        output: output(body, new)?,
        actions: actions(body)?,
    })
}

fn time(body: &Object, key: &str) -> Result<Option<Timestamp>, Answer> {
    let Some(text) = text(body, key)? else {
        return Ok(None);
    };
    let time = Timestamp::from(text);
    if time.instant().is_some() { Ok(Some(time)) } else { Err(invalid(key, "is not a valid date")) }
}

fn output(body: &Object, new: bool) -> Result<Option<CheckRunOutput>, Answer> {
    let output = match body.get("output") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(output)) => output,
        Some(other) => return Err(wrong_type("output", other, "an object")),
    };
    let title = if new { Some(required_text(output, "title")?) } else { text(output, "title")? };
    let (summary, words) = (required_text(output, "summary")?, text(output, "text")?);
    for (key, value) in [("summary", Some(summary)), ("text", words)] {
        if value.is_some_and(|value| value.len() > TEXT_LIMIT) {
            return Err(invalid(key, &format!("{key} exceeds a maximum bytesize of {TEXT_LIMIT}")));
        }
    }
    let annotations = objects(output, "annotations")?;
    if annotations.len() > ANNOTATIONS_LIMIT {
        let message = format!("no more than {ANNOTATIONS_LIMIT} annotations in one request");
        return Err(invalid("annotations", &message));
    }
    for annotation in &annotations {
        required_text(annotation, "path")?;
        required_text(annotation, "message")?;
        for key in ["message", "raw_details"] {
            if text(annotation, key)?.is_some_and(|it| it.len() > ANNOTATION_LIMIT) {
                let message = format!("{key} exceeds a maximum bytesize of {ANNOTATION_LIMIT}");
                return Err(invalid(key, &message));
            }
        }
        if text(annotation, "title")?.is_some_and(|it| it.chars().count() > ANNOTATION_TITLE_LIMIT)
        {
            let message =
                format!("title is too long (maximum is {ANNOTATION_TITLE_LIMIT} characters)");
            return Err(invalid("title", &message));
        }
        let level = required_text(annotation, "annotation_level")?;
        if !["notice", "warning", "failure"].contains(&level) {
            return Err(invalid("annotation_level", "is not included in the list"));
        }
        for key in ["start_line", "end_line"] {
            annotation.get(key).and_then(Value::as_u64).ok_or_else(|| missing(key))?;
        }
    }
    Ok(Some(CheckRunOutput {
        title: title.map(str::to_owned),
        summary: summary.to_owned(),
        text: words.map(str::to_owned),
        annotations: annotations.len(),
    }))
}

/// The identifiers of the buttons, if the body has any.
fn actions(body: &Object) -> Result<Option<Vec<String>>, Answer> {
    let actions = objects(body, "actions")?;
    if actions.len() > ACTIONS_LIMIT {
        return Err(invalid("actions", &format!("no more than {ACTIONS_LIMIT} actions")));
    }
    for action in &actions {
        for (key, limit) in ACTION {
            if required_text(action, key)?.chars().count() > *limit {
                let message = format!("{key} is too long (maximum is {limit} characters)");
                return Err(invalid(key, &message));
            }
        }
    }
    let identifier = |action: &&Object| required_text(action, "identifier").map(str::to_owned);
    let identifiers = actions.iter().map(identifier).collect::<Result<Vec<_>, _>>()?;
    Ok(body.contains_key("actions").then_some(identifiers))
}

fn objects<'a>(body: &'a Object, key: &str) -> Result<Vec<&'a Object>, Answer> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(entries)) => {
            let object =
                |it: &'a Value| it.as_object().ok_or_else(|| wrong_type(key, it, "an object"));
            entries.iter().map(object).collect()
        }
        Some(other) => Err(wrong_type(key, other, "an array")),
    }
}

fn invalid(field: &str, message: &str) -> Answer {
    Answer::invalid("CheckRun", field, message)
}
