//! What becomes of a delivery after each outcome.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookstead_handler::{HandlerError, Router};
use hookstead_inbox::{EntryState, Inbox, Settlement};

use crate::support::{Gate, Number, Running, accept, entry, on_all_stores, router, until, worker};

on_all_stores! {
    a_handled_delivery_is_done
    a_failed_delivery_is_tried_again_until_it_is_done
    a_pause_that_was_asked_for_is_kept
    a_permanent_failure_is_dead_at_once
    a_panic_is_a_failed_attempt
    a_panic_beside_the_handlers_is_a_failed_attempt
    a_payload_that_does_not_fit_is_dead_at_once
    used_up_attempts_are_dead
    a_revived_dead_letter_is_handled
    no_more_run_at_once_than_allowed
    what_was_settled_long_ago_is_forgotten
}

/// The attempts that a handler saw.
type Attempts = Arc<Mutex<Vec<u32>>>;

/// A router with a handler that notes its attempt and then does this.
fn noting(
    attempts: &Attempts,
    handle: impl Fn(u32) -> Result<(), HandlerError> + Send + Sync + 'static,
) -> Router {
    let attempts = Arc::clone(attempts);
    router(move |_, delivery| {
        attempts.lock().unwrap().push(delivery.attempt);
        std::future::ready(handle(delivery.attempt))
    })
}

async fn a_handled_delivery_is_done(inbox: Arc<dyn Inbox>) {
    let attempts = Attempts::default();
    let running = Running::start(worker(&inbox, noting(&attempts, |_| Ok(()))));
    accept(&inbox, "one", "1").await;
    until(&inbox, |depth| depth.done == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1]);
    let known = entry(&inbox, "one").await;
    assert_eq!((known.delivery.attempt, known.last_error), (1, None));
}

async fn a_failed_delivery_is_tried_again_until_it_is_done(inbox: Arc<dyn Inbox>) {
    let attempts = Attempts::default();
    let router = noting(&attempts, |attempt| match attempt {
        1 | 2 => Err(HandlerError::retry(format!("trouble {attempt}"))),
        _ => Ok(()),
    });
    let running = Running::start(worker(&inbox, router));
    accept(&inbox, "one", "1").await;
    until(&inbox, |depth| depth.done == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1, 2, 3]);
    let error = entry(&inbox, "one").await.last_error.unwrap();
    assert!(error.contains("trouble 2"), "{error}");
}

async fn a_pause_that_was_asked_for_is_kept(inbox: Arc<dyn Inbox>) {
    const PAUSE: Duration = Duration::from_millis(200);
    let moments: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noted = Arc::clone(&moments);
    let router = router(move |_, delivery| {
        noted.lock().unwrap().push(Instant::now());
        std::future::ready(match delivery.attempt {
            1 => Err(HandlerError::retry_after("come back later", PAUSE)),
            _ => Ok(()),
        })
    });
    accept(&inbox, "one", "1").await;
    let running = Running::start(worker(&inbox, router));
    until(&inbox, |depth| depth.done == 1).await;
    running.stop().await;
    let moments = moments.lock().unwrap();
    // The pause begins after the first attempt, so no slowness makes this too short.
    assert!(moments[1] - moments[0] + Duration::from_millis(2) >= PAUSE);
}

async fn a_permanent_failure_is_dead_at_once(inbox: Arc<dyn Inbox>) {
    let attempts = Attempts::default();
    let router = noting(&attempts, |_| Err(HandlerError::permanent("no such repository")));
    let running = Running::start(worker(&inbox, router));
    accept(&inbox, "one", "1").await;
    until(&inbox, |depth| depth.dead == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1]);
    let error = entry(&inbox, "one").await.last_error.unwrap();
    assert!(error.ends_with("no such repository"), "{error}");
}

