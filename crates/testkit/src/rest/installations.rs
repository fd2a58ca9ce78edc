use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use super::validation::{numbers, only_keys, texts, wrong_type};
use crate::payload;
use crate::state::app::Installation;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// A token may be restricted to so many repositories.
const REPOSITORIES_LIMIT: usize = 500;

pub(super) fn app(world: &mut World, _call: &Call) -> Result<Answer, Answer> {
    let mut app = payload::app::app(&world.links);
    app["installations_count"] = json!(world.app.installations.len());
    if let Some(hook) = &world.app.hook {
        app["events"] = json!(hook.settings.events);
    }
    Ok(Answer::ok(app))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let all = world.app.installations.iter();
    let all = all
        .map(|it| payload::installation::full(&world.links, &world.installation_facts(it)))
        .collect();
    Ok(paged(world, call, all))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    shown(world, world.installation(call.number("installation_id")?))
}

pub(super) fn of_repository(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    shown(world, world.installation_of(at))
}

pub(super) fn of_account(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let of_organization = !call.parameter("org").is_empty();
    let login = call.parameter(if of_organization { "org" } else { "username" });
    let is_organization = world.find_organization(login).is_some();
    let is_it = |it: &&Installation| it.account.eq_ignore_ascii_case(login);
    let found = world.app.installations.iter().find(is_it);
    shown(world, found.filter(|_| is_organization == of_organization))
}

fn shown(world: &World, found: Option<&Installation>) -> Result<Answer, Answer> {
    let found = found.ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(payload::installation::full(&world.links, &world.installation_facts(found))))
}

/// Gives out a token, for all that the installation has or for less.
pub(super) fn create_token(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let body = &call.body;
    only_keys(body, &["repositories", "repository_ids", "permissions"])?;
    let installation = world.installation(call.number("installation_id")?);
    let installation = installation.ok_or_else(Answer::not_found)?.clone();
    let repositories = repositories(world, call, &installation)?;
    let granted = payload::app::app(&world.links)["permissions"].take();
    let permissions = match body.get("permissions") {
        None | Some(Value::Null) => granted,
        Some(Value::Object(wanted)) => {
            if !wanted.iter().all(|(name, level)| covers(&granted[name.as_str()], level)) {
                return Err(Answer::unprocessable(
                    "The permissions requested are not granted to this installation.",
                ));
            }
            wanted.clone().into()
        }
        Some(other) => return Err(wrong_type("permissions", other, "an object")),
    };
    let token = world.issue_token(installation.id, repositories);
    let mut json = json!({
        "token": token.token,
        "expires_at": token.expires_at,
        "permissions": permissions,
        "repository_selection": payload::installation::selection(&installation),
    });
    if let Some(repositories) = &token.repositories {
        let full =
            |at: &RepositoryIndex| payload::repository::full(&world.links, &world.facts(*at));
        json["repository_selection"] = json!("selected");
        json["repositories"] = repositories.iter().map(full).collect();
    }
    Ok(Answer::created(json))
}

fn covers(granted: &Value, wanted: &Value) -> bool {
    let rank = |level: &Value| match level.as_str() {
        Some("read") => 1,
        Some("write") => 2,
        Some("admin") => 3,
        _ => 0,
    };
    (1..=rank(granted)).contains(&rank(wanted))
}

/// The repositories that the body names, by their names without the owner or by their numbers.
fn repositories(
    world: &World,
    call: &Call,
    installation: &Installation,
) -> Result<Option<Vec<RepositoryIndex>>, Answer> {
    let names = texts(&call.body, "repositories")?;
    let ids = numbers(&call.body, "repository_ids")?;
    if names.is_none() && ids.is_none() {
        return Ok(None);
    }
    let (names, ids) = (names.unwrap_or_default(), ids.unwrap_or_default());
    if names.len() + ids.len() > REPOSITORIES_LIMIT {
        return Err(Answer::unprocessable("Too many repositories."));
    }
    let reachable: Vec<RepositoryIndex> = world
        .repository_indices()
        .filter(|at| world.installation_of(*at).is_some_and(|it| it.id == installation.id))
        .collect();
    let named = names.iter().map(|name| {
        let is_it =
            |at: &&RepositoryIndex| world.repository(**at).name.name().eq_ignore_ascii_case(name);
        reachable.iter().find(is_it)
    });
    let numbered =
        ids.iter().map(|id| reachable.iter().find(|at| world.repository(**at).id == *id));
    let found: Option<Vec<RepositoryIndex>> = named.chain(numbered).map(|it| it.copied()).collect();
    found.map(Some).ok_or_else(|| {
        Answer::unprocessable(
            "There is at least one repository that does not exist or is not accessible to the parent \
             installation.",
        )
    })
}
