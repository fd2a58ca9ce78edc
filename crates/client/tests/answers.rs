//! What GitHub really answers is read: also by servers that are old, and by those to come.
//!
//! The table in [`recorded`] has an answer for every type, as GitHub gave it years ago. Today's
//! description of the API calls many fields required that these lack. Here only those are required that
//! [`REQUIRED`] lists; every other one may be missing or `null`, in every answer and on every level.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "answers/recorded.rs"]
mod recorded;
#[path = "answers/recorded_checks.rs"]
mod recorded_checks;
#[path = "answers/recorded_code.rs"]
mod recorded_code;
#[path = "answers/recorded_talk.rs"]
mod recorded_talk;
#[path = "loopback/support.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod support;

use std::time::Duration;

use hookstead_client::{Error, RateLimitPolicy, Repo};
use serde_json::Value;

use recorded::{Recorded, Type};
use support::{Server, json};

/// The fields without which an answer, or the part of it that they belong to, is refused. What lists hold
/// is named as if there were no list.
const REQUIRED: &[(Type, &[&str])] = &[
    (Type::Status, &["id", "state"]),
    (Type::CombinedStatus, &["state", "statuses.id", "statuses.state"]),
    (Type::Deployment, &["id", "sha", "ref"]),
    (Type::DeploymentStatus, &["id", "state"]),
    (
        Type::PullRequest,
        &[
            "number",
            "state",
            "head",
            "head.sha",
            "head.ref",
            "head.repo.id",
            "base",
            "base.sha",
            "base.ref",
            "base.repo.id",
        ],
    ),
    (Type::Merged, &["sha"]),
    (Type::MergedBranch, &["sha"]),
    (Type::MergeRequest, &[]),
    (Type::Repository, &["id", "full_name"]),
    (Type::CheckRun, &["id", "name", "status"]),
    (Type::Commit, &["sha", "commit.tree.sha", "parents.sha", "files.filename"]),
    (
        Type::Comparison,
        &[
            "status",
            "ahead_by",
            "behind_by",
            "merge_base_commit.sha",
            "commits.sha",
            "commits.commit.tree.sha",
            "commits.parents.sha",
            "files.filename",
        ],
    ),
    (
        Type::Branch,
        &["name", "commit", "commit.sha", "protection.required_status_checks.checks.context"],
    ),
    (Type::CheckRuns, &["check_runs", "check_runs.id", "check_runs.name", "check_runs.status"]),
    (Type::CheckSuites, &["check_suites", "check_suites.id"]),
    (Type::Reviews, &["id", "state"]),
    (
        Type::PullRequestsListed,
        &["number", "state", "head", "head.sha", "head.ref", "base", "base.sha", "base.ref"],
    ),
    (Type::Environments, &["environments", "environments.name"]),
    (Type::BranchRules, &["type", "parameters.required_status_checks.context"]),
    (Type::Tree, &["sha", "tree.path"]),
    (Type::IssueComment, &["id"]),
    (Type::Label, &["name"]),
    (Type::Reaction, &["id", "content"]),
    (Type::CollaboratorPermission, &["permission"]),
    (Type::Hook, &["id"]),
    (Type::HookConfig, &[]),
    (Type::HookDelivery, &["id", "guid", "status"]),
    (Type::Installation, &["id"]),
    (Type::InstallationToken, &["token", "expires_at"]),
];

