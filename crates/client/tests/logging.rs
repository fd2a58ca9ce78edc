//! What the client logs. On its own, because a subscriber is for a whole process: `tracing` remembers
//! for each place in the code whether anybody listens, and tests beside this one would not.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "loopback/support.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod support;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_client::{Client, NewHook, NewStatus, Repo, RetryPolicy};
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::{Event, Metadata, Subscriber};

use support::{Reply, SHA, Server, TOKEN, answer, sha};

/// Writes down every event and span of every level, with all fields.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut line = "span".to_owned();
        attributes.record(&mut Fields(&mut line));
        self.0.lock().unwrap().push(line);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut line = "record".to_owned();
        values.record(&mut Fields(&mut line));
        self.0.lock().unwrap().push(line);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = format!("{} {}", metadata.level(), metadata.target());
        event.record(&mut Fields(&mut line));
        self.0.lock().unwrap().push(line);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn repo_of(client: &Client) -> Repo {
    client.repo(&"octocat/hello".parse().unwrap())
}

#[tokio::test]
async fn one_event_per_call_and_repetition_and_no_secret_in_any() {
    let recorder = Recorder::default();
    tracing::subscriber::set_global_default(recorder.clone()).unwrap();

    let body = r#"{"id": 1, "state": "pending", "description": "s3cret-answer"}"#;
    let server = Server::start([answer(201, &[("x-github-request-id", "ABCD:1234")], body)]).await;
    server.then(answer(403, &[], &format!("<pre>Bearer {TOKEN}</pre>")));
    let repo = server.repo();
    let new = NewStatus::pending().description("s3cret-description");
    repo.create_status(&sha(), &new).await.unwrap();
    repo.statuses("main").await.unwrap_err();
    // What is repeated is logged each time, and what proxies and GitHub say about it is not.
    let policy = RetryPolicy::new().first_delay(Duration::from_millis(1));
    let client = server.builder().retries(policy).build().unwrap();
    server.then(answer(502, &[], &format!("<pre>Bearer {TOKEN} s3cret</pre>")));
    server.then(Reply::BytesThenClose(b"HTTP/1.1 s3cret".to_vec()));
    server.then(answer(201, &[], body));
    let hooks = repo_of(&client).hooks();
    repo_of(&client).create_status(&sha(), &new).await.unwrap();
    server.then(answer(422, &[], r#"{"message": "s3cret"}"#));
    hooks.create(&NewHook::new("https://s3cret@x").secret("s3cret")).await.unwrap_err();
    server.then(answer(404, &[], ""));
    client.get::<()>("/x?token=s3cret").await.unwrap_err();

    let lines = recorder.0.lock().unwrap().clone();
    let ours: Vec<_> = lines.iter().filter(|line| line.contains("hookstead_client")).collect();
    assert_eq!(ours.len(), 7, "{ours:?}");
    assert!(ours[0].starts_with("DEBUG "), "{}", ours[0]);
    for part in [
        "method=\"POST\"",
        &format!("path=\"/repos/octocat/hello/statuses/{SHA}\""),
        "status=201",
        "request_id=\"ABCD:1234\"",
        "attempts=1",
        "milliseconds=",
    ] {
        assert!(ours[0].contains(part), "{part} is not in {}", ours[0]);
    }
    assert!(ours[1].contains("path=\"/repos/octocat/hello/commits/main/statuses\""), "{}", ours[1]);
    assert!(ours[1].contains("status=403"), "{}", ours[1]);
    assert!(ours[2].contains("status=502") && ours[2].contains("because=\"an outage\""));
    assert!(ours[3].contains("because=\"no answer\""), "{}", ours[3]);
    assert!(ours[4].contains("status=201") && ours[4].contains("attempts=3"), "{}", ours[4]);
    // What is made to fit, and what GitHub refuses all the same, is named and not shown.
    let refused =
        r#"{"message": "s3cret", "errors": [{"field": "description", "message": "s3cret"}]}"#;
    server.then(answer(422, &[], refused));
    server.then(answer(201, &[], body));
    let odd = NewStatus::failure()
        .context("x".repeat(300))
        .description("s3cret 🐛".repeat(20))
        .target_url("s3cret.example.com");
    let repo = repo_of(&server.client());
    repo.create_status(&sha(), &odd).await.unwrap();
    let after = recorder.0.lock().unwrap().split_off(lines.len());
    for (level, field) in [
        ("WARN", "field=\"context\""),
        ("INFO", "field=\"description\""),
        ("WARN", "field=\"target_url\""),
        ("WARN", "fields=\"description\""),
    ] {
        let is_it = |line: &&String| {
            line.starts_with(&format!("{level} hookstead_client")) && line.contains(field)
        };
        assert!(after.iter().any(|line| is_it(&line)), "{level} {field}: {after:?}");
    }
    let lines: Vec<_> = lines.into_iter().chain(after).collect();
    // hyper-util traces its connections; the recorder must have seen that, or it saw nothing.
    assert!(lines.iter().any(|line| line.starts_with("TRACE hyper_util")), "{lines:?}");
    for line in &lines {
        assert!(!line.contains(TOKEN) && !line.contains("s3cret"), "{line}");
    }
}