async fn a_panic_is_a_failed_attempt(inbox: Arc<dyn Inbox>) {
    let attempts = Attempts::default();
    let router = noting(&attempts, |attempt| {
        assert!(attempt > 1, "the first attempt panics");
        Ok(())
    });
    let running = Running::start(worker(&inbox, router));
    accept(&inbox, "one", "1").await;
    until(&inbox, |depth| depth.done == 1).await;
    running.stop().await;
    let error = entry(&inbox, "one").await.last_error.unwrap();
    assert!(error.contains("panicked: the first attempt panics"), "{error}");
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

async fn a_panic_beside_the_handlers_is_a_failed_attempt(inbox: Arc<dyn Inbox>) {
    let attempts = Attempts::default();
    let router = noting(&attempts, |attempt| match attempt {
        1 => Err(Unreadable.into()),
        _ => Ok(()),
    });
    let running = Running::start(worker(&inbox, router));
    accept(&inbox, "one", "1").await;
    until(&inbox, |depth| depth.done == 1).await;
    running.stop().await;
    let error = entry(&inbox, "one").await.last_error.unwrap();
    assert!(error.contains("this error cannot be read"), "{error}");
}

async fn a_payload_that_does_not_fit_is_dead_at_once(inbox: Arc<dyn Inbox>) {
    let attempts = Attempts::default();
    let running = Running::start(worker(&inbox, noting(&attempts, |_| Ok(()))));
    accept(&inbox, "one", "\"hunter2\"").await;
    until(&inbox, |depth| depth.dead == 1).await;
    running.stop().await;
    assert!(attempts.lock().unwrap().is_empty());
    let known = entry(&inbox, "one").await;
    let error = known.last_error.unwrap();
    assert!(error.contains("invalid type: string"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
    assert_eq!(known.delivery.body, "\"hunter2\"", "a later version may read it");
}

async fn used_up_attempts_are_dead(inbox: Arc<dyn Inbox>) {
    let attempts = Attempts::default();
    let router = noting(&attempts, |_| Err(HandlerError::retry("still broken")));
    let running = Running::start(worker(&inbox, router).max_attempts(3));
    accept(&inbox, "one", "1").await;
    until(&inbox, |depth| depth.dead == 1).await;
    running.stop().await;
    assert_eq!(*attempts.lock().unwrap(), [1, 2, 3]);
    let error = entry(&inbox, "one").await.last_error.unwrap();
    assert!(error.starts_with("gave up after attempt 3: "), "{error}");
    assert!(error.ends_with("still broken"), "{error}");
}

async fn a_revived_dead_letter_is_handled(inbox: Arc<dyn Inbox>) {
    let repaired = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is_repaired = Arc::clone(&repaired);
    let router = router(move |Number(_), _| {
        let repaired = is_repaired.load(std::sync::atomic::Ordering::SeqCst);
        std::future::ready(if repaired { Ok(()) } else { Err(HandlerError::permanent("no")) })
    });
    let running = Running::start(worker(&inbox, router));
    accept(&inbox, "one", "1").await;
    until(&inbox, |depth| depth.dead == 1).await;
    repaired.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(inbox.revive(&"one".parse().unwrap()).await.unwrap(), 1);
    until(&inbox, |depth| depth.done == 1).await;
    running.stop().await;
}

async fn no_more_run_at_once_than_allowed(inbox: Arc<dyn Inbox>) {
    let (gate, mut keeper) = Gate::new();
    for number in 0..10 {
        accept(&inbox, &number.to_string(), "1").await;
    }
    let running = Running::start(worker(&inbox, gate.router()).concurrency(3));
    for done in 0..10 {
        // As many as may have started; the next starts only when one of them ends.
        let should_run = (10 - done).min(3);
        while gate.runs() < done + should_run {
            keeper.started.recv().await.unwrap();
        }
        let depth = inbox.depth().await.unwrap();
        assert_eq!((gate.runs(), depth.leased as usize), (done + should_run, should_run));
        gate.open(1);
        until(&inbox, |depth| depth.done as usize == done + 1).await;
    }
    running.stop().await;
}

async fn what_was_settled_long_ago_is_forgotten(inbox: Arc<dyn Inbox>) {
    accept(&inbox, "old", "1").await;
    let request = hookstead_inbox::LeaseRequest::new(1, Duration::from_secs(60), 5);
    let leased = inbox.lease(request).await.unwrap().pop().unwrap();
    assert!(inbox.settle(leased.token, Settlement::Done).await.unwrap());
    assert_eq!(entry(&inbox, "old").await.state, EntryState::Done);

    let worker = worker(&inbox, Router::new()).retention(Duration::ZERO);
    let running = Running::start(worker);
    until(&inbox, |depth| depth.done == 0).await;
    running.stop().await;
}
