use serde_json::Value;

use super::{installation, organization, repository, user};
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
