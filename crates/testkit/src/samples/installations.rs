//! A GitHub App's installation, and hooks.

use serde_json::{Value, json};

use super::story::{ORGANIZATION, Story};
use crate::payload::{hook, installation, organization};
use crate::state::app::Installation;
use crate::state::hook::HookOwner;

pub(super) fn installation(it: &Story) -> Value {
    json!({
        "action": "created",
        "installation": full(it),
        "repositories": [it.granted_repo()],
        "requester": null,
    })
}

pub(super) fn repositories(it: &Story) -> Value {
    json!({
        "action": "added",
        "installation": full(it),
        "repository_selection": "selected",
        "repositories_added": [it.granted_repo()],
        "repositories_removed": [],
        "requester": null,
    })
}

pub(super) fn target(it: &Story) -> Value {
    let account = organization::organization(it.links(), ORGANIZATION);
    json!({
        "action": "renamed",
        "account": {
            "login": ORGANIZATION,
            "id": account["id"],
            "node_id": account["node_id"],
            "avatar_url": account["avatar_url"],
            "html_url": it.web_root(&format!("/{ORGANIZATION}")),
            "description": null,
            "has_organization_projects": true,
            "has_repository_projects": true,
            "is_verified": false,
            "public_repos": 1,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "created_at": it.now(),
            "updated_at": it.now(),
            "archived_at": null,
        },
        "changes": { "login": { "from": "octo-organisation" } },
        "target_type": "Organization",
    })
}

pub(super) fn app_authorization(_: &Story) -> Value {
    json!({ "action": "revoked" })
}

pub(super) fn meta(it: &Story) -> Value {
    let owner = HookOwner::Repository(it.at);
    let hook = it.world.hooks(owner).first().map(|hook| it.world.hook_facts(owner, hook));
    let hook = hook.map(|facts| hook::hook(it.links(), &facts));
    let mut hook = hook.unwrap_or_default();
    if let Some(hook) = hook.as_object_mut() {
        // It cannot be asked for any more.
        hook.retain(|key, _| !key.ends_with("_url") && key != "url" && key != "last_response");
    }
    json!({ "action": "deleted", "hook_id": hook["id"], "hook": hook })
}

/// The installation, complete.
fn full(it: &Story) -> Value {
    let installation = Installation {
        id: it.world.installation.unwrap_or_default(),
        account: ORGANIZATION.to_owned(),
        repositories: Some(vec![it.at]),
        created_at: it.now(),
    };
    let mut full = installation::full(it.links(), &it.world.installation_facts(&installation));
    // Only in these events are these times numbers.
    let seconds = json!(it.now().instant().map(|instant| instant.as_second()));
    full["created_at"] = seconds.clone();
    full["updated_at"] = seconds;
    full
}
