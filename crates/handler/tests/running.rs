//! What becomes of an attempt.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "one of the handlers panics")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_events::{DecodeError, Event, EventName};
use hookstead_handler::{
    Advice, Attempt, AttemptEnd, Decoded, End, FailureCause, Handler, HandlerError, Interruption,
    Placement, Registered, Registration, Router, async_trait, handler_fn,
};
use support::{Endless, MAIN, Push, delivery};

/// Ends always the same way, and counts how often it was called.
#[derive(Clone)]
struct Ends(fn() -> Result<(), HandlerError>, Arc<AtomicUsize>);

fn ends(how: fn() -> Result<(), HandlerError>) -> Ends {
    Ends(how, Arc::default())
}

impl Ends {
    fn calls(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Handler<Push> for Ends {
    async fn handle(&self, _: &Push, _: &Attempt) -> Result<(), HandlerError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0()
    }

    async fn ended(&self, _: &Attempt, _: End) -> Result<(), HandlerError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0()
    }
}

fn registered(
    handler: impl Handler<Push>,
    change: fn(Registration<Push>) -> Registration<Push>,
) -> Registered {
    let router = Router::new().on_with::<Push>(handler, change);
    router.registrations()[0].clone()
}

fn attempt(body: &'static str) -> Attempt {
    Attempt::for_test(delivery(body))
}

async fn run(how: fn() -> Result<(), HandlerError>) -> AttemptEnd {
    registered(ends(how), |it| it).run(&attempt(MAIN), None).await
}

#[track_caller]
fn failed(end: AttemptEnd) -> (Advice, String) {
    let AttemptEnd::Failed(failure) = end else { panic!("{end:?}") };
    (failure.advice(), failure.to_string())
}

#[tokio::test]
async fn a_handler_gets_its_event_and_its_attempt() {
    let handler = handler_fn(async |push: Push, attempt: Attempt| {
        assert_eq!(push.branch, "main");
        assert_eq!(attempt.delivery().event.as_str(), "push");
        assert_eq!(attempt.handler().as_str(), "test.handler");
        Ok(())
    });
    let end = registered(handler, |it| it).run(&attempt(MAIN), None).await;
    assert!(matches!(end, AttemptEnd::Done), "{end:?}");
}

#[tokio::test]
async fn a_failure_speaks_the_handlers_words() {
    for (how, advice, text) in [
        (
            (|| Err(std::io::Error::other("try me again"))?) as fn() -> Result<(), HandlerError>,
            Advice::Retry,
            "try me again",
        ),
        (|| Err(HandlerError::permanent("never")), Advice::Permanent, "never"),
        (|| panic!("out of {}", "paper"), Advice::Retry, "panicked: out of paper"),
    ] {
        assert_eq!(failed(run(how).await), (advice, text.to_owned()));
    }
}

