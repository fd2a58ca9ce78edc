use hookstead_events::EventName;
use hookstead_signature::{InvalidSecret, WebhookSecret};
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use super::validation::{
    Object, boolean, invalid_request, missing, only_keys, required_text, text, texts, wrong_type,
};
use crate::objects::hook::FakeHook;
use crate::payload;
use crate::state::hook::{Hook, HookOwner};
use crate::state::world::World;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let owner = call.hook_owner(world)?;
    let new = read(call, owner)?;
    check_overlap(world, owner, None, &new)?;
    let id = world.add_hook(owner, new);
    Ok(Answer::created(shown(world, owner, find(world, owner, id)?)))
}

fn read(call: &Call, owner: HookOwner) -> Result<FakeHook, Answer> {
    let body = &call.body;
    only_keys(body, &["name", "config", "events", "active"])?;
    if matches!(owner, HookOwner::Organization(_)) {
        required_text(body, "name")?;
    }
    check_name(body)?;
    let config = object(body, "config")?.ok_or_else(|| missing("config"))?;
    let events = texts(body, "events")?.unwrap_or_else(|| vec!["push".to_owned()]);
    check_events(&events)?;
    let active = boolean(body, "active")?.unwrap_or(true);
    Ok(FakeHook { events, active, ..read_config(config)? })
}

fn check_name(body: &Object) -> Result<(), Answer> {
    match text(body, "name")? {
        None | Some("web") => Ok(()),
        Some(_) => Err(Answer::invalid("Hook", "name", "name must be \"web\"")),
    }
}

fn object<'a>(body: &'a Object, key: &str) -> Result<Option<&'a Object>, Answer> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(other) => Err(wrong_type(key, other, "an object")),
    }
}

/// A config that stands for itself: what it does not name has GitHub's default, and there is no
/// secret if it names none.
fn read_config(config: &Object) -> Result<FakeHook, Answer> {
    let mut hook = FakeHook::new("");
    change_config(&mut hook, config)?;
    if hook.url.is_empty() {
        return Err(Answer::invalid("Hook", "url", "url cannot be blank"));
    }
    Ok(hook)
}

/// Changes what a config names, and nothing else.
fn change_config(hook: &mut FakeHook, config: &Object) -> Result<(), Answer> {
    only_keys(config, &["url", "content_type", "secret", "insecure_ssl", "username", "password"])?;
    if let Some(url) = text(config, "url")? {
        if url.is_empty() {
            return Err(Answer::invalid("Hook", "url", "url cannot be blank"));
        }
        url.clone_into(&mut hook.url);
    }
    match text(config, "content_type")? {
        None => {}
        Some("form") => hook.form = true,
        Some("json") => hook.form = false,
        Some(_) => return Err(Answer::invalid("Hook", "content_type", "must be json or form")),
    }
    match config.get("insecure_ssl") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => text.clone_into(&mut hook.insecure_ssl),
        Some(Value::Number(number)) => hook.insecure_ssl = number.to_string(),
        Some(other) => return Err(wrong_type("insecure_ssl", other, "a string or a number")),
    }
    if let Some(secret) = text(config, "secret")? {
        hook.secret = match WebhookSecret::new(secret) {
            Ok(secret) => Some(secret),
            // An empty secret is none.
            Err(InvalidSecret::Empty) => None,
            // Better a clear word than deliveries that are not signed.
            Err(error) => return Err(Answer::invalid("Hook", "secret", &error.to_string())),
        };
    }
    Ok(())
}

fn check_events(events: &[String]) -> Result<(), Answer> {
    let unknown = |event: &&String| *event != "*" && !EventName::KNOWN.contains(&event.as_str());
    match events.iter().find(unknown) {
        Some(event) => Err(invalid_request(&format!("\"{event}\" is not a known event."))),
        None => Ok(()),
    }
}

