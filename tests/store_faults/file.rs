//! The inbox's file is taken away from under the server.

use std::fs;

use crate::{LONG, attempts_until_done, job, on_sqlite, post};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_replaced_and_put_back() {
    let (_ledger, server) = on_sqlite(LONG);
    let program = server.start().await;
    server.until_readiness_is(200).await;
    assert_eq!(post(&server, "before", &job()).await, 202);
    assert_eq!(attempts_until_done(&server, "before").await, 1);

    let (file, away) = (server.file(), server.folder().join("away.db"));
    fs::rename(&file, &away).unwrap();
    fs::copy(&away, &file).unwrap();
    for number in 0..60 {
        assert_eq!(post(&server, &format!("lost-{number}"), &job()).await, 503);
    }
    server.until_readiness_is(503).await;
    assert!(server.readiness().await.contains("not ready: the inbox failed to accept anything"));

    fs::rename(&away, &file).unwrap();
    server.until_readiness_is(200).await;
    for number in 0..60 {
        let id = format!("lost-{number}");
        assert_eq!(post(&server, &id, &job()).await, 202);
        assert_eq!(attempts_until_done(&server, &id).await, 1);
    }
    let (status, _) = program.terminate().await;
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_deleted() {
    let (_ledger, server) = on_sqlite(LONG);
    let program = server.start().await;
    server.until_readiness_is(200).await;
    fs::remove_file(server.file()).unwrap();
    // By the probe alone.
    server.until_readiness_is(503).await;
    assert_eq!(post(&server, "lost", &job()).await, 503);
    let (status, _) = program.terminate().await;
    assert!(status.success());
    // Started again, it has a file again.
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", server.file().display()));
    }
    let program = server.start().await;
    assert_eq!(post(&server, "found", &job()).await, 202);
    assert_eq!(attempts_until_done(&server, "found").await, 1);
    let (status, _) = program.terminate().await;
    assert!(status.success());
}
