//! What only enterprises and their servers send.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "names the event that was another")]

use hookstead_events::{
    AnyEvent, BypassRequestSecretScanningEvent, CacheSyncEvent, CustomPropertyEditors,
    DismissalRequestDependabotEvent, EnterpriseAction, EnterpriseEvent, Event, EventName,
    ExemptionReason, ExemptionRequestAction, ExemptionRequestPushRulesetEvent,
    ExemptionRequestStatus, ExemptionRequestType, ExemptionResponseStatus,
    OrganizationCustomPropertyEvent, OrganizationCustomPropertyValuesEvent, UserAction, UserEvent,
};
use hookstead_testkit::samples;
use serde_json::{Value, json};

/// The events, each with the least that GitHub's schemas allow.
const LEAST: &[(&str, &str)] = &[
    ("bypass_request_push_ruleset", r#"{"action": "created", "exemption_request": {}}"#),
    ("bypass_request_secret_scanning", r#"{"action": "created", "exemption_request": {}}"#),
    ("cache_sync", r#"{"after": "a", "before": "b", "cache_location": "x", "ref": "refs/tags/1"}"#),
    ("dismissal_request_code_scanning", r#"{"action": "created", "exemption_request": {}}"#),
    ("dismissal_request_dependabot", r#"{"action": "cancelled", "exemption_request": {}}"#),
    ("dismissal_request_secret_scanning", r#"{"action": "completed", "exemption_request": {}}"#),
    ("enterprise", r#"{"action": "anonymous_access_disabled"}"#),
    ("exemption_request_push_ruleset", r#"{"action": "created", "exemption_request": {}}"#),
    ("exemption_request_secret_scanning", r#"{"action": "created", "exemption_request": {}}"#),
    ("organization_custom_property", r#"{"action": "created", "definition": {}}"#),
    ("organization_custom_property_values", r#"{"action": "updated"}"#),
    ("user", r#"{"action": "deleted"}"#),
];

fn decode<E: Event>(payload: &Value) -> E {
    E::decode(&E::NAME.unwrap(), payload.to_string().as_bytes()).unwrap()
}

#[test]
fn the_least_is_enough() {
    for (name, least) in LEAST {
        let name = EventName::from(*name);
        let event = AnyEvent::decode(&name, least.as_bytes()).unwrap();
        assert_eq!(event.name(), &name);
        let AnyEvent::Other(_) = event else { continue };
        panic!("{name} has no type");
    }
}

#[test]
fn a_request_says_what_it_is_about() {
    let push = samples::event::<ExemptionRequestPushRulesetEvent>();
    assert_eq!(push.action, ExemptionRequestAction::ResponseSubmitted);
    assert_eq!(push.exemption_response.unwrap().status, Some(ExemptionResponseStatus::Approved));
    let request = push.exemption_request.unwrap();
    assert_eq!(request.request_type, Some(ExemptionRequestType::PushRulesetBypass));
    assert_eq!(request.status, Some(ExemptionRequestStatus::Pending));
    assert_eq!(request.responses.len(), 1);
    let data = request.exemption_request_data.unwrap().data;
    assert_eq!(data[0].ruleset_name.as_deref(), Some("No large files"));

    let secret = samples::event::<BypassRequestSecretScanningEvent>().exemption_request.unwrap();
    assert_eq!(secret.metadata.unwrap().reason, Some(ExemptionReason::Tests));
    let data = secret.exemption_request_data.unwrap().data;
    assert_eq!(data[0].locations.as_ref().unwrap()[0].path.as_deref(), Some("flag.rs"));
}

#[test]
fn a_request_of_a_kind_from_the_future_is_kept() {
    let event: DismissalRequestDependabotEvent = decode(&json!({
        "action": "postponed",
        "exemption_request": {
            "number": null, "status": "denied", "request_type": "speed_limit",
            "exemption_request_data": {"type": "speed_limit", "data": [null, {"limit": 50}, 7]},
            "metadata": {"reason": "in a hurry"}, "responses": null,
        },
    }));
    assert_eq!(event.common().action, Some("postponed"));
    let request = event.exemption_request.unwrap();
    assert_eq!(request.status.unwrap(), "denied");
    assert_eq!(request.metadata.unwrap().reason.unwrap(), "in a hurry");
    assert_eq!(request.exemption_request_data.unwrap().data.len(), 1);
}

#[test]
fn an_organization_has_properties_as_a_repository_has() {
    let event = samples::event::<OrganizationCustomPropertyEvent>();
    assert_eq!(event.common().enterprise.unwrap().slug.as_deref(), Some("octo-corp"));
    let editors = event.definition.values_editable_by;
    assert_eq!(editors, Some(CustomPropertyEditors::EnterpriseActors));
    let event = samples::event::<OrganizationCustomPropertyValuesEvent>();
    assert_eq!(event.new_property_values[0].value, "4711");
    assert_eq!(event.old_property_values[0].value, Value::Null);
}

#[test]
fn a_server_tells_of_itself() {
    let event = samples::event::<EnterpriseEvent>();
    assert_eq!(event.action, EnterpriseAction::AnonymousAccessEnabled);
    let event = samples::event::<UserEvent>();
    assert_eq!(event.action, UserAction::Created);
    assert_eq!(event.user.unwrap().login, "monalisa");
    let deleted: CacheSyncEvent = decode(&json!({
        "cache_location": "kyoto", "ref": "refs/heads/gone", "before": "1".repeat(40),
        "after": "0".repeat(40),
    }));
    assert!(deleted.after.is_zero() && !deleted.before.is_zero());
}
