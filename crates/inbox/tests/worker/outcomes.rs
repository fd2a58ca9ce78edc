//! What becomes of a task after each outcome.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookstead_handler::{HandlerError, Router, handler_fn};
use hookstead_inbox::TaskState;

use crate::support::{
    AnyStore, Gate, Number, Running, accept, count, entries, entry, id, inbox, on_all_stores,
    router, until, worker,
};

on_all_stores! {
    a_handled_task_is_done
    a_failed_task_is_tried_again_until_it_is_done
    a_failing_handler_repeats_alone
    a_pause_that_was_asked_for_is_kept
    a_permanent_failure_is_dead_at_once
    a_panic_is_a_failure
    a_panic_beside_the_handler_is_a_failure
    a_payload_that_does_not_fit_is_dead_at_once
    a_large_payload_is_handled_and_a_large_one_that_does_not_fit_is_dead
    used_up_failures_are_dead
    a_revived_dead_letter_is_handled
    what_is_run_again_begins_anew
    no_more_run_at_once_than_allowed
}

/// The attempts that a handler saw.
type Attempts = Arc<Mutex<Vec<u32>>>;

/// A router with a handler that notes its attempt and then does this.
fn noting(
    attempts: &Attempts,
    handle: impl Fn(u32) -> Result<(), HandlerError> + Send + Sync + 'static,
) -> Router {
    let attempts = Arc::clone(attempts);
    router(move |_, attempt| {
        attempts.lock().unwrap().push(attempt.number());
        std::future::ready(handle(attempt.number()))
    })
}

async fn a_handled_task_is_done(store: AnyStore) {
    let attempts = Attempts::default();
    let inbox = inbox(&store, noting(&attempts, |_| Ok(())));
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1]);
    let known = entry(&inbox, "one").await;
    assert_eq!((known.run, known.number, known.failures, known.text), (1, 1, 0, None));
    assert_eq!(known.name.as_str(), "test.push");
}

async fn a_failed_task_is_tried_again_until_it_is_done(store: AnyStore) {
    let attempts = Attempts::default();
    let router = noting(&attempts, |attempt| match attempt {
        1 | 2 => Err(HandlerError::retry(format!("trouble {attempt}"))),
        _ => Ok(()),
    });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1, 2, 3]);
    assert_eq!(entry(&inbox, "one").await.number, 3);
}

async fn a_failing_handler_repeats_alone(store: AnyStore) {
    let (failing, fine) = (Attempts::default(), Attempts::default());
    let noted = Arc::clone(&fine);
    let router = noting(&failing, |attempt| match attempt {
        1..=4 => Err(HandlerError::retry("trouble")),
        _ => Ok(()),
    })
    .on_with::<Number>(
        handler_fn(move |_, attempt: hookstead_handler::Attempt| {
            noted.lock().unwrap().push(attempt.number());
            std::future::ready(Ok(()))
        }),
        |registration| registration.name("audit"),
    );
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 2).await;
    running.stop().await;
    assert_eq!(*failing.lock().unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(*fine.lock().unwrap(), [1], "it was done at once");
    let names: Vec<_> = entries(&inbox, "one").await.iter().map(|it| it.name.to_string()).collect();
    assert_eq!(names, ["test.audit", "test.push"]);
}

async fn a_pause_that_was_asked_for_is_kept(store: AnyStore) {
    const PAUSE: Duration = Duration::from_millis(200);
    let moments: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noted = Arc::clone(&moments);
    let router = router(move |_, attempt| {
        noted.lock().unwrap().push(Instant::now());
        std::future::ready(match attempt.number() {
            1 => Err(HandlerError::retry_after("come back later", PAUSE)),
            _ => Ok(()),
        })
    });
    let inbox = inbox(&store, router);
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&inbox));
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    let moments = moments.lock().unwrap();
    // The pause begins after the first attempt, so no slowness makes this too short.
    assert!(moments[1] - moments[0] + Duration::from_millis(2) >= PAUSE);
}

async fn a_permanent_failure_is_dead_at_once(store: AnyStore) {
    let attempts = Attempts::default();
    let router = noting(&attempts, |_| Err(HandlerError::permanent("no such repository")));
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1]);
    assert_eq!(entry(&inbox, "one").await.text.as_deref(), Some("no such repository"));
}

async fn a_panic_is_a_failure(store: AnyStore) {
    let attempts = Attempts::default();
    let router = noting(&attempts, |attempt| {
        assert!(attempt > 2, "the first attempts panic");
        Ok(())
    });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox).max_failures(2));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1).await;
    running.stop().await;
    let text = entry(&inbox, "one").await.text.unwrap();
    assert_eq!(text, "gave up after 2 failures: panicked: the first attempts panic");
}

/// An error that panics when somebody wants to read it, which is after the handler has returned.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("this error cannot be read")
    }
}

impl std::error::Error for Unreadable {}

