//! What is special about the store in a file: that it is one, and what can go wrong with files.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "sqlite/files.rs"]
mod files;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_handler::{Delivery, Lane};
use hookstead_inbox::testing::TestStore;
use hookstead_inbox::{
    Accepted, EntryState, Filter, Inbox, InboxError, LeaseRequest, Leased, Settlement, SqliteInbox,
};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::task::JoinSet;

mod conformance {
    use super::*;

    hookstead_inbox::conformance_tests!(async || {
        let file = TestFile::new();
        let path = file.path();
        let set_clock = move |by: i64| {
            let connection = Connection::open(&path).unwrap();
            connection.busy_timeout(LONG).unwrap();
            let sql = "UPDATE deliveries SET due_at = due_at - ?1, settled_at = settled_at - ?1";
            connection.execute(sql, [by]).unwrap();
            async {}
        };
        TestStore::new(SqliteInbox::open(file.path()).unwrap()).clock(set_clock).keeping(file)
    });
}

const LONG: Duration = Duration::from_secs(60 * 60);

struct TestFile(TempDir);

impl TestFile {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("inbox.db")
    }
}

fn delivery(id: &str) -> Delivery {
    Delivery::new(id.parse().unwrap(), "push".into(), format!("body of {id}"))
}

async fn lease_one(inbox: &SqliteInbox) -> Leased {
    inbox.lease(LeaseRequest::new(1, LONG, 5)).await.unwrap().pop().unwrap()
}

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let file = TestFile::new();
    let leased = {
        let inbox = SqliteInbox::open(file.path()).unwrap();
        for (id, settlement) in [
            ("done", Settlement::Done),
            ("delayed", Settlement::Retry { after: LONG, error: "later".to_owned() }),
            ("dead", Settlement::Dead { error: "never".to_owned() }),
        ] {
            inbox.accept(delivery(id)).await.unwrap();
            let leased = lease_one(&inbox).await;
            assert!(inbox.settle(leased.token, settlement).await.unwrap());
        }
        inbox.accept(delivery("leased")).await.unwrap();
        let leased = lease_one(&inbox).await;
        inbox.accept(delivery("ready")).await.unwrap();
        leased
    };
    // Everything is in the one file.
    let beside = std::fs::read_dir(file.0.path()).unwrap().count();
    assert_eq!(beside, 1, "the log should have been folded into the file");

    let inbox = SqliteInbox::open(file.path()).unwrap();
    let entries = inbox.list(Filter::default()).await.unwrap();
    let states: Vec<(&str, EntryState, u32)> = entries
        .iter()
        .map(|entry| (entry.delivery.id.as_str(), entry.state, entry.delivery.attempt))
        .collect();
    assert_eq!(
        states,
        [
            ("ready", EntryState::Ready, 0),
            ("leased", EntryState::Leased, 1),
            ("dead", EntryState::Dead, 1),
            ("delayed", EntryState::Delayed, 1),
            ("done", EntryState::Done, 1),
        ]
    );
    // The lease is still held by whoever has its token.
    assert!(inbox.settle(leased.token, Settlement::Done).await.unwrap());
    assert_eq!(lease_one(&inbox).await.delivery.body, "body of ready");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let file = TestFile::new();
    let inbox = SqliteInbox::open(file.path()).unwrap();
    inbox.accept(delivery("one")).await.unwrap();
    let beside: Vec<_> = std::fs::read_dir(file.0.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(beside.len(), 3, "the file, its log and the log's index: {beside:?}");
    for entry in beside {
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{entry:?} has mode {mode:o}");
    }
}

fn refused(path: &std::path::Path) -> String {
    let error: InboxError = SqliteInbox::open(path).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&path.display().to_string()), "the file should be named: {text}");
    text
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let file = TestFile::new();
    let text = "Dear diary, ".repeat(1000);
    std::fs::write(file.path(), &text).unwrap();
    let error = refused(&file.path());
    assert!(error.contains("not a database"), "{error}");
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), text);
}