#[tokio::test]
async fn a_payload_that_does_not_fit_is_permanent_and_names_the_place() {
    let handler = ends(|| Ok(()));
    let end = registered(handler.clone(), |it| it).run(&attempt(r#"{"at": 7}"#), None).await;
    let (advice, text) = failed(end);
    assert_eq!((handler.calls(), advice), (0, Advice::Permanent));
    assert!(text.starts_with("cannot decode push: at: invalid type: integer"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_final_unless_it_is_retried() {
    const DEADLINE: Duration = Duration::from_secs(90);
    for (is_retried, advice) in [(false, Advice::Permanent), (true, Advice::Retry)] {
        let endless = Endless::default();
        let router = Router::new().on_with::<Push>(endless.clone(), |it| {
            let limited = it.deadline(DEADLINE);
            if is_retried { limited.retried() } else { limited }
        });
        let attempt = attempt(MAIN);
        let end = router.registrations()[0].run(&attempt, None).await;
        assert_eq!(failed(end), (advice, "took longer than 90 s".to_owned()));
        // It is said before the handler is dropped.
        assert_eq!(endless.dropped(), [Some(Interruption::Deadline)]);
        assert_eq!(attempt.interruption(), Some(Interruption::Deadline));
    }
}

#[tokio::test]
async fn some_interruptions_end_the_handler() {
    for why in [Interruption::Superseded, Interruption::Canceled, Interruption::LeaseLost] {
        let endless = Endless::default();
        let registered = registered(endless.clone(), |it| it);
        let attempt = attempt(MAIN);
        let (end, ()) = tokio::join!(registered.run(&attempt, None), async {
            endless.started.notified().await;
            attempt.interrupt(why);
            // Whatever is said later.
            attempt.interrupt(Interruption::Shutdown);
        });
        assert!(matches!(end, AttemptEnd::Interrupted(said) if said == why), "{end:?}");
        assert_eq!(endless.dropped(), [Some(why)]);
        // What is interrupted already is not called.
        let end = registered.run(&attempt, None).await;
        assert!(matches!(end, AttemptEnd::Interrupted(said) if said == why), "{end:?}");
        assert_eq!(endless.dropped().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_leaves_time_to_finish() {
    let handler = handler_fn(async |_: Push, attempt: Attempt| {
        assert_eq!(attempt.interrupted().await, Interruption::Shutdown);
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    });
    let attempt = attempt(MAIN);
    attempt.interrupt(Interruption::Shutdown);
    let end = registered(handler, |it| it).run(&attempt, None).await;
    assert!(matches!(end, AttemptEnd::Done), "{end:?}");

    let endless = Endless::default();
    let registered = registered(endless.clone(), |it| it);
    let running = tokio::time::timeout(Duration::from_secs(60), registered.run(&attempt, None));
    assert!(running.await.is_err(), "the worker ends it");
    assert_eq!(endless.dropped(), [Some(Interruption::Shutdown)]);
}

#[tokio::test]
async fn a_panic_of_what_is_dropped_is_contained() {
    struct PanicsAtDrop;
    impl Drop for PanicsAtDrop {
        fn drop(&mut self) {
            panic!("as wanted");
        }
    }
    let handler = handler_fn(async |_: Push, attempt: Attempt| {
        let _guard = PanicsAtDrop;
        attempt.interrupt(Interruption::Canceled);
        std::future::pending().await
    });
    let end = registered(handler, |it| it).run(&attempt(MAIN), None).await;
    assert!(matches!(end, AttemptEnd::Interrupted(Interruption::Canceled)), "{end:?}");
}

#[tokio::test]
async fn an_end_needs_no_event_and_its_panic_is_an_error() {
    let undecodable = attempt("no JSON");
    let fine = ends(|| Ok(()));
    let registered = |handler: &Ends| registered(handler.clone(), |it| it);
    assert!(registered(&fine).ended(&undecodable, End::Dead).await.is_ok());
    assert_eq!(fine.calls(), 1);
    let failing = ends(|| Err(HandlerError::retry("no")));
    let error = registered(&failing).ended(&undecodable, End::Canceled).await.unwrap_err();
    assert_eq!(error.to_string(), "no");
    let panicking = ends(|| panic!("at the end"));
    let error = registered(&panicking).ended(&undecodable, End::Superseded).await.unwrap_err();
    assert_eq!(error.to_string(), "panicked: at the end");
    assert_eq!(error.advice(), Advice::Retry);
}

#[tokio::test]
async fn what_was_decoded_to_place_it_is_not_decoded_again() {
    let router = Router::new()
        .on_with::<Push>(ends(|| Ok(())), |it| it.name("one").lane(|push| push.branch.clone()))
        .on_with::<Push>(ends(|| Ok(())), |it| it.name("two").when(|_| true));
    let delivery = delivery(r#"{"count": "placed and run"}"#);
    let decoded = Decoded::new(&delivery);
    for registered in router.registrations() {
        let _ = registered.place(&delivery, &decoded);
    }
    for registered in router.registrations() {
        let attempt = Attempt::for_test(delivery.clone());
        let end = registered.run(&attempt, Some(decoded.clone())).await;
        assert!(matches!(end, AttemptEnd::Done), "{end:?}");
    }
    assert_eq!(support::times_decoded("placed and run"), 1);
}

#[tokio::test]
async fn what_was_decoded_of_another_delivery_is_not_taken() {
    let decoded = Decoded::new(&delivery(MAIN));
    let handler = handler_fn(async |push: Push, _: Attempt| {
        assert_eq!(push.branch, "other");
        Ok(())
    });
    let registered = registered(handler, |it| it);
    registered.decode(&decoded).unwrap();
    let end = registered.run(&attempt(r#"{"branch": "other"}"#), Some(decoded)).await;
    assert!(matches!(end, AttemptEnd::Done), "{end:?}");
}

#[tokio::test]
async fn a_failures_cause_can_be_asked_for() {
    let end = run(|| Err(HandlerError::permanent("never"))).await;
    let AttemptEnd::Failed(failure) = end else { panic!("{end:?}") };
    assert!(matches!(failure.cause, FailureCause::Error(error) if error.is_permanent()));
}

/// An event whose decoding panics.
struct Cursed;

impl Event for Cursed {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        panic!("not today")
    }
}

#[async_trait]
impl Handler<Cursed> for Endless {
    async fn handle(&self, _: &Cursed, _: &Attempt) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_panic_in_decoding_is_the_attempts_failure() {
    let router = Router::new()
        .on_with::<Cursed>(Endless::default(), |it| it.when(|_| false))
        .on_with::<Cursed>(Endless::default(), |it| it.name("b").lane(|_| "all".to_owned()));
    let [registered, in_a_lane] = router.registrations() else { panic!("two registrations") };
    let delivery = delivery(MAIN);
    let decoded = Decoded::new(&delivery);
    assert!(registered.decode(&decoded).is_ok());
    assert_eq!(registered.place(&delivery, &decoded), Placement::Task { lane: None });
    let reason = "its lane cannot be found: decoding panicked: not today".to_owned();
    assert_eq!(in_a_lane.place(&delivery, &decoded), Placement::Dead { reason });
    let end = registered.run(&Attempt::for_test(delivery), Some(decoded)).await;
    assert_eq!(failed(end), (Advice::Retry, "panicked: not today".to_owned()));
}

#[test]
fn threads_that_need_the_same_event_decode_it_once() {
    let registered = registered(ends(|| Ok(())), |it| it);
    let delivery = delivery(r#"{"count": "by many threads"}"#);
    let decoded = Decoded::new(&delivery);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| registered.decode(&decoded).unwrap());
        }
    });
    assert_eq!(support::times_decoded("by many threads"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_ends_in_time_has_no_deadline() {
    let handler = handler_fn(async |_: Push, attempt: Attempt| {
        tokio::time::sleep(Duration::from_secs(89)).await;
        assert_eq!(attempt.interruption(), None);
        Ok(())
    });
    for deadline in [Duration::from_secs(90), Duration::MAX] {
        let router = Router::new().on_with::<Push>(handler.clone(), |it| it.deadline(deadline));
        let end = router.registrations()[0].run(&attempt(MAIN), None).await;
        assert!(matches!(end, AttemptEnd::Done), "{end:?}");
    }
}

#[tokio::test]
async fn what_fails_because_it_was_interrupted_is_interrupted() {
    let handler = handler_fn(async |_: Push, attempt: Attempt| {
        attempt.interrupt(Interruption::Superseded);
        Err(HandlerError::permanent("the build was killed"))
    });
    let end = registered(handler, |it| it).run(&attempt(MAIN), None).await;
    assert!(matches!(end, AttemptEnd::Interrupted(Interruption::Superseded)), "{end:?}");
    // What was done is done, whatever came in between.
    let handler = handler_fn(async |_: Push, attempt: Attempt| {
        attempt.interrupt(Interruption::Canceled);
        Ok(())
    });
    let end = registered(handler, |it| it).run(&attempt(MAIN), None).await;
    assert!(matches!(end, AttemptEnd::Done), "{end:?}");
}
