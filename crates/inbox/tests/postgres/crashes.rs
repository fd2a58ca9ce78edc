//! The server crashes, is away, and comes back.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookstead_inbox::{Accepted, PostgresStore, Settlement, Store};
use tokio::task::JoinSet;

use crate::program::Program;
use crate::server::Server;
use crate::{reason, soon};

/// So many deliveries come while the server restarts.
const DELIVERIES: usize = 200;

/// The front gives up an accept after this long.
const DEADLINE: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_refuses_nothing() {
    let Some(server) = Server::start().await else { return };
    let ci =
        Program::start(PostgresStore::connect(&server.url_with_password()).await.unwrap()).await;
    for number in 0..20 {
        ci.accept(&format!("before-{number}")).await;
    }
    let slowest = Arc::new(Mutex::new(Duration::ZERO));
    let mut senders = JoinSet::new();
    let restarting = {
        let server = server.clone();
        tokio::task::spawn_blocking(move || {
            let before = Instant::now();
            server.restart();
            before.elapsed()
        })
    };
    for number in 0..DELIVERIES {
        let (ci, slowest) = (ci.clone(), Arc::clone(&slowest));
        senders.spawn(async move {
            let before = Instant::now();
            let accepted =
                tokio::time::timeout(DEADLINE * 4, ci.try_accept(&number.to_string())).await;
            let mut slowest = slowest.lock().unwrap();
            *slowest = before.elapsed().max(*slowest);
            accepted.unwrap()
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let accepted = senders.join_all().await;
    let away = restarting.await.unwrap();
    let refused: Vec<String> =
        accepted.iter().filter_map(|it| it.as_ref().err()).map(reason).collect();
    println!("restarted within {away:?}, refused {}", refused.len());
    // On a slow machine it may be away for longer than a restart is outlasted.
    if away < Duration::from_secs(3) {
        assert!(refused.is_empty(), "{refused:?}");
        // An answer that was lost belongs to the same delivery: it is new once.
        let new = Accepted::New { tasks: 1 };
        assert!(accepted.iter().all(|it| matches!(it, Ok(it) if *it == new)), "{accepted:?}");
        assert!(*slowest.lock().unwrap() < DEADLINE, "{slowest:?}");
    }
    let mut done = HashSet::new();
    soon(async {
        loop {
            let leased = ci.lease(100).await;
            if leased.is_empty() {
                break;
            }
            for leased in leased {
                assert!(done.insert(leased.delivery.id.to_string()), "{}", leased.delivery.id);
                ci.settle(leased.token, Settlement::Done).await;
            }
        }
    })
    .await;
    assert_eq!(done.len(), 20 + DELIVERIES - refused.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_but_a_change_is_tried_again_until_the_server_is_back() {
    let Some(server) = Server::start().await else { return };
    let ci =
        Program::start(PostgresStore::connect(&server.url_with_password()).await.unwrap()).await;
    ci.accept("one").await;
    let one = ci.lease_one().await;
    server.halt();
    let restarting = {
        let server = server.clone();
        tokio::task::spawn_blocking(move || server.restart())
    };
    // Each begins while the server is away, or soon after.
    let (tokens, request) = ([one.token], ci.request(1, crate::LONG));
    let (renewed, leased) =
        tokio::join!(ci.store.renew(&tokens, crate::LONG), ci.store.lease(&request));
    restarting.await.unwrap();
    assert!(matches!(renewed.unwrap()[0], hookstead_inbox::Renewal::Renewed(_)));
    assert!(leased.unwrap().leased.is_empty());
    ci.settle(one.token, Settlement::Done).await;
}

#[tokio::test]
async fn a_server_that_stays_away_is_an_error_in_time() {
    let Some(server) = Server::start().await else { return };
    let span = Duration::from_millis(300);
    let store = PostgresStore::options().retry_for(span);
    let ci = Program::start(store.connect(&server.url_with_password()).await.unwrap()).await;
    ci.accept("before").await;
    server.halt();
    let before = Instant::now();
    let error = ci.try_accept("while-it-is-away").await.unwrap_err();
    assert_eq!(error.to_string(), "the inbox failed to accept a delivery");
    assert!(!error.is_full());
    assert!(before.elapsed() < span * 20, "{:?}", before.elapsed());
    let error = PostgresStore::connect(&server.url_with_password()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains(server.address()) && text.contains("Connection refused"), "{text}");
    assert!(!format!("{error:?} {text}").contains("hunter2"), "{text}");
    server.restart();
    ci.accept("after").await;
    let ids: Vec<String> =
        ci.lease(5).await.iter().map(|leased| leased.delivery.id.to_string()).collect();
    assert_eq!(ids, ["before", "after"]);
}

#[tokio::test]
async fn a_lost_connection_is_no_error() {
    let Some(schema) = crate::store::Schema::new().await else { return };
    let store = schema.options().pool_size(1).connect(&schema.url).await.unwrap();
    let ci = Program::start(store).await;
    for round in 0..5 {
        ci.accept(&format!("before-{round}")).await;
        assert!(schema.end_connections().await >= 1);
        ci.accept(&format!("after-{round}")).await;
        assert!(schema.end_connections().await >= 1);
        assert_eq!(ci.lease(2).await.len(), 2);
    }
}