#[test]
fn another_programs_database_is_refused_and_left_alone() {
    for sql in
        ["CREATE TABLE recipes (name TEXT)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"]
    {
        let file = TestFile::new();
        Connection::open(file.path()).unwrap().execute_batch(sql).unwrap();
        let before = std::fs::read(file.path()).unwrap();
        let error = refused(&file.path());
        assert!(error.contains("another program's"), "{error}");
        assert_eq!(std::fs::read(file.path()).unwrap(), before);
    }
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let file = TestFile::new();
    drop(SqliteInbox::open(file.path()).unwrap());
    let raw = Connection::open(file.path()).unwrap();
    raw.execute_batch("PRAGMA user_version = 1000000").unwrap();
    drop(raw);
    let before = std::fs::read(file.path()).unwrap();
    let error = refused(&file.path());
    assert!(error.contains("newer version") && error.contains("schema 1000000"), "{error}");
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
}

#[test]
fn a_missing_directory_is_named() {
    let file = TestFile::new();
    refused(&file.0.path().join("missing").join("inbox.db"));
    refused(file.0.path());
}

#[tokio::test]
async fn a_locked_file_is_an_error_within_the_budget_and_works_afterwards() {
    let file = TestFile::new();
    let inbox =
        SqliteInbox::options().lock_timeout(Duration::from_millis(100)).open(file.path()).unwrap();
    inbox.accept(delivery("before")).await.unwrap();
    let other = Connection::open(file.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let error = inbox.accept(delivery("meanwhile")).await.unwrap_err();
    assert!(!error.is_full());
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("locked"), "{cause}");
    assert!(inbox.lease(LeaseRequest::new(1, LONG, 5)).await.is_err());
    // Reading goes on.
    assert_eq!(inbox.depth().await.unwrap().ready, 1);

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(inbox.accept(delivery("meanwhile")).await.unwrap(), Accepted::New);
    assert_eq!(lease_one(&inbox).await.delivery.id.as_str(), "before");
}

#[tokio::test]
async fn an_accept_past_its_budget_is_an_error_and_not_stored_behind_its_back() {
    let file = TestFile::new();
    let inbox = SqliteInbox::options()
        .accept_budget(Duration::from_millis(100))
        .lock_timeout(LONG)
        .open(file.path())
        .unwrap();
    let other = Connection::open(file.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = Instant::now();
    let error = inbox.accept(delivery("late")).await.unwrap_err();
    assert!(before.elapsed() >= Duration::from_millis(100));
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "no answer within 100ms");

    other.execute_batch("ROLLBACK").unwrap();
    // Work that is done after it: by now it would be there.
    assert!(inbox.lease(LeaseRequest::new(10, LONG, 5)).await.unwrap().is_empty());
    assert_eq!(inbox.accept(delivery("late")).await.unwrap(), Accepted::New);
}

