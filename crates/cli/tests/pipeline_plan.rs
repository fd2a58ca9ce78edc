//! `hookstead pipeline plan` and `hookstead pipeline replay`.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::fs;

use hookstead::events::{AnyEvent, EventName};
use hookstead::inbox::SqliteStore;
use hookstead::types::Timestamp;
use hookstead::{Attempt, Delivery, Inbox, Router, handler_fn};
use hookstead_testkit::samples;
use serde_json::{Value, json};
use support::{Ended, run};
use tempfile::TempDir;

const CONFIG: &str = r#"
url = "https://ci.example.com"
data = "data"
secret = { env = "WEBHOOK_SECRET" }
token = { env = "MY_PERSONAL_TOKEN" }

[projects.hello]
repo = "octo-org/hello-world"

[projects.hello.jobs.test]
run = "true"

[projects.hello.jobs.deploy]
run = "true"
on = ["push"]
"#;

const OPENED: &str = "\
pull_request.opened of octo-org/hello-world
  hello/test runs: 104a64f of pull request 1, for pull_request.opened
  hello/deploy does not run, because it runs for push, not for pull_request

Neither the journal nor GitHub was asked. This assumes that
  no newer commit of pull request 1 of octo-org/hello-world is known
  no build of 104a64f is known in hello
";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pipeline.toml"), CONFIG).unwrap();
    folder
}

fn sample(event: &str) -> Value {
    samples::payload(&EventName::from(event)).unwrap()
}

async fn plan(folder: &TempDir, arguments: &[&str]) -> Ended {
    pipeline(folder, "plan", arguments).await
}

async fn pipeline(folder: &TempDir, command: &str, arguments: &[&str]) -> Ended {
    let arguments = [&["pipeline", command], arguments].concat();
    // No secret is needed.
    run(&arguments, folder.path(), &[]).await
}

#[tokio::test]
async fn a_delivery_is_read_in_every_form_that_it_is_saved_in() {
    let folder = folder();
    let payload = sample("pull_request");
    let write = |name: &str, value: &Value| {
        fs::write(folder.path().join(name), value.to_string()).unwrap();
    };
    write("pull_request.1.json", &payload);
    write("payload.json", &payload);
    let at = "2026-03-02T09:41:07Z";
    let task =
        json!({"task": 1, "id": "g1", "event": "pull_request", "received_at": at, "body": payload});
    // Two tasks of one delivery.
    write("inbox.json", &json!([task, task]));
    let request = json!({"headers": {}, "payload": payload});
    write(
        "github.json",
        &json!({"id": 7, "guid": "g2", "delivered_at": at, "event": "pull_request", "request": request}),
    );

    for arguments in [
        &["pull_request"][..],
        &["pull_request.1.json"],
        &["payload.json", "--event", "pull_request"],
        &["inbox.json"],
        &["github.json"],
    ] {
        let ended = plan(&folder, arguments).await;
        assert_eq!((ended.stdout.as_str(), ended.status.code()), (OPENED, Some(0)), "{ended:?}");
        assert_eq!(ended.stderr, "", "{arguments:?}");
    }
}

#[tokio::test]
async fn a_folder_is_one_answer() {
    let folder = folder();
    fs::create_dir(folder.path().join("saved")).unwrap();
    for event in ["push", "ping"] {
        let path = folder.path().join(format!("saved/{event}.json"));
        fs::write(path, sample(event).to_string()).unwrap();
    }
    let ended = plan(&folder, &["saved"]).await;
    let expected = "\
saved/ping.json: ping of octo-org/hello-world
  nothing, because it is GitHub's ping: the hook works
saved/push.json: push of octo-org/hello-world
  hello/test does not run, because it runs for pushes of main, not of feature
  hello/deploy does not run, because it runs for pushes of main, not of feature

Neither the journal nor GitHub was asked. This assumes that
  no newer commit of branch feature of octo-org/hello-world is known
  no build of 104a64f is known in hello
";
    assert_eq!(ended.stdout.replace('\\', "/"), expected, "{ended:?}");
}

#[tokio::test]
async fn machines_read_json() {
    let ended = plan(&folder(), &["pull_request", "--json"]).await;
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
    let [one] = answer.as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!(one["event"], "pull_request.opened");
    assert_eq!(
        one["lines"][0],
        "hello/test runs: 104a64f of pull request 1, for pull_request.opened"
    );
    assert_eq!(one["assumed"][1], "no build of 104a64f is known in hello");
    let decision = &one["decision"];
    assert_eq!(decision["builds"][0]["build"]["ref"], "refs/pull/1/head");
    assert_eq!(decision["builds"][0]["how"], "runs");
    assert_eq!(decision["skipped"][0]["because"]["not_on"]["trigger"], "pull_request");
    assert_eq!(decision["heads"][0]["sha"], decision["builds"][0]["build"]["sha"]);
}

