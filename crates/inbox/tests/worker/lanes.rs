//! Lanes: one at a time, and the latest only, with workers as two hosts would run them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_events::Timestamp;
use hookstead_handler::{Attempt, HandlerError, Interruption, Router, handler_fn};
use hookstead_inbox::TaskState;
use tokio::sync::mpsc;

use crate::support::{
    AnyStore, Gate, Number, Running, accept, entries, entry, inbox, on_all_stores, one_lane, state,
    until, worker,
};

on_all_stores! {
    a_lane_has_one_handler_at_a_time
    a_newer_one_interrupts_the_one_that_runs_elsewhere
    another_handler_of_a_superseded_delivery_goes_on
    a_lane_is_free_again_after_a_failure
    a_lane_in_order_waits_for_its_head
    under_lag_the_newest_is_handled
}

/// Everything in one lane, in which the largest number is the latest.
fn latest_only(gate: &Gate) -> Router {
    Router::new().on_with::<Number>(gate.handler(), |registration| {
        one_lane(registration)
            .latest_by(|number| Timestamp::from_epoch_seconds(i64::from(number.0)))
    })
}

async fn a_lane_has_one_handler_at_a_time(store: AnyStore) {
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
    let inboxes = [(); 2].map(|()| inbox(&store, router.clone()));
    let workers = inboxes.each_ref().map(|inbox| Running::start(worker(inbox)));
    for round in 0..15 {
        // Both hosts receive, and both hand over what they receive.
        accept(&inboxes[0], &format!("a{round}"), "0").await;
        accept(&inboxes[1], &format!("b{round}"), "1").await;
        accept(&inboxes[1], &format!("c{round}"), "0").await;
    }
    let [inbox, _] = inboxes;
    until(&inbox, |count| count.done == 45).await;
    for worker in workers {
        worker.stop().await;
    }
    for id in ["a0", "b14", "c7"] {
        assert_eq!(entry(&inbox, id).await.number, 1, "a panic shows as an attempt");
    }
}

async fn a_newer_one_interrupts_the_one_that_runs_elsewhere(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let router = latest_only(&gate);
    let (one, other) = (inbox(&store, router.clone()), inbox(&store, router));
    accept(&one, "two", "2").await;
    let first = Running::start(worker(&one).concurrency(1));
    assert_eq!(keeper.started.recv().await, Some(2));
    let second = Running::start(worker(&other));
    accept(&other, "one", "1").await;
    accept(&other, "three", "3").await;
    assert_eq!(keeper.dropped.recv().await, Some(2));
    assert_eq!(keeper.why.recv().await, Some(Some(Interruption::Superseded)));
    assert_eq!(keeper.started.recv().await, Some(3));
    gate.open(1);
    until(&one, |count| count.done == 1 && count.superseded == 2 && count.open() == 0).await;
    assert_eq!(gate.runs(), 2, "the oldest should not have run at all");
    for (id, expected) in
        [("one", TaskState::Superseded), ("two", TaskState::Superseded), ("three", TaskState::Done)]
    {
        assert_eq!(state(&one, id).await, expected, "{id}");
    }
    first.stop().await;
    second.stop().await;
}

async fn another_handler_of_a_superseded_delivery_goes_on(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let (seen, mut all_seen) = mpsc::unbounded_channel();
    let noting = handler_fn(move |Number(number), _: Attempt| {
        let seen = seen.clone();
        async move { Ok(seen.send(number)?) }
    });
    let router =
        latest_only(&gate).on_with::<Number>(noting, |registration| registration.name("audit"));
    let inbox = inbox(&store, router);
    accept(&inbox, "one", "1").await;
    accept(&inbox, "two", "2").await;
    let running = Running::start(worker(&inbox));
    assert_eq!(keeper.started.recv().await, Some(2));
    gate.open(1);
    until(&inbox, |count| count.done == 3 && count.superseded == 1 && count.open() == 0).await;
    running.stop().await;
    let mut seen = vec![all_seen.recv().await.unwrap(), all_seen.recv().await.unwrap()];
    seen.sort_unstable();
    assert_eq!(seen, [1, 2]);
    assert_eq!(gate.runs(), 1);
    let states: Vec<_> = entries(&inbox, "one").await.iter().map(|it| it.state).collect();
    assert_eq!(states, [TaskState::Done, TaskState::Superseded]);
}

