//! Pools and slots: who works beside whom, and whose turn it is.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_handler::{Attempt, HandlerError, Router, handler_fn};
use hookstead_inbox::Inbox;

use crate::faulty::Faulty;
use crate::support::{
    AnyStore, Gate, Number, Running, accept, count, eventually, inbox, on_all_stores, router,
    until, what_has_no_slot_is_given_back, worker,
};

on_all_stores! {
    long_builds_do_not_hold_up_a_comment
    a_pool_has_no_more_slots_than_it_has
    handlers_that_take_no_time_have_tasks_leased_ahead
    what_was_leased_ahead_and_gets_no_slot_is_given_back
    names_take_turns
    due_retries_do_not_hold_up_what_is_new
    what_is_new_does_not_hold_up_due_retries
    after_an_outage_one_goes_first_then_twice_as_many
}

async fn long_builds_do_not_hold_up_a_comment(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let commented = Arc::new(AtomicUsize::new(0));
    let comments = Arc::clone(&commented);
    let comment = handler_fn(move |_: Number, _: Attempt| {
        comments.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(()))
    });
    let router = Router::new()
        .pool("builds", 4)
        .on_with::<Number>(gate.handler(), |registration| {
            registration.name("build").pool("builds").when(|number| number.0 == 0)
        })
        .on_with::<Number>(comment, |registration| {
            registration.name("comment").when(|number| number.0 == 1)
        });
    let inbox = inbox(&store, router);
    for build in 0..16 {
        accept(&inbox, &format!("early-build{build}"), "0").await;
    }
    accept(&inbox, "early-comment", "1").await;
    let running = Running::start(worker(&inbox).concurrency(1));
    for build in 0..16 {
        accept(&inbox, &format!("build{build}"), "0").await;
    }
    accept(&inbox, "comment", "1").await;
    until(&inbox, |count| count.done == 2).await;
    assert_eq!(commented.load(Ordering::SeqCst), 2);
    for _ in 0..4 {
        keeper.started.recv().await.unwrap();
    }
    assert_eq!(gate.runs(), 4, "the pool is full");
    gate.open(32);
    until(&inbox, |count| count.done == 34).await;
    running.stop().await;
}

async fn a_pool_has_no_more_slots_than_it_has(store: AnyStore) {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (running_now, most_seen) = (Arc::clone(&now), Arc::clone(&most));
    let handler = handler_fn(move |_: Number, _: Attempt| {
        let (now, most) = (Arc::clone(&running_now), Arc::clone(&most_seen));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(2)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        }
    });
    let router = Router::new()
        .pool("few", 3)
        .on_with::<Number>(handler, |registration| registration.pool("few"));
    let inbox = inbox(&store, router);
    for number in 0..20 {
        accept(&inbox, &format!("early{number}"), "1").await;
    }
    let running = Running::start(worker(&inbox));
    for number in 0..40 {
        accept(&inbox, &format!("late{number}"), "1").await;
    }
    until(&inbox, |count| count.done == 60).await;
    running.stop().await;
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

async fn handlers_that_take_no_time_have_tasks_leased_ahead(store: AnyStore) {
    let faulty = Faulty::new(&store);
    let router = router(|_, _| std::future::ready(Ok(()))).program("test");
    let inbox = Inbox::new(Arc::clone(&faulty), router);
    for number in 0..200 {
        accept(&inbox, &format!("{number}"), "1").await;
    }
    let running = Running::start(worker(&inbox).concurrency(8));
    until(&inbox, |count| count.done == 200).await;
    running.stop().await;
    let most = faulty.most_asked_for.load(Ordering::SeqCst);
    assert!((9..=16).contains(&most), "{most} tasks for 8 slots");
}

async fn what_was_leased_ahead_and_gets_no_slot_is_given_back(store: AnyStore) {
    let (gate, keeper) = Gate::new();
    // The first ones take no time.
    gate.open(40);
    let inbox = inbox(&store, gate.router());
    for number in 0..60 {
        accept(&inbox, &format!("{number}"), number.to_string()).await;
    }
    let running = Running::start(worker(&inbox).concurrency(8));
    what_has_no_slot_is_given_back(&inbox, &gate, keeper, running).await;
}

async fn names_take_turns(store: AnyStore) {
    let order: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let noting = |name: &'static str| {
        let order = Arc::clone(&order);
        handler_fn(move |_: Number, _: Attempt| {
            order.lock().unwrap().push(name);
            std::future::ready(Ok(()))
        })
    };
    let mut router = Router::new();
    // Many names, two of which have something to do.
    for idle in 0..8 {
        router = router.on_with::<Number>(noting("idle"), |registration| {
            registration.name(format!("idle{idle}")).when(|_| false)
        });
    }
    let router = router
        .on_with::<Number>(noting("flood"), |it| it.name("flood").when(|number| number.0 == 0))
        .on_with::<Number>(noting("drop"), |it| it.name("drop").when(|number| number.0 == 1));
    let inbox = inbox(&store, router);
    for number in 0..60 {
        accept(&inbox, &format!("flood{number}"), "0").await;
    }
    for number in 0..5 {
        accept(&inbox, &format!("drop{number}"), "1").await;
    }
    let running = Running::start(worker(&inbox).concurrency(1));
    until(&inbox, |count| count.done == 65).await;
    running.stop().await;
    let order = order.lock().unwrap();
    for (number, pair) in order.chunks(2).take(5).enumerate() {
        assert!(pair.contains(&"drop") && pair.contains(&"flood"), "{number}: {:?}", &order[..12]);
    }
}

