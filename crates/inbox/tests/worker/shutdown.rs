//! The end of a worker: what runs may finish, what does not is given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookstead_inbox::{EntryState, Inbox};

use crate::faulty::Faulty;
use crate::support::{Gate, Running, accept, entry, on_all_stores, router, until, worker};

on_all_stores! {
    what_runs_may_finish_and_nothing_new_starts
    what_does_not_finish_is_given_back
    what_cannot_be_aborted_is_not_given_back
    what_is_being_leased_is_given_back
    a_worker_without_work_ends_at_once
}

async fn what_runs_may_finish_and_nothing_new_starts(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    accept(&inbox, "one", "1").await;
    let worker = worker(&inbox, gate.router()).drain_time(Duration::from_secs(50));
    let mut running = Running::start(worker);
    keeper.started.recv().await.unwrap();
    running.begin_to_stop().await;
    accept(&inbox, "two", "2").await;
    // Time enough to start the second, if it did.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!running.has_ended());
    gate.open(2);
    running.stop().await;
    assert_eq!(gate.runs(), 1);
    assert_eq!(entry(&inbox, "one").await.state, EntryState::Done);
    assert_eq!(entry(&inbox, "two").await.state, EntryState::Ready);
}

async fn what_does_not_finish_is_given_back(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    for id in ["one", "two"] {
        accept(&inbox, id, "1").await;
    }
    let worker = worker(&inbox, gate.router()).drain_time(Duration::from_millis(50));
    let running = Running::start(worker);
    for _ in 0..2 {
        keeper.started.recv().await.unwrap();
    }
    running.stop().await;
    for id in ["one", "two"] {
        // Aborted before it was given back.
        keeper.dropped.try_recv().unwrap();
        let known = entry(&inbox, id).await;
        assert_eq!((known.state, known.delivery.attempt), (EntryState::Ready, 0));
    }
}

async fn what_cannot_be_aborted_is_not_given_back(inbox: Arc<dyn Inbox>) {
    let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
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
    accept(&inbox, "one", "1").await;
    let worker =
        worker(&inbox, router).drain_time(Duration::from_millis(50)).lease(Duration::from_secs(60));
    let running = Running::start(worker);
    has_started.recv().await.unwrap();
    running.stop().await;
    // It still runs, so nobody else may have it yet.
    let known = entry(&inbox, "one").await;
    assert_eq!((known.state, known.delivery.attempt), (EntryState::Leased, 1));
}

/// Ends the blocking handler with its test, also when that fails.
#[derive(Default)]
struct SetWhenDropped(Arc<AtomicBool>);

impl Drop for SetWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

async fn what_is_being_leased_is_given_back(inbox: Arc<dyn Inbox>) {
    let (gate, _keeper) = Gate::new();
    let faulty = Faulty::new(Arc::clone(&inbox));
    let shared: Arc<dyn Inbox> = faulty.clone();
    faulty.may_lease.forget_permits(usize::MAX);
    accept(&inbox, "one", "1").await;
    let mut running = Running::start(worker(&shared, gate.router()));
    while faulty.leases_asked_for.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    running.begin_to_stop().await;
    faulty.may_lease.add_permits(1);
    running.stop().await;
    let known = entry(&inbox, "one").await;
    assert_eq!((known.state, known.delivery.attempt), (EntryState::Ready, 0));
    assert_eq!(gate.runs(), 0);
}

async fn a_worker_without_work_ends_at_once(inbox: Arc<dyn Inbox>) {
    let (gate, _keeper) = Gate::new();
    let worker = worker(&inbox, gate.router())
        .poll_interval(Duration::from_secs(60 * 60))
        .drain_time(Duration::from_secs(60 * 60));
    let running = Running::start(worker);
    running.stop().await;
    until(&inbox, |depth| depth.leased == 0).await;
}
