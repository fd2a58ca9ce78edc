//! The end of a worker: what runs may finish, what does not is given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookstead_handler::{Attempt, HandlerError, Interruption};
use hookstead_inbox::{Inbox, TaskState};
use tokio::sync::mpsc;

use crate::faulty::Faulty;
use crate::support::{
    AnyStore, Gate, Running, accept, entry, inbox, on_all_stores, router, state, until, worker,
};

on_all_stores! {
    what_runs_may_finish_and_nothing_new_starts
    what_does_not_finish_is_given_back
    what_hurries_to_its_end_has_not_failed
    what_cannot_be_aborted_is_not_given_back
    what_is_being_leased_is_given_back
    a_worker_without_work_ends_at_once
    what_is_accepted_after_the_worker_waits
}

async fn what_runs_may_finish_and_nothing_new_starts(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let inbox = inbox(&store, gate.router());
    let worker = worker(&inbox).drain_deadline(Duration::from_secs(50));
    let mut running = Running::start(worker);
    accept(&inbox, "one", "1").await;
    keeper.started.recv().await.unwrap();
    running.begin_to_stop().await;
    // A slot is free, and yet it is not handed over.
    accept(&inbox, "two", "2").await;
    assert_eq!(state(&inbox, "two").await, TaskState::Ready);
    // Time enough to start the second, if it did.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!running.has_ended());
    gate.open(2);
    running.stop().await;
    assert_eq!(gate.runs(), 1);
    assert_eq!(state(&inbox, "one").await, TaskState::Done);
    assert_eq!(state(&inbox, "two").await, TaskState::Ready);
}

async fn what_does_not_finish_is_given_back(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let inbox = inbox(&store, gate.router());
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&inbox).drain_deadline(Duration::from_millis(50)));
    accept(&inbox, "two", "1").await;
    for _ in 0..2 {
        keeper.started.recv().await.unwrap();
    }
    running.stop().await;
    for id in ["one", "two"] {
        // Aborted before it was given back.
        keeper.dropped.try_recv().unwrap();
        assert_eq!(keeper.why.try_recv().unwrap(), Some(Interruption::Shutdown));
        let known = entry(&inbox, id).await;
        assert_eq!((known.state, known.number, known.failures), (TaskState::Ready, 0, 0));
        assert_eq!(known.abandoned, 0);
    }
}

async fn what_hurries_to_its_end_has_not_failed(store: AnyStore) {
    let (started, mut has_started) = mpsc::unbounded_channel();
    let router = router(move |_, attempt: Attempt| {
        let started = started.clone();
        async move {
            started.send(())?;
            // It has some time left, and uses it.
            let why = attempt.interrupted().await;
            Err(HandlerError::retry(why.to_string()))
        }
    });
    let inbox = inbox(&store, router);
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&inbox).drain_deadline(Duration::from_secs(50)));
    has_started.recv().await.unwrap();
    running.stop().await;
    let known = entry(&inbox, "one").await;
    assert_eq!((known.state, known.number, known.failures), (TaskState::Ready, 0, 0));
}

async fn what_cannot_be_aborted_is_not_given_back(store: AnyStore) {
    let (started, mut has_started) = mpsc::unbounded_channel();
    let may_end = SetWhenDropped::default();
    let ends = Arc::clone(&may_end.0);
    let router = router(move |_, _| {
        started.send(()).unwrap();
        let ends = Arc::clone(&ends);
        async move {
            while !ends.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(())
        }
    });
    let inbox = inbox(&store, router);
    accept(&inbox, "one", "1").await;
    let worker =
        worker(&inbox).drain_deadline(Duration::from_millis(50)).lease(Duration::from_secs(60));
    let running = Running::start(worker);
    has_started.recv().await.unwrap();
    running.stop().await;
    // It still runs, so nobody else may have it yet.
    let known = entry(&inbox, "one").await;
    assert_eq!((known.state, known.number), (TaskState::Leased, 1));
}

/// Ends the blocking handler with its test, also when that fails.
#[derive(Default)]
struct SetWhenDropped(Arc<AtomicBool>);

impl Drop for SetWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

async fn what_is_being_leased_is_given_back(store: AnyStore) {
    let (gate, _keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    faulty.may_lease.forget_permits(usize::MAX);
    accept(&inbox, "one", "1").await;
    let mut running = Running::start(worker(&inbox));
    while faulty.leases_asked_for.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    running.begin_to_stop().await;
    faulty.may_lease.add_permits(1);
    running.stop().await;
    let known = entry(&inbox, "one").await;
    assert_eq!((known.state, known.number), (TaskState::Ready, 0));
    assert_eq!(gate.runs(), 0);
}

async fn a_worker_without_work_ends_at_once(store: AnyStore) {
    let (gate, _keeper) = Gate::new();
    let inbox = inbox(&store, gate.router());
    let worker = worker(&inbox)
        .poll_interval(Duration::from_secs(60 * 60))
        .drain_deadline(Duration::from_secs(60 * 60));
    let running = Running::start(worker);
    running.stop().await;
    until(&inbox, |count| count.leased == 0).await;
}

async fn what_is_accepted_after_the_worker_waits(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let inbox = inbox(&store, gate.router());
    let running = Running::start(worker(&inbox));
    gate.open(2);
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    accept(&inbox, "two", "2").await;
    assert_eq!(state(&inbox, "two").await, TaskState::Ready);
    // Another worker on the same inbox takes it up.
    let running = Running::start(worker(&inbox));
    until(&inbox, |count| count.done == 2).await;
    running.stop().await;
    assert_eq!(keeper.started.recv().await, Some(1));
}
