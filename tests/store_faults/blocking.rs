//! Handlers that block every thread of the program, for ever.

use std::time::Duration;

use hookstead_tests::{Ledger, Program, TestServer, within};
use serde_json::json;
use tokio::time::timeout;

use crate::{LONG, attempts_until_done, job, on_postgres, on_sqlite, post};

/// All threads that the program's handlers have.
const THREADS: usize = 2;

/// What is asked of a server whose threads are blocked comes in well under this, or not at all.
const SOON: Duration = Duration::from_secs(5);

async fn block(ledger: &Ledger, server: TestServer) -> (Program, TestServer) {
    let server =
        server.with("TOKIO_WORKER_THREADS", &THREADS.to_string()).drain(Duration::from_millis(100));
    let program = server.start().await;
    for number in 0..8 {
        let id = format!("block-{number}");
        assert_eq!(post(&server, &id, &json!({ "then": "block" })).await, 202);
    }
    ledger.until(|books| books.running() >= THREADS).await;
    (program, server)
}

async fn blocked(ledger: Ledger, server: TestServer) {
    let (mut program, server) = block(&ledger, server).await;
    for number in 0..40 {
        let id = format!("good-{number}");
        assert_eq!(timeout(SOON, post(&server, &id, &job())).await, Ok(202));
    }
    let readiness = timeout(SOON, server.readiness()).await.unwrap();
    assert!(readiness.starts_with("HTTP/1.1 200"), "{readiness}");

    // Asked to stop, it goes on taking deliveries for a moment, and says that it is about to stop.
    program.signal("TERM").await;
    server.until_readiness_is(503).await;
    assert_eq!(timeout(SOON, post(&server, "late", &job())).await, Ok(202));
    // It cannot stop what blocks. Asked once more it ends at once.
    let gone = async {
        while !server.readiness().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(gone).await;
    assert!(!program.has_ended());
    let (status, _) = program.terminate().await;
    assert_eq!(status.code(), Some(128 + 15));

    // The next one has it all.
    let _again = server.start().await;
    assert_eq!(attempts_until_done(&server, "late").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocked_on_sqlite() {
    let (ledger, server) = on_sqlite(LONG);
    blocked(ledger, server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocked_on_postgres() {
    let Some((_postgres, ledger, server)) = on_postgres(LONG) else { return };
    blocked(ledger, server).await;
}
