//! Leases: kept while a handler runs, and what happens when one is lost.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hookstead_handler::Interruption;
use hookstead_inbox::{EntryState, Inbox};

use crate::faulty::Faulty;
use crate::support::{Gate, Running, accept, entry, on_all_stores, until, worker};

on_all_stores! {
    a_lease_is_renewed_while_its_handler_runs
    a_lost_lease_aborts_the_handler_and_settles_nothing
    a_lease_that_cannot_be_renewed_in_time_is_lost
    a_renewal_that_fails_once_is_tried_again
    a_dead_workers_delivery_goes_to_another
}

async fn a_lease_is_renewed_while_its_handler_runs(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    accept(&inbox, "one", "1").await;
    let lease = Duration::from_millis(900);
    let workers = [(); 2].map(|()| Running::start(worker(&inbox, gate.router()).lease(lease)));
    keeper.started.recv().await.unwrap();
    let started = Instant::now();
    // Longer than the lease, with its end moved further again and again.
    let mut ends = HashSet::new();
    while started.elapsed() < 2 * lease || ends.len() < 3 {
        let known = entry(&inbox, "one").await;
        assert_eq!(known.state, EntryState::Leased);
        ends.insert(known.due_at.unwrap().to_string());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    gate.open(1);
    until(&inbox, |depth| depth.done == 1).await;
    assert_eq!(gate.runs(), 1, "the other worker should not have got it");
    assert_eq!(entry(&inbox, "one").await.delivery.attempt, 1);
    for worker in workers {
        worker.stop().await;
    }
}

async fn a_lost_lease_aborts_the_handler_and_settles_nothing(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(Arc::clone(&inbox));
    let shared: Arc<dyn Inbox> = faulty.clone();
    accept(&inbox, "one", "1").await;
    let worker = worker(&shared, gate.router()).lease(Duration::from_secs(3));
    let running = Running::start(worker);
    keeper.started.recv().await.unwrap();
    faulty.leases_are_lost.store(true, Ordering::SeqCst);
    keeper.dropped.recv().await.unwrap();
    assert_eq!(keeper.why.recv().await, Some(Some(Interruption::LeaseLost)));
    running.stop().await;
    let settlements =
        (faulty.settled.load(Ordering::SeqCst), faulty.not_settled.load(Ordering::SeqCst));
    assert_eq!(settlements, (0, 0));
    // The real store still has it, on the lease that the worker gave up.
    assert_eq!(entry(&inbox, "one").await.delivery.attempt, 1);
}

async fn a_lease_that_cannot_be_renewed_in_time_is_lost(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(Arc::clone(&inbox));
    let shared: Arc<dyn Inbox> = faulty.clone();
    accept(&inbox, "one", "1").await;
    faulty.failing_renewals.store(usize::MAX, Ordering::SeqCst);
    let lease = Duration::from_millis(300);
    let running = Running::start(worker(&shared, gate.router()).lease(lease));
    keeper.started.recv().await.unwrap();
    // It is aborted, and then taken again as everybody may.
    keeper.dropped.recv().await.unwrap();
    assert!(faulty.failures.load(Ordering::SeqCst) > 1, "it should have tried more than once");
    keeper.started.recv().await.unwrap();
    faulty.failing_renewals.store(0, Ordering::SeqCst);
    gate.open(1);
    until(&inbox, |depth| depth.done == 1).await;
    running.stop().await;
}

async fn a_renewal_that_fails_once_is_tried_again(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(Arc::clone(&inbox));
    let shared: Arc<dyn Inbox> = faulty.clone();
    accept(&inbox, "one", "1").await;
    faulty.failing_renewals.store(1, Ordering::SeqCst);
    let lease = Duration::from_millis(900);
    let running = Running::start(worker(&shared, gate.router()).lease(lease));
    keeper.started.recv().await.unwrap();
    let started = Instant::now();
    while started.elapsed() < 2 * lease {
        assert_eq!(entry(&inbox, "one").await.state, EntryState::Leased);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(faulty.failures.load(Ordering::SeqCst), 1);
    gate.open(1);
    until(&inbox, |depth| depth.done == 1).await;
    assert_eq!(gate.runs(), 1);
    running.stop().await;
}

async fn a_dead_workers_delivery_goes_to_another(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    accept(&inbox, "one", "1").await;
    let lease = Duration::from_millis(300);
    let first = Running::start(worker(&inbox, gate.router()).lease(lease));
    keeper.started.recv().await.unwrap();
    first.abort().await;
    // Its handlers die with it, and it settles nothing.
    keeper.dropped.recv().await.unwrap();
    let second = Running::start(worker(&inbox, gate.router()).lease(Duration::from_secs(60)));
    keeper.started.recv().await.unwrap();
    gate.open(1);
    until(&inbox, |depth| depth.done == 1).await;
    assert_eq!(entry(&inbox, "one").await.delivery.attempt, 2);
    second.stop().await;
}
