use serde_json::{Map, Value, json};

use super::Links;
use crate::RecordedDelivery;
use crate::state::{Hook, RepositoryState};

/// A hook of a repository.
pub(crate) fn hook(links: &Links, repository: &RepositoryState, hook: &Hook) -> Value {
    let url = format!("{}/hooks/{}", links.api_repository(&repository.name), hook.id);
    let mut json = json!({
        "type": "Repository",
        "id": hook.id,
        "name": "web",
        "active": hook.settings.active,
        "events": hook.settings.events,
        "config": {
            "content_type": if hook.settings.form { "form" } else { "json" },
            "url": hook.settings.url,
            "insecure_ssl": hook.settings.insecure_ssl,
        },
        "updated_at": hook.created_at,
        "created_at": hook.created_at,
        "url": url,
        "test_url": format!("{url}/test"),
        "ping_url": format!("{url}/pings"),
        "deliveries_url": format!("{url}/deliveries"),
        "last_response": match &hook.last_response {
            None => json!({ "code": null, "status": "unused", "message": null }),
            Some((code, message)) => {
                let status = if message == "OK" { "active" } else { "unavailable" };
                json!({ "code": code, "status": status, "message": message })
            }
        },
    });
    if hook.settings.secret.is_some() {
        json["config"]["secret"] = json!("********");
    }
    json
}

/// A delivery in a list.
pub(crate) fn delivery_item(delivery: &RecordedDelivery, repository: &RepositoryState) -> Value {
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
        "installation_id": null,
        "repository_id": repository.id,
        "throttled_at": null,
    })
}

/// A delivery on its own, with what was sent and what was answered.
pub(crate) fn delivery_full(
    delivery: &RecordedDelivery,
    repository: &RepositoryState,
    url: &str,
) -> Value {
    let mut json = delivery_item(delivery, repository);
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
