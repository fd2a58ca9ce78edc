//! A payload that cannot be its event's, through the whole server. The log is the process's, so this
//! test has a process of its own.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::io;
use std::sync::{Arc, Mutex};

use hookstead_events::{AnyEvent, EventName, PushEvent};
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Entry, Filter, Inbox, MemoryStore, TaskState};
use hookstead_receiver::Server;
use hookstead_testkit::samples;
use support::{ENCODINGS, Request, Running, secret, within};

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Waits for a line with this text.
    async fn line_with(&self, text: &str) -> String {
        loop {
            let told = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            if let Some(line) = told.lines().find(|line| line.contains(text)) {
                return line.to_owned();
            }
            tokio::task::yield_now().await;
        }
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn dead(inbox: &Inbox) -> Entry {
    within(async {
        loop {
            let filter = Filter::default().in_state(TaskState::Dead);
            if let Some(entry) = inbox.list(filter).next().await.unwrap() {
                return entry;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_payload_that_cannot_be_its_events_dies_and_says_why() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .with_max_level(tracing::Level::INFO)
        .init();
    let of_push = handler_fn(async |_: PushEvent, _: Attempt| panic!("this is no push"));
    let of_any = handler_fn(async |_: AnyEvent, _: Attempt| panic!("this is no push"));
    let routers = [Router::new().on::<PushEvent>(of_push), Router::new().on::<AnyEvent>(of_any)];
    let pull_request = samples::payload(&EventName::PullRequest).unwrap().to_string();
    let mut number = 0;
    for router in routers {
        for encoding in ENCODINGS {
            number += 1;
            let id = format!("wrong-{number}");
            let inbox = Inbox::new(MemoryStore::new(), router.clone());
            let running = Running::start(Server::of("/event_handler", secret(), inbox.clone()));
            let wrong =
                Request::delivery("push", &pull_request, encoding).with("X-GitHub-Delivery", &id);
            running.send(&wrong).await.expect(202, "push.opened");

            let dead = dead(&inbox).await;
            assert_eq!((dead.run, dead.number), (1, 1), "no later attempt would help");
            assert_eq!(dead.delivery.body, "", "not asked for");
            let error = dead.text.unwrap();
            assert!(error.contains("cannot decode push: .: missing field `ref`"), "{error}");
            let line = within(log.line_with(&format!("dead delivery={id}"))).await;
            assert!(line.contains("ERROR") && line.contains("missing field `ref`"), "{line}");
        }
    }
}
