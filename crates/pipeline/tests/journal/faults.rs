//! Databases that are locked, or whose connections break.

use std::time::{Duration, Instant};

use hookstead::types::Outage;
use hookstead_pipeline::journal::{BuildFilter, LogWrite};
use hookstead_pipeline::record::BuildState;
use tokio::task::JoinSet;

use crate::support::{Bench, Place, new_build};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_connections_are_made_anew() {
    let Some(place) = Place::postgres() else { return };
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    let mut follower = bench.journal.follow(build.number, 0).await.unwrap();
    for round in 0..3_u64 {
        // Many at once, so that there is more than one connection to break.
        let mut reading = JoinSet::new();
        for _ in 0..8 {
            let (journal, number) = (bench.journal.clone(), build.number);
            reading.spawn(async move { journal.build(number).await.unwrap() });
        }
        reading.join_all().await;
        assert!(place.end_connections().await >= 1);
        let next = bench.journal.append(&hold, round * 4, "text").await.unwrap();
        assert_eq!(next, LogWrite::Next(round * 4 + 4));
        place.end_connections().await;
        bench.submit(&round.to_string(), new_build("test")).await;
        let part = follower.next().await.unwrap().unwrap();
        assert_eq!(&part.bytes[..], b"text");
    }
    assert!(bench.journal.finish(&hold, BuildState::Passed, "").await.unwrap().is_done());
    let builds = bench.journal.builds(&BuildFilter::All, None, 10).await.unwrap();
    assert_eq!(builds.len(), 4);
    assert_eq!(bench.tasks().await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_is_waited_for_and_then_an_outage() {
    let place = Place::sqlite();
    let patient = place.open().await;
    let options = place.options().lock_deadline(Duration::from_millis(50));
    let hasty = Bench::of(options.open(&place.word()).await.unwrap()).await;
    let (hold, build) = patient.running("one").await;
    let other = rusqlite::Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = hasty.journal.append(&hold, 0, "text").await.unwrap_err();
    assert!(error.is_down() && Outage::in_chain(&error), "{error}");
    // Who reads waits for nobody.
    let begin = Instant::now();
    assert_eq!(hasty.journal.build(build.number).await.unwrap(), build);
    let waiting = {
        let journal = patient.journal.clone();
        tokio::spawn(async move { journal.append(&hold, 0, "text").await })
    };
    assert!(begin.elapsed() < Duration::from_secs(4));
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), LogWrite::Next(4));
    assert_eq!(hasty.journal.append(&hold, 4, "more").await.unwrap(), LogWrite::Next(8));
}
