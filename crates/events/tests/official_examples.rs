//! The types against the payloads that GitHub's own SDK collects, the npm package
//! `@octokit/webhooks-examples`: every payload decodes, the typed events keep every path, and
//! nothing that GitHub may change or leave out makes one undecodable.
//!
//! The payloads are downloaded, not checked in. `HOOKSTEAD_EXAMPLES` names the folder that holds
//! `api.github.com/index.json`; every `*/index.json` in it is read. Without it these tests say so
//! on standard error and pass: `events.rs` beside this file holds the cases that matter most.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "names the payload that failed")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::LazyLock;
use std::thread;

use hookstead_events::{AnyEvent, DecodeError, Event, EventName, OMITTED_LINKS};
use serde_json::{Map, Value, json};

/// The keys without which a payload is refused, as `parent.key`; a key of the payload itself has
/// the event's name as its parent, and `*` is any parent. Nothing else is ever required.
const REQUIRED: &[&str] = &[
    // What identifies an object, wherever it is.
    "*.full_name",
    "*.head_sha",
    "*.id",
    "*.login",
    "*.sha",
    // The events, and what they are about.
    "branch_protection_rule.action",
    "branch_protection_rule.repository",
    "branch_protection_rule.rule",
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
    "fork.forkee",
    "fork.repository",
    "github_app_authorization.action",
    "gollum.repository",
    "installation.action",
    "installation.installation",
    "installation_repositories.action",
    "installation_repositories.installation",
    "issue_comment.action",
    "issue_comment.comment",
    "issue_comment.issue",
    "issue_comment.repository",
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
    "package.action",
    "package.name",
    "package.package",
    "page_build.build",
    "page_build.repository",
    "ping.hook_id",
    "project.action",
    "project.name",
    "project.number",
    "project.project",
    "project_card.action",
    "project_card.project_card",
    "project_column.action",
    "project_column.name",
    "project_column.project_column",
    "projects_v2_item.action",
    "projects_v2_item.projects_v2_item",
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
    "release.action",
    "release.release",
    "release.repository",
    "release.tag_name",
    "repository.action",
    "repository.repository",
    "repository_dispatch.action",
    "repository_dispatch.repository",
    "repository_import.repository",
    "repository_import.status",
    "repository_vulnerability_alert.action",
    "repository_vulnerability_alert.alert",
    "repository_vulnerability_alert.repository",
    "secret_scanning_alert.action",
    "secret_scanning_alert.alert",
    "secret_scanning_alert.repository",
    "secret_scanning_alert_location.alert",
    "secret_scanning_alert_location.location",
    "secret_scanning_alert_location.repository",
    "security_advisory.action",
    "security_advisory.ghsa_id",
    "security_advisory.security_advisory",
    "sponsorship.action",
    "sponsorship.sponsorship",
    "star.action",
    "star.repository",
    "status.context",
    "status.repository",
    "status.state",
    "team.action",
    "team.name",
    "team.team",
    "team_add.repository",
    "team_add.team",
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
    "branches.name",
    "forkee.name",
    "head.ref",
    "head_repository.name",
    "issue.number",
    "label.name",
    "labels.name",
    "milestone.number",
    "milestone.title",
    "new_discussion.number",
    "new_issue.number",
    "new_repository.name",
    "old_issue.number",
    "old_repository.name",
    "pages.page_name",
    "pull_requests.number",
    "repo.name",
    "repository.name",
    "review.state",
    "rule.name",
];

