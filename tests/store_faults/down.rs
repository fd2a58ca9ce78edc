//! PostgreSQL is away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_tests::{say, within};
use tokio::task::JoinSet;

use crate::{LONG, SHORT, attempts_until_done, job, on_postgres, post};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_is_down_at_the_start_and_in_the_middle() {
    let Some((postgres, ledger, server)) = on_postgres(LONG) else { return };
    postgres.halt().await;
    // It ends, and whoever started it tries again.
    let said = server.try_start().await.unwrap_err();
    assert!(said.starts_with("cannot open the inbox in PostgreSQL at 127.0.0.1:"), "{said}");
    postgres.restart().await;
    let program = server.start().await;
    server.until_readiness_is(200).await;
    ledger.hold();
    assert_eq!(post(&server, "before", &job()).await, 202);
    ledger.until(|books| books.running() == 1).await;

    postgres.halt().await;
    server.until_readiness_is(503).await;
    assert_eq!(post(&server, "meanwhile", &job()).await, 503);
    ledger.release();
    ledger.until(|books| books.finished.contains("before")).await;

    postgres.restart().await;
    server.until_readiness_is(200).await;
    // The outcome of what ran was kept meanwhile.
    assert_eq!(attempts_until_done(&server, "before").await, 1);
    assert_eq!(post(&server, "afterwards", &job()).await, 202);
    assert_eq!(attempts_until_done(&server, "afterwards").await, 1);
    ledger.look(|books| assert_eq!(books.clashes, [""; 0]));
    let (status, _) = program.terminate().await;
    assert!(status.success());
}

/// So many deliveries come while it restarts, so far apart.
const DELIVERIES: usize = 200;
const APART: Duration = Duration::from_millis(15);

/// A restart that takes longer may refuse some: they must be answered in time.
const FAST: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_refused_while_postgresql_restarts() {
    // What was accepted and handed over, but the answer did not arrive, is leased by nobody for a while.
    let Some((postgres, ledger, server)) = on_postgres(SHORT) else { return };
    let server = Arc::new(server);
    let program = server.start().await;
    server.until_readiness_is(200).await;
    let (mut is_fast, mut refused) = (false, 0);
    // A loaded machine may need more than one try to be so fast.
    for round in 0..5 {
        if is_fast {
            break;
        }
        let mut posts = JoinSet::new();
        let begun = async {
            for number in 0..DELIVERIES {
                let (server, id) = (server.clone(), format!("{round}-{number}"));
                posts.spawn(async move { (post(&server, &id, &job()).await, id) });
                tokio::time::sleep(APART).await;
            }
        };
        let restart = async {
            tokio::time::sleep(10 * APART).await;
            let begun = Instant::now();
            postgres.halt().await;
            postgres.restart().await;
            is_fast = begun.elapsed() < FAST;
        };
        tokio::join!(begun, restart);
        let mut accepted = Vec::new();
        for (status, id) in within(posts.join_all()).await {
            match status {
                202 => accepted.push(id),
                503 => {}
                _ => panic!("{status} {id}"),
            }
        }
        refused = DELIVERIES - accepted.len();
        ledger.until(|books| accepted.iter().all(|id| books.finished.contains(id))).await;
    }
    if is_fast {
        assert_eq!(refused, 0);
    } else {
        say("SKIPPED: the test of a fast restart; PostgreSQL takes longer than 3 s for it here.");
    }
    ledger.look(|books| assert_eq!(books.clashes, [""; 0]));
    let (status, _) = program.terminate().await;
    assert!(status.success());
}
