//! The types against payloads of every event: every payload decodes, the types keep every path, and
//! nothing that GitHub may change or leave out makes one undecodable.
//!
//! The payloads are the testkit's samples and those that GitHub's own SDK collects, the npm package
//! `@octokit/webhooks-examples`. The latter are downloaded, not checked in: `HOOKSTEAD_EXAMPLES`
//! names the folder that holds `api.github.com/index.json`; every `*/index.json` in it is read.
//! Without it these tests say so on standard error and make do with the samples.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "names the payload that failed")]

#[path = "shared/examples.rs"]
mod examples;
mod shared;

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::thread;

use hookstead_events::{DecodeError, Event as _, OMITTED_LINKS};
use serde_json::{Value, json};

use examples::{EXAMPLES, Place, are_official, decode, each_object, typed, without_omitted_links};
use shared::folder::Recorded;
use shared::paths::{Paths, kind};

/// The keys without which a payload is refused, as `parent.key`; a key of the payload itself has
/// the event's name as its parent, and `*` is any parent. Nothing else is ever required: what an
/// object needs that may be missing itself makes it nothing, and not the payload undecodable.
const REQUIRED: &[&str] = &[
    // What identifies an object, wherever it is.
    "*.full_name",
    "*.head_sha",
    "*.id",
    "*.sha",
    // The events, and what they are about.
    "branch_protection_configuration.action",
    "branch_protection_configuration.repository",
    "branch_protection_rule.action",
    "branch_protection_rule.repository",
    "branch_protection_rule.rule",
    "bypass_request_push_ruleset.action",
    "bypass_request_secret_scanning.action",
    "cache_sync.after",
    "cache_sync.before",
    "cache_sync.ref",
    "check_run.check_run",
    "check_run.name",
    "check_run.repository",
    "check_run.status",
    "check_suite.action",
    "check_suite.check_suite",
    "check_suite.repository",
    "code_scanning_alert.action",
    "code_scanning_alert.alert",
    "code_scanning_alert.repository",
    "comment.commit_id",
    "commit_comment.action",
    "commit_comment.comment",
    "commit_comment.repository",
    "create.ref",
    "create.ref_type",
    "create.repository",
    "custom_property.action",
    "custom_property.definition",
    "custom_property_values.action",
    "custom_property_values.repository",
    "delete.ref",
    "delete.ref_type",
    "delete.repository",
    "dependabot_alert.action",
    "dependabot_alert.alert",
    "dependabot_alert.repository",
    "deploy_key.action",
    "deploy_key.key",
    "deploy_key.repository",
    "deployment.deployment",
    "deployment.environment",
    "deployment.ref",
    "deployment.repository",
    "deployment_review.action",
    "deployment_status.deployment",
    "deployment_status.deployment_status",
    "deployment_status.repository",
    "deployment_status.state",
    "discussion.action",
    "discussion.discussion",
    "discussion.number",
    "discussion.repository",
    "discussion_comment.action",
    "discussion_comment.comment",
    "discussion_comment.discussion",
    "discussion_comment.repository",
    "dismissal_request_code_scanning.action",
    "dismissal_request_dependabot.action",
    "dismissal_request_secret_scanning.action",
    "enterprise.action",
    "exemption_request_push_ruleset.action",
    "exemption_request_secret_scanning.action",
    "fork.forkee",
    "fork.repository",
    "github_app_authorization.action",
    "gollum.repository",
    "installation.action",
    "installation.installation",
    "installation_repositories.action",
    "installation_repositories.installation",
    "installation_target.account",
    "installation_target.action",
    "issue_comment.action",
    "issue_comment.comment",
    "issue_comment.issue",
    "issue_comment.repository",
    "issue_dependencies.action",
    "issue_relates_to.action",
    "issues.action",
    "issues.issue",
    "issues.repository",
    "label.action",
    "label.label",
    "label.repository",
    "marketplace_purchase.action",
    "marketplace_purchase.marketplace_purchase",
    "member.action",
    "member.repository",
    "membership.action",
    "merge_group.action",
    "merge_group.base_ref",
    "merge_group.base_sha",
    "merge_group.head_ref",
    "merge_group.merge_group",
    "meta.action",
    "meta.hook_id",
    "milestone.action",
    "milestone.milestone",
    "milestone.repository",
    "org_block.action",
    "organization.action",
    "organization_custom_property.action",
    "organization_custom_property.definition",
    "organization_custom_property_values.action",
    "package.action",
    "package.name",
    "package.package",
    "page_build.build",
    "page_build.repository",
    "personal_access_token_request.action",
    "personal_access_token_request.personal_access_token_request",
    "project.action",
    "project.name",
    "project.number",
    "project.project",
    "project_card.action",
    "project_card.project_card",
    "project_column.action",
    "project_column.name",
    "project_column.project_column",
    "projects_v2.action",
    "projects_v2.projects_v2",
    "projects_v2.title",
    "projects_v2_item.action",
    "projects_v2_item.projects_v2_item",
    "projects_v2_status_update.action",
    "projects_v2_status_update.projects_v2_status_update",
    "public.repository",
    "pull_request.action",
    "pull_request.base",
    "pull_request.head",
    "pull_request.number",
    "pull_request.pull_request",
    "pull_request.repository",
    "pull_request.state",
    "pull_request.title",
    "pull_request_review.action",
    "pull_request_review.pull_request",
    "pull_request_review.repository",
    "pull_request_review.review",
    "pull_request_review_comment.action",
    "pull_request_review_comment.comment",
    "pull_request_review_comment.pull_request",
    "pull_request_review_comment.repository",
    "pull_request_review_thread.action",
    "pull_request_review_thread.pull_request",
    "pull_request_review_thread.repository",
    "pull_request_review_thread.thread",
    "push.after",
    "push.before",
    "push.ref",
    "push.repository",
    "registry_package.action",
    "registry_package.name",
    "registry_package.registry_package",
    "release.action",
    "release.release",
    "release.repository",
    "release.tag_name",
    "repository.action",
    "repository_advisory.action",
    "repository_advisory.ghsa_id",
    "repository_advisory.repository",
    "repository_advisory.repository_advisory",
    "repository_dispatch.action",
    "repository_dispatch.repository",
    "repository_import.repository",
    "repository_import.status",
    "repository_ruleset.action",
    "repository_ruleset.name",
    "repository_ruleset.repository_ruleset",
    "repository_vulnerability_alert.action",
    "repository_vulnerability_alert.alert",
    "repository_vulnerability_alert.repository",
    "secret_scanning_alert.action",
    "secret_scanning_alert.alert",
    "secret_scanning_alert.repository",
    "secret_scanning_alert_location.alert",
    "secret_scanning_alert_location.location",
    "secret_scanning_alert_location.repository",
    "secret_scanning_scan.action",
    "security_advisory.action",
    "security_advisory.ghsa_id",
    "security_advisory.security_advisory",
    "security_and_analysis.repository",
    "sponsorship.action",
    "sponsorship.sponsorship",
    "star.action",
    "star.repository",
    "status.context",
    "status.repository",
    "status.state",
    "sub_issues.action",
    "team.action",
    "team.name",
    "team.team",
    "team_add.repository",
    "team_add.team",
    "user.action",
    "watch.action",
    "watch.repository",
    "workflow_dispatch.ref",
    "workflow_dispatch.repository",
    "workflow_dispatch.workflow",
    "workflow_job.action",
    "workflow_job.name",
    "workflow_job.repository",
    "workflow_job.run_id",
    "workflow_job.status",
    "workflow_job.workflow_job",
    "workflow_run.action",
    "workflow_run.repository",
    "workflow_run.status",
    "workflow_run.workflow_run",
    // What they share.
    "alert.number",
    "alert.state",
    "base.ref",
    "forkee.name",
    "head.ref",
    "issue.number",
    "label.name",
    "milestone.number",
    "milestone.title",
    "repository.name",
    "review.state",
    "rule.name",
];

