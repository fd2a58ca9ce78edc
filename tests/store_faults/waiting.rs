//! Very many deliveries wait when the server starts.

use hookstead::inbox::Depth;
use hookstead::{Delivery, Inbox};
use hookstead_tests::{HANDLERS, Ledger, PROGRAM, TestServer, padding, router, within};
use tokio::task::JoinSet;

use crate::{LONG, job, on_postgres, on_sqlite, post};

const DELIVERIES: usize = 10_000;
const BODY: usize = 10_000;

/// Works off so many of them.
async fn waiting(ledger: Ledger, server: TestServer, handled: usize) {
    // Another process of the program, which only accepts.
    let handlers = router(PROGRAM, HANDLERS, ledger.address()).unwrap();
    let before = Inbox::of_shared(server.store().await, handlers);
    let body = serde_json::json!({ "work": 0, "padding": padding(BODY) }).to_string();
    let mut accepting = JoinSet::new();
    for sender in 0..50 {
        let (before, body) = (before.clone(), body.clone());
        accepting.spawn(async move {
            for number in 0..DELIVERIES / 50 {
                let id = format!("{sender}-{number}").parse().unwrap();
                let delivery = Delivery::new(id, "push".into(), body.clone());
                before.accept(delivery).await.unwrap();
            }
        });
    }
    within(accepting.join_all()).await;

    ledger.hold();
    let program = server.start().await;
    server.until_readiness_is(200).await;
    // At once, for nothing is handled yet.
    assert_eq!(post(&server, "one-more", &job()).await, 202);
    ledger.until(|books| books.running() == 16).await;
    let depth = before.depth().await.unwrap();
    let pushes = depth.names.iter().find(|it| it.name.as_str() == "torture.push").unwrap();
    // Counting ends somewhere.
    let ready = (DELIVERIES as u64 + 1 - 16).min(Depth::MOST);
    assert_eq!((pushes.ready, pushes.leased, depth.done), (ready, 16, 0));
    drop(before);
    ledger.release();
    ledger.until(|books| books.finished.len() >= handled).await;

    let memory = most_memory(program.id());
    let bodies = DELIVERIES * BODY;
    assert!(memory < bodies / 2, "{memory} bytes of memory for {bodies} bytes of bodies");
    let (status, _) = program.terminate().await;
    assert!(status.success());
    // Each once.
    ledger.look(|books| assert_eq!(books.attempts.len() - books.cut_off(), books.finished.len()));
}

/// The most memory that a process ever had, in bytes.
fn most_memory(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_on_sqlite() {
    let (ledger, server) = on_sqlite(LONG);
    waiting(ledger, server, DELIVERIES + 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_on_postgres() {
    let Some((_postgres, ledger, server)) = on_postgres(LONG) else { return };
    // The rest would tell nothing new, and take its time.
    waiting(ledger, server, DELIVERIES / 5).await;
}
