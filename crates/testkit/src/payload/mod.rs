//! GitHub's JSON, in full shape: every field and link that its official examples have.

pub(crate) mod app;
pub(crate) mod check;
pub(crate) mod commit;
pub(crate) mod deployment;
mod hook;
mod links;
pub(crate) mod organization;
pub(crate) mod pull_request;
pub(crate) mod repository;
pub(crate) mod status;
pub(crate) mod user;
pub(crate) mod workflow;

use serde_json::{Value, json};

pub(crate) use hook::{delivery_full, delivery_item, hook};
pub(crate) use links::Links;

use crate::state::{RepositoryIndex, World};

/// Adds what nearly every event's payload has: the repository, the sender, and the organization
/// and the installation if there are any.
pub(crate) fn add_common_keys(
    world: &World,
    at: RepositoryIndex,
    sender: &str,
    payload: &mut Value,
) {
    let repository = world.repository(at);
    let Some(payload) = payload.as_object_mut() else {
        return;
    };
    // `push` brings a repository of its own shape.
    payload.entry("repository").or_insert_with(|| repository::full(&world.links, repository));
    payload.insert("sender".to_owned(), user::user(&world.links, sender));
    if repository.of_organization {
        let organization = organization::organization(&world.links, repository.name.owner());
        payload.insert("organization".to_owned(), organization);
    }
    if let Some(id) = world.installation {
        let node_id = node_id("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u", id);
        payload.insert("installation".to_owned(), json!({ "id": id, "node_id": node_id }));
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