async fn a_lane_is_free_again_after_a_failure(store: AnyStore) {
    let (handled, mut all_handled) = mpsc::unbounded_channel();
    let handler = handler_fn(move |Number(number), attempt: Attempt| {
        let handled = handled.clone();
        async move {
            handled.send((number, attempt.number()))?;
            match (number, attempt.number()) {
                (0, 1) => Err(std::io::Error::other("a passing trouble"))?,
                (0, 2) => panic!("as the test wants it"),
                _ => Ok(()),
            }
        }
    });
    let inbox = inbox(&store, Router::new().on_with::<Number>(handler, one_lane));
    accept(&inbox, "zero", "0").await;
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&inbox));
    until(&inbox, |count| count.done == 2).await;
    running.stop().await;
    let mut order = Vec::new();
    while let Ok(handled) = all_handled.try_recv() {
        order.push(handled);
    }
    order.sort_unstable();
    assert_eq!(order, [(0, 1), (0, 2), (0, 3), (1, 1)]);
}

async fn a_lane_in_order_waits_for_its_head(store: AnyStore) {
    let order: Arc<Mutex<Vec<(u32, u32)>>> = Arc::default();
    let noted = Arc::clone(&order);
    let handler = handler_fn(move |Number(number), attempt: Attempt| {
        noted.lock().unwrap().push((number, attempt.number()));
        std::future::ready(match (number, attempt.number()) {
            (0, 1) => Err(HandlerError::retry("a passing trouble")),
            (0, 2) => Err(HandlerError::wait(Duration::from_secs(1), "somebody")),
            (1, 1) => Err(HandlerError::permanent("never")),
            _ => Ok(()),
        })
    });
    let router =
        Router::new().on_with::<Number>(handler, |registration| one_lane(registration).in_order());
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    for number in 0..4 {
        accept(&inbox, &format!("n{number}"), number.to_string()).await;
    }
    until(&inbox, |count| count.done == 3 && count.dead == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(*order.lock().unwrap(), [(0, 1), (0, 2), (0, 3), (1, 1), (2, 1), (3, 1)]);
}

/// A lane gets newer tasks faster than it is served, and there is other work: a newer one must not fall
/// back to the end of the queue each time.
async fn under_lag_the_newest_is_handled(store: AnyStore) {
    const HOT: u32 = 1_000_000;
    let handled: Arc<Mutex<Vec<u32>>> = Arc::default();
    let is_hot_handled = Arc::new(AtomicBool::new(false));
    let handler = handler_fn({
        let (handled, is_hot_handled) = (Arc::clone(&handled), Arc::clone(&is_hot_handled));
        move |Number(number), _: Attempt| {
            let (handled, is_hot_handled) = (Arc::clone(&handled), Arc::clone(&is_hot_handled));
            async move {
                if number >= HOT {
                    handled.lock().unwrap().push(number);
                    is_hot_handled.store(true, Ordering::SeqCst);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
                Ok(())
            }
        }
    });
    let router = Router::new().on_with::<Number>(handler, |registration| {
        registration
            .lane(|number| (number.0 >= HOT).then(|| "hot".to_owned()))
            .latest_by(|number| Timestamp::from_epoch_seconds(i64::from(number.0)))
    });
    let inbox = inbox(&store, router);
    for number in 0..20 {
        accept(&inbox, &format!("backlog{number}"), number.to_string()).await;
    }
    let running = Running::start(worker(&inbox).concurrency(1));
    let mut newest = HOT;
    while !is_hot_handled.load(Ordering::SeqCst) {
        newest += 1;
        accept(&inbox, &format!("hot{newest}"), newest.to_string()).await;
        accept(&inbox, &format!("cold{newest}"), "1").await;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // No more comes: what is the newest now is handled as well.
    until(&inbox, |count| count.open() == 0).await;
    running.stop().await;
    assert_eq!(handled.lock().unwrap().last(), Some(&newest));
    assert_eq!(state(&inbox, &format!("hot{newest}")).await, TaskState::Done);
}
