//! Leases: kept while a handler runs, and what happens when one is lost.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookstead_handler::{Attempt, Interruption};
use hookstead_inbox::testing::StoreCall;
use hookstead_inbox::{Inbox, TaskState};
use tokio::sync::mpsc;

use crate::faulty::Faulty;
use crate::support::{
    AnyStore, Gate, Number, Running, accept, entry, eventually, inbox, on_all_stores, router,
    state, until, worker,
};

on_all_stores! {
    a_lease_is_renewed_while_its_handler_runs
    many_leases_are_renewed_in_one_call
    a_lost_lease_ends_the_handler_and_settles_nothing
    a_lease_that_cannot_be_renewed_in_time_is_lost
    a_renewal_that_fails_once_is_tried_again
    who_cannot_renew_leases_nothing
    what_lost_its_lease_and_does_not_stop_has_no_other_beside_it
    a_dead_workers_task_goes_to_another
}

async fn a_lease_is_renewed_while_its_handler_runs(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let inboxes = [(); 2].map(|()| inbox(&store, gate.router()));
    let lease = Duration::from_millis(900);
    accept(&inboxes[0], "one", "1").await;
    let workers = inboxes.each_ref().map(|inbox| {
        // So often that a third of the lease is more often.
        Running::start(worker(inbox).lease(lease).renew_interval(Duration::from_secs(60)))
    });
    keeper.started.recv().await.unwrap();
    let started = Instant::now();
    // Longer than the lease, with its end moved further again and again.
    let mut ends = HashSet::new();
    while started.elapsed() < 2 * lease || ends.len() < 3 {
        let known = entry(&inboxes[0], "one").await;
        assert_eq!(known.state, TaskState::Leased);
        ends.insert(known.due_at.unwrap().to_string());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    gate.open(1);
    until(&inboxes[0], |count| count.done == 1).await;
    assert_eq!(gate.runs(), 1, "the other worker should not have got it");
    assert_eq!(entry(&inboxes[0], "one").await.number, 1);
    for worker in workers {
        worker.stop().await;
    }
}

async fn many_leases_are_renewed_in_one_call(store: AnyStore) {
    const LEASES: usize = 20;
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    let every = Duration::from_millis(50);
    let running = Running::start(worker(&inbox).renew_interval(every));
    for number in 0..LEASES {
        accept(&inbox, &number.to_string(), "1").await;
        keeper.started.recv().await.unwrap();
    }
    let (before, begun) = (faulty.renewals.load(Ordering::SeqCst), Instant::now());
    eventually(|| faulty.renewals.load(Ordering::SeqCst) > before + 4).await;
    let renewals = faulty.renewals.load(Ordering::SeqCst) - before;
    let most = begun.elapsed().as_millis() / every.as_millis() + 1;
    assert!(renewals as u128 <= most, "{renewals} calls, {most} expected");
    gate.open(LEASES);
    until(&inbox, |count| count.done as usize == LEASES).await;
    running.stop().await;
    assert_eq!(gate.runs(), LEASES);
}

async fn a_lost_lease_ends_the_handler_and_settles_nothing(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&inbox).lease(Duration::from_secs(30)));
    keeper.started.recv().await.unwrap();
    faulty.leases_are_lost.store(true, Ordering::SeqCst);
    keeper.dropped.recv().await.unwrap();
    assert_eq!(keeper.why.recv().await, Some(Some(Interruption::LeaseLost)));
    running.stop().await;
    let settlements =
        (faulty.settled.load(Ordering::SeqCst), faulty.not_settled.load(Ordering::SeqCst));
    assert_eq!(settlements, (0, 0));
    // The real store still has it, on the lease that the worker gave up.
    assert_eq!(entry(&inbox, "one").await.number, 1);
}

async fn a_lease_that_cannot_be_renewed_in_time_is_lost(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    accept(&inbox, "one", "1").await;
    faulty.store.fail(StoreCall::Renew, usize::MAX);
    let lease = Duration::from_millis(400);
    let running = Running::start(worker(&inbox).lease(lease));
    keeper.started.recv().await.unwrap();
    let started = Instant::now();
    // It is ended a little early, and then taken again as everybody may.
    keeper.dropped.recv().await.unwrap();
    assert_eq!(keeper.why.recv().await, Some(Some(Interruption::LeaseLost)));
    assert!(started.elapsed() < lease, "{:?}", started.elapsed());
    assert!(faulty.store.failures(StoreCall::Renew) > 1, "it should have tried more than once");
    faulty.store.fail(StoreCall::Renew, 0);
    keeper.started.recv().await.unwrap();
    gate.open(1);
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(entry(&inbox, "one").await.number, 2);
}

