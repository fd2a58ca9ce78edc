//! A file or a disk that is full, and a log that cannot be shortened.

use std::time::Duration;

use hookstead_inbox::{Filter, NewDelivery, Purge, SqliteStore, Store, TaskState};

use crate::support::{Ci, NEW, TestFile, cause};

const KIB: usize = 1024;
const MIB: u64 = 1024 * 1024;

/// Accepts such ones until there is room for none. Returns how many.
async fn fill(ci: &Ci, what: &str, length: usize) -> usize {
    let (mut number, mut refused) = (0, 0);
    // Once refused, the log is shortened, and there may be room for more.
    while refused < 3 {
        let new = ci.of_length(&format!("{what}-{number}"), length);
        match ci.try_accept(new).await {
            Ok(accepted) => {
                assert_eq!(accepted, NEW);
                (number, refused) = (number + 1, 0);
            }
            Err(error) => {
                assert!(error.is_full(), "{error:?}");
                refused += 1;
            }
        }
    }
    number
}

/// A store that may have a MiB.
async fn small(file: &TestFile) -> Ci {
    file.open_with(SqliteStore::options().max_bytes(MIB)).await
}

#[tokio::test]
async fn a_full_file_says_so_and_takes_more_once_tasks_are_settled() {
    let file = TestFile::new();
    let ci = small(&file).await;
    let number = fill(&ci, "large", 100 * KIB).await;
    assert!((4..=10).contains(&number), "{number} fit into the file");
    let error = ci.try_accept(ci.of_length("more", 100 * KIB)).await.unwrap_err();
    assert!(cause(&error).contains("its file may have 1048576 bytes"), "{error:?}");
    // A small one beside a large one still fits: each fails alone.
    let (failed, fits) = tokio::join!(
        ci.try_accept(ci.of_length("more", 100 * KIB)),
        ci.try_accept(ci.new_delivery("small"))
    );
    assert!(failed.unwrap_err().is_full());
    assert_eq!(fits.unwrap(), NEW);
    // A probe says what becomes of one of the usual size.
    fill(&ci, "usual", 4 * KIB).await;
    assert!(ci.store.probe().await.unwrap_err().is_full());
    // What is known is a duplicate still.
    assert!(ci.try_accept(ci.new_delivery("small")).await.is_ok());

    // Whose body is not needed any more makes room by itself.
    ci.done(&ci.lease_one().await).await;
    ci.store.probe().await.unwrap();
    assert_eq!(ci.try_accept(ci.of_length("after", 4 * KIB)).await.unwrap(), NEW);
}

#[tokio::test]
async fn what_was_accepted_into_a_full_file_is_all_handled() {
    let file = TestFile::new();
    let ci = small(&file).await;
    let number = fill(&ci, "usual", 4 * KIB).await + fill(&ci, "small", 0).await;
    let mut handled = 0;
    while let Some(leased) = ci.lease(1).await.pop() {
        assert!(leased.body.is_some());
        ci.store.renew(&[leased.token], Duration::from_secs(60)).await.unwrap();
        ci.done(&leased).await;
        handled += 1;
    }
    assert_eq!(handled, number);
    let purge = Purge::new(Duration::ZERO, Duration::ZERO, 100_000);
    ci.store.purge(&purge).await.unwrap();
    assert!(ci.list(Filter::default()).await.is_empty());
    // As much fits again, into the same file.
    assert!(fill(&ci, "again", 4 * KIB).await > 10);
}

#[tokio::test]
async fn bodies_of_handled_tasks_go_first_and_those_of_dead_ones_last() {
    use hookstead_handler::End;
    use hookstead_inbox::Settlement;

    let file = TestFile::new();
    let ci = small(&file).await;
    let dead = ci.of_length("dead", 100 * KIB);
    let done = ci.of_length("done", 100 * KIB);
    for new in [&dead, &done] {
        assert_eq!(ci.try_accept(new.clone()).await.unwrap(), NEW);
    }
    let leased = ci.lease(2).await;
    ci.settle(&leased[0], Settlement::End { end: End::Dead, text: "no".to_owned() }).await;
    ci.settle(&leased[0], Settlement::Ended).await;
    ci.done(&leased[1]).await;
    let has_body = async |new: &NewDelivery| {
        let filter = Filter::default().with_id(new.delivery.id.clone()).with_bodies();
        ci.list(filter).await[0].packed.is_some()
    };
    let mut number = 0;
    while has_body(&done).await {
        assert!(has_body(&dead).await, "the other one goes first");
        number += 1;
        let new = ci.of_length(&number.to_string(), 100 * KIB);
        assert_eq!(ci.try_accept(new).await.unwrap(), NEW);
    }
    assert!(has_body(&dead).await);
    while has_body(&dead).await {
        number += 1;
        let new = ci.of_length(&number.to_string(), 100 * KIB);
        assert_eq!(ci.try_accept(new).await.unwrap(), NEW);
    }
    // They are known still, and what waits has kept its own.
    assert_eq!(ci.list(Filter::default().in_state(TaskState::Dead)).await.len(), 1);
    fill(&ci, "more", 100 * KIB).await;
    for leased in ci.lease(100).await {
        assert!(leased.body.is_some(), "{}", leased.delivery.id);
    }
}

#[tokio::test]
async fn a_log_that_a_long_reader_made_grow_is_short_again_once_it_is_gone() {
    // One that is copied at once, and one that is copied while others write.
    for large in [40, 100] {
        let file = TestFile::new();
        let ci = file.open().await;
        ci.accept("before").await;
        let reader = file.raw();
        reader.execute_batch("BEGIN; SELECT count(*) FROM tasks;").unwrap();
        for number in 0..large {
            let new = ci.of_length(&format!("large-{number}"), 1024 * KIB);
            assert_eq!(ci.try_accept(new).await.unwrap(), NEW);
        }
        let grown = file.lengths().1;
        assert!(grown > large * MIB, "the reader keeps it from beginning anew: {grown}");
        reader.execute_batch("COMMIT").unwrap();
        for number in 0.. {
            ci.accept(&number.to_string()).await;
            if file.lengths().1 <= 8 * MIB {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_log_that_grows_counts_as_part_of_the_file() {
    let file = TestFile::new();
    let ci = file.open_with(SqliteStore::options().max_bytes(4 * MIB)).await;
    ci.accept("before").await;
    let reader = file.raw();
    reader.execute_batch("BEGIN; SELECT count(*) FROM tasks;").unwrap();
    fill(&ci, "large", 64 * KIB).await;
    let (length, log) = file.lengths();
    assert!(length + log < 6 * MIB, "{length} and {log} bytes");
    // What was accepted is handled.
    while let Some(leased) = ci.lease(1).await.pop() {
        ci.done(&leased).await;
    }
    reader.execute_batch("COMMIT").unwrap();
    // Room that comes back is used by itself.
    let mut number = 0;
    while ci.try_accept(ci.of_length(&format!("after-{number}"), 64 * KIB)).await.is_err() {
        number += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
