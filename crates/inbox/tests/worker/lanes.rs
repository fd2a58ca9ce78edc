//! Lanes: one at a time, and the latest only, with workers as two hosts would run them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_events::Timestamp;
use hookstead_handler::{Delivery, Interruption, Router, handler_fn};
use hookstead_inbox::{EntryState, Inbox};
use tokio::sync::mpsc;

use crate::support::{Gate, Number, Running, entry, on_all_stores, until, worker};

on_all_stores! {
    a_lane_has_one_handler_at_a_time
    a_newer_delivery_interrupts_the_one_that_runs_elsewhere
    a_superseded_delivery_still_reaches_its_other_handlers
    a_lane_is_free_again_after_a_failure
}

/// Accepts a number, in the lane that the router finds for it.
async fn accept(inbox: &Arc<dyn Inbox>, router: &Router, id: &str, payload: &'static str) {
    let mut delivery = Delivery::new(id.parse().unwrap(), "push".into(), payload);
    delivery.lane = router.lane(&delivery);
    inbox.accept(delivery).await.unwrap();
}

/// Everything in one lane, in which the largest number is the latest.
fn latest_only(gate: &Gate) -> Router {
    Router::new().on_with::<Number>(gate.handler(), |registration| {
        registration
            .lane(|_| "all".to_owned())
            .latest_by(|number| Timestamp::from_epoch_seconds(i64::from(number.0)))
    })
}

async fn a_lane_has_one_handler_at_a_time(inbox: Arc<dyn Inbox>) {
    let running = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let handler = handler_fn({
        let running = Arc::clone(&running);
        move |Number(number), _| {
            let running = Arc::clone(&running);
            async move {
                let in_lane = &running[usize::try_from(number)?];
                assert_eq!(in_lane.fetch_add(1, Ordering::SeqCst), 0, "another one is running");
                tokio::time::sleep(Duration::from_millis(2)).await;
                in_lane.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            }
        }
    });
    let router = Router::new().on_with::<Number>(handler, |registration| {
        registration.lane(|number| number.0.to_string())
    });
    for round in 0..15 {
        accept(&inbox, &router, &format!("a{round}"), "0").await;
        accept(&inbox, &router, &format!("b{round}"), "1").await;
    }
    let workers = [(); 2].map(|()| Running::start(worker(&inbox, router.clone())));
    until(&inbox, |depth| depth.done == 30).await;
    for worker in workers {
        worker.stop().await;
    }
    for id in ["a0", "b14"] {
        assert_eq!(entry(&inbox, id).await.delivery.attempt, 1, "a panic shows as an attempt");
    }
}

async fn a_newer_delivery_interrupts_the_one_that_runs_elsewhere(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    let router = latest_only(&gate);
    accept(&inbox, &router, "two", "2").await;
    let often = Duration::from_millis(100);
    let worker = |router| worker(&inbox, router).superseded_interval(often);
    let first = Running::start(worker(router.clone()).concurrency(1));
    assert_eq!(keeper.started.recv().await, Some(2));
    let second = Running::start(worker(router.clone()));
    accept(&inbox, &router, "one", "1").await;
    accept(&inbox, &router, "three", "3").await;
    assert_eq!(keeper.dropped.recv().await, Some(2));
    assert_eq!(keeper.why.recv().await, Some(Some(Interruption::Superseded)));
    assert_eq!(keeper.started.recv().await, Some(3));
    gate.open(1);
    until(&inbox, |depth| depth.done == 1 && depth.superseded == 2).await;
    assert_eq!(gate.runs(), 2, "the oldest should not have run at all");
    for (id, state) in [
        ("one", EntryState::Superseded),
        ("two", EntryState::Superseded),
        ("three", EntryState::Done),
    ] {
        assert_eq!(entry(&inbox, id).await.state, state, "{id}");
    }
    first.stop().await;
    second.stop().await;
}

async fn a_superseded_delivery_still_reaches_its_other_handlers(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    let (seen, mut all_seen) = mpsc::unbounded_channel();
    let router = latest_only(&gate).on::<Number>(handler_fn(move |Number(number), _| {
        let seen = seen.clone();
        async move { Ok(seen.send(number)?) }
    }));
    accept(&inbox, &router, "one", "1").await;
    accept(&inbox, &router, "two", "2").await;
    let running = Running::start(worker(&inbox, router.clone()));
    assert_eq!(keeper.started.recv().await, Some(2));
    gate.open(1);
    until(&inbox, |depth| depth.done == 1 && depth.superseded == 1).await;
    running.stop().await;
    let mut seen = vec![all_seen.recv().await.unwrap(), all_seen.recv().await.unwrap()];
    seen.sort_unstable();
    assert_eq!(seen, [1, 2]);
    assert_eq!(gate.runs(), 1);
}

async fn a_lane_is_free_again_after_a_failure(inbox: Arc<dyn Inbox>) {
    let (handled, mut all_handled) = mpsc::unbounded_channel();
    let handler = handler_fn(move |Number(number), delivery: Delivery| {
        let handled = handled.clone();
        async move {
            handled.send((number, delivery.attempt))?;
            match (number, delivery.attempt) {
                (0, 1) => Err(std::io::Error::other("a passing trouble"))?,
                (0, 2) => panic!("as the test wants it"),
                _ => Ok(()),
            }
        }
    });
    let router = Router::new()
        .on_with::<Number>(handler, |registration| registration.lane(|_| "all".to_owned()));
    accept(&inbox, &router, "zero", "0").await;
    accept(&inbox, &router, "one", "1").await;
    let running = Running::start(worker(&inbox, router.clone()));
    until(&inbox, |depth| depth.done == 2).await;
    running.stop().await;
    let mut order = Vec::new();
    while let Ok(handled) = all_handled.try_recv() {
        order.push(handled);
    }
    order.sort_unstable();
    assert_eq!(order, [(0, 1), (0, 2), (0, 3), (1, 1)]);
}