async fn a_renewal_that_fails_once_is_tried_again(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    accept(&inbox, "one", "1").await;
    faulty.store.fail(StoreCall::Renew, 1);
    let lease = Duration::from_millis(1500);
    let running = Running::start(worker(&inbox).lease(lease));
    keeper.started.recv().await.unwrap();
    let started = Instant::now();
    while started.elapsed() < 2 * lease {
        assert_eq!(state(&inbox, "one").await, TaskState::Leased);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(faulty.store.failures(StoreCall::Renew), 1);
    gate.open(1);
    until(&inbox, |count| count.done == 1).await;
    assert_eq!(gate.runs(), 1);
    running.stop().await;
}

async fn who_cannot_renew_leases_nothing(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    let lease = Duration::from_secs(30);
    let running = Running::start(worker(&inbox).lease(lease));
    accept(&inbox, "one", "1").await;
    keeper.started.recv().await.unwrap();
    faulty.store.fail(StoreCall::Renew, usize::MAX);
    eventually(|| faulty.store.failures(StoreCall::Renew) > 0).await;
    // From there the word goes to those who lease; nothing shows when it is there.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = faulty.leases_asked_for.load(Ordering::SeqCst);
    accept(&inbox, "two", "2").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(state(&inbox, "two").await, TaskState::Ready, "it is not handed over either");
    assert_eq!(faulty.leases_asked_for.load(Ordering::SeqCst), asked);

    faulty.store.fail(StoreCall::Renew, 0);
    assert_eq!(keeper.started.recv().await, Some(2));
    gate.open(2);
    until(&inbox, |count| count.done == 2).await;
    running.stop().await;
    assert_eq!(gate.runs(), 2);
}

/// A handler that blocks its thread does not stop when its lease is lost. Another attempt beside it would be
/// two at a time, in a lane too.
async fn what_lost_its_lease_and_does_not_stop_has_no_other_beside_it(store: AnyStore) {
    let (running_now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (begun, mut begins) = mpsc::unbounded_channel();
    let (go_on, gate) = std::sync::mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    let router = {
        let (running_now, most) = (Arc::clone(&running_now), Arc::clone(&most));
        router(move |_: Number, attempt: Attempt| {
            let (running_now, most) = (Arc::clone(&running_now), Arc::clone(&most));
            let (begun, gate) = (begun.clone(), Arc::clone(&gate));
            async move {
                most.fetch_max(running_now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                begun.send(attempt.number())?;
                if attempt.number() == 1 {
                    // Not a point at which anything else could run.
                    let _ = gate.lock().unwrap().recv();
                }
                running_now.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            }
        })
    };
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), router.program("test"));
    let lease = Duration::from_millis(200);
    let running = Running::start(worker(&inbox).lease(lease));
    accept(&inbox, "one", "1").await;
    assert_eq!(begins.recv().await, Some(1));
    faulty.store.fail(StoreCall::Renew, 10);
    // Its lease ends, and long after that it is due again.
    until(&inbox, |count| count.ready == 1).await;
    tokio::time::sleep(2 * lease).await;
    assert!(begins.try_recv().is_err());
    drop(go_on);
    assert_eq!(begins.recv().await, Some(2));
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

async fn a_dead_workers_task_goes_to_another(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let inboxes = [(); 2].map(|()| inbox(&store, gate.router()));
    accept(&inboxes[0], "one", "1").await;
    let lease = Duration::from_millis(300);
    let first = Running::start(worker(&inboxes[0]).lease(lease));
    keeper.started.recv().await.unwrap();
    first.abort().await;
    // Its handlers die with it, and it settles nothing.
    keeper.dropped.recv().await.unwrap();
    let second = Running::start(worker(&inboxes[1]).lease(lease));
    keeper.started.recv().await.unwrap();
    gate.open(1);
    until(&inboxes[1], |count| count.done == 1).await;
    let known = entry(&inboxes[1], "one").await;
    assert_eq!((known.number, known.failures), (2, 0));
    second.stop().await;
}
