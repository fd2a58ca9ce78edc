use serde_json::{Map, Value, json};

use crate::traffic::delivery::RecordedDelivery;

/// A delivery in a list.
pub(crate) fn item(delivery: &RecordedDelivery) -> Value {
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
        "repository_id": delivery.occurrence.what.repository().map(|it| it.id),
        "throttled_at": null,
    })
}

/// A delivery on its own, with what was sent and what was answered.
pub(crate) fn full(delivery: &RecordedDelivery, url: &str) -> Value {
    let mut json = item(delivery);
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
