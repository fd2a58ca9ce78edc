//! What each event is about: its commit, its issue or pull request, whether it is from a fork, and who
//! caused it. `HOOKSTEAD_EXAMPLES` is as in `official_examples.rs`.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "shared/examples.rs"]
mod examples;
mod shared;

use std::collections::BTreeSet;

use hookstead_events::{AnyEvent, Event as _, Subject};
use serde_json::{Value, json};

use examples::{EXAMPLES, are_official, decode};

/// Where the commit of each event stands that is about one; the first that is there.
const COMMITS: &[(&str, &[&str])] = &[
    ("cache_sync", &["/after"]),
    ("check_run", &["/check_run/head_sha"]),
    ("check_suite", &["/check_suite/head_sha"]),
    ("code_scanning_alert", &["/commit_oid"]),
    ("commit_comment", &["/comment/commit_id"]),
    ("deployment", &["/deployment/sha"]),
    ("deployment_protection_rule", &["/deployment/sha", "/sha"]),
    ("deployment_review", &["/workflow_run/head_sha"]),
    ("deployment_status", &["/deployment/sha"]),
    ("merge_group", &["/merge_group/head_sha"]),
    ("page_build", &["/build/commit"]),
    ("pull_request", &["/pull_request/head/sha"]),
    ("pull_request_review", &["/pull_request/head/sha"]),
    ("pull_request_review_comment", &["/pull_request/head/sha"]),
    ("pull_request_review_thread", &["/pull_request/head/sha"]),
    ("push", &["/head_commit/id", "/after"]),
    ("status", &["/sha"]),
    ("workflow_job", &["/workflow_job/head_sha"]),
    ("workflow_run", &["/workflow_run/head_sha"]),
];

/// The events that show a sha and are about no commit that could be built or reported on: a page of the
/// wiki, the place of a secret in a history, what a version of a package was made from, a push that was
/// not let in.
const OTHER_SHAS: &[&str] = &[
    "bypass_request_push_ruleset",
    "bypass_request_secret_scanning",
    "dismissal_request_code_scanning",
    "dismissal_request_dependabot",
    "dismissal_request_secret_scanning",
    "exemption_request_push_ruleset",
    "exemption_request_secret_scanning",
    "gollum",
    "package",
    "registry_package",
    "secret_scanning_alert_location",
];

fn is_sha(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<hookstead_events::Sha>().is_ok())
}

fn has_sha(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.values().any(has_sha),
        Value::Array(list) => list.iter().any(has_sha),
        value => is_sha(value),
    }
}

#[test]
fn each_event_that_has_a_head_commit_answers_it() {
    let mut answered = BTreeSet::new();
    for example in EXAMPLES.iter() {
        let event = decode(example, &example.payload).unwrap();
        let name = example.event.as_str();
        let pointers =
            COMMITS.iter().find(|(event, _)| *event == name).map_or(&[][..], |(_, it)| *it);
        let expected = pointers
            .iter()
            .filter_map(|pointer| example.payload.pointer(pointer))
            .find(|value| is_sha(value))
            .and_then(Value::as_str)
            .filter(|sha| sha.bytes().any(|digit| digit != b'0'));
        assert_eq!(event.head_sha().map(|sha| sha.as_str()), expected, "{}", example.origin);
        if expected.is_some() {
            answered.insert(name);
        }
        // Whoever adds an event with a commit has to decide.
        let may_lack_it = ["push", "code_scanning_alert", "cache_sync"].contains(&name);
        if expected.is_none() && !may_lack_it && !OTHER_SHAS.contains(&name) {
            assert!(!has_sha(&example.payload), "{} shows a sha", example.origin);
        }
    }
    let missing: Vec<_> = COMMITS.iter().filter(|(name, _)| !answered.contains(name)).collect();
    assert!(missing.is_empty(), "no example shows the commit of {missing:?}");
}

#[test]
fn the_issue_or_pull_request_is_known() {
    let mut seen = BTreeSet::new();
    for example in EXAMPLES.iter() {
        let event = decode(example, &example.payload).unwrap();
        let name = example.event.as_str();
        let payload = &example.payload;
        let number = |pointer: &str| payload.pointer(pointer).and_then(Value::as_u64);
        let listed = |pointer: &str| match payload.pointer(pointer).and_then(Value::as_array) {
            // Some recorded ones list those of another repository.
            Some(list) if list.len() == 1 => {
                let base = list.first()?.pointer("/base/repo/id");
                let is_own = base.is_none() || base == payload.pointer("/repository/id");
                list.first()?.pointer("/number")?.as_u64().filter(|_| is_own)
            }
            _ => None,
        };
        let expected = match name {
            "issues" | "issue_comment" => {
                let number = number("/issue/number").unwrap();
                let is_pull_request =
                    payload.pointer("/issue/pull_request").is_some_and(Value::is_object);
                Some(if is_pull_request {
                    Subject::PullRequest(number)
                } else {
                    Subject::Issue(number)
                })
            }
            "pull_request"
            | "pull_request_review"
            | "pull_request_review_comment"
            | "pull_request_review_thread" => {
                number("/pull_request/number").map(Subject::PullRequest)
            }
            "check_run" => listed("/check_run/pull_requests").map(Subject::PullRequest),
            "check_suite" => listed("/check_suite/pull_requests").map(Subject::PullRequest),
            "workflow_run" | "deployment" | "deployment_status" | "deployment_review" => {
                listed("/workflow_run/pull_requests").map(Subject::PullRequest)
            }
            "deployment_protection_rule" => listed("/pull_requests").map(Subject::PullRequest),
            // Shown in the tests below.
            "sub_issues" | "issue_dependencies" | "merge_group" => continue,
            _ => None,
        };
        assert_eq!(event.subject(), expected, "{}", example.origin);
        if expected.is_some() {
            seen.insert(name);
        }
    }
    for name in [
        "issues",
        "issue_comment",
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
    ] {
        assert!(seen.contains(name), "no example of {name}");
    }
    assert!(!are_official() || seen.contains("check_suite"));
}

