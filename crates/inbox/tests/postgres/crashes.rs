//! The server crashes, is away, and comes back.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookstead_handler::{Delivery, HandlerError, Router, handler_fn};
use hookstead_inbox::{Inbox, PostgresInbox, Worker};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::server::Server;
use crate::{Push, delivery, soon};

const SENDERS: usize = 4;

/// What became of what was sent.
#[derive(Default)]
struct Books {
    accepted: HashSet<String>,
    refused: HashSet<String>,
    handled: HashSet<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_accepted_is_lost_when_the_server_crashes() {
    let Some(server) = Server::start().await else { return };
    let budget = Duration::from_secs(2);
    let options = PostgresInbox::options().accept_budget(budget);
    let inbox = Arc::new(options.connect(&server.url_with_password()).await.unwrap());
    let books = Arc::new(Mutex::new(Books::default()));
    let router = {
        let books = Arc::clone(&books);
        Router::new().on::<Push>(handler_fn(move |_: Push, delivery: Delivery| {
            books.lock().unwrap().handled.insert(delivery.id.to_string());
            async { Ok::<(), HandlerError>(()) }
        }))
    };
    // What it holds at the moment of the crash comes back when the lease ends.
    let worker = Worker::new(Arc::clone(&inbox) as Arc<dyn Inbox>, router)
        .lease(Duration::from_secs(3))
        .concurrency(4);
    let worker = tokio::spawn(worker.run(std::future::pending()));

    let (stop, stopped) = watch::channel(false);
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (inbox, books, stopped) = (Arc::clone(&inbox), Arc::clone(&books), stopped.clone());
        senders.spawn(async move {
            let mut number = 0;
            while !*stopped.borrow() {
                let id = format!("{sender}-{number}");
                number += 1;
                let before = Instant::now();
                let accepted = inbox.accept(delivery(&id)).await;
                // A slow machine may be late to notice.
                assert!(before.elapsed() < budget * 10, "{:?}", before.elapsed());
                if accepted.is_ok() {
                    books.lock().unwrap().accepted.insert(id);
                } else {
                    books.lock().unwrap().refused.insert(id);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        });
    }
    let counts = || {
        let books = books.lock().unwrap();
        (books.accepted.len(), books.refused.len(), books.handled.len())
    };
    let until = async |holds: &dyn Fn((usize, usize, usize)) -> bool| {
        soon(async {
            while !holds(counts()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    };

    until(&|(accepted, _, handled)| accepted >= 200 && handled >= 50).await;
    server.halt();
    let (before, _, _) = counts();
    let error = inbox.accept(delivery("while-it-is-away")).await.unwrap_err();
    assert_eq!(error.to_string(), "the inbox failed to accept a delivery");
    until(&|(_, refused, _)| refused >= 20).await;
    let error = PostgresInbox::connect(&server.url_with_password()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains(server.address()) && text.contains("Connection refused"), "{text}");
    assert!(!format!("{error:?} {text}").contains("hunter2"), "{text}");
    server.restart();
    until(&|(accepted, _, _)| accepted >= before + 100).await;
    stop.send_replace(true);
    while let Some(sender) = senders.join_next().await {
        sender.unwrap();
    }

    // The worker that ran before goes on by itself.
    soon(async {
        loop {
            {
                let books = books.lock().unwrap();
                if books.accepted.is_subset(&books.handled) {
                    break;
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    soon(async {
        loop {
            let depth = inbox.depth().await.unwrap();
            if (depth.ready, depth.leased, depth.delayed) == (0, 0, 0) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    worker.abort();
    let depth = inbox.depth().await.unwrap();
    let books = books.lock().unwrap();
    // An answer that was lost in the crash may belong to one that is there.
    let unanswered = books.refused.intersection(&books.handled).count();
    println!(
        "accepted {}, refused {}, of those handled nevertheless {unanswered}, done {}",
        books.accepted.len(),
        books.refused.len(),
        depth.done,
    );
    assert_eq!(depth.dead, 0);
    assert_eq!(depth.done, (books.accepted.len() + unanswered) as u64);
}
