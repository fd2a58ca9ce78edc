//! Deadlines of handlers, and slots that are held for very long.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_handler::{Attempt, Registration, Router, handler_fn};

use crate::support::{
    AnyStore, Gate, Number, Running, accept, entry, inbox, on_all_stores, until, worker,
};

on_all_stores! {
    a_deadline_is_final
    a_deadline_may_be_tried_again
    a_pool_whose_slots_are_all_held_too_long_is_told
}

const DEADLINE: Duration = Duration::from_millis(30);

/// A handler that never ends, and counts how often it begins.
fn endless(
    begun: &Arc<AtomicUsize>,
    change: impl FnOnce(Registration<Number>) -> Registration<Number>,
) -> Router {
    let begun = Arc::clone(begun);
    let handler = handler_fn(move |_: Number, _: Attempt| {
        begun.fetch_add(1, Ordering::SeqCst);
        std::future::pending()
    });
    Router::new().on_with::<Number>(handler, |registration| change(registration.deadline(DEADLINE)))
}

async fn a_deadline_is_final(store: AnyStore) {
    let begun = Arc::new(AtomicUsize::new(0));
    let inbox = inbox(&store, endless(&begun, |registration| registration));
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(begun.load(Ordering::SeqCst), 1, "a build that takes too long is not built again");
    assert_eq!(entry(&inbox, "one").await.text.as_deref(), Some("took longer than 0.03 s"));
}

async fn a_deadline_may_be_tried_again(store: AnyStore) {
    let begun = Arc::new(AtomicUsize::new(0));
    let inbox = inbox(&store, endless(&begun, Registration::retried));
    let running = Running::start(worker(&inbox).max_failures(3));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(begun.load(Ordering::SeqCst), 3);
    let text = entry(&inbox, "one").await.text.unwrap();
    assert_eq!(text, "gave up after 3 failures: took longer than 0.03 s");
}

async fn a_pool_whose_slots_are_all_held_too_long_is_told(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let router = Router::new()
        .pool("builds", 2)
        .on_with::<Number>(gate.handler(), |registration| registration.pool("builds"));
    let inbox = inbox(&store, router);
    let warning = Duration::from_millis(50);
    let running = Running::start(worker(&inbox).slot_warning(warning));
    accept(&inbox, "one", "1").await;
    keeper.started.recv().await.unwrap();
    tokio::time::sleep(4 * warning).await;
    let held = inbox.probe().await.unwrap().held_pools;
    assert_eq!(held, [], "the other slot is free");

    accept(&inbox, "two", "2").await;
    keeper.started.recv().await.unwrap();
    let held = loop {
        let held = inbox.probe().await.unwrap().held_pools;
        if !held.is_empty() {
            break held;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].name.as_deref(), Some("builds"));
    assert!(held[0].held_for >= warning);

    gate.open(1);
    while !inbox.probe().await.unwrap().held_pools.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    gate.open(1);
    running.stop().await;
    assert_eq!(keeper.why.recv().await, Some(None));
}
