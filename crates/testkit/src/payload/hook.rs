use serde_json::{Value, json};

use crate::state::app::ID;
use crate::state::facts::{HookFacts, OwnerFacts};
use crate::state::hook::Hook;
use crate::state::links::Links;

/// A hook, in the shape that its owner's have.
pub(crate) fn hook(links: &Links, hook: &HookFacts) -> Value {
    let it = &hook.it;
    match &hook.owner {
        OwnerFacts::Repository(name) => {
            let url = format!("{}/hooks/{}", links.api_repository(name), it.id);
            let mut json = with_addresses(common("Repository", it), &url);
            json["test_url"] = json!(format!("{url}/test"));
            json["last_response"] = last_response(it);
            json
        }
        OwnerFacts::Organization(login) => {
            let url = format!("{}/orgs/{login}/hooks/{}", links.api, it.id);
            with_addresses(common("Organization", it), &url)
        }
        OwnerFacts::App => {
            let mut json = common("App", it);
            json["app_id"] = json!(ID);
            json["deliveries_url"] = json!(format!("{}/app/hook/deliveries", links.api));
            json
        }
    }
}

fn last_response(hook: &Hook) -> Value {
    match &hook.last_response {
        None => json!({ "code": null, "status": "unused", "message": null }),
        Some((code, message)) => {
            let status = if message == "OK" { "active" } else { "unavailable" };
            json!({ "code": code, "status": status, "message": message })
        }
    }
}

fn common(kind: &str, hook: &Hook) -> Value {
    json!({
        "type": kind,
        "id": hook.id,
        "name": "web",
        "active": hook.settings.active,
        "events": hook.settings.events,
        "config": config(hook),
        "updated_at": hook.updated_at,
        "created_at": hook.created_at,
    })
}

fn with_addresses(mut json: Value, url: &str) -> Value {
    json["url"] = json!(url);
    json["ping_url"] = json!(format!("{url}/pings"));
    json["deliveries_url"] = json!(format!("{url}/deliveries"));
    json
}

/// Where a hook delivers to, and how. The secret is not told, only that there is one.
pub(crate) fn config(hook: &Hook) -> Value {
    let mut json = json!({
        "content_type": if hook.settings.form { "form" } else { "json" },
        "url": hook.settings.url,
        "insecure_ssl": hook.settings.insecure_ssl,
    });
    if hook.settings.secret.is_some() {
        json["secret"] = json!("********");
    }
    json
}
