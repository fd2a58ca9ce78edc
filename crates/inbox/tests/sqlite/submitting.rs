//! A row of one's own and its work, in one transaction.

use std::sync::Arc;
use std::time::Duration;

use hookstead_inbox::{Accepted, SqliteStore, Store};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::time::timeout;

use crate::support::{Ci, LONG, NEW, TestFile, cause};

fn begin(connection: &Connection) -> Transaction<'_> {
    let mine = "CREATE TABLE IF NOT EXISTS mine (id TEXT PRIMARY KEY)";
    connection.execute_batch(mine).unwrap();
    Transaction::new_unchecked(connection, TransactionBehavior::Immediate).unwrap()
}

fn mine(connection: &Connection) -> i64 {
    connection.query_row("SELECT count(*) FROM mine", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn work_is_there_together_with_the_row_or_not_at_all() {
    let file = TestFile::new();
    let ci = file.open().await;
    let own = file.raw();
    for commits in [false, true] {
        let transaction = begin(&own);
        transaction.execute("INSERT INTO mine VALUES ('one')", []).unwrap();
        let mut new = ci.new_delivery("one");
        new.is_submitted = true;
        // Which nobody may begin before it is committed.
        new.tasks[0].lease = Some(LONG);
        let answer = ci.store.submit_in(&transaction, &new).unwrap();
        assert_eq!(answer.accepted, NEW);
        assert!(answer.handed_over.is_empty());
        if commits {
            transaction.commit().unwrap();
        } else {
            transaction.rollback().unwrap();
        }
        assert_eq!(mine(&own), i64::from(commits));
        assert_eq!(ci.lease(10).await.len(), usize::from(commits));
    }
    // A second time it is a duplicate, and other work is an error that leaves the transaction whole.
    let transaction = begin(&own);
    let mut new = ci.new_delivery("one");
    new.is_submitted = true;
    let again = ci.store.submit_in(&transaction, &new).unwrap();
    assert_eq!(again.accepted, Accepted::Duplicate { at_work: 1, tasks: 1 });
    new.delivery.event = "release".into();
    let error = ci.store.submit_in(&transaction, &new).unwrap_err().to_string();
    assert!(error.contains("one"), "{error}");
    transaction.execute("INSERT INTO mine VALUES ('two')", []).unwrap();
    transaction.commit().unwrap();
    assert_eq!(mine(&own), 2);
}

/// Waits until it has leased something.
async fn wait_and_lease(ci: Arc<Ci>) {
    while ci.lease(1).await.is_empty() {
        ci.store.wait(LONG).await;
    }
}

#[tokio::test]
async fn whoever_waits_notices_it() {
    let file = TestFile::new();
    let ci = Arc::new(file.open().await);
    let waiting = tokio::spawn(wait_and_lease(Arc::clone(&ci)));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let own = file.raw();
    let transaction = begin(&own);
    ci.store.submit_in(&transaction, &ci.new_delivery("one")).unwrap();
    transaction.commit().unwrap();
    timeout(Duration::from_secs(60), waiting).await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_waits_is_told_of_it() {
    let file = TestFile::new();
    // It would notice nothing by itself.
    let ci = Arc::new(file.open_with(SqliteStore::options().watch_interval(LONG)).await);
    let waiting = tokio::spawn(wait_and_lease(Arc::clone(&ci)));
    // Long enough for a second look at what was done just before.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let own = file.raw();
    let transaction = begin(&own);
    ci.store.submit_in(&transaction, &ci.new_delivery("one")).unwrap();
    transaction.commit().unwrap();
    ci.store.committed();
    timeout(Duration::from_secs(60), waiting).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_the_turn_writes_alone() {
    let file = TestFile::new();
    let (ci, own) = (Arc::new(file.open().await), file.raw());
    let turn = ci.store.write_turn();
    let accepting = tokio::spawn({
        let ci = Arc::clone(&ci);
        async move { ci.store.accept(ci.new_delivery("one")).await }
    });
    // No lock of SQLite's keeps it from writing.
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert!(!accepting.is_finished());
        assert_eq!(
            begin(&own).query_row("SELECT count(*) FROM deliveries", [], |row| row.get(0)),
            Ok(0)
        );
    }
    drop(turn);
    let accepted = timeout(LONG, accepting).await.unwrap().unwrap().unwrap();
    assert_eq!(accepted.accepted, NEW);
}

#[tokio::test]
async fn a_connection_to_another_file_is_refused() {
    let (file, other) = (TestFile::new(), TestFile::new());
    let (ci, _other) = (file.open().await, other.open().await);
    for connection in [other.raw(), Connection::open_in_memory().unwrap()] {
        let transaction = begin(&connection);
        let error = ci.store.submit_in(&transaction, &ci.new_delivery("one")).unwrap_err();
        assert!(cause(&error).contains("another file"), "{error:?}");
    }
}
