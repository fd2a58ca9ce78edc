//! PostgreSQL is away.

use crate::{LONG, attempts_until_done, job, on_postgres, post};

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
    let (status, _) = program.terminate().await;
    assert!(status.success());
}
