//! What was done once in a run is not done again.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_handler::{Attempt, HandlerError, Interruption};
use hookstead_inbox::Inbox;
use hookstead_inbox::testing::StoreCall;

use crate::faulty::Faulty;
use crate::support::{
    AnyStore, Running, accept, entry, eventually, id, inbox, on_all_stores, router, until, worker,
};

on_all_stores! {
    a_step_that_was_done_is_not_done_again
    a_step_is_known_after_its_process_was_killed
    a_new_run_forgets_the_steps
    a_store_that_fails_is_asked_again_to_keep_a_step
    a_step_under_a_lost_lease_ends_the_attempt
}

/// A handler that builds in a step and then reports, which fails so often.
fn building(builds: &Arc<AtomicUsize>, failing: u32) -> hookstead_handler::Router {
    let builds = Arc::clone(builds);
    router(move |_, attempt: Attempt| {
        let builds = Arc::clone(&builds);
        async move {
            let built = attempt.step("build", || async move {
                Ok::<_, HandlerError>(builds.fetch_add(1, Ordering::SeqCst) + 1)
            });
            assert!(built.await? > 0);
            match attempt.number() <= failing {
                true => Err(HandlerError::retry("the report cannot be posted")),
                false => Ok(()),
            }
        }
    })
}

async fn a_step_that_was_done_is_not_done_again(store: AnyStore) {
    let builds = Arc::new(AtomicUsize::new(0));
    let inbox = inbox(&store, building(&builds, 5));
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(builds.load(Ordering::SeqCst), 1);
    assert_eq!(entry(&inbox, "one").await.number, 6);
}

async fn a_step_is_known_after_its_process_was_killed(store: AnyStore) {
    let builds = Arc::new(AtomicUsize::new(0));
    let is_built = Arc::new(AtomicBool::new(false));
    let stays = Arc::new(AtomicBool::new(true));
    let router = {
        let (builds, is_built, stays) =
            (Arc::clone(&builds), Arc::clone(&is_built), Arc::clone(&stays));
        router(move |_, attempt: Attempt| {
            let (builds, is_built, stays) =
                (Arc::clone(&builds), Arc::clone(&is_built), Arc::clone(&stays));
            async move {
                let build = attempt.step("build", || async move {
                    Ok::<_, HandlerError>(builds.fetch_add(1, Ordering::SeqCst))
                });
                build.await?;
                is_built.store(true, Ordering::SeqCst);
                if stays.load(Ordering::SeqCst) {
                    std::future::pending::<()>().await;
                }
                Ok(())
            }
        })
    };
    let first = inbox(&store, router.clone());
    let lease = Duration::from_millis(150);
    let killed = Running::start(worker(&first).lease(lease));
    accept(&first, "one", "1").await;
    eventually(|| is_built.load(Ordering::SeqCst)).await;
    killed.abort().await;

    stays.store(false, Ordering::SeqCst);
    let second = inbox(&store, router);
    let running = Running::start(worker(&second).lease(lease));
    until(&second, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(builds.load(Ordering::SeqCst), 1);
}

async fn a_new_run_forgets_the_steps(store: AnyStore) {
    let builds = Arc::new(AtomicUsize::new(0));
    let inbox = inbox(&store, building(&builds, 1));
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    assert!(inbox.rerun(id("one")).await.unwrap()[0].is_changed());
    eventually(|| builds.load(Ordering::SeqCst) == 2).await;
    until(&inbox, |count| count.done == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(builds.load(Ordering::SeqCst), 2);
}

async fn a_store_that_fails_is_asked_again_to_keep_a_step(store: AnyStore) {
    let builds = Arc::new(AtomicUsize::new(0));
    let faulty = Faulty::new(&store);
    faulty.store.fail(StoreCall::KeepStep, 3);
    let inbox = Inbox::new(Arc::clone(&faulty), building(&builds, 1).program("test"));
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(faulty.store.failures(StoreCall::KeepStep), 3);
    assert_eq!(builds.load(Ordering::SeqCst), 1);
    let known = entry(&inbox, "one").await;
    assert_eq!((known.number, known.failures), (2, 1), "only the report failed");
}

async fn a_step_under_a_lost_lease_ends_the_attempt(store: AnyStore) {
    let faulty = Faulty::new(&store);
    faulty.steps_are_lost.store(true, Ordering::SeqCst);
    let seen: Arc<Mutex<Option<Attempt>>> = Arc::default();
    let went_on = Arc::new(AtomicBool::new(false));
    let router = {
        let (seen, went_on) = (Arc::clone(&seen), Arc::clone(&went_on));
        router(move |_, attempt: Attempt| {
            *seen.lock().unwrap() = Some(attempt.clone());
            let went_on = Arc::clone(&went_on);
            async move {
                // Whatever it makes of the error, it does not go on.
                let _ = attempt.step("build", async || Ok::<_, HandlerError>(1)).await;
                tokio::task::yield_now().await;
                went_on.store(true, Ordering::SeqCst);
                Ok(())
            }
        })
    };
    let inbox = Inbox::new(Arc::clone(&faulty), router.program("test"));
    let running = Running::start(worker(&inbox).lease(Duration::from_secs(60)));
    accept(&inbox, "one", "1").await;
    eventually(|| {
        let seen = seen.lock().unwrap();
        seen.as_ref().and_then(Attempt::interruption) == Some(Interruption::LeaseLost)
    })
    .await;
    running.stop().await;
    assert!(!went_on.load(Ordering::SeqCst));
    assert_eq!(faulty.settled.load(Ordering::SeqCst), 0, "it settles nothing");
    assert_eq!(entry(&inbox, "one").await.number, 1);
}
