//! What several handlers, or none, make of one delivery, and what a server says of it.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::net::TcpListener;
use std::sync::Arc;

use hookstead_events::{DecodeError, Event, EventName};
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Inbox, MemoryStore};
use hookstead_receiver::Server;
use support::{ENCODINGS, Encoding, GUID, Request, Running, secret, within};
use tokio::sync::Semaphore;

/// A `pull_request`, whatever is in it.
#[derive(Clone)]
struct Pull;

impl Event for Pull {
    const NAME: Option<EventName> = Some(EventName::PullRequest);

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

fn good(encoding: Encoding) -> Request {
    Request::delivery("pull_request", r#"{"action": "opened"}"#, encoding)
}

/// A router with a handler of this name, that does nothing.
fn router(program: &str, name: &'static str) -> Router {
    let handler = handler_fn(async |_: Pull, _: Attempt| Ok(()));
    Router::new().program(program).on_with::<Pull>(handler, |it| it.name(name))
}

fn server(router: Router) -> Server {
    Server::new("/event_handler", secret(), router)
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// Waits until so many tasks are done.
async fn done(inbox: &Inbox, tasks: u64) {
    within(async {
        while inbox.depth().await.unwrap().done != tasks {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_answer_counts_the_tasks_of_a_delivery() {
    for encoding in ENCODINGS {
        let open = Arc::new(Semaphore::new(0));
        let waits = Arc::clone(&open);
        let slow = handler_fn(move |_: Pull, _: Attempt| {
            let waits = Arc::clone(&waits);
            async move {
                waits.acquire().await?.forget();
                Ok(())
            }
        });
        let quick = handler_fn(async |_: Pull, _: Attempt| Ok(()));
        let router = Router::new()
            .on_with::<Pull>(slow, |it| it.name("slow"))
            .on_with::<Pull>(quick, |it| it.name("quick").lane(|_| "one".to_owned()).latest_only());
        let inbox = Inbox::new(MemoryStore::new(), router);
        let running = Running::start(Server::of("/event_handler", secret(), inbox.clone()));
        running.send(&good(encoding)).await.expect(202, "accepted 72");
        done(&inbox, 1).await;
        let answer = running.send(&good(encoding)).await;
        assert_eq!(answer.text, format!("duplicate {GUID}, 1 of 2 tasks still at work"));
        assert_eq!(answer.status, 202);
        open.add_permits(1);
        done(&inbox, 2).await;

        // A newer one takes the place of the quick one's.
        let newer = good(encoding).with("X-GitHub-Delivery", "newer");
        running.send(&newer).await.expect(202, "accepted newer");
        open.add_permits(1);
        done(&inbox, 4).await;
        let answer = running.send(&good(encoding)).await;
        let again = format!("accepted again {GUID} pull_request.opened");
        assert_eq!(answer.text, format!("{again}, but 1 of 2 tasks superseded by a newer one"));
        assert_eq!(answer.status, 202);
    }
}

#[tokio::test]
async fn what_all_handlers_decline_has_no_handler() {
    let handler = || handler_fn(async |_: Pull, _: Attempt| Ok(()));
    let router = Router::new()
        .on_with::<Pull>(handler(), |it| it.name("a").when(|_| false))
        .on_with::<Pull>(handler(), |it| it.name("b").when(|_| false));
    let running = Running::start(server(router));
    for encoding in ENCODINGS {
        for _ in 0..2 {
            let answer = running.send(&good(encoding)).await;
            answer.expect(200, "ignored pull_request.opened: no handler");
        }
    }
}

/// An older version of a program answers for the handler that a newer one has.
#[tokio::test]
async fn what_another_version_takes_is_accepted() {
    let store = Arc::new(MemoryStore::new());
    let old = server(Router::new().program("ci")).inbox(Arc::clone(&store));
    let old = Running::start(old);
    old.send(&good(Encoding::Json)).await.expect(200, "ignored");
    let new = Inbox::new(Arc::clone(&store), router("ci", "build"));
    new.start().await.unwrap();
    within(async {
        let mut number = 0;
        // It learns of it within a moment.
        while old
            .send(&good(Encoding::Json).with("X-GitHub-Delivery", &number.to_string()))
            .await
            .status
            != 202
        {
            number += 1;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    let depth = new.depth().await.unwrap();
    let [name] = &*depth.names else { panic!("{depth:?}") };
    assert_eq!((name.name.as_str(), name.is_alive), ("ci.build", true));
    // Another program has a hook of its own.
    let other = Running::start(server(Router::new().program("deploy")).inbox(store));
    let answer = other.send(&good(Encoding::Json).with("X-GitHub-Delivery", "other")).await;
    answer.expect(200, "ignored");
}

#[tokio::test]
async fn a_server_whose_handlers_cannot_be_told_apart_does_not_begin() {
    let handler = || handler_fn(async |_: Pull, _: Attempt| Ok(()));
    let twice = || server(Router::new().on::<Pull>(handler()).on::<Pull>(handler()));
    let error = twice().serve_until(listener(), std::future::pending()).await.unwrap_err();
    assert!(error.to_string().contains("the router cannot be used"), "{error}");
    assert!(error.to_string().contains("pull_request"), "{error}");
    assert!(twice().serve("127.0.0.1:0").await.is_err());
}

#[tokio::test]
async fn a_name_of_another_program_that_runs_is_refused_at_the_start() {
    let store = Arc::new(MemoryStore::new());
    let server = |router| server(router).inbox(Arc::clone(&store));
    let running = Running::start(server(router("ci.server", "build")));
    running.send(&good(Encoding::Json)).await.expect(202, "accepted");
    let other = server(router("ci", "server.build"));
    let error = other.serve_until(listener(), std::future::pending()).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("ci.server.build belongs to the program ci.server"), "{said}");
    // Another version of the same program is welcome.
    let sibling = Running::start(server(router("ci.server", "build")));
    sibling.send(&good(Encoding::Json)).await.expect(202, "");
}