#[tokio::test]
async fn a_full_file_says_so_and_takes_more_once_deliveries_are_done() {
    let file = TestFile::new();
    let inbox = SqliteInbox::options().max_bytes(1024 * 1024).open(file.path()).unwrap();
    let large = |number: usize| {
        let mut large = delivery(&number.to_string());
        // What packing makes no smaller.
        let mut body = vec![0; 100 * 1024];
        fastrand::fill(&mut body);
        large.body = body.into();
        large
    };
    let mut number = 0;
    let error = loop {
        match inbox.accept(large(number)).await {
            Ok(_) => number += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_full(), "{error:?}");
    assert!((5..=10).contains(&number), "{number} fit into the file");
    // A small one beside a large one still fits: each fails alone.
    let (failed, fits) = tokio::join!(inbox.accept(large(99)), inbox.accept(delivery("small")));
    assert!(failed.unwrap_err().is_full());
    assert_eq!(fits.unwrap(), Accepted::New);

    // A probe says what becomes of one of the usual size.
    let usual = |number: usize| {
        let mut usual = large(1000 + number);
        usual.body.truncate(5000);
        usual
    };
    let mut number = 0;
    while inbox.accept(usual(number)).await.is_ok() {
        number += 1;
    }
    while inbox.accept(delivery(&format!("small-{number}"))).await.is_ok() {
        number += 1;
    }
    assert!(inbox.probe().await.unwrap_err().is_full());

    let leased = lease_one(&inbox).await;
    assert!(inbox.settle(leased.token, Settlement::Done).await.unwrap());
    inbox.probe().await.unwrap();
    assert_eq!(inbox.accept(usual(99)).await.unwrap(), Accepted::New);
}

#[tokio::test]
async fn a_burst_shares_commits() {
    let file = TestFile::new();
    let inbox = Arc::new(SqliteInbox::open(file.path()).unwrap());
    let log = || std::fs::metadata(file.path().with_extension("db-wal")).unwrap().len();
    let before = log();
    inbox.accept(delivery("first")).await.unwrap();
    let one = log() - before;

    // The thread waits for the lock with the first of them, the others gather behind it.
    let other = Connection::open(file.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = log();
    let mut burst = JoinSet::new();
    for number in 0..100 {
        let (inbox, delivery) = (Arc::clone(&inbox), delivery(&number.to_string()));
        burst.spawn(async move { inbox.accept(delivery).await.unwrap() });
    }
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert!(burst.join_all().await.iter().all(|accepted| *accepted == Accepted::New));
    let hundred = log() - before;
    assert!(hundred < one * 10, "one wrote {one} bytes to the log, a hundred {hundred}");
}

#[tokio::test]
async fn two_inboxes_share_a_file() {
    let file = TestFile::new();
    let one = SqliteInbox::open(file.path()).unwrap();
    let two = SqliteInbox::open(file.path()).unwrap();
    assert_eq!(one.accept(delivery("a")).await.unwrap(), Accepted::New);
    assert_eq!(two.accept(delivery("a")).await.unwrap(), Accepted::Duplicate);
    let leased = lease_one(&two).await;
    assert!(one.lease(LeaseRequest::new(1, LONG, 5)).await.unwrap().is_empty());
    assert!(one.settle(leased.token, Settlement::Done).await.unwrap());
    assert!(!two.settle(leased.token, Settlement::Done).await.unwrap());
    assert_eq!(two.accept(delivery("a")).await.unwrap(), Accepted::Again);
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let file = TestFile::new();
    std::thread::scope(|scope| {
        let opening: Vec<_> =
            (0..8).map(|_| scope.spawn(|| SqliteInbox::open(file.path()).map(drop))).collect();
        for opened in opening {
            opened.join().unwrap().unwrap();
        }
    });
}

#[tokio::test]
async fn purging_many_is_done_in_pieces() {
    let file = TestFile::new();
    let inbox = SqliteInbox::open(file.path()).unwrap();
    Connection::open(file.path())
        .unwrap()
        .execute_batch(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 2500)
             INSERT INTO deliveries
                 (guid, event, received_at, state, attempts, due_at, settled_at)
             SELECT n, 'push', '', 'done', 1, 0, 0 FROM numbers",
        )
        .unwrap();
    assert_eq!(inbox.depth().await.unwrap().done, 2500);
    assert_eq!(inbox.purge(LONG).await.unwrap(), 2500);
    assert_eq!(inbox.depth().await.unwrap().done, 0);
}

/// A body that is packed well.
fn long(id: &str) -> Delivery {
    Delivery::new(id.parse().unwrap(), "push".into(), "{\"number\": 17}".repeat(1000))
}

#[tokio::test]
async fn bodies_are_stored_packed_and_those_that_are_not_come_back_too() {
    let file = TestFile::new();
    let inbox = SqliteInbox::options().keep_bodies(true).open(file.path()).unwrap();
    inbox.accept(long("packed")).await.unwrap();
    inbox.accept(long("as-it-came")).await.unwrap();
    let raw = Connection::open(file.path()).unwrap();
    let stored = "SELECT sum(length(body)) FROM bodies";
    let stored: i64 = raw.query_row(stored, [], |row| row.get(0)).unwrap();
    assert!(stored < 4000, "{stored} bytes are stored");
    // As an inbox that packs nothing would have written it.
    let as_it_came = "UPDATE bodies SET unpacked_length = NULL, body = ?1 WHERE place = 2";
    assert_eq!(raw.execute(as_it_came, [&long("as-it-came").body[..]]).unwrap(), 1);
    let everything = Filter::default().with_bodies();
    for entry in inbox.list(everything).await.unwrap() {
        assert!(entry.delivery.body == long("any").body, "{}", entry.delivery.id);
    }
    for _ in 0..2 {
        assert!(lease_one(&inbox).await.delivery.body == long("any").body);
    }
}

fn in_lane(id: &str) -> Delivery {
    let mut delivery = long(id);
    delivery.lane = Some(Lane::new("the one"));
    delivery
}

#[tokio::test]
async fn a_damaged_body_is_a_dead_letter_and_holds_up_no_other() {
    let file = TestFile::new();
    let inbox = SqliteInbox::open(file.path()).unwrap();
    let raw = Connection::open(file.path()).unwrap();
    let damages = ["body = x'00'", "body = zeroblob(length(body))", "unpacked_length = -1"];
    for (number, damage) in damages.into_iter().enumerate() {
        let id = format!("damaged-{number}");
        inbox.accept(in_lane(&id)).await.unwrap();
        let sql =
            format!("UPDATE bodies SET {damage} WHERE place = (SELECT max(place) FROM deliveries)");
        assert_eq!(raw.execute(&sql, []).unwrap(), 1);
    }
    inbox.accept(in_lane("sound")).await.unwrap();

    let error = inbox.list(Filter::default().with_bodies()).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("damaged-") && cause.contains("body in the inbox is damaged"),
        "{cause}"
    );

    let leased = inbox.lease(LeaseRequest::new(10, LONG, 5)).await.unwrap();
    let ids: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(ids, ["sound"]);
    let dead = inbox.list(Filter::default().in_state(EntryState::Dead)).await.unwrap();
    assert_eq!(dead.len(), damages.len());
    for entry in dead {
        let error = entry.last_error.unwrap();
        assert!(error.starts_with("its body in the inbox is damaged"), "{error}");
    }
    // GitHub still has it.
    assert!(inbox.settle(leased[0].token, Settlement::Done).await.unwrap());
    assert_eq!(inbox.accept(in_lane("damaged-0")).await.unwrap(), Accepted::Again);
    assert_eq!(lease_one(&inbox).await.delivery.body, long("any").body);
}

