//! What is in the file, and that it stays there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_handler::{End, KeptStep};
use hookstead_inbox::{
    Accepted, Because, Filter, Packed, Settled, Settlement, SqliteStore, Store, TaskState,
};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{Ci, LONG, NEW, TestFile, cause};

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let file = TestFile::new();
    let ci = file.open().await;
    let again = |because| Settlement::Again { after: LONG, because, text: "later".to_owned() };
    for (id, settlement) in [
        ("done", Settlement::Done),
        ("delayed", again(Because::Failure)),
        ("waiting", again(Because::Wait)),
        ("dead", Settlement::End { end: End::Dead, text: "never".to_owned() }),
    ] {
        ci.accept(id).await;
        let leased = ci.lease_one().await;
        ci.settle(&leased, settlement).await;
    }
    ci.accept("leased").await;
    let leased = ci.lease_one().await;
    let step =
        KeptStep { name: "build".to_owned(), of_type: "bool".to_owned(), json: "true".into() };
    assert!(ci.store.keep_step(leased.token, &step).await.unwrap());
    ci.accept("ready").await;
    drop(ci);
    // Everything is in the one file.
    let beside = std::fs::read_dir(file.0.path()).unwrap().count();
    assert_eq!(beside, 1, "the log should have been folded into the file");

    let ci = file.open().await;
    let entries = ci.list(Filter::default()).await;
    let states: Vec<_> = entries
        .iter()
        .map(|it| (it.delivery.id.as_str(), it.state, it.number, it.failures, it.is_waiting))
        .collect();
    assert_eq!(
        states,
        [
            ("ready", TaskState::Ready, 0, 0, false),
            ("leased", TaskState::Leased, 1, 0, false),
            ("dead", TaskState::Leased, 1, 0, false),
            ("waiting", TaskState::Delayed, 1, 0, true),
            ("delayed", TaskState::Delayed, 1, 1, false),
            ("done", TaskState::Done, 1, 0, false),
        ]
    );
    assert!(entries[2].is_ending);
    assert_eq!(entries[1].steps, ["build"]);
    // The lease is still held by whoever has its token.
    ci.done(&leased).await;
    let body = ci.lease_one().await.body;
    assert_eq!(body, Some(Packed::new("body of ready".into(), None)));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let file = TestFile::new();
    let ci = file.open().await;
    ci.accept("one").await;
    let beside: Vec<_> = std::fs::read_dir(file.0.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(beside.len(), 3, "the file, its log and the log's index: {beside:?}");
    for entry in beside {
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{entry:?} has mode {mode:o}");
    }
}

#[tokio::test]
async fn a_locked_file_is_an_error_in_time_and_works_afterwards() {
    let file = TestFile::new();
    let options = SqliteStore::options().lock_deadline(Duration::from_millis(100));
    let ci = file.open_with(options).await;
    ci.accept("before").await;
    let other = file.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let error = ci.try_accept(ci.new_delivery("meanwhile")).await.unwrap_err();
    assert!(!error.is_full());
    assert!(cause(&error).contains("locked"), "{error:?}");
    assert!(ci.store.lease(&ci.request(1, LONG)).await.is_err());
    // Reading goes on.
    assert_eq!(ci.depth().await.ready, 1);

    other.execute_batch("ROLLBACK").unwrap();
    ci.accept("meanwhile").await;
    assert_eq!(ci.lease_one().await.delivery.id.as_str(), "before");
}

#[tokio::test]
async fn what_its_caller_gave_up_is_not_stored_behind_its_back() {
    let file = TestFile::new();
    let ci = file.open_with(SqliteStore::options().lock_deadline(LONG)).await;
    let other = file.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let accepting = ci.try_accept(ci.new_delivery("late"));
    assert!(timeout(Duration::from_millis(100), accepting).await.is_err());
    other.execute_batch("ROLLBACK").unwrap();
    // Work that is done after it: by now it would be there.
    assert!(ci.lease(10).await.is_empty());
    ci.accept("late").await;
}

