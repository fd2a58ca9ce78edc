//! No room for another delivery.

use hookstead_tests::{Ledger, TestServer, padding, say};
use serde_json::{Value, json};
use std::process::Command;

use crate::{LONG, job, on_sqlite, post};

/// A hundredth of it fits into what is left.
fn large() -> Value {
    json!({ "work": 0, "padding": padding(100_000) })
}

/// Posts until there is no room; returns the ids of what was accepted.
async fn fill(server: &TestServer) -> Vec<String> {
    let mut accepted = Vec::new();
    loop {
        let id = format!("large-{}", accepted.len());
        let answer = server.sender().delivery_id(&id).send("push", large().to_string()).await;
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
    assert!(accepted.len() > 5, "{}", accepted.len());
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
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    hookstead_tests::within(settled).await;
    ledger.look(|books| assert_eq!(books.attempts.len(), books.finished.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk() {
    // A disk of its own, which a user who is not root may mount, too, where the system lets them.
    let mount = ["unshare", "--user", "--map-root-user", "--mount"];
    let try_it = ["sh", "-c", "mount -t tmpfs -o size=1m none /tmp"];
    let tried = Command::new(mount[0]).args(&mount[1..]).args(try_it).output();
    if !tried.is_ok_and(|output| output.status.success()) {
        say("SKIPPED: the test of a full disk; it needs `unshare` and user namespaces.");
        return;
    }
    let (ledger, server) = on_sqlite(LONG);
    let folder = server.folder().to_str().unwrap().to_owned();
    // What is kept free is a quarter of it; a few mebibytes more are left.
    let script = format!(
        "mount -t tmpfs -o size=32m none '{folder}' && \
         head -c 20000000 /dev/zero > '{folder}/filler' && exec \"$0\""
    );
    let wrapper: Vec<&str> = mount.into_iter().chain(["sh", "-c", &script]).collect();
    let path = std::env::var("PATH").unwrap();
    let server = server.started_by(&wrapper).with("PATH", &path);
    let program = server.start().await;

    ledger.hold();
    let mut accepted = fill(&server).await;
    // Small ones may still fit for a moment, a probe among them. Each that does takes of the rest.
    let refusing = async {
        while !server.readiness().await.contains("not ready: the inbox is full") {
            let id = format!("more-{}", accepted.len());
            let small = json!({ "work": 0, "padding": padding(2_000) });
            if post(&server, &id, &small).await == 202 {
                accepted.push(id);
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    hookstead_tests::within(refusing).await;
    // Nothing makes room, and yet everything that was accepted is handled: for that some was kept.
    ledger.release();
    worked_off(&server, &ledger, &accepted).await;
    // Somebody makes room, and it is used without anybody's help.
    std::fs::remove_file(format!("/proc/{}/root{folder}/filler", program.id())).unwrap();
    server.until_readiness_is(200).await;
    assert_eq!(post(&server, "afterwards", &large()).await, 202);
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
    let mut accepted = fill(&server).await;
    // The work itself makes room.
    ledger.release();
    worked_off(&server, &ledger, &accepted).await;
    for id in ["afterwards", "and-again"] {
        let job = if id == "afterwards" { large() } else { job() };
        assert_eq!(post(&server, id, &job).await, 202);
        accepted.push(id.to_owned());
    }
    worked_off(&server, &ledger, &accepted).await;
    let (status, _) = program.terminate().await;
    assert!(status.success());
}