/// Fails at the first attempt, and takes its time at the second.
fn failing_once(
    retried: &Arc<AtomicUsize>,
    fresh: &Arc<AtomicUsize>,
    is_repaired: &Arc<AtomicBool>,
) -> Router {
    let (retried, fresh) = (Arc::clone(retried), Arc::clone(fresh));
    let is_repaired = Arc::clone(is_repaired);
    router(move |_, attempt: Attempt| {
        let (retried, fresh) = (Arc::clone(&retried), Arc::clone(&fresh));
        let is_repaired = is_repaired.load(Ordering::SeqCst);
        async move {
            if !is_repaired {
                return Err(HandlerError::retry_after("not yet", Duration::from_millis(1)));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
            if attempt.number() > 1 { &retried } else { &fresh }.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    })
}

/// So many have failed and are due again.
async fn failed(store: &AnyStore, router: &Router, tasks: usize) {
    let inbox = inbox(store, router.clone());
    for number in 0..tasks {
        accept(&inbox, &format!("tried{number}"), "1").await;
    }
    // Until each has failed once; some more than that.
    let patient = worker(&inbox).max_failures(u32::MAX).concurrency(32);
    let running = Running::start(patient);
    loop {
        let entries = inbox.list(hookstead_inbox::Filter::default().at_most(usize::MAX));
        if entries.all().await.unwrap().iter().all(|entry| entry.number > 0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.stop().await;
    until(&inbox, |count| count.ready as usize == tasks).await;
}

async fn due_retries_do_not_hold_up_what_is_new(store: AnyStore) {
    const DUE: usize = 1000;
    let (retried, fresh, repaired) =
        <(Arc<AtomicUsize>, Arc<AtomicUsize>, Arc<AtomicBool>)>::default();
    let router = failing_once(&retried, &fresh, &repaired);
    failed(&store, &router, DUE).await;
    repaired.store(true, Ordering::SeqCst);
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox).concurrency(4));
    eventually(|| retried.load(Ordering::SeqCst) > 0).await;
    for number in 0..20 {
        accept(&inbox, &format!("new{number}"), "1").await;
    }
    eventually(|| fresh.load(Ordering::SeqCst) == 20).await;
    let before = retried.load(Ordering::SeqCst);
    assert!(before < DUE / 2, "{before} of the due ones went before");
    until(&inbox, |count| count.done as usize == DUE + 20).await;
    running.stop().await;
}

async fn what_is_new_does_not_hold_up_due_retries(store: AnyStore) {
    let (retried, fresh, repaired) =
        <(Arc<AtomicUsize>, Arc<AtomicUsize>, Arc<AtomicBool>)>::default();
    let router = failing_once(&retried, &fresh, &repaired);
    failed(&store, &router, 10).await;
    repaired.store(true, Ordering::SeqCst);
    let inbox = inbox(&store, router);
    for number in 0..200 {
        accept(&inbox, &format!("early{number}"), "1").await;
    }
    // Also in a pool with one slot, which cannot be shared at one time.
    let running = Running::start(worker(&inbox).concurrency(1));
    let mut number = 0;
    while retried.load(Ordering::SeqCst) < 10 {
        accept(&inbox, &format!("new{number}"), "1").await;
        number += 1;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let before = fresh.load(Ordering::SeqCst);
    assert!(before < 200, "{before} new ones went before ten due ones");
    running.stop().await;
    assert!(count(&inbox).await.done >= 10);
}

async fn after_an_outage_one_goes_first_then_twice_as_many(store: AnyStore) {
    const TASKS: usize = 40;
    let is_out = Arc::new(AtomicBool::new(true));
    let (now, passes, tries) = <(Arc<AtomicUsize>, Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
    let too_many: Arc<Mutex<Vec<String>>> = Arc::default();
    let most = Arc::new(AtomicUsize::new(0));
    let router = {
        let (is_out, now, passes, tries, too_many, most) = (
            Arc::clone(&is_out),
            Arc::clone(&now),
            Arc::clone(&passes),
            Arc::clone(&tries),
            Arc::clone(&too_many),
            Arc::clone(&most),
        );
        router(move |_, attempt: Attempt| {
            let (is_out, now, passes, tries, too_many, most) = (
                Arc::clone(&is_out),
                Arc::clone(&now),
                Arc::clone(&passes),
                Arc::clone(&tries),
                Arc::clone(&too_many),
                Arc::clone(&most),
            );
            async move {
                let is_tried = attempt.number() > 1;
                if is_tried {
                    let passed = u32::try_from(passes.load(Ordering::SeqCst).min(6)).unwrap();
                    let running = now.fetch_add(1, Ordering::SeqCst) + 1;
                    if running > 2_usize.pow(passed) {
                        let text = format!("{running} after {passed} that passed");
                        too_many.lock().unwrap().push(text);
                    }
                    most.fetch_max(running, Ordering::SeqCst);
                    tries.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                }
                if is_out.load(Ordering::SeqCst) {
                    return Err(HandlerError::outage("the other side is down"));
                }
                if is_tried {
                    passes.fetch_add(1, Ordering::SeqCst);
                }
                Ok(())
            }
        })
    };
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    for number in 0..TASKS {
        accept(&inbox, &number.to_string(), "1").await;
    }
    // All are due again and again, and one at a time tries.
    eventually(|| tries.load(Ordering::SeqCst) >= 5).await;
    is_out.store(false, Ordering::SeqCst);
    until(&inbox, |count| count.done as usize == TASKS).await;
    running.stop().await;
    assert_eq!(*too_many.lock().unwrap(), Vec::<String>::new());
    assert!(most.load(Ordering::SeqCst) > 4, "in the end there were many");
}
