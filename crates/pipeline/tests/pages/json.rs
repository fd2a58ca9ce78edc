//! The JSON beside each page: programs are written for these names.

use std::collections::BTreeSet;

use hookstead_pipeline::journal::{EntryKind, NewEntry};
use hookstead_pipeline::record::{BuildCause, BuildState, BuildTarget, StepTime};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::stage::{SECRET, Stage, new_build, sha};

const LIB: &str =
    "[projects.lib]\nrepo = \"octo-org/lib\"\n[projects.lib.jobs.test]\nrun = \"true\"\n";

/// Moments of now are another one in each run.
fn without_moments(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                let is_moment = name == "at" || name.ends_with("_at");
                *field = match field.take() {
                    Value::String(_) if is_moment => json!("a moment"),
                    field => without_moments(field),
                };
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|it| *it = without_moments(it.take())),
        _ => {}
    }
    value
}

async fn page(stage: &Stage, path: &str) -> Value {
    without_moments(serde_json::from_str(&stage.get(path).await).unwrap())
}

/// A build that has passed, and one that waits.
async fn two_builds() -> (Stage, Value, Value) {
    let stage = Stage::new(LIB).await;
    let passed = stage.submit(new_build("test", BuildTarget::PullRequest(5))).await.number;
    let hold = stage.begin(passed).await;
    stage.journal.set_tree(&hold, "4b825dc642cb6eb9a060e54bf8d69288fbee4904").await.unwrap();
    let step = StepTime { name: "run".to_owned(), milliseconds: 1_200, exit_code: Some(0) };
    stage.journal.set_steps(&hold, &[step]).await.unwrap();
    stage.journal.finish(&hold, BuildState::Passed, "").await.unwrap();
    let mut waits = new_build("test", BuildTarget::Branch("topic".to_owned()));
    (waits.sha, waits.before) = (sha('b'), Some(sha('a')));
    (waits.is_fork, waits.needs_approval) = (true, true);
    waits.cause = BuildCause::Again { of: passed, by: "anna".to_owned() };
    let waits = stage.submit(waits).await.number;
    let passed = json!({
        "number": passed, "project": "lib", "job": "test", "context": "ci/test", "repo": "octo-org/lib",
        "sha": "a".repeat(40), "before": null, "ref": "refs/heads/main",
        "target": {"pull_request": 5},
        "cause": {"delivery": {"id": "72d3162e-cc78-11e3-81ab-4c9367dc0958", "event": "pull_request.opened"}},
        "moment": "2026-11-28T08:00:00Z", "title": "Add a flag", "author": "anna",
        "is_fork": false, "needs_approval": false,
        "state": "passed", "summary": "", "tree": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "machine": "one", "approved_by": null,
        "steps": [{"name": "run", "milliseconds": 1_200, "exit_code": 0}], "log_bytes": 0,
        "queued_at": "a moment", "started_at": "a moment", "ended_at": "a moment",
    });
    let waiting = json!({
        "number": waits, "project": "lib", "job": "test", "context": "ci/test", "repo": "octo-org/lib",
        "sha": "b".repeat(40), "before": "a".repeat(40), "ref": "refs/heads/main",
        "target": {"branch": "topic"}, "cause": {"again": {"of": passed["number"], "by": "anna"}},
        "moment": "2026-11-28T08:00:00Z", "title": "Add a flag", "author": "anna",
        "is_fork": true, "needs_approval": true,
        "state": "waiting", "summary": "waits for approval", "tree": null,
        "machine": null, "approved_by": null, "steps": [], "log_bytes": 0,
        "queued_at": "a moment", "started_at": null, "ended_at": null,
    });
    (stage, passed, waiting)
}

#[tokio::test]
async fn the_json_of_each_page_is_this() {
    let (stage, passed, waiting) = two_builds().await;
    assert_eq!(
        page(&stage, "/index.json").await,
        json!({
            "at_work": [waiting], "last": [waiting, passed], "older": null,
            "writes_within_an_hour": 0, "writes_allowed": 500,
        })
    );
    assert_eq!(
        page(&stage, "/lib.json").await,
        json!({"project": "lib", "builds": [waiting, passed], "older": null})
    );
    let number = waiting["number"].as_i64().unwrap();
    let entry = json!({
        "number": 4, "at": "a moment", "kind": "build", "text": "waiting: retry of 1 by anna",
        "delivery": null, "project": "lib", "target": {"branch": "topic"}, "sha": "b".repeat(40),
        "build": number, "person": null,
    });
    let found = page(&stage, &format!("/lib/builds/{number}.json")).await;
    let entry_number = found["journal"][0]["number"].clone();
    let entry = {
        let mut entry = entry;
        entry["number"] = entry_number.clone();
        entry
    };
    let none = json!({"files": [], "are_more": false, "machine": null});
    assert_eq!(found, json!({"build": waiting, "artifacts": none, "journal": [entry]}));
    assert_eq!(
        page(&stage, "/lib/branch/topic.json").await,
        json!({
            "project": "lib", "target": {"branch": "topic"}, "builds": [waiting], "older": null,
            "journal": [entry],
        })
    );
    let of_pull_request = page(&stage, "/lib/pr/5.json").await;
    assert_eq!(of_pull_request["builds"], json!([passed]));
    assert_eq!(
        page(&stage, &format!("/journal.json?build={number}")).await,
        json!({"entries": [entry], "older": null})
    );
    let (status, error) = stage.ask("/other.json").await;
    let error: Value = serde_json::from_str(&error).unwrap();
    assert_eq!((status, error), (404, json!({"error": "There is no such page"})));
}