#[tokio::test]
async fn names_that_would_command_the_terminal_do_not() {
    let folder = folder();
    let mut payload = sample("push");
    payload["ref"] = "refs/heads/\u{1b}[2J".into();
    fs::write(folder.path().join("push.json"), payload.to_string()).unwrap();
    let ended = plan(&folder, &["push.json"]).await;
    assert!(ended.stdout.contains("not of \\u{1b}[2J"), "{ended:?}");
    assert!(!ended.stdout.contains('\u{1b}'), "{ended:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_said() {
    let folder = folder();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("odd.json", "{}");
    write("push.json", "{\"ref\": 7}");
    write(
        "gone.json",
        r#"{"id": "g1", "event": "push", "received_at": "2026-03-02T09:41:07Z", "body": null}"#,
    );
    write("bad.toml", "urll = 1");
    for (arguments, said) in [
        (&["odd.json"][..], "odd.json says no event by its name"),
        (&["push.json"], "push.json is no payload of push that can be read"),
        (&["gone.json"], "g1 was saved without its body"),
        (&["none.json"], "none.json cannot be read: "),
        (&["push", "--config", "none.toml"], "none.toml cannot be read"),
        (
            &["push", "--config", "bad.toml"],
            "`hookstead pipeline check bad.toml` says all that is wrong",
        ),
    ] {
        let ended = plan(&folder, arguments).await;
        assert!(ended.stderr.contains(said), "{ended:?}");
        assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    }
    // Standard input is empty here.
    let ended = plan(&folder, &["-"]).await;
    assert!(ended.stderr.contains("say it with --event"), "{ended:?}");
    assert_eq!(ended.status.code(), Some(2));
}

/// An inbox where the config says, in which two handlers take each of these deliveries.
async fn fill(folder: &TempDir, deliveries: Vec<Delivery>) {
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let store = SqliteStore::open(data.join("pipeline.db")).unwrap();
    let handler = || handler_fn(async |_: AnyEvent, _: Attempt| Ok(()));
    let router = Router::new().program("pipeline");
    let router = router.on_with::<AnyEvent>(handler(), |it| it.name("plan"));
    let inbox = Inbox::new(store, router.on_with::<AnyEvent>(handler(), |it| it.name("audit")));
    for delivery in deliveries {
        inbox.accept(delivery).await.unwrap();
    }
}

fn delivery(id: &str, event: &str, at: &str) -> Delivery {
    let body = sample(event).to_string().into_bytes();
    let mut delivery = Delivery::new(id.parse().unwrap(), event.into(), body);
    delivery.received_at = Timestamp::from(at);
    delivery
}

#[tokio::test]
async fn what_the_inbox_holds_is_planned_once_more() {
    let folder = folder();
    let deliveries = vec![
        delivery("old", "ping", "2026-02-01T10:00:00Z"),
        delivery("one", "pull_request", "2026-03-01T10:00:00Z"),
        delivery("two", "star", "2026-03-02T10:00:00Z"),
    ];
    fill(&folder, deliveries).await;
    let ended = pipeline(&folder, "replay", &["--since", "2026-03-01"]).await;
    let expected = "\
2026-03-01T10:00:00Z one: pull_request.opened of octo-org/hello-world
  hello/test runs: 104a64f of pull request 1, for pull_request.opened
  hello/deploy does not run, because it runs for push, not for pull_request
2026-03-02T10:00:00Z two: star.created of octo-org/hello-world
  nothing, because star.created starts nothing

Neither the journal nor GitHub was asked. This assumes that
  no newer commit of pull request 1 of octo-org/hello-world is known
  no build of 104a64f is known in hello
";
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), (expected, ""), "{ended:?}");

    let ended = pipeline(&folder, "replay", &["--since", "2026-03-01", "--limit", "1"]).await;
    assert!(ended.stdout.contains(" two: star.created"), "{ended:?}");
    assert!(!ended.stdout.contains(" one: "), "{ended:?}");

    let ended = pipeline(&folder, "replay", &["--since", "2026-03-01", "--json"]).await;
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(answer[0]["decision"]["builds"][0]["build"]["cause"]["delivery"]["id"], "one");

    let ended = pipeline(&folder, "replay", &["--since", "2026-04-01"]).await;
    let nothing = "The inbox holds no delivery since 2026-04-01T00:00:00Z.\n";
    assert_eq!((ended.stdout.as_str(), ended.status.code()), (nothing, Some(0)), "{ended:?}");
}

#[tokio::test]
async fn a_replay_needs_a_moment_and_an_inbox() {
    let folder = folder();
    let ended = pipeline(&folder, "replay", &["--since", "tomorrow"]).await;
    assert!(ended.stderr.contains("\"tomorrow\" is no day, moment or span"), "{ended:?}");
    assert_eq!(ended.status.code(), Some(2));
    let ended = pipeline(&folder, "replay", &[]).await;
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(!folder.path().join("data").exists(), "nothing is made");
}
