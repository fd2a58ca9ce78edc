//! Another process holds the lock of the file, for longer than anybody waits for it.

use std::time::{Duration, Instant};

use hookstead_tests::within;
use rusqlite::Connection;
use tokio::task::JoinSet;

use crate::{LONG, attempts_until_done, job, on_sqlite, post};

const LOCKED: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_locked_for_8_seconds() {
    let (ledger, server) = on_sqlite(LONG);
    let server = std::sync::Arc::new(server);
    let program = server.start().await;
    ledger.hold();
    assert_eq!(post(&server, "before", &job()).await, 202);
    ledger.until(|books| books.running() == 1).await;

    let other = Connection::open(server.file()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let begun = Instant::now();
    let mut posts = JoinSet::new();
    for number in 0.. {
        if begun.elapsed() >= LOCKED {
            break;
        }
        if number == 1 {
            // It ends while nothing can be written.
            ledger.release();
            ledger.until(|books| books.finished.contains("before")).await;
        }
        let server = server.clone();
        posts.spawn(async move {
            let id = format!("meanwhile-{number}");
            // The sender waits for ten seconds, as GitHub does.
            (post(&server, &id, &job()).await, id)
        });
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    other.execute_batch("ROLLBACK").unwrap();

    let answers = within(posts.join_all()).await;
    let refused = answers.iter().filter(|(status, _)| *status == 503).count();
    assert!(refused > 0, "{answers:?}");
    for (status, id) in answers {
        match status {
            503 => {}
            202 => assert_eq!(attempts_until_done(&server, &id).await, 1),
            _ => panic!("{status} {id}"),
        }
    }
    // Its outcome was kept until it could be written.
    assert_eq!(attempts_until_done(&server, "before").await, 1);
    assert_eq!(post(&server, "afterwards", &job()).await, 202);
    assert_eq!(attempts_until_done(&server, "afterwards").await, 1);
    let (status, _) = program.terminate().await;
    assert!(status.success());
}
