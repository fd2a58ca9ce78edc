//! A payload that is delivered under another event's name. GitHub does not sign the name, so whoever
//! captured a delivery can send it as any event. It fits where that event asks for next to nothing,
//! or for what is in the payload by its nature; everywhere else decoding it fails and says why.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_events::{AnyEvent, DecodeError, Event as _, EventName};
use hookstead_testkit::samples;
use serde_json::Value;

/// The events that ask for nothing that is theirs alone, and all that they ask for: any payload with
/// that is one of them. Another event in this list is one more that nothing protects.
const UNDEMANDING: &[(&[&str], &[&str])] = &[
    (&[], &["deployment_protection_rule", "ping"]),
    (
        &["action"],
        &[
            "bypass_request_push_ruleset",
            "bypass_request_secret_scanning",
            "deployment_review",
            "dismissal_request_code_scanning",
            "dismissal_request_dependabot",
            "dismissal_request_secret_scanning",
            "enterprise",
            "exemption_request_push_ruleset",
            "exemption_request_secret_scanning",
            "github_app_authorization",
            "issue_dependencies",
            "issue_relates_to",
            "membership",
            "org_block",
            "organization",
            "organization_custom_property_values",
            "repository",
            "secret_scanning_scan",
            "sub_issues",
            "user",
        ],
    ),
    (&["action", "installation"], &["installation", "installation_repositories"]),
    (&["repository"], &["gollum", "public", "security_and_analysis"]),
    (
        &["action", "repository"],
        &[
            "branch_protection_configuration",
            "custom_property_values",
            "member",
            "repository_dispatch",
            "star",
            "watch",
        ],
    ),
];

const ALERTS: [&str; 5] = [
    "code_scanning_alert",
    "dependabot_alert",
    "repository_vulnerability_alert",
    "secret_scanning_alert",
    "secret_scanning_alert_location",
];

/// The events that ask for something of their own, and the others whose payloads have it.
const KIN: &[(&str, &[&str])] = &[
    ("cache_sync", &["push"]),
    ("code_scanning_alert", &ALERTS),
    ("commit_comment", &["pull_request_review_comment"]),
    ("create", &["delete"]),
    ("custom_property", &["organization_custom_property"]),
    ("delete", &["create"]),
    ("dependabot_alert", &ALERTS),
    ("deployment", &["deployment_protection_rule", "deployment_status"]),
    ("discussion", &["discussion_comment"]),
    ("issues", &["issue_comment"]),
    ("organization_custom_property", &["custom_property"]),
    ("push", &["cache_sync"]),
    ("secret_scanning_alert", &ALERTS),
    ("team", &["membership"]),
    ("workflow_run", &["deployment_review"]),
];

fn decode(name: &str, payload: &Value) -> Result<AnyEvent, DecodeError> {
    AnyEvent::decode(&EventName::from(name), payload.to_string().as_bytes())
}

/// The fields at the top that a payload of this event must have.
fn required(name: &str, sample: &Value) -> Vec<String> {
    let is_required = |field: &&String| {
        let mut without = sample.clone();
        without.as_object_mut().unwrap().remove(*field);
        decode(name, &without).is_err()
    };
    sample.as_object().unwrap().keys().filter(is_required).cloned().collect()
}

fn samples() -> Vec<(&'static str, Value)> {
    let sample = |name: &&'static str| (*name, samples::payload(&EventName::from(*name)).unwrap());
    samples::EVENTS.iter().map(sample).collect()
}

#[test]
fn another_events_payload_fits_only_where_it_is_listed() {
    let samples = samples();
    for (name, sample) in &samples {
        let required = required(name, sample);
        let undemanding = UNDEMANDING.iter().find(|(_, names)| names.contains(name));
        if let Some((fields, _)) = undemanding {
            assert_eq!(required, *fields, "{name} asks for something else");
        }
        let kin = KIN.iter().find(|(of, _)| of == name).map_or(&[][..], |(_, kin)| *kin);
        for (other, payload) in samples.iter().filter(|(other, _)| other != name) {
            let missing = required.iter().find(|field| payload.get(field).is_none());
            let fits = decode(name, payload);
            if undemanding.is_none() {
                assert_eq!(fits.is_ok(), kin.contains(other), "{other} as {name}");
            }
            match fits {
                Ok(_) => assert_eq!(missing, None, "{other} as {name}"),
                Err(error) => {
                    assert_eq!(error.event(), *name);
                    let error = error.to_string();
                    assert!(error.starts_with(&format!("{name}: ")), "{other} as {name}: {error}");
                    let says_why =
                        error.contains(": missing field `") || error.contains(": invalid ");
                    assert!(says_why, "{other} as {name}: {error}");
                }
            }
        }
    }
}

#[test]
fn what_is_missing_is_named() {
    let pull_request = samples::payload(&EventName::PullRequest).unwrap();
    for (name, missing) in [
        ("push", "`ref`"),
        ("issues", "`issue`"),
        ("check_run", "`check_run`"),
        ("fork", "`forkee`"),
    ] {
        let error = decode(name, &pull_request).expect_err(name).to_string();
        assert!(error.starts_with(&format!("{name}: .: missing field {missing}")), "{error}");
    }
}
