use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::watchers::Watchers;
use super::watching::Watching;
use crate::journal::Journal;
use crate::journal::trying::running;
use crate::record::BuildState;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_who_watch_a_log_cost_one_reading_of_it() {
    const PIECES: u64 = 30;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("pipeline.db");
    // What this process writes is seen without polling.
    let options = Journal::options().poll_interval(Duration::from_secs(3600));
    let journal = options.open(place.to_str().unwrap()).await.unwrap();
    let hold = running(&journal).await;
    let build = journal.build(hold.number()).await.unwrap();
    let watchers = Arc::new(Watchers::new(200));
    let hub = watchers.hub(&journal, hold.number(), 0).await.unwrap();
    let mut watching = JoinSet::new();
    for _ in 0..200 {
        let (parts, mut receiver) = mpsc::channel(1);
        let permit = watchers.enter().unwrap();
        let one = Watching { parts, leaving: watchers.leaving(), _permit: permit };
        let known = BuildState::Running;
        tokio::spawn(one.build(journal.clone(), Arc::clone(&watchers), build.clone(), 0, known));
        watching.spawn(async move {
            let mut all = Vec::new();
            while let Some(part) = receiver.recv().await {
                all.extend_from_slice(&part.unwrap());
            }
            String::from_utf8(all).unwrap()
        });
    }
    assert!(watchers.enter().is_none(), "there are more than may be");
    // All of it fits into what is kept for those who are slow.
    let line = "x".repeat(100);
    let piece = format!("{line}\n").repeat(50);
    for at in 0..PIECES {
        journal.append(&hold, at * piece.len() as u64, piece.clone()).await.unwrap();
    }
    journal.finish(&hold, BuildState::Passed, "").await.unwrap();
    for seen in watching.join_all().await {
        assert_eq!(seen.matches(line.as_str()).count(), 1500);
        assert!(seen.ends_with("event: change\ndata: passed\n\nevent: end\ndata: over\n\n"));
    }
    let reads = hub.reads.load(Ordering::Relaxed);
    assert!(reads <= 32, "{reads} reads of 30 pieces");
}