const SHA: &str = "ec26c3e57ca3a959ca5aad62de7213c562f8c821";

fn event(name: &str, mut payload: Value) -> AnyEvent {
    let object = payload.as_object_mut().unwrap();
    object.entry("repository").or_insert(json!({"id": 1, "name": "a", "full_name": "o/a"}));
    AnyEvent::decode(&name.into(), payload.to_string().as_bytes()).unwrap()
}

fn push(after: &str, head_commit: &Value) -> AnyEvent {
    let payload =
        json!({"ref": "refs/tags/v1", "before": SHA, "after": after, "head_commit": head_commit});
    event("push", payload)
}

#[test]
fn what_is_no_commit_is_not_answered() {
    let head = |event: AnyEvent| event.head_sha().map(|sha| sha.to_string());
    // Deleted.
    assert_eq!(head(push(&"0".repeat(40), &Value::Null)), None);
    // A tag with a message: `after` is the tag.
    let commit = "f95f852bd8fca8fcc58a9a2d6c842781e32a215e";
    let tag = push(SHA, &json!({"id": commit, "message": "x"}));
    assert_eq!(head(tag).as_deref(), Some(commit));
    assert_eq!(head(push(SHA, &Value::Null)).as_deref(), Some(SHA));
    // GitHub leaves it empty when a user closes an alert; and nothing else may reach git.
    for odd in ["", "main", "--upload-pack=x", "ec26c3e"] {
        let payload =
            json!({"action": "fixed", "alert": {"number": 1, "state": "open"}, "commit_oid": odd});
        assert_eq!(head(event("code_scanning_alert", payload)), None, "{odd}");
        assert_eq!(head(push(odd, &Value::Null)), None, "{odd}");
    }
}

fn pull_request(head: &Value, base: &Value) -> AnyEvent {
    let side = |repo: &Value| json!({"ref": "x", "sha": SHA, "repo": repo});
    let payload = json!({"id": 1, "number": 7, "title": "x", "state": "open",
        "head": side(head), "base": side(base)});
    event("pull_request", json!({"action": "opened", "number": 7, "pull_request": payload}))
}

#[test]
fn a_pull_request_is_from_a_fork_unless_both_sides_are_one_repository() {
    let repository =
        |id: u64, fork: bool| json!({"id": id, "name": "a", "full_name": "o/a", "fork": fork});
    let base = repository(1, false);
    assert_eq!(pull_request(&repository(1, false), &base).is_from_fork(), Some(false));
    assert_eq!(pull_request(&repository(2, true), &base).is_from_fork(), Some(true));
    // Within a repository that was made from another.
    let own = repository(1, true);
    assert_eq!(pull_request(&own, &own).is_from_fork(), Some(false));
    // Another repository that GitHub does not call a fork.
    assert_eq!(pull_request(&repository(2, false), &base).is_from_fork(), Some(true));
    // The fork was deleted; and what nobody names is nobody's own.
    assert_eq!(pull_request(&Value::Null, &base).is_from_fork(), Some(true));
    assert_eq!(pull_request(&Value::Null, &Value::Null).is_from_fork(), Some(true));
}

fn listed(number: u64, head: u64, base: u64) -> Value {
    let side = |id: u64| json!({"ref": "x", "sha": SHA, "repo": {"id": id}});
    json!({"id": number, "number": number, "head": side(head), "base": side(base)})
}