struct Example {
    event: EventName,
    payload: Value,
    /// Where it is from, for messages.
    origin: String,
}

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(|| {
    let Some(folder) = std::env::var_os("HOOKSTEAD_EXAMPLES") else {
        // Written past the capture of the test harness, which would hide it from a passing test.
        let notice = "\n*** SKIPPED: the official examples. To run these tests:\n\
            ***   npm pack @octokit/webhooks-examples@7.6.1\n\
            ***   tar xzf octokit-webhooks-examples-7.6.1.tgz\n\
            ***   HOOKSTEAD_EXAMPLES=$PWD/package cargo test -p hookstead-events\n\n";
        std::io::stderr().write_all(notice.as_bytes()).unwrap();
        return Vec::new();
    };
    let mut examples = Vec::new();
    let mut folders: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders.iter().filter(|folder| folder.join("index.json").is_file()) {
        examples.extend(read(folder));
    }
    assert!(examples.len() >= 329, "only {} payloads in {}", examples.len(), folder.display());
    examples
});

fn read(folder: &Path) -> Vec<Example> {
    let file = folder.join("index.json");
    let events: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let mut examples = Vec::new();
    for event in events.as_array().unwrap() {
        let name = event["name"].as_str().unwrap();
        for (index, payload) in event["examples"].as_array().unwrap().iter().enumerate() {
            let origin = format!(
                "{}: {name}[{index}]",
                folder.file_name().unwrap_or_default().to_string_lossy()
            );
            examples.push(Example { event: name.into(), payload: payload.clone(), origin });
        }
    }
    examples
}

/// The examples of the events that have a type.
fn typed() -> impl Iterator<Item = &'static Example> {
    EXAMPLES
        .iter()
        .filter(|example| !matches!(decode(example, &example.payload), Ok(AnyEvent::Other(_))))
}

fn decode(example: &Example, payload: &Value) -> Result<AnyEvent, DecodeError> {
    AnyEvent::decode(&example.event, &serde_json::to_vec(payload).unwrap())
}

/// Decodes a payload, and writes it again.
#[track_caller]
fn round_trip(example: &Example, payload: &Value) -> Value {
    match decode(example, payload) {
        Ok(event) => serde_json::to_value(&event).unwrap(),
        Err(error) => panic!("{}: {error}", example.origin),
    }
}

/// What kind of object has left-out links, by keys that only this kind has.
fn kind(object: &Map<String, Value>) -> &'static str {
    for (key, kind) in [
        ("full_name", "Repository"),
        ("public_members_url", "Organization"),
        ("received_events_url", "User"),
    ] {
        if object.contains_key(key) {
            return kind;
        }
    }
    ""
}

fn is_omitted(object: &Map<String, Value>, key: &str) -> bool {
    OMITTED_LINKS.iter().any(|(name, keys)| *name == kind(object) && keys.contains(&key))
}

/// Adds to `lost` every path of `original` that is missing from `written` or has another value
/// there, but for `null` that became the type's default.
fn compare(path: &str, original: &Value, written: &Value, lost: &mut BTreeSet<String>) {
    match (original, written) {
        (Value::Object(object), Value::Object(counterpart)) => {
            for (key, value) in object {
                let path = format!("{path}.{key}");
                match (counterpart.get(key), is_omitted(object, key)) {
                    (Some(other), false) => compare(&path, value, other, lost),
                    (None, true) => {}
                    (None, false) => drop(lost.insert(path)),
                    (Some(_), true) => drop(lost.insert(format!("{path} is kept"))),
                }
            }
        }
        (Value::Array(list), Value::Array(counterpart)) if list.len() == counterpart.len() => {
            for (value, other) in list.iter().zip(counterpart) {
                compare(&format!("{path}[]"), value, other, lost);
            }
        }
        (one, other) if one == other => {}
        (Value::Null, other)
            if [json!(false), json!(0), json!(""), json!([]), json!({})].contains(other) => {}
        (Value::Object(object), Value::Null) if object.is_empty() => {}
        _ => drop(lost.insert(format!("{path} is changed"))),
    }
}

/// Gives every value that is an object to `edit`, with the key that it stands under.
fn each_object(key: &str, value: &mut Value, edit: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                each_object(key, value, edit);
            }
            edit(key, object);
        }
        Value::Array(list) => list.iter_mut().for_each(|item| each_object(key, item, edit)),
        _ => {}
    }
}

