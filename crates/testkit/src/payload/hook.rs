use serde_json::{Map, Value, json};

use super::Links;
use crate::RecordedDelivery;
use crate::state::app::ID;
use crate::state::{Hook, HookOwner, RepositoryState, World};

/// A hook, in the shape that its owner's have.
pub(crate) fn hook_of(world: &World, owner: HookOwner, it: &Hook) -> Value {
    let links = &world.links;
    match owner {
        HookOwner::Repository(at) => hook(links, world.repository(at), it),
        HookOwner::Organization(index) => {
            let login = world.organizations.get(index).map(|it| it.login.as_str());
            let login = login.unwrap_or_default();
            let url = format!("{}/orgs/{login}/hooks/{}", links.api, it.id);
            with_addresses(common("Organization", it), &url)
        }
        HookOwner::App => {
            let mut json = common("App", it);
            json["app_id"] = json!(ID);
            json["deliveries_url"] = json!(format!("{}/app/hook/deliveries", links.api));
            json
        }
    }
}

/// A hook of a repository.
pub(crate) fn hook(links: &Links, repository: &RepositoryState, hook: &Hook) -> Value {
    let url = format!("{}/hooks/{}", links.api_repository(&repository.name), hook.id);
    let mut json = with_addresses(common("Repository", hook), &url);
    json["test_url"] = json!(format!("{url}/test"));
    json["last_response"] = match &hook.last_response {
        None => json!({ "code": null, "status": "unused", "message": null }),
        Some((code, message)) => {
            let status = if message == "OK" { "active" } else { "unavailable" };
            json!({ "code": code, "status": status, "message": message })
        }
    };
    json
}

fn common(kind: &str, hook: &Hook) -> Value {
    json!({
        "type": kind,
        "id": hook.id,
        "name": "web",
        "active": hook.settings.active,
        "events": hook.settings.events,
        "config": hook_config(hook),
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
pub(crate) fn hook_config(hook: &Hook) -> Value {
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

/// A delivery in a list.
pub(crate) fn delivery_item(world: &World, delivery: &RecordedDelivery) -> Value {
    json!({
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": delivery.delivered_at,
        "redelivery": delivery.redelivery,
        "duration": delivery.duration.as_secs_f64(),
        "status": delivery.status,
        // There is a number even when nobody answered.
        "status_code": delivery.status_code.unwrap_or(0),
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation,
        "repository_id": delivery.repository.map(|at| world.repository(at).id),
        "throttled_at": null,
    })
}

/// A delivery on its own, with what was sent and what was answered.
pub(crate) fn delivery_full(world: &World, delivery: &RecordedDelivery, url: &str) -> Value {
    let mut json = delivery_item(world, delivery);
    json["url"] = json!(url);
    json["request"] = json!({
        "headers": headers(&delivery.request_headers),
        "payload": *delivery.payload,
    });
    json["response"] = json!({
        "headers": headers(&delivery.response_headers),
        "payload": delivery.response_body,
    });
    json
}

fn headers(headers: &http::HeaderMap) -> Map<String, Value> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
        .collect()
}