#[test]
fn checks_tell_by_their_branch_and_their_pull_requests() {
    let suite = |branch: Value, pull_requests: Value| {
        let suite = json!({"id": 1, "head_sha": SHA, "head_branch": branch, "pull_requests": pull_requests});
        event("check_suite", json!({"action": "completed", "check_suite": suite}))
    };
    let run = |branch: Value, pull_requests: Value| {
        let run = json!({"id": 1, "name": "x", "head_sha": SHA, "status": "queued",
            "check_suite": {"head_branch": branch}, "pull_requests": pull_requests});
        event("check_run", json!({"action": "created", "check_run": run}))
    };
    for make in [&suite as &dyn Fn(Value, Value) -> AnyEvent, &run] {
        let told = |branch: Value, listed: Value| {
            let event = make(branch, listed);
            (event.is_from_fork(), event.subject())
        };
        assert_eq!(told(Value::Null, json!([])), (Some(true), None));
        assert_eq!(told(json!("main"), json!([])), (None, None));
        let own = listed(7, 1, 1);
        let seven = Some(Subject::PullRequest(7));
        assert_eq!(told(json!("main"), json!([own])), (Some(false), seven));
        assert_eq!(told(json!("main"), json!([listed(7, 2, 1)])), (Some(true), seven));
        // Two, and one of the repository that this one is a fork of.
        assert_eq!(told(json!("main"), json!([own, listed(8, 1, 1)])), (Some(false), None));
        assert_eq!(told(json!("main"), json!([own, listed(8, 1, 9)])), (Some(false), seven));
    }
}

#[test]
fn a_workflow_run_tells_by_the_repository_of_its_head() {
    let run = |head: Value| {
        let run = json!({"id": 1, "head_sha": SHA, "status": "queued", "head_repository": head});
        event("workflow_run", json!({"action": "requested", "workflow_run": run})).is_from_fork()
    };
    assert_eq!(run(json!({"id": 1, "name": "a", "full_name": "o/a"})), Some(false));
    assert_eq!(run(json!({"id": 2, "name": "a", "full_name": "p/a"})), Some(true));
    assert_eq!(run(Value::Null), None);
}

#[test]
fn of_two_issues_it_is_the_one_in_the_repository_of_the_event() {
    let issue = |number: u64| json!({"id": number, "number": number, "title": "x"});
    let of = |name: &str, action: &str| {
        let payload = json!({"action": action, "parent_issue": issue(1), "sub_issue": issue(2),
            "blocked_issue": issue(3), "blocking_issue": issue(4)});
        event(name, payload).subject()
    };
    for (action, number) in [
        ("sub_issue_added", 1),
        ("sub_issue_removed", 1),
        ("parent_issue_added", 2),
        ("parent_issue_removed", 2),
    ] {
        assert_eq!(of("sub_issues", action), Some(Subject::Issue(number)), "{action}");
    }
    for (action, number) in [
        ("blocked_by_added", 3),
        ("blocked_by_removed", 3),
        ("blocking_added", 4),
        ("blocking_removed", 4),
    ] {
        assert_eq!(of("issue_dependencies", action), Some(Subject::Issue(number)), "{action}");
    }
    assert_eq!(of("sub_issues", "from_the_future"), None);
}

#[test]
fn a_merge_group_ends_with_a_pull_request() {
    let of = |head_ref: &str| {
        let group = json!({"head_sha": SHA, "head_ref": head_ref, "base_sha": SHA, "base_ref": "refs/heads/main"});
        event("merge_group", json!({"action": "checks_requested", "merge_group": group})).subject()
    };
    let queue = "refs/heads/gh-readonly-queue";
    assert_eq!(of(&format!("{queue}/main/pr-104-{SHA}")), Some(Subject::PullRequest(104)));
    assert_eq!(of(&format!("{queue}/release/pr-1-x/pr-7-{SHA}")), Some(Subject::PullRequest(7)));
    for odd in [
        format!("{queue}/main/pr-104"),
        format!("{queue}/main/pr--{SHA}"),
        format!("{queue}/main/pr-+1-{SHA}"),
        format!("{queue}/main/pr-99999999999999999999-{SHA}"),
        format!("refs/heads/main/pr-104-{SHA}"),
        "refs/heads/main".to_owned(),
    ] {
        assert_eq!(of(&odd), None, "{odd}");
    }
}

#[test]
fn a_comment_on_a_pull_request_is_about_the_pull_request() {
    let comment = |issue: Value, sender: Value| {
        event(
            "issue_comment",
            json!({"action": "created", "issue": issue, "sender": sender,
            "comment": {"id": 1, "body": "/deploy staging"}}),
        )
    };
    let octocat = json!({"login": "octocat", "id": 1, "type": "User"});
    let on_issue = comment(json!({"id": 1, "number": 7, "title": "x"}), octocat);
    assert_eq!((on_issue.subject(), on_issue.is_by_bot()), (Some(Subject::Issue(7)), false));
    let bot = json!({"login": "dependabot[bot]", "id": 2, "type": "Bot"});
    let issue = json!({"id": 1, "number": 7, "title": "x", "pull_request": {}});
    let on_pull_request = comment(issue, bot);
    assert_eq!(on_pull_request.subject().unwrap().to_string(), "#7");
    assert_eq!(on_pull_request.subject().unwrap().pull_request(), Some(7));
    assert!(on_pull_request.is_by_bot());
    assert_eq!((on_pull_request.head_sha(), on_pull_request.is_from_fork()), (None, None));
    let AnyEvent::IssueComment(event) = on_pull_request else { unreachable!() };
    // The same without the enum.
    assert_eq!(event.subject(), Some(Subject::PullRequest(7)));
    assert!(!comment(json!({"id": 1, "number": 7, "title": "x"}), Value::Null).is_by_bot());
}
