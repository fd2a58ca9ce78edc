use hookstead_events::EventName;
use hookstead_signature::WebhookSecret;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use super::validation::{boolean, invalid_request, missing, only_keys, text, texts, wrong_type};
use crate::NewHook;
use crate::payload;
use crate::state::{Hook, RepositoryIndex, World};

pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let new = read(call)?;
    // Two hooks may share a config only if their events do not overlap.
    let overlaps = |hook: &Hook| {
        hook.settings.url == new.url
            && hook.settings.form == new.form
            && hook.settings.events.iter().any(|event| new.events.contains(event))
    };
    if world.repository(at).hooks.iter().any(overlaps) {
        let error = json!({
            "resource": "Hook",
            "code": "custom",
            "message": "Hook already exists on this repository",
        });
        return Err(Answer::unprocessable("Validation Failed").with_errors(json!([error])));
    }
    let id = world.create_hook(at, new);
    let hook = find(world, at, id)?;
    Ok(Answer::created(payload::hook(&world.links, world.repository(at), hook)))
}

fn read(call: &Call) -> Result<NewHook, Answer> {
    let body = &call.body;
    only_keys(body, &["name", "config", "events", "active"])?;
    if text(body, "name")?.is_some_and(|name| name != "web") {
        return Err(Answer::invalid("Hook", "name", "name must be \"web\""));
    }
    let config = match body.get("config") {
        Some(Value::Object(config)) => config,
        Some(other) => return Err(wrong_type("config", other, "an object")),
        None => return Err(missing("config")),
    };
    let url = text(config, "url")?.filter(|url| !url.is_empty());
    let url = url.ok_or_else(|| Answer::invalid("Hook", "url", "url cannot be blank"))?;
    let form = match text(config, "content_type")? {
        None | Some("form") => true,
        Some("json") => false,
        Some(_) => return Err(Answer::invalid("Hook", "content_type", "must be json or form")),
    };
    let insecure_ssl = match config.get("insecure_ssl") {
        None | Some(Value::Null) => "0".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => return Err(wrong_type("insecure_ssl", other, "a string or a number")),
    };
    let secret = text(config, "secret")?;
    let events = texts(body, "events")?.unwrap_or_else(|| vec!["push".to_owned()]);
    let unknown = |event: &&String| *event != "*" && !EventName::KNOWN.contains(&event.as_str());
    if let Some(event) = events.iter().find(unknown) {
        return Err(invalid_request(&format!("\"{event}\" is not a known event.")));
    }
    Ok(NewHook {
        url: url.to_owned(),
        // An empty secret is none.
        secret: secret.and_then(|secret| WebhookSecret::new(secret).ok()),
        form,
        events,
        active: boolean(body, "active")?.unwrap_or(true),
        insecure_ssl,
    })
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let hooks = repository.hooks.iter();
    let hooks = hooks.map(|hook| payload::hook(&world.links, repository, hook)).collect();
    Ok(paged(world, call, hooks))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let hook = find(world, at, call.number("hook_id")?)?;
    Ok(Answer::ok(payload::hook(&world.links, world.repository(at), hook)))
}

pub(super) fn ping(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    if world.ping(at, call.number("hook_id")?) {
        Ok(Answer::no_content())
    } else {
        Err(Answer::not_found())
    }
}

pub(super) fn find(world: &World, at: RepositoryIndex, id: u64) -> Result<&Hook, Answer> {
    world.repository(at).hooks.iter().find(|hook| hook.id == id).ok_or_else(Answer::not_found)
}
