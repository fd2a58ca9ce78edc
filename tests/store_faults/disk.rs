//! No room for another delivery.

use std::time::Duration;

use hookstead_tests::{Ledger, TestServer, padding, within};
use serde_json::{Value, json};

use crate::file_system::FileSystem;
use crate::{LONG, SHORT, job, on_sqlite, post};

/// Work with a body of so many bytes that do not pack.
fn large(bytes: usize) -> Value {
    json!({ "work": 0, "padding": padding(bytes) })
}

/// Posts until there is no room; returns the ids of what was accepted.
async fn fill(server: &TestServer, name: &str, bytes: usize) -> Vec<String> {
    let mut accepted = Vec::new();
    loop {
        let id = format!("{name}-{}", accepted.len());
        let answer = server.sender().delivery_id(&id).send("push", large(bytes).to_string()).await;
        let answer = answer.unwrap();
        match answer.status.as_u16() {
            202 => accepted.push(id),
            503 => {
                assert_eq!(answer.text(), "the inbox is full");
                break;
            }
            _ => panic!("{answer:?}"),
        }
    }
    accepted
}

/// Waits until everything that was accepted is handled, and settled.
async fn worked_off(server: &TestServer, ledger: &Ledger, accepted: &[String]) {
    ledger.until(|books| accepted.iter().all(|id| books.finished.contains(id))).await;
    let settled = async {
        while !server
            .readiness()
            .await
            .contains("inbox: 0 ready, 0 blocked, 0 leased, 0 delayed, 0 dead")
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within(settled).await;
    ledger.look(|books| {
        assert_eq!(books.clashes, [""; 0]);
        assert_eq!(books.attempts.len() - books.cut_off(), books.finished.len());
    });
}

/// Waits until this is accepted again.
async fn until_accepted(server: &TestServer, id: &str, job: &Value) {
    let accepted = async {
        loop {
            match post(server, id, job).await {
                202 => break,
                503 => tokio::time::sleep(Duration::from_millis(50)).await,
                status => panic!("{status}"),
            }
        }
    };
    within(accepted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_handled_on_a_full_disk() {
    let (ledger, server) = on_sqlite(SHORT);
    let Some(disk) = FileSystem::of_megabytes(20, server.folder()) else { return };
    let server = disk.with(server);
    let program = server.start().await;
    ledger.hold();
    let mut accepted = fill(&server, "large", 20_000).await;
    assert!(accepted.len() > 100, "{}", accepted.len());
    // What is small may still fit, and what is large when the log has become shorter.
    let refusing = async {
        while !server.readiness().await.contains("not ready: the inbox is full") {
            for bytes in [20_000, 0] {
                let name = format!("more-{}", accepted.len());
                accepted.extend(fill(&server, &name, bytes).await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(refusing).await;
    assert!(disk.free() > 1_000_000, "there is no reserve: {} bytes", disk.free());

    // Started again, it is as full as before, and works off what it has.
    program.kill().await;
    let program = server.start().await;
    let more = format!("more-{}", accepted.len());
    accepted.extend(fill(&server, &more, 20_000).await);
    ledger.release();
    worked_off(&server, &ledger, &accepted).await;
    // That made room: what is settled need not keep its body.
    until_accepted(&server, "afterwards", &large(20_000)).await;
    server.until_readiness_is(200).await;
    accepted.push("afterwards".to_owned());
    worked_off(&server, &ledger, &accepted).await;
    let (status, _) = program.terminate().await;
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn room_that_comes_back_is_used() {
    let (ledger, server) = on_sqlite(LONG);
    let Some(disk) = FileSystem::of_megabytes(20, server.folder()) else { return };
    let server = disk.with(server);
    let program = server.start().await;
    ledger.hold();
    assert_eq!(post(&server, "before", &job()).await, 202);
    // Somebody else takes the room, all but a piece of the reserve. It is looked at now and then.
    disk.leave(2_000_000);
    let mut accepted = fill(&server, "meanwhile", 0).await;
    accepted.push("before".to_owned());
    server.until_readiness_is(503).await;
    // What was accepted is handled meanwhile.
    ledger.release();
    ledger.until(|books| accepted.iter().all(|id| books.finished.contains(id))).await;
    assert_eq!(post(&server, "afterwards", &large(20_000)).await, 503);

    disk.give_back();
    until_accepted(&server, "afterwards", &large(20_000)).await;
    server.until_readiness_is(200).await;
    accepted.push("afterwards".to_owned());
    worked_off(&server, &ledger, &accepted).await;
    let (status, _) = program.terminate().await;
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_may_not_grow() {
    let (ledger, server) = on_sqlite(LONG);
    let server = server.with("MAX_BYTES", "3000000");
    let program = server.start().await;
    ledger.hold();
    let mut accepted = fill(&server, "large", 100_000).await;
    assert!(accepted.len() > 5, "{}", accepted.len());
    // The work itself makes room.
    ledger.release();
    worked_off(&server, &ledger, &accepted).await;
    for id in ["afterwards", "and-again"] {
        let job = if id == "afterwards" { large(100_000) } else { job() };
        assert_eq!(post(&server, id, &job).await, 202);
        accepted.push(id.to_owned());
    }
    worked_off(&server, &ledger, &accepted).await;
    let (status, _) = program.terminate().await;
    assert!(status.success());
}
