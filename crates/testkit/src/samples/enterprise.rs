//! What only enterprises see: requests for exemptions, properties of organizations, and what an
//! Enterprise Server tells of itself.

use serde_json::{Value, json};

use super::story::{HUBOT, MONALISA, OCTOCAT, Story};
use crate::payload::ids::node_id;

const ENTERPRISE: u64 = 8_600_100_141;
const REQUEST: u64 = 8_600_100_142;
const REQUESTER: u64 = 8_600_100_143;
const REVIEWER: u64 = 8_600_100_144;

pub(super) fn push_ruleset_request(it: &Story) -> Value {
    let item = json!({
        "ruleset_id": 8_600_100_112_u64,
        "ruleset_name": "No large files",
        "total_violations": 1,
        "rule_type": "max_file_size",
    });
    request(it, "push_ruleset_bypass", &item, &Value::Null)
}

pub(super) fn secret_request(it: &Story) -> Value {
    let place =
        json!({ "commit": it.pull_request.head_sha, "branch": "feature", "path": "flag.rs" });
    let item = json!({ "secret_type": "adafruit_io_key", "locations": [place] });
    let metadata = json!({ "label": "Adafruit IO Key", "reason": "tests" });
    request(it, "secret_scanning", &item, &metadata)
}

pub(super) fn secret_dismissal(it: &Story) -> Value {
    let item =
        json!({ "reason": "revoked", "secret_type": "adafruit_io_key", "alert_number": "3" });
    let metadata = json!({ "alert_title": "Adafruit IO Key", "reason": "revoked" });
    request(it, "secret_scanning_closure", &item, &metadata)
}

pub(super) fn code_dismissal(it: &Story) -> Value {
    let metadata = json!({ "alert_title": "rust/sql-injection", "reason": "used in tests" });
    request(it, "code_scanning_alert_dismissal", &json!({ "alert_number": "1" }), &metadata)
}

pub(super) fn dependency_dismissal(it: &Story) -> Value {
    let metadata = json!({ "alert_title": "semver is slow at times", "reason": "not_used" });
    request(it, "dependabot_alert_dismissal", &json!({ "alert_number": "2" }), &metadata)
}

fn request(it: &Story, kind: &str, item: &Value, metadata: &Value) -> Value {
    let response = json!({
        "id": REQUEST,
        "reviewer_id": REVIEWER,
        "reviewer_login": HUBOT,
        "status": "approved",
        "reviewer_comment": null,
        "created_at": it.now(),
    });
    json!({
        "action": "response_submitted",
        "exemption_request": {
            "id": REQUEST,
            "number": 1,
            "repository_id": it.repository().id,
            "requester_id": REQUESTER,
            "requester_login": OCTOCAT,
            "request_type": kind,
            "exemption_request_data": { "type": kind, "data": [item] },
            "resource_identifier": it.pull_request.head_sha,
            "status": "pending",
            "requester_comment": "It is only a test.",
            "metadata": metadata,
            "expires_at": it.now(),
            "created_at": it.now(),
            "responses": [response],
            "html_url": it.web("/exemptions/1"),
        },
        "exemption_response": response,
    })
}

pub(super) fn organization_property(it: &Story) -> Value {
    json!({
        "action": "created",
        "definition": {
            "property_name": "cost_center",
            "url": it.api_root("/enterprises/octo-corp/org-properties/schema/cost_center"),
            "source_type": "enterprise",
            "value_type": "string",
            "required": false,
            "default_value": null,
            "description": "Who pays",
            "allowed_values": null,
            "values_editable_by": "enterprise_actors",
        },
        "enterprise": enterprise(it),
    })
}

pub(super) fn organization_property_values(it: &Story) -> Value {
    json!({
        "action": "updated",
        "new_property_values": [{ "property_name": "cost_center", "value": "4711" }],
        "old_property_values": [{ "property_name": "cost_center", "value": null }],
        "enterprise": enterprise(it),
    })
}

fn enterprise(it: &Story) -> Value {
    json!({
        "id": ENTERPRISE,
        "slug": "octo-corp",
        "name": "Octo Corp",
        "node_id": node_id("E_kgDO", ENTERPRISE),
        "avatar_url": "https://avatars.githubusercontent.com/b/111?v=4",
        "description": null,
        "website_url": null,
        "html_url": it.web_root("/enterprises/octo-corp"),
        "created_at": it.now(),
        "updated_at": it.now(),
    })
}

pub(super) fn cache_sync(it: &Story) -> Value {
    json!({
        "cache_location": "kyoto",
        "ref": format!("refs/heads/{}", it.pull_request.head_ref),
        "before": it.pull_request.base_sha,
        "after": it.pull_request.head_sha,
    })
}

pub(super) fn anonymous_access(_: &Story) -> Value {
    json!({ "action": "anonymous_access_enabled" })
}

pub(super) fn user(it: &Story) -> Value {
    json!({ "action": "created", "user": it.user(MONALISA) })
}
