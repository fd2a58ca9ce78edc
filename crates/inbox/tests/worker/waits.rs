//! A handler that waits for something.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookstead_handler::{Attempt, HandlerError, Router, handler_fn};
use hookstead_inbox::{Changed, MemoryStore, TaskState, Worker};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};

use crate::support::{
    AnyStore, Number, Running, accept, count, entry, eventually, id, inbox, on_all_stores,
    one_lane, router, state, until, worker,
};

on_all_stores! {
    a_wait_counts_nowhere_and_gives_the_lane_back
    a_wait_lasts_at_least_a_second
    what_is_woken_is_due_at_once
    a_wake_is_remembered_while_its_handler_runs
}

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn a_wait_counts_nowhere_and_gives_the_lane_back(store: AnyStore) {
    let seen: Arc<Mutex<Vec<(u32, u32)>>> = Arc::default();
    let noted = Arc::clone(&seen);
    let handler = handler_fn(move |Number(number), attempt: Attempt| {
        noted.lock().unwrap().push((number, attempt.number()));
        std::future::ready(match (number, attempt.number()) {
            (0, 1) => Err(HandlerError::wait(HOUR, "an approval")),
            _ => Ok(()),
        })
    });
    let inbox = inbox(&store, Router::new().on_with::<Number>(handler, one_lane));
    // One slot, one lane: both are free while it waits.
    let running = Running::start(worker(&inbox).concurrency(1).max_failures(1));
    accept(&inbox, "waits", "0").await;
    eventually(|| seen.lock().unwrap().len() == 1).await;
    accept(&inbox, "goes", "1").await;
    until(&inbox, |count| count.done == 1).await;
    let known = entry(&inbox, "waits").await;
    assert_eq!((known.state, known.is_waiting), (TaskState::Delayed, true));
    assert_eq!(known.text.as_deref(), Some("an approval"));
    assert_eq!((known.number, known.failures, known.abandoned), (1, 0, 0));
    running.stop().await;
}

async fn a_wait_lasts_at_least_a_second(store: AnyStore) {
    let moments: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noted = Arc::clone(&moments);
    let router = router(move |_, attempt| {
        noted.lock().unwrap().push(Instant::now());
        std::future::ready(match attempt.number() {
            1 => Err(HandlerError::wait(Duration::ZERO, "nothing")),
            _ => Ok(()),
        })
    });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    let moments = moments.lock().unwrap();
    assert!(moments[1] - moments[0] >= Duration::from_millis(990));
}

async fn what_is_woken_is_due_at_once(store: AnyStore) {
    let router = router(|_, attempt| {
        std::future::ready(match attempt.number() {
            1 => Err(HandlerError::wait(HOUR, "an approval")),
            _ => Ok(()),
        })
    });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.delayed == 1).await;
    assert_eq!(inbox.wake(id("one")).await.unwrap()[0].changed, Changed::Changed);
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(entry(&inbox, "one").await.number, 2);
}

async fn a_wake_is_remembered_while_its_handler_runs(store: AnyStore) {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let may_wait = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&may_wait);
    let router = router(move |_, attempt: Attempt| {
        let (begun, gate) = (begun.clone(), Arc::clone(&gate));
        async move {
            begun.send(attempt.number())?;
            match attempt.number() {
                1 => {
                    gate.acquire().await?.forget();
                    Err(HandlerError::wait(HOUR, "an approval"))
                }
                _ => Ok(()),
            }
        }
    });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    assert_eq!(begins.recv().await, Some(1));
    assert_eq!(inbox.wake(id("one")).await.unwrap()[0].changed, Changed::Marked);
    may_wait.add_permits(1);
    assert_eq!(begins.recv().await, Some(2));
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
}

/// Waiting of any kind is no failure; but a run that does nothing else dies in the end.
#[tokio::test(start_paused = true)]
async fn a_run_that_only_waits_dies_after_35_days() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let attempts = Arc::new(AtomicUsize::new(0));
    let noted = Arc::clone(&attempts);
    let router = router(move |Number(days), _| {
        noted.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Err(HandlerError::wait(days * DAY, "somebody")))
    });
    let store: AnyStore = Arc::new(MemoryStore::new());
    let inbox = inbox(&store, router);
    let begun_at = tokio::time::Instant::now();
    accept(&inbox, "often", "1").await;
    accept(&inbox, "long", "1000").await;
    let worker = Worker::new(inbox.clone()).control_on(Handle::current());
    let running =
        Running::start(worker.poll_interval(12 * HOUR).lease(5 * DAY).renew_interval(12 * HOUR));
    let mut died_at = Vec::new();
    while died_at.len() < 2 {
        tokio::time::sleep(6 * HOUR).await;
        if count(&inbox).await.dead as usize > died_at.len() {
            died_at.push(begun_at.elapsed());
        }
    }
    running.stop().await;
    for died_at in died_at {
        assert!((35 * DAY..37 * DAY).contains(&died_at), "{died_at:?}");
    }
    for id in ["often", "long"] {
        assert_eq!(state(&inbox, id).await, TaskState::Dead);
        let text = entry(&inbox, id).await.text.unwrap();
        assert_eq!(text, "gave up: for 35 days it did nothing but wait: somebody");
    }
    let attempts = attempts.load(Ordering::SeqCst);
    assert!((37..=39).contains(&attempts), "{attempts}");
}
