//! Nothing that GitHub's official examples have is missing in the payloads of samples and fakes, or
//! is of another kind there.
//!
//! The examples are those of the npm package `@octokit/webhooks-examples`. The environment variable
//! `HOOKSTEAD_EXAMPLES` names the folder that holds its `api.github.com/`.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hookstead_events::EventName;
use hookstead_testkit::{
    FakeDeployment, FakeGitHub, FakeHook, FakeIssue, FakePullRequest, samples,
};
use hookstead_types::{DeploymentState, StatusState};
use serde_json::Value;

/// The examples of an event and its action.
#[derive(Default)]
struct Official {
    /// The paths that all of them have.
    common: BTreeSet<String>,
    /// Which kinds of values they have there, all paths of all examples.
    kinds: Paths,
}

/// Paths of fields, and what kinds of values stand there.
type Paths = BTreeMap<String, BTreeSet<&'static str>>;

fn official() -> Option<BTreeMap<String, Official>> {
    let Some(folder) = std::env::var_os("HOOKSTEAD_EXAMPLES") else {
        #[expect(clippy::print_stderr, reason = "a test that does not test must say so")]
        {
            eprintln!("NOT TESTED: HOOKSTEAD_EXAMPLES does not name GitHub's official examples");
        }
        return None;
    };
    let file = Path::new(&folder).join("api.github.com").join("index.json");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let events: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut all = BTreeMap::<String, Official>::new();
    for event in events {
        for example in event["examples"].as_array().unwrap() {
            let paths = paths(example);
            let name = name(event["name"].as_str().unwrap(), example);
            let official = all.entry(name).or_default();
            if official.kinds.is_empty() {
                official.common = paths.keys().cloned().collect();
            } else {
                official.common.retain(|path| paths.contains_key(path));
            }
            for (path, kinds) in paths {
                official.kinds.entry(path).or_default().extend(kinds);
            }
        }
    }
    Some(all)
}

fn name(event: &str, payload: &Value) -> String {
    match payload["action"].as_str() {
        Some(action) => format!("{event}.{action}"),
        None => event.to_owned(),
    }
}

/// The paths of all fields, those in lists without their position.
fn paths(payload: &Value) -> Paths {
    fn walk(value: &Value, at: &str, found: &mut Paths) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    walk(value, &path, found);
                    found.entry(path).or_default().insert(kind(value));
                }
            }
            Value::Array(entries) => {
                entries.iter().for_each(|entry| walk(entry, &format!("{at}[]"), found));
            }
            _ => {}
        }
    }
    let mut found = Paths::new();
    walk(payload, "", &mut found);
    found
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What the payload lacks, and what it has of another kind than every example. `null` says nothing
/// about a kind.
fn differences(
    official: &BTreeMap<String, Official>,
    name: &str,
    payload: &Value,
    excused: &[&str],
) -> Vec<String> {
    let theirs = official.get(name).unwrap_or_else(|| panic!("no official example of {name}"));
    let ours = paths(payload);
    let is_below = |path: &str, root: &str| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let missing = theirs
        .common
        .iter()
        .filter(|path| !ours.contains_key(*path))
        .filter(|path| !excused.iter().any(|root| is_below(path, root)))
        .map(|path| format!("{name}: {path} is missing"));
    let other_kind = ours.iter().filter_map(|(path, ours)| {
        let theirs = theirs.kinds.get(path)?;
        let known = theirs.iter().any(|kind| *kind != "null");
        let wrong = ours.iter().find(|kind| **kind != "null" && !theirs.contains(*kind));
        wrong.filter(|_| known).map(|kind| format!("{name}: {path} is {kind}, not {theirs:?}"))
    });
    missing.chain(other_kind).collect()
}

#[test]
fn samples_have_githubs_shape() {
    let Some(official) = official() else { return };
    let mut differing = Vec::new();
    let mut compared = 0;
    for event in samples::EVENTS {
        let is_of_event = |name: &String| name.split('.').next() == Some(*event);
        if !official.keys().any(is_of_event) {
            continue;
        }
        let payload = samples::payload(&EventName::from(*event)).unwrap();
        let name = match *event {
            // Its action is any word that the sender likes.
            "repository_dispatch" => "repository_dispatch.on-demand-test".to_owned(),
            event => name(event, &payload),
        };
        // The installation and the organization are no exception here: samples have both.
        differing.extend(differences(&official, &name, &payload, &[]));
        compared += 1;
    }
    assert!(compared >= 58, "only {compared} events have official examples");
    assert!(differing.is_empty(), "{differing:#?}");
}

#[tokio::test]
async fn sent_webhooks_have_githubs_shape() {
    let Some(official) = official() else { return };
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    // What is sent is recorded, received or not.
    repository.create_hook(FakeHook::new("http://127.0.0.1:9/").events(["*"]));
    let new = FakePullRequest::new("Add a flag").label("bug").assignee("octocat").reviewer("hubot");
    let number = repository.open_pull_request(new);
    let head = repository.push("feature");
    repository.set_labels(number, &["bug", "urgent"]);
    repository.approve(number, "monalisa");
    repository.close_pull_request(number);
    repository.reopen_pull_request(number);
    repository.merge_pull_request(number);
    repository.create_status(&head, "ci/demo", StatusState::Success);
    let deployment = repository.create_deployment(FakeDeployment::new("main"));
    repository.create_deployment_status(deployment.id, DeploymentState::Success);
    let issue = repository.open_issue(FakeIssue::new("It does not work").label("bug"));
    let comment = repository.comment(issue, "monalisa", "Me too");
    repository.edit_comment(comment, "monalisa", "Not any more");
    github.wait_until("silence", || (github.pending_deliveries() == 0).then_some(())).await;

    // The official ones were delivered to an App. The fake's hooks are a repository's, and GitHub
    // names an installation to Apps only. Nor have the fake's issues assignees and milestones; and a
    // draft is a pull request's.
    let excused = [
        "installation",
        "issue.assignee",
        "issue.assignees[]",
        "issue.draft",
        "issue.milestone",
        "pull_request.milestone",
    ];
    let mut seen = BTreeSet::new();
    let mut differing = Vec::new();
    for delivery in github.deliveries() {
        differing.extend(differences(&official, &delivery.name(), &delivery.payload, &excused));
        seen.insert(delivery.name());
    }
    assert!(differing.is_empty(), "{differing:#?}");
    let expected = [
        "create",
        "deployment.created",
        "deployment_status.created",
        "issue_comment.created",
        "issue_comment.edited",
        "issues.opened",
        "ping",
        "pull_request.closed",
        "pull_request.labeled",
        "pull_request.opened",
        "pull_request.reopened",
        "pull_request.synchronize",
        "pull_request_review.submitted",
        "push",
        "status",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}