async fn a_panic_beside_the_handler_is_a_failure(store: AnyStore) {
    let attempts = Attempts::default();
    let inbox = inbox(&store, noting(&attempts, |_| Err(Unreadable.into())));
    let running = Running::start(worker(&inbox).max_failures(2));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1, 2]);
    let text = entry(&inbox, "one").await.text.unwrap();
    assert!(text.contains("this error cannot be read"), "{text}");
}

async fn a_payload_that_does_not_fit_is_dead_at_once(store: AnyStore) {
    let attempts = Attempts::default();
    let inbox = inbox(&store, noting(&attempts, |_| Ok(())));
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "\"hunter2\"").await;
    until(&inbox, |count| count.dead == 1).await;
    running.stop().await;
    assert!(attempts.lock().unwrap().is_empty());
    let known = entry(&inbox, "one").await;
    let text = known.text.unwrap();
    assert!(text.contains("invalid type: string"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(known.delivery.body, "\"hunter2\"", "a later version may read it");
}

/// Longer than what is decoded on the threads of the runtime, leased and handed over.
async fn a_large_payload_is_handled_and_a_large_one_that_does_not_fit_is_dead(store: AnyStore) {
    let large = |number: &str| format!("{}{number}", " ".repeat(3 * 1024 * 1024));
    let seen: Arc<Mutex<Vec<u32>>> = Arc::default();
    let noted = Arc::clone(&seen);
    let router = router(move |Number(number), _| {
        noted.lock().unwrap().push(number);
        std::future::ready(Ok(()))
    });
    let inbox = inbox(&store, router);
    accept(&inbox, "leased", large("1")).await;
    accept(&inbox, "leased-odd", large("true")).await;
    let running = Running::start(worker(&inbox));
    until(&inbox, |count| count.done == 1 && count.dead == 1).await;
    accept(&inbox, "handed", large("2")).await;
    accept(&inbox, "odd", large("true")).await;
    until(&inbox, |count| count.done == 2 && count.dead == 2).await;
    running.stop().await;
    assert_eq!(*seen.lock().unwrap(), [1, 2]);
    let text = entry(&inbox, "odd").await.text.unwrap();
    assert!(text.contains("invalid type: boolean"), "{text}");
}

async fn used_up_failures_are_dead(store: AnyStore) {
    let attempts = Attempts::default();
    let inbox = inbox(&store, noting(&attempts, |_| Err(HandlerError::retry("still broken"))));
    let running = Running::start(worker(&inbox).max_failures(3));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1, 2, 3]);
    let text = entry(&inbox, "one").await.text.unwrap();
    assert_eq!(text, "gave up after 3 failures: still broken");
}

async fn a_revived_dead_letter_is_handled(store: AnyStore) {
    let repaired = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is_repaired = Arc::clone(&repaired);
    let router = router(move |Number(_), _| {
        let repaired = is_repaired.load(std::sync::atomic::Ordering::SeqCst);
        std::future::ready(if repaired { Ok(()) } else { Err(HandlerError::permanent("no")) })
    });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1 && count.open() == 0).await;
    repaired.store(true, std::sync::atomic::Ordering::SeqCst);
    let revived = inbox.revive(id("one")).await.unwrap();
    assert!(revived[0].is_changed(), "{}", revived[0]);
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(entry(&inbox, "one").await.run, 1, "it goes on");
}

async fn what_is_run_again_begins_anew(store: AnyStore) {
    let seen: Arc<Mutex<Vec<(u32, u32)>>> = Arc::default();
    let noted = Arc::clone(&seen);
    let router = router(move |_, attempt| {
        noted.lock().unwrap().push((attempt.run(), attempt.number()));
        std::future::ready(match (attempt.run(), attempt.number()) {
            (1, 1) => Err(HandlerError::retry("once")),
            _ => Ok(()),
        })
    });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    assert!(inbox.rerun(id("one")).await.unwrap()[0].is_changed());
    until(&inbox, |count| count.done == 1 && count.open() == 0).await;
    accept(&inbox, "one", "1").await;
    while seen.lock().unwrap().len() < 4 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    until(&inbox, |count| count.done == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(*seen.lock().unwrap(), [(1, 1), (1, 2), (2, 1), (3, 1)]);
}

async fn no_more_run_at_once_than_allowed(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let inbox = inbox(&store, gate.router());
    for number in 0..10 {
        accept(&inbox, &number.to_string(), "1").await;
    }
    let running = Running::start(worker(&inbox).concurrency(3));
    for done in 0..10 {
        // As many as may have started; the next starts only when one of them ends.
        let should_run = (10 - done).min(3);
        while gate.runs() < done + should_run {
            keeper.started.recv().await.unwrap();
        }
        assert_eq!(gate.runs(), done + should_run);
        assert_eq!(count(&inbox).await.done as usize, done);
        gate.open(1);
        until(&inbox, |count| count.done as usize == done + 1).await;
    }
    running.stop().await;
    assert_eq!(entry(&inbox, "0").await.state, TaskState::Done);
}