/// Decodes a payload, and writes it again.
#[track_caller]
fn round_trip(example: &Recorded, payload: &Value) -> Value {
    match decode(example, payload) {
        Ok(event) => serde_json::to_value(&event).unwrap(),
        Err(error) => panic!("{}: {error}", example.origin),
    }
}

#[test]
fn a_dropped_path_is_found() {
    let original = json!({
        "a": 1, "b": {"c": [{"d": null, "e": "x"}], "f": {"g": true}}, "login": "octocat",
        "received_events_url": "left out on purpose",
    });
    let written = json!({"a": 2, "b": {"c": [{"d": false}]}, "login": "octocat"});
    let mut paths = Paths::default();
    paths.compare("push", &original, &written);
    assert_eq!(
        paths.lost.iter().collect::<Vec<_>>(),
        ["push.a is changed", "push.b.c[].e", "push.b.f"]
    );
    assert_eq!((paths.all, paths.kept, paths.omitted), (8, 4, 1));
}

#[test]
fn every_payload_decodes() {
    for example in EXAMPLES.iter() {
        round_trip(example, &example.payload);
    }
}

#[test]
fn the_typed_events_drop_nothing_but_the_listed_links() {
    let mut paths = Paths::default();
    for example in typed() {
        let written = round_trip(example, &example.payload);
        paths.compare(example.event.as_str(), &example.payload, &written);
    }
    assert!(paths.lost.is_empty(), "{:#?}", paths.lost);
    assert!(paths.all > 10_000 && paths.kept == paths.all, "{} of {}", paths.kept, paths.all);
}