#[tokio::test]
async fn the_json_of_the_server_is_this_and_holds_no_secret() {
    let stage = Stage::new(LIB).await;
    stage.journal.beat("one").await.unwrap();
    let delivery = NewEntry::new(EntryKind::Delivery, "push of octo-org/lib").delivery("d1");
    stage.journal.enter(delivery).await.unwrap();
    let schedule = NewEntry::new(EntryKind::Delivery, "the schedule of lib/test");
    stage.journal.enter(schedule.delivery("schedule/lib/test/1")).await.unwrap();
    stage.journal.enter(NewEntry::new(EntryKind::Repair, "put right at the start")).await.unwrap();
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(5))).await.number;
    stage.begin(build).await;
    std::fs::create_dir_all(&stage.pipeline.current().config.work).unwrap();
    let mut found = page(&stage, "/server.json").await;
    for disk in found["store"]["disks"].as_array_mut().unwrap() {
        for field in ["free", "total", "reserve"] {
            assert!(disk[field].take().is_u64(), "{field}");
        }
    }
    for task in ["ready", "leased", "delayed", "blocked", "dead"] {
        assert!(found["inbox"][task].take().is_u64(), "{task}");
    }
    let disk = |holds: &str| json!({"holds": holds, "free": null, "total": null, "reserve": null});
    let entry = |number: i64, kind: &str, text: &str, delivery: Option<&str>| {
        json!({
            "number": number, "at": "a moment", "kind": kind, "text": text, "delivery": delivery,
            "project": null, "target": null, "sha": null, "build": null, "person": null,
        })
    };
    let expected = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "machine": "one",
        "queue": {"waiting": 0, "queued": 0, "running": 1, "oldest_queued_at": null},
        "pool": {"builds": 2, "running": 1, "free": 1},
        "machines": [{"name": "one", "seen_at": "a moment", "running": 1}],
        "inbox": {"ready": null, "leased": null, "delayed": null, "blocked": null, "dead": null},
        "store": {"kind": "sqlite", "disks": [disk("work"), disk("database")]},
        "hook": {
            "path": "/event_handler",
            "last_delivery": entry(1, "delivery", "push of octo-org/lib", Some("d1")),
            "verified": 0, "last_verified_at": null, "refused": 0, "last_refused_at": null,
            "refused_since_verified": 0,
        },
        "github": {"writes_within_an_hour": 0, "writes_allowed": 500, "limits": []},
        "config": {"read_at": "a moment", "has_mistake": false, "mistake": null, "left_out": []},
        "repairs": [entry(3, "repair", "put right at the start", None)],
    });
    assert_eq!(found, expected);

    // Signatures that are refused show, and a config with a mistake; in words only to whoever may know them.
    let mut browser = Browser::new(&stage.url);
    let own = browser.site.clone();
    browser.site = vec![
        ("x-github-event", "push".to_owned()),
        ("x-github-delivery", "d2".to_owned()),
        ("x-hub-signature-256", format!("sha256={}", "0".repeat(64))),
    ];
    assert_eq!(browser.post("/event_handler", &[("payload", "{}")]).await.status, 401);
    browser.site = own;
    stage.pipeline.refuse_config(&std::io::Error::other("line 3: no such key"));
    let found = page(&stage, "/server.json").await;
    assert_eq!(found["hook"]["refused"], 1, "{found:#}");
    assert_eq!(found["config"]["has_mistake"], true);
    assert_eq!(found["config"]["mistake"], Value::Null);
    let shown = browser.get("/server").await.body;
    assert!(shown.contains("signatures were refused") && !shown.contains("line 3"), "{shown}");
    assert_eq!(browser.post("/sign-in", &[("token", SECRET)]).await.leads_to(), "/");
    let shown = browser.get("/server").await.body;
    assert!(shown.contains("line 3: no such key"), "{shown}");
    let folder = stage.dir.path().to_str().unwrap().to_owned();
    assert!(!shown.contains(SECRET) && !shown.contains(&folder), "{shown}");
}

/// All names of fields, however deep.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                found.insert(name.clone());
                names(field, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|it| names(it, found)),
        _ => {}
    }
}

#[tokio::test]
async fn each_field_is_documented() {
    let (stage, ..) = two_builds().await;
    stage.journal.beat("one").await.unwrap();
    std::fs::create_dir_all(&stage.pipeline.current().config.work).unwrap();
    let folder = stage.pipeline.artifacts_of(1);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a"), "").unwrap();
    let table = include_str!("../../docs/pages-json.md");
    let documented: BTreeSet<String> =
        table.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let mut found = BTreeSet::new();
    for path in [
        "/index.json",
        "/lib.json",
        "/lib/pr/5.json",
        "/lib/branch/topic.json",
        "/lib/builds/1.json",
        "/journal.json",
        "/server.json",
    ] {
        names(&page(&stage, path).await, &mut found);
    }
    let missing: Vec<_> = found.difference(&documented).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