#[tokio::test]
async fn a_burst_shares_commits_whatever_it_does() {
    let file = TestFile::new();
    let ci = Arc::new(file.open().await);
    // Once around, so that what is written only the first time is there.
    for id in ["first", "second"] {
        ci.accept(id).await;
        ci.done(&ci.lease_one().await).await;
    }
    let before = file.lengths().1;
    ci.accept("one").await;
    ci.done(&ci.lease_one().await).await;
    let one = file.lengths().1 - before;

    // The thread waits for the lock with the first of them, the others gather behind it.
    let gather = |burst: JoinSet<()>| {
        let (file, ci) = (&file, &ci);
        async move {
            let other = file.raw();
            other.execute_batch("BEGIN IMMEDIATE").unwrap();
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
            other.execute_batch("ROLLBACK").unwrap();
            burst.join_all().await;
            ci.depth().await
        }
    };
    let before = file.lengths().1;
    let mut burst = JoinSet::new();
    for number in 0..100 {
        let ci = Arc::clone(&ci);
        burst.spawn(async move { ci.accept(&number.to_string()).await });
    }
    assert_eq!(gather(burst).await.ready, 100);
    let mut burst = JoinSet::new();
    for _ in 0..100 {
        let ci = Arc::clone(&ci);
        burst.spawn(async move { ci.done(&ci.lease_one().await).await });
    }
    gather(burst).await;
    while ci.store.depth().await.unwrap().done < 103 {
        tokio::task::yield_now().await;
    }
    let hundred = file.lengths().1 - before;
    assert!(hundred < one * 20, "one wrote {one} bytes to the log, a hundred {hundred}");
}

#[tokio::test]
async fn two_stores_share_a_file() {
    let file = TestFile::new();
    let (one, two) = (file.open().await, file.open().await);
    assert_eq!(one.taker, two.taker);
    one.accept("a").await;
    let again = two.try_accept(two.new_delivery("a")).await.unwrap();
    assert_eq!(again, Accepted::Duplicate { at_work: 1, tasks: 1 });
    let leased = two.lease_one().await;
    assert!(one.lease(1).await.is_empty());
    one.done(&leased).await;
    let late = two.store.settle(&[(leased.token, Settlement::Done)]).await.unwrap();
    assert_eq!(late, [Settled::Lost]);
    let again = two.try_accept(two.new_delivery("a")).await.unwrap();
    assert_eq!(again, Accepted::Again { tasks: 1, superseded: 0 });
}

#[tokio::test]
async fn a_body_of_25_megabytes_comes_back() {
    let file = TestFile::new();
    let ci = file.open().await;
    let large = ci.of_length("large", 25 * 1024 * 1024);
    assert_eq!(ci.try_accept(large.clone()).await.unwrap(), NEW);
    assert!(ci.lease_one().await.body == Some(large.body));
}

/// Waits for a task of another store, for longer than anything would last but its watch.
#[tokio::test]
async fn waiting_ends_when_another_store_of_the_file_accepts() {
    let file = TestFile::new();
    let (here, there) = (Arc::new(file.open().await), file.open().await);
    for round in 0..20 {
        let waiting = {
            let here = Arc::clone(&here);
            tokio::spawn(async move { wait_and_lease(&here).await })
        };
        // At another moment of its waiting each time.
        tokio::time::sleep(Duration::from_millis(round * 3)).await;
        assert!(!waiting.is_finished(), "there is nothing to wait for");
        there.accept(&round.to_string()).await;
        timeout(Duration::from_secs(60), waiting).await.unwrap().unwrap();
    }
}

async fn wait_and_lease(ci: &Ci) {
    while ci.lease(1).await.is_empty() {
        ci.store.wait(LONG).await;
    }
}

#[tokio::test]
async fn a_store_that_watches_seldom_closes_at_once() {
    let file = TestFile::new();
    let ci = file.open_with(SqliteStore::options().watch_interval(LONG)).await;
    ci.store.wait(Duration::from_millis(50)).await;
    let (tell, told) = std::sync::mpsc::channel();
    let before = Instant::now();
    std::thread::spawn(move || {
        drop(ci);
        tell.send(()).unwrap();
    });
    told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(before.elapsed() < Duration::from_secs(60));
}