#[test]
fn every_listed_link_occurs() {
    let mut seen = BTreeSet::new();
    for example in typed() {
        each_object("", &mut example.payload.clone(), &mut |_, object| {
            seen.extend(object.keys().map(|key| (kind(object), key.clone())));
        });
    }
    for (kind, keys) in OMITTED_LINKS {
        for key in *keys {
            assert!(seen.contains(&(*kind, (*key).to_owned())), "{kind}.{key} was never seen");
        }
    }
}

#[test]
fn unknown_fields_change_nothing() {
    for example in typed() {
        let mut payload = example.payload.clone();
        each_object("", &mut payload, &mut |key, object| {
            // A map of permissions holds strings; everything else may get anything.
            let of_token = ["organization", "repository", "other"].contains(&key)
                && object.values().all(Value::is_string);
            let is_map = key == "permissions" || of_token;
            let value = if is_map { json!("new") } else { json!({"a": [1, null]}) };
            object.insert("from_the_future".to_owned(), value);
        });
        let mut written = round_trip(example, &payload);
        each_object("", &mut written, &mut |_, object| {
            object.remove("from_the_future");
        });
        assert_eq!(written, round_trip(example, &example.payload), "{}", example.origin);
    }
}

#[test]
fn unknown_actions_are_kept() {
    for example in typed().filter(|example| example.payload.get("action").is_some()) {
        let mut payload = example.payload.clone();
        payload["action"] = json!("from_the_future");
        let event = decode(example, &payload).unwrap();
        assert_eq!(event.common().action, Some("from_the_future"), "{}", example.origin);
        assert_eq!(serde_json::to_value(&event).unwrap()["action"], "from_the_future");
    }
}

/// Enums among them: whatever stands in a string, it is read and written back.
#[test]
fn unknown_values_in_every_string_are_kept() {
    for example in typed() {
        let mut payload = example.payload.clone();
        each_object("", &mut payload, &mut |_, object| {
            for (key, value) in object.iter_mut().filter(|(key, _)| *key != "full_name") {
                match value {
                    Value::String(text) => *text = format!("future {key}"),
                    Value::Array(list) => {
                        for text in list.iter_mut().filter(|item| item.is_string()) {
                            *text = json!("from_the_future");
                        }
                    }
                    _ => {}
                }
            }
        });
        let mut paths = Paths::default();
        paths.compare("", &payload, &round_trip(example, &payload));
        assert!(paths.lost.is_empty(), "{}: {:#?}", example.origin, paths.lost);
    }
}

#[test]
fn everything_else_may_be_missing_or_null() {
    let mut done = BTreeSet::new();
    let mut found_required = BTreeSet::new();
    let mut refused = BTreeSet::new();
    for example in typed() {
        // What no type reads takes only time.
        let original = without_omitted_links(&example.payload);
        let mut places = Vec::new();
        Place::all(&original, "", example.event.as_str(), &mut places);
        let mut payload = original.clone();
        for place in places {
            if !done.insert(place.field()) {
                continue;
            }
            match (rule(&place), refusal(&place, example, &mut payload)) {
                (Some(rule), Some(_)) => drop(found_required.insert(rule)),
                (None, Some(error)) => drop(refused.insert(format!("{}: {error}", place.path))),
                (_, None) => {}
            }
        }
        assert_eq!(payload, original, "every change was taken back");
    }
    assert!(refused.is_empty(), "{refused:#?}");
    let stale: Vec<_> = REQUIRED.iter().filter(|rule| !found_required.contains(*rule)).collect();
    assert!(!are_official() || stale.is_empty(), "listed, but not required: {stale:?}");
}

/// The stack of a thread is 2 MiB by default; a server with many threads gives them less.
#[test]
fn a_small_stack_is_enough() {
    let decode_all = || {
        for example in typed() {
            round_trip(example, &example.payload);
        }
    };
    LazyLock::force(&EXAMPLES);
    thread::Builder::new().stack_size(256 * 1024).spawn(decode_all).unwrap().join().unwrap();
}

/// The rule by which the key is required, if it is.
fn rule(place: &Place) -> Option<&'static str> {
    let mut names = place.path.rsplit('.');
    let (key, parent) = (names.next()?, names.next()?);
    REQUIRED.iter().copied().find(|rule| {
        let (rule_parent, rule_key) = rule.split_once('.').unwrap();
        rule_key == key && (rule_parent == "*" || rule_parent == parent)
    })
}

/// Why the payload is refused without the key, or with `null` in its place, if it is.
fn refusal(place: &Place, example: &Recorded, payload: &mut Value) -> Option<DecodeError> {
    let value = place.object(payload).remove(&place.key).unwrap();
    let missing = decode(example, payload).err();
    place.object(payload).insert(place.key.clone(), Value::Null);
    let null = decode(example, payload).err();
    place.object(payload).insert(place.key.clone(), value);
    missing.or(null)
}