#[tokio::test]
async fn a_body_of_25_megabytes_comes_back() {
    let file = TestFile::new();
    let inbox = SqliteInbox::options().accept_budget(LONG).open(file.path()).unwrap();
    for (id, packs) in [("packed", true), ("random", false)] {
        let mut body = vec![b'a'; 25 * 1024 * 1024];
        if !packs {
            fastrand::fill(&mut body);
        }
        let large = Delivery::new(id.parse().unwrap(), "push".into(), body);
        inbox.accept(large.clone()).await.unwrap();
        assert!(lease_one(&inbox).await.delivery.body == large.body, "{id}");
    }
}

/// Waits for a delivery of another inbox, for longer than anything would last but its watch.
#[tokio::test]
async fn waiting_ends_when_another_inbox_of_the_file_accepts() {
    let file = TestFile::new();
    let here = Arc::new(SqliteInbox::open(file.path()).unwrap());
    let there = SqliteInbox::open(file.path()).unwrap();
    for round in 0..20 {
        let waiting = {
            let here = Arc::clone(&here);
            tokio::spawn(async move { here.wait(LONG).await })
        };
        // At another moment of its waiting each time.
        tokio::time::sleep(Duration::from_millis(round * 3)).await;
        assert!(!waiting.is_finished(), "there is nothing to wait for");
        there.accept(delivery(&round.to_string())).await.unwrap();
        tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap().unwrap();
        lease_one(&here).await;
    }
}

#[tokio::test]
async fn an_inbox_that_watches_seldom_closes_at_once() {
    let file = TestFile::new();
    let inbox = SqliteInbox::options().watch_interval(LONG).open(file.path()).unwrap();
    inbox.wait(Duration::from_millis(50)).await;
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        drop(inbox);
        tell.send(()).unwrap();
    });
    told.recv_timeout(Duration::from_secs(60)).unwrap();
}
