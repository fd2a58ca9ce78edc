//! A task that kills its process dies alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_handler::{Attempt, HandlerError};
use hookstead_inbox::TaskState;
use tokio::sync::mpsc;

use crate::support::{
    AnyStore, Number, Running, accept, count, entry, eventually, inbox, on_all_stores, router,
    state, until, worker,
};

on_all_stores! {
    a_poison_beside_ten_innocents_dies_alone
    a_kept_step_forgives_the_leases_before_it
}

const LEASE: Duration = Duration::from_millis(200);
const POISON: u32 = 666;

async fn a_poison_beside_ten_innocents_dies_alone(store: AnyStore) {
    let (kill, mut kills) = mpsc::unbounded_channel();
    let together = Arc::new(AtomicUsize::new(0));
    let seen_together = Arc::clone(&together);
    let router = router(move |Number(number), attempt: Attempt| {
        let (kill, together) = (kill.clone(), Arc::clone(&seen_together));
        async move {
            if number == POISON {
                // The first time all the others are at work.
                eventually(|| together.load(Ordering::SeqCst) >= 10).await;
                // Its process ends; here it does as soon as the test has heard.
                kill.send(())?;
                std::future::pending::<()>().await;
            }
            together.fetch_add(1, Ordering::SeqCst);
            if attempt.number() == 1 {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
            Ok(())
        }
    });
    let first = inbox(&store, router.clone());
    accept(&first, "poison", POISON.to_string()).await;
    for number in 0..10 {
        accept(&first, &format!("innocent{number}"), number.to_string()).await;
    }
    let mut killed = 0;
    loop {
        // The program is started again each time.
        let process = inbox(&store, router.clone());
        let running = Running::start(worker(&process).lease(LEASE).max_abandoned(4));
        let all_settled = until(&process, |count| count.open() == 0);
        tokio::select! {
            Some(()) = kills.recv() => {}
            () = all_settled => {
                running.stop().await;
                break;
            }
        }
        running.abort().await;
        killed += 1;
    }
    let counted = count(&first).await;
    assert_eq!((counted.dead, counted.done), (1, 10));
    assert!(killed >= 4, "{killed}");
    let known = entry(&first, "poison").await;
    assert_eq!(known.state, TaskState::Dead);
    let text = known.text.unwrap();
    assert!(text.starts_with("gave up: 4 leases in a row ended without an outcome"), "{text}");
}

async fn a_kept_step_forgives_the_leases_before_it(store: AnyStore) {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let may_end = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&may_end);
    let router = router(move |_, attempt: Attempt| {
        let (begun, ends) = (begun.clone(), Arc::clone(&ends));
        async move {
            // Every attempt gets a little further before its process ends.
            let name = format!("step {}", attempt.number());
            attempt.step(&name, async || Ok::<_, HandlerError>(())).await?;
            begun.send(())?;
            if !ends.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            Ok(())
        }
    });
    let first = inbox(&store, router.clone());
    accept(&first, "one", "1").await;
    for _ in 0..4 {
        let process = inbox(&store, router.clone());
        let running = Running::start(worker(&process).lease(LEASE).max_abandoned(2));
        begins.recv().await.unwrap();
        running.abort().await;
    }
    may_end.store(true, Ordering::SeqCst);
    let process = inbox(&store, router);
    let running = Running::start(worker(&process).lease(LEASE).max_abandoned(2));
    until(&process, |count| count.open() == 0).await;
    running.stop().await;
    assert_eq!(state(&process, "one").await, TaskState::Done);
    assert!(entry(&process, "one").await.number >= 5);
}