#[test]
fn every_payload_decodes() {
    for example in EXAMPLES.iter() {
        round_trip(example, &example.payload);
    }
}

#[test]
fn the_typed_events_drop_nothing_but_the_listed_links() {
    let mut lost = BTreeSet::new();
    for example in typed() {
        let written = round_trip(example, &example.payload);
        compare(example.event.as_str(), &example.payload, &written, &mut lost);
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn every_listed_link_occurs() {
    let mut seen = BTreeSet::new();
    for example in typed() {
        each_object("", &mut example.payload.clone(), &mut |_, object| {
            seen.extend(object.keys().map(|key| (kind(object), key.clone())));
        });
    }
    if EXAMPLES.is_empty() {
        return;
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
            let value = if key == "permissions" { json!("new") } else { json!({"a": [1, null]}) };
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
        let mut lost = BTreeSet::new();
        compare("", &payload, &round_trip(example, &payload), &mut lost);
        assert!(lost.is_empty(), "{}: {lost:#?}", example.origin);
    }
}

#[test]
fn everything_else_may_be_missing_or_null() {
    let mut done = BTreeSet::new();
    let mut found_required = BTreeSet::new();
    let mut refused = BTreeSet::new();
    for example in typed() {
        let mut places = Vec::new();
        Place::all(&example.payload, "", example.event.as_str(), &mut places);
        let mut payload = example.payload.clone();
        for place in places {
            // The same place in the same event is the same field, whatever the example.
            if !done.insert(place.path.clone()) {
                continue;
            }
            match (place.rule(), place.refusal(example, &mut payload)) {
                (Some(rule), Some(_)) => drop(found_required.insert(rule)),
                (None, Some(error)) => drop(refused.insert(format!("{}: {error}", place.path))),
                (_, None) => {}
            }
        }
        assert_eq!(payload, example.payload, "every change was taken back");
    }
    assert!(refused.is_empty(), "{refused:#?}");
    let stale: Vec<_> = REQUIRED.iter().filter(|rule| !found_required.contains(*rule)).collect();
    assert!(EXAMPLES.is_empty() || stale.is_empty(), "listed, but not required: {stale:?}");
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

/// A key of an object somewhere in a payload.
struct Place {
    /// The way to the object, as a JSON pointer.
    object: String,
    key: String,
    /// The way to the value by names alone: items of a list have the list's.
    path: String,
}

impl Place {
    fn all(value: &Value, pointer: &str, path: &str, places: &mut Vec<Self>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let path = format!("{path}.{key}");
                    Self::all(value, &format!("{pointer}/{key}"), &path, places);
                    places.push(Self { object: pointer.to_owned(), key: key.clone(), path });
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    Self::all(value, &format!("{pointer}/{index}"), path, places);
                }
            }
            _ => {}
        }
    }

    /// The rule by which the key is required, if it is.
    fn rule(&self) -> Option<&'static str> {
        let mut names = self.path.rsplit('.');
        let (key, parent) = (names.next()?, names.next()?);
        REQUIRED.iter().copied().find(|rule| {
            let (rule_parent, rule_key) = rule.split_once('.').unwrap();
            rule_key == key && (rule_parent == "*" || rule_parent == parent)
        })
    }

    /// Why the payload is refused without the key, or with `null` in its place, if it is.
    fn refusal(&self, example: &Example, payload: &mut Value) -> Option<DecodeError> {
        let value = self.object(payload).remove(&self.key).unwrap();
        let missing = decode(example, payload).err();
        self.object(payload).insert(self.key.clone(), Value::Null);
        let null = decode(example, payload).err();
        self.object(payload).insert(self.key.clone(), value);
        missing.or(null)
    }

    fn object<'a>(&self, payload: &'a mut Value) -> &'a mut Map<String, Value> {
        payload.pointer_mut(&self.object).and_then(Value::as_object_mut).unwrap()
    }
}
