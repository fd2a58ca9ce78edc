//! A store that fails: the worker goes on, and no outcome is lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hookstead_handler::HandlerError;
use hookstead_inbox::{EntryState, Inbox};

use crate::faulty::Faulty;
use crate::support::{Gate, Running, accept, entry, on_all_stores, router, until, worker};

on_all_stores! {
    a_failing_store_ends_neither_the_worker_nor_loses_an_outcome
    a_dead_outcome_survives_a_failing_store
    an_outcome_is_written_down_during_shutdown
}

const FAILURES: usize = 3;

async fn a_failing_store_ends_neither_the_worker_nor_loses_an_outcome(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    gate.open(2);
    let faulty = Faulty::new(Arc::clone(&inbox));
    let shared: Arc<dyn Inbox> = faulty.clone();
    faulty.failing_leases.store(FAILURES, Ordering::SeqCst);
    faulty.failing_settlements.store(FAILURES, Ordering::SeqCst);
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&shared, gate.router()));
    keeper.started.recv().await.unwrap();
    until(&inbox, |depth| depth.done == 1).await;
    assert_eq!(faulty.failures.load(Ordering::SeqCst), 2 * FAILURES);

    accept(&inbox, "two", "1").await;
    until(&inbox, |depth| depth.done == 2).await;
    running.stop().await;
    assert_eq!(gate.runs(), 2, "each was handled once");
}

async fn a_dead_outcome_survives_a_failing_store(inbox: Arc<dyn Inbox>) {
    let faulty = Faulty::new(Arc::clone(&inbox));
    let shared: Arc<dyn Inbox> = faulty.clone();
    faulty.failing_settlements.store(FAILURES, Ordering::SeqCst);
    accept(&inbox, "one", "1").await;
    let router = router(|_, _| std::future::ready(Err(HandlerError::permanent("no"))));
    let running = Running::start(worker(&shared, router));
    until(&inbox, |depth| depth.dead == 1).await;
    running.stop().await;
    assert_eq!(faulty.failures.load(Ordering::SeqCst), FAILURES);
    assert_eq!(entry(&inbox, "one").await.state, EntryState::Dead);
}

async fn an_outcome_is_written_down_during_shutdown(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(Arc::clone(&inbox));
    let shared: Arc<dyn Inbox> = faulty.clone();
    accept(&inbox, "one", "1").await;
    let mut running = Running::start(worker(&shared, gate.router()));
    keeper.started.recv().await.unwrap();
    faulty.failing_settlements.store(FAILURES, Ordering::SeqCst);
    running.begin_to_stop().await;
    gate.open(1);
    running.stop().await;
    assert_eq!(inbox.depth().await.unwrap().done, 1);
    assert_eq!(faulty.failures.load(Ordering::SeqCst), FAILURES);
}
