//! GitHub's recorded payloads, sent signed to a running server, as JSON and as form.
//!
//! They come from the npm package `@octokit/webhooks-examples`, version 7.6.1. The environment
//! variable `HOOKSTEAD_EXAMPLES` names the folder that holds `api.github.com/index.json`; CI sets
//! it. Without it this test says so and passes.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::io::Write;
use std::net::TcpListener;

use hookstead::events::{AnyEvent, EventName};
use hookstead::inbox::{Filter, MemoryStore, TaskState};
use hookstead::{Attempt, Inbox, Router, Server, WebhookSecret, handler_fn};
use hookstead_testkit::Sender;
use hookstead_tests::{recorded_events, within};
use tokio::sync::oneshot;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_one_is_accepted_and_decoded() {
    let Some(examples) = recorded_events().unwrap() else {
        // Written past the test runner, which hides what a test prints that passes.
        let why = "SKIPPED official_payloads: HOOKSTEAD_EXAMPLES is not set. Run `npm pack \
                   @octokit/webhooks-examples@7.6.1`, unpack it, and set it to the folder `package`.";
        writeln!(std::io::stderr(), "{why}").unwrap();
        return;
    };

    let secret = WebhookSecret::new("It's a Secret to Everybody").unwrap();
    let decode = handler_fn(async |event: AnyEvent, _: Attempt| match event {
        AnyEvent::Other(_) => Err(hookstead::HandlerError::permanent("decoded into no type")),
        _ => Ok(()),
    });
    let inbox = Inbox::new(MemoryStore::new(), Router::new().on::<AnyEvent>(decode));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/event_handler", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::of("/event_handler", secret.clone(), inbox.clone());
    let server = tokio::spawn(server.serve_until(listener, async {
        stopped.await.unwrap_or_default();
    }));

    let mut sent = 0;
    for event in &examples {
        let name = event["name"].as_str().unwrap();
        for payload in event["examples"].as_array().unwrap() {
            for form in [false, true] {
                let sender = Sender::new(&url, secret.clone()).unwrap();
                let sender = if form { sender.form() } else { sender.json() };
                let answer = sender.send(EventName::from(name), payload.to_string()).await.unwrap();
                assert!(answer.status.is_success(), "{name}: {} {}", answer.status, answer.text());
                sent += 1;
            }
        }
    }
    assert!(sent >= 2 * 329, "only {sent}: is that the right folder?");

    within(async {
        loop {
            let depth = inbox.depth().await.unwrap();
            if depth.done + depth.dead == sent {
                break;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let dead = inbox.list(Filter::default().in_state(TaskState::Dead)).all().await.unwrap();
    let errors: Vec<_> = dead.iter().map(|entry| entry.text.as_deref()).collect();
    assert!(dead.is_empty(), "{errors:#?}");

    stop.send(()).unwrap();
    within(server).await.unwrap().unwrap();
}