/// Two hooks may share a config only if their events do not overlap.
fn check_overlap(
    world: &World,
    owner: HookOwner,
    changed: Option<u64>,
    new: &FakeHook,
) -> Result<(), Answer> {
    let overlaps = |hook: &Hook| {
        Some(hook.id) != changed
            && hook.settings.url == new.url
            && hook.settings.form == new.form
            && hook.settings.events.iter().any(|event| new.events.contains(event))
    };
    if !world.hooks(owner).iter().any(overlaps) {
        return Ok(());
    }
    let kind = match owner {
        HookOwner::Organization(_) => "organization",
        _ => "repository",
    };
    let error = json!({
        "resource": "Hook",
        "code": "custom",
        "message": format!("Hook already exists on this {kind}"),
    });
    Err(Answer::unprocessable("Validation Failed").with_errors(json!([error])))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let owner = call.hook_owner(world)?;
    let hooks = world.hooks(owner).iter();
    let hooks = hooks.map(|hook| shown(world, owner, hook)).collect();
    Ok(paged(world, call, hooks))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (owner, id) = named(world, call)?;
    Ok(Answer::ok(shown(world, owner, find(world, owner, id)?)))
}

/// A config that is named replaces the whole one, the secret included. A name is taken and changes nothing:
/// who sends back what he got has one in it.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (owner, id) = named(world, call)?;
    let body = &call.body;
    let of_repository = matches!(owner, HookOwner::Repository(_));
    let keys: &[&str] = if of_repository {
        &["config", "events", "add_events", "remove_events", "active", "name"]
    } else {
        &["config", "events", "active", "name"]
    };
    only_keys(body, keys)?;
    text(body, "name")?;
    let mut new = find(world, owner, id)?.settings.clone();
    if let Some(config) = object(body, "config")? {
        new = FakeHook { events: new.events, active: new.active, ..read_config(config)? };
    }
    if let Some(events) = texts(body, "events")? {
        new.events = events;
    }
    let added = texts(body, "add_events")?.unwrap_or_default();
    added.into_iter().for_each(|event| {
        if !new.events.contains(&event) {
            new.events.push(event);
        }
    });
    let removed = texts(body, "remove_events")?.unwrap_or_default();
    new.events.retain(|event| !removed.contains(event));
    check_events(&new.events)?;
    new.active = boolean(body, "active")?.unwrap_or(new.active);
    check_overlap(world, owner, Some(id), &new)?;
    let hook = change(world, owner, id, new)?.clone();
    Ok(Answer::ok(shown(world, owner, &hook)))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (owner, id) = named(world, call)?;
    if world.delete_hook(owner, id) { Ok(Answer::no_content()) } else { Err(Answer::not_found()) }
}

pub(super) fn config(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (owner, id) = named(world, call)?;
    Ok(Answer::ok(payload::hook::config(find(world, owner, id)?)))
}

/// What the body does not name stays, the secret above all.
pub(super) fn update_config(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (owner, id) = named(world, call)?;
    let mut new = find(world, owner, id)?.settings.clone();
    only_keys(&call.body, &["url", "content_type", "secret", "insecure_ssl"])?;
    change_config(&mut new, &call.body)?;
    check_overlap(world, owner, Some(id), &new)?;
    let hook = change(world, owner, id, new)?;
    Ok(Answer::ok(payload::hook::config(hook)))
}

pub(super) fn ping(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (owner, id) = named(world, call)?;
    if world.ping(owner, id) { Ok(Answer::no_content()) } else { Err(Answer::not_found()) }
}

fn change(world: &mut World, owner: HookOwner, id: u64, new: FakeHook) -> Result<&Hook, Answer> {
    let now = world.mint.now();
    let hook = world.hook_mut(owner, id).ok_or_else(Answer::not_found)?;
    hook.settings = new;
    hook.updated_at = now;
    Ok(hook)
}

fn find(world: &World, owner: HookOwner, id: u64) -> Result<&Hook, Answer> {
    world.hook(owner, id).ok_or_else(Answer::not_found)
}

/// The hook that the path is about, and whom it belongs to.
pub(super) fn named(world: &World, call: &Call) -> Result<(HookOwner, u64), Answer> {
    let owner = call.hook_owner(world)?;
    let id = match owner {
        // An App has one, and need not name it.
        HookOwner::App => world.hooks(owner).first().map(|hook| hook.id),
        _ => Some(call.number("hook_id")?),
    };
    let found = id.filter(|id| world.hook(owner, *id).is_some());
    Ok((owner, found.ok_or_else(Answer::not_found)?))
}

fn shown(world: &World, owner: HookOwner, hook: &Hook) -> Value {
    payload::hook::hook(&world.links, &world.hook_facts(owner, hook))
}
