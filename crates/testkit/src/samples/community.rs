//! The repository itself, and how the world takes part in it.

use serde_json::{Value, json};

use super::story::{MONALISA, OCTOCAT, Story};
use crate::objects::pull_request::Fork;
use crate::payload::repository;

const FORK: u64 = 8_600_100_061;
const BUILD: u64 = 8_600_100_062;

pub(super) fn fork(it: &Story) -> Value {
    let fork = Fork { id: FORK, owner: MONALISA.to_owned(), deleted: false };
    let mut forkee = repository::fork(it.links(), it.repository(), &fork);
    forkee["public"] = json!(true);
    json!({ "forkee": forkee, "sender": it.user(MONALISA) })
}

pub(super) fn gollum(it: &Story) -> Value {
    json!({
        "pages": [{
            "page_name": "Home",
            "title": "Home",
            "summary": null,
            "action": "created",
            "sha": it.pull_request.base_sha,
            "html_url": it.web("/wiki/Home"),
        }],
    })
}

pub(super) fn page_build(it: &Story) -> Value {
    json!({
        "id": BUILD,
        "build": {
            "url": it.api(&format!("/pages/builds/{BUILD}")),
            "status": "built",
            "error": { "message": null },
            "pusher": it.user(OCTOCAT),
            "commit": it.pull_request.base_sha,
            "duration": 16_984,
            "created_at": it.now(),
            "updated_at": it.now(),
        },
    })
}

pub(super) fn public(_: &Story) -> Value {
    json!({})
}

pub(super) fn repository(_: &Story) -> Value {
    json!({ "action": "created" })
}

pub(super) fn repository_import(_: &Story) -> Value {
    json!({ "status": "success" })
}

pub(super) fn star(it: &Story) -> Value {
    json!({ "action": "created", "starred_at": it.now(), "sender": it.user(MONALISA) })
}

pub(super) fn watch(it: &Story) -> Value {
    json!({ "action": "started", "sender": it.user(MONALISA) })
}
