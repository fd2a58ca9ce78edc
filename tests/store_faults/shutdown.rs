//! `SIGTERM` in the middle of a burst.

use std::sync::Arc;
use std::time::Duration;

use hookstead::inbox::TaskState;
use hookstead_tests::{Ledger, TestServer, within};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{LONG, entries, on_postgres, on_sqlite};

const DELIVERIES: usize = 500;

/// The leases are so long that nothing here waits for their end.
async fn burst(ledger: Ledger, server: TestServer) {
    // Without the moment in which it still takes deliveries, some come too late.
    let server = server.with("LEAVE_DELAY", "0").drain(Duration::from_millis(200));
    let server = Arc::new(server);
    let first = server.start().await;
    let mut posts = JoinSet::new();
    for sender in 0..10 {
        let server = server.clone();
        posts.spawn(async move {
            let mut accepted = Vec::new();
            for number in 0..DELIVERIES / 10 {
                let id = format!("{sender}-{number}");
                // Some outlast the drain time.
                let job = json!({ "work": if number % 10 == 0 { 1000 } else { 10 } });
                let sender = server.sender().delivery_id(&id);
                let answer = sender.send("push", job.to_string()).await;
                if answer.is_ok_and(|answer| answer.status == 202) {
                    accepted.push(id);
                }
            }
            accepted
        });
    }
    ledger.until(|books| books.finished.len() >= 20).await;
    let (status, _) = first.terminate().await;
    assert!(status.success());
    let accepted = within(posts.join_all()).await.concat();
    assert!(accepted.len() < DELIVERIES, "it was too late to disturb anything");

    let second = server.start().await;
    ledger.until(|books| accepted.iter().all(|id| books.finished.contains(id))).await;
    let settled = async {
        while entries(&server).await.iter().any(|entry| entry.state != TaskState::Done) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(settled).await;
    let entries = entries(&server).await;
    for id in &accepted {
        assert!(entries.iter().any(|entry| entry.delivery.id.as_str() == id), "{id} is lost");
    }
    // What was handed back does not count as an attempt.
    assert!(entries.iter().all(|entry| entry.number == 1));
    ledger.look(|books| {
        assert_eq!(books.clashes, [""; 0]);
        assert!(books.cut_off() > 0);
    });
    let (status, _) = second.terminate().await;
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn burst_on_sqlite() {
    let (ledger, server) = on_sqlite(LONG);
    burst(ledger, server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn burst_on_postgres() {
    let Some((_postgres, ledger, server)) = on_postgres(LONG) else { return };
    burst(ledger, server).await;
}