fn required(of: Type) -> &'static [&'static str] {
    REQUIRED.iter().find(|(r#type, _)| *r#type == of).unwrap().1
}

/// All answers.
fn all() -> impl Iterator<Item = &'static Recorded> {
    [recorded::ALL, recorded_checks::CHECKS, recorded_code::CODE, recorded_talk::TALK]
        .into_iter()
        .flatten()
}

/// Every field of an answer: its name by the rule of [`REQUIRED`], and its JSON pointer.
fn fields(json: &Value, name: &str, pointer: &str, found: &mut Vec<(String, String)>) {
    match json {
        Value::Object(object) => {
            for (key, value) in object {
                let dot = if name.is_empty() { "" } else { "." };
                let (name, pointer) = (format!("{name}{dot}{key}"), format!("{pointer}/{key}"));
                fields(value, &name, &pointer, found);
                found.push((name, pointer));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                fields(item, name, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn without(json: &Value, pointer: &str) -> Value {
    let mut json = json.clone();
    let (object, key) = pointer.rsplit_once('/').unwrap();
    json.pointer_mut(object).unwrap().as_object_mut().unwrap().remove(key).unwrap();
    json
}

fn with_null(json: &Value, pointer: &str) -> Value {
    let mut json = json.clone();
    *json.pointer_mut(pointer).unwrap() = Value::Null;
    json
}

/// Only what is required.
fn least(json: &Value, name: &str, required: &[&str]) -> Value {
    match json {
        Value::Object(object) => {
            let dot = if name.is_empty() { "" } else { "." };
            let named = object.iter().map(|(key, value)| (key, format!("{name}{dot}{key}"), value));
            let kept = named.filter(|(_, name, _)| required.contains(&name.as_str()));
            kept.map(|(key, name, value)| (key.clone(), least(value, &name, required))).collect()
        }
        Value::Array(items) => items.iter().map(|item| least(item, name, required)).collect(),
        other => other.clone(),
    }
}

/// Somebody who asks the same thing time and again.
struct Asking {
    server: Server,
    repo: Repo,
}

impl Asking {
    async fn begin() -> Self {
        let server = Server::start([]).await;
        let at_once = RateLimitPolicy::new().write_interval(Duration::ZERO);
        let client = server.builder().rate_limits(at_once).build().unwrap();
        let repo = client.repo(&"octocat/hello".parse().unwrap());
        Self { server, repo }
    }

    async fn ask(&self, recorded: &Recorded, answer: &Value) -> Result<(), Error> {
        self.server.then(json(200, &answer.to_string()));
        (recorded.call)(self.repo.clone()).await
    }
}

#[tokio::test]
async fn what_was_answered_years_ago_is_read() {
    let asking = Asking::begin().await;
    for recorded in all() {
        let answer: Value = serde_json::from_str(recorded.json).unwrap();
        let result = asking.ask(recorded, &answer).await;
        assert!(result.is_ok(), "{recorded}: {result:?}");
        let answer = least(&answer, "", required(recorded.r#type));
        let result = asking.ask(recorded, &answer).await;
        assert!(result.is_ok(), "{recorded}, only {answer}: {result:?}");
    }
    for (r#type, _) in REQUIRED {
        assert!(all().any(|it| it.r#type == *r#type), "{type:?} has no answer");
    }
}

#[tokio::test]
async fn what_is_not_required_may_be_missing_or_null() {
    let asking = Asking::begin().await;
    for recorded in all() {
        let whole: Value = serde_json::from_str(recorded.json).unwrap();
        let mut fields_found = Vec::new();
        fields(&whole, "", "", &mut fields_found);
        for (name, pointer) in fields_found {
            let is_required = required(recorded.r#type).contains(&name.as_str());
            for (answer, how) in
                [(without(&whole, &pointer), "missing"), (with_null(&whole, &pointer), "null")]
            {
                let result = asking.ask(recorded, &answer).await;
                match (&result, is_required) {
                    (Ok(()), false) => {}
                    (Err(error), true) => {
                        // Whoever reads it learns which one it is.
                        let key = name.rsplit('.').next().unwrap();
                        let text = error.to_string();
                        assert!(text.contains("does not decode"), "{text}");
                        assert!(text.contains(key), "{recorded}: {name} is {how}: {text}");
                    }
                    _ => panic!("{recorded}: {name} is {how}: {result:?}"),
                }
            }
        }
    }
}
