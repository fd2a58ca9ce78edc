//! GitHub's JSON, in full shape: every field and link that its official examples have.

pub(crate) mod app;
pub(crate) mod check;
pub(crate) mod check_run;
pub(crate) mod commit;
pub(crate) mod deployment;
mod hook;
pub(crate) mod installation;
pub(crate) mod label;
mod links;
pub(crate) mod organization;
pub(crate) mod pull_request;
pub(crate) mod repository;
pub(crate) mod status;
pub(crate) mod user;
pub(crate) mod workflow;

use serde_json::{Value, json};

pub(crate) use hook::{delivery_full, delivery_item, hook, hook_config, hook_of};
pub(crate) use links::Links;

use crate::state::{RepositoryIndex, World};

/// Adds what nearly every event's payload has and this one has not yet: the repository, the
/// sender, and the organization and the installation if there are any.
pub(crate) fn add_common_keys(
    world: &World,
    at: RepositoryIndex,
    sender: &str,
    payload: &mut Value,
) {
    let repository = world.repository(at);
    // `push` brings a repository of its own shape.
    add(payload, "repository", || repository::full(&world.links, repository));
    if repository.of_organization {
        add_organization_keys(world, at, sender, payload);
    } else {
        add_sender(world, sender, payload);
        add_installation(world, payload);
    }
}

/// The same without the repository, for what happens to the organization that owns it.
pub(crate) fn add_organization_keys(
    world: &World,
    at: RepositoryIndex,
    sender: &str,
    payload: &mut Value,
) {
    let owner = world.repository(at).name.owner();
    add(payload, "organization", || organization::organization(&world.links, owner));
    add_sender(world, sender, payload);
    add_installation(world, payload);
}

/// Adds who did it.
pub(crate) fn add_sender(world: &World, sender: &str, payload: &mut Value) {
    add(payload, "sender", || user::user(&world.links, sender));
}

fn add_installation(world: &World, payload: &mut Value) {
    if let Some(id) = world.installation {
        add(payload, "installation", || installation::reference(id));
    }
}

fn add(payload: &mut Value, key: &str, value: impl FnOnce() -> Value) {
    if let Some(payload) = payload.as_object_mut() {
        payload.entry(key).or_insert_with(value);
    }
}

/// An id for the GraphQL API; opaque, as GitHub's are.
pub(crate) fn node_id(kind: &str, id: u64) -> String {
    format!("{kind}{id:x}")
}

/// `base` with these links added, each a key and what follows the address `of`.
pub(crate) fn with_links(mut base: Value, of: &str, links: &[(&str, &str)]) -> Value {
    if let Some(object) = base.as_object_mut() {
        object.extend(
            links.iter().map(|(key, rest)| ((*key).to_owned(), json!(format!("{of}{rest}")))),
        );
    }
    base
}
