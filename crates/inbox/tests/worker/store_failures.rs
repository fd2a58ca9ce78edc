//! A store that fails: the worker goes on, and no outcome is lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hookstead_handler::HandlerError;
use hookstead_inbox::testing::StoreCall;
use hookstead_inbox::{Accepted, Inbox, TaskState};
use tokio::sync::Semaphore;

use crate::faulty::Faulty;
use crate::support::{
    AnyStore, Gate, Number, Running, accept, count, delivery, on_all_stores, router, state, until,
    worker,
};

on_all_stores! {
    a_failing_store_ends_neither_the_worker_nor_loses_an_outcome
    an_outcome_whose_answer_was_lost_is_written_down_once
    a_dead_outcome_survives_a_failing_store
    an_outcome_is_written_down_during_shutdown
    an_outcome_that_the_store_refuses_holds_up_no_other
    what_ends_together_is_settled_together
    handlers_go_on_while_outcomes_are_written
}

const FAILURES: usize = 3;

async fn a_failing_store_ends_neither_the_worker_nor_loses_an_outcome(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    gate.open(2);
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    faulty.store.fail(StoreCall::Lease, FAILURES);
    faulty.store.fail(StoreCall::Settle, FAILURES);
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&inbox));
    keeper.started.recv().await.unwrap();
    until(&inbox, |count| count.done == 1).await;
    assert_eq!(faulty.store.failures(StoreCall::Lease), FAILURES);
    assert_eq!(faulty.store.failures(StoreCall::Settle), FAILURES);

    accept(&inbox, "two", "1").await;
    until(&inbox, |count| count.done == 2).await;
    running.stop().await;
    assert_eq!(gate.runs(), 2, "each was handled once");
}

/// The store did what it was asked for, and the connection broke before it could say so.
async fn an_outcome_whose_answer_was_lost_is_written_down_once(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    faulty.store.lose_answers(StoreCall::Accept, 1);
    faulty.store.lose_answers(StoreCall::Settle, 1);
    // What was handed over with the lost answer is found again when its lease ends.
    let running = Running::start(worker(&inbox).lease(Duration::from_secs(2)));
    inbox.accept(delivery("one", "1")).await.unwrap_err();
    let again = inbox.accept(delivery("one", "1")).await.unwrap();
    assert_eq!(again, Accepted::Duplicate { at_work: 1, tasks: 1 });
    // Not before: the same delivery after its end is a redelivery, and runs again.
    gate.open(1);
    keeper.started.recv().await.unwrap();
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(gate.runs(), 1);
    for call in [StoreCall::Accept, StoreCall::Settle] {
        assert_eq!(faulty.store.failures(call), 1, "{call:?}");
    }
}

async fn a_dead_outcome_survives_a_failing_store(store: AnyStore) {
    let faulty = Faulty::new(&store);
    faulty.store.fail(StoreCall::Settle, FAILURES);
    let router = router(|_, _| std::future::ready(Err(HandlerError::permanent("no"))));
    let inbox = Inbox::new(Arc::clone(&faulty), router.program("test"));
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&inbox));
    until(&inbox, |count| count.dead == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(faulty.store.failures(StoreCall::Settle), FAILURES);
    assert_eq!(state(&inbox, "one").await, TaskState::Dead);
}

async fn an_outcome_is_written_down_during_shutdown(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    accept(&inbox, "one", "1").await;
    let mut running = Running::start(worker(&inbox));
    keeper.started.recv().await.unwrap();
    faulty.store.fail(StoreCall::Settle, FAILURES);
    running.begin_to_stop().await;
    gate.open(1);
    running.stop().await;
    assert_eq!(count(&inbox).await.done, 1);
    assert_eq!(faulty.store.failures(StoreCall::Settle), FAILURES);
}

async fn an_outcome_that_the_store_refuses_holds_up_no_other(store: AnyStore) {
    let faulty = Arc::new(Faulty::refusing(&store, "this row is damaged"));
    let router = router(|Number(number), _| {
        std::future::ready(match number {
            0 => Err(HandlerError::permanent("this row is damaged")),
            _ => Ok(()),
        })
    });
    let inbox = Inbox::new(Arc::clone(&faulty), router.program("test"));
    accept(&inbox, "damaged", "0").await;
    for number in 1..20 {
        accept(&inbox, &format!("early{number}"), "1").await;
    }
    let running = Running::start(worker(&inbox));
    until(&inbox, |count| count.done == 19).await;
    for number in 1..20 {
        accept(&inbox, &format!("late{number}"), "1").await;
    }
    until(&inbox, |count| count.done == 38).await;
    assert_eq!(state(&inbox, "damaged").await, TaskState::Leased);
    // It would try to the end.
    running.abort().await;
}

async fn what_ends_together_is_settled_together(store: AnyStore) {
    const TASKS: usize = 32;
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    let running = Running::start(worker(&inbox));
    for number in 0..TASKS {
        accept(&inbox, &number.to_string(), "1").await;
        keeper.started.recv().await.unwrap();
    }
    // Whoever comes first is alone for a while.
    faulty.store.fail(StoreCall::Settle, 1);
    gate.open(TASKS);
    until(&inbox, |count| count.done as usize == TASKS).await;
    running.stop().await;
    let calls = faulty.settlement_calls.load(Ordering::SeqCst);
    assert!(calls < TASKS, "{calls} calls for {TASKS} tasks");
}

/// Slots are for handlers. If they were held for the time of a write, a slow disk would let through so few
/// tasks that a backlog stays.
async fn handlers_go_on_while_outcomes_are_written(store: AnyStore) {
    const TASKS: usize = 12;
    let (gate, mut keeper) = Gate::new();
    let mut faulty = Faulty::refusing(&store, "nothing ends like this");
    faulty.may_settle = Semaphore::new(0);
    let faulty = Arc::new(faulty);
    let inbox = Inbox::new(Arc::clone(&faulty), gate.router().program("test"));
    let running = Running::start(worker(&inbox).concurrency(2));
    gate.open(TASKS);
    for number in 0..TASKS {
        accept(&inbox, &number.to_string(), "1").await;
    }
    for _ in 0..TASKS {
        keeper.started.recv().await.unwrap();
    }
    assert_eq!(count(&inbox).await.done, 0, "nothing is written yet");
    faulty.may_settle.add_permits(TASKS);
    until(&inbox, |count| count.done as usize == TASKS).await;
    running.stop().await;
    assert_eq!(gate.runs(), TASKS, "each was handled once");
}
