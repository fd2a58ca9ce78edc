use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::journal::Journal;
use crate::journal::trying::running;
use crate::record::BuildState;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_who_watch_a_log_cost_one_reading_of_it() {
    const LENGTH: u64 = 400_000;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("pipeline.db");
    // What this process writes is seen without polling.
    let options = Journal::options().poll_interval(Duration::from_secs(3600));
    let journal = options.open(place.to_str().unwrap()).await.unwrap();
    let hold = running(&journal).await;
    let mut watching = JoinSet::new();
    let watch = journal.watch(hold.number()).await.unwrap();
    for _ in 0..200 {
        let mut follower = journal.follow(hold.number(), 0).await.unwrap();
        watching.spawn(async move {
            let mut at = 0;
            while let Some(part) = follower.next().await.unwrap() {
                assert_eq!(part.start, at);
                at = part.end();
                assert!(part.bytes.iter().all(|byte| *byte == b'x'));
            }
            at
        });
    }
    for offset in (0..LENGTH).step_by(10_000) {
        journal.append(&hold, offset, vec![b'x'; 10_000]).await.unwrap();
    }
    journal.finish(&hold, BuildState::Passed, "").await.unwrap();
    let read = watching.join_all().await;
    assert!(read.iter().all(|at| *at == LENGTH), "{read:?}");
    // One for each piece that came, and some for those who fell far behind; not forty for each of 200.
    let reads = watch.hub.reads.load(Ordering::Relaxed);
    assert!(reads <= 400, "{reads} reads");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_watches_is_not_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("pipeline.db");
    let journal = Journal::open(place.to_str().unwrap()).await.unwrap();
    let hold = running(&journal).await;
    let watch = journal.watch(hold.number()).await.unwrap();
    let hub = std::sync::Arc::downgrade(&watch.hub);
    drop(watch);
    journal.append(&hold, 0, "text").await.unwrap();
    let gone = async {
        while hub.strong_count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone).await.unwrap();
    // Whoever comes next gets a new one, which knows what was written.
    assert_eq!(journal.watch(hold.number()).await.unwrap().news().log_bytes, 4);
}
