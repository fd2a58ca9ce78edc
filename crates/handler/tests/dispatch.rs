//! What the router does with a delivery.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "one of the handlers panics")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_events::{AnyEvent, DecodeError, Event, EventName, decode_json};
use hookstead_handler::{
    Delivery, FailureCause, Handler, HandlerError, Outcome, Router, async_trait, handler_fn,
};
use tokio::sync::Barrier;

/// As much of a `push` as these tests need; a type of a user's own is an event, too.
#[derive(Debug, Clone)]
struct Push {
    after: String,
}

impl Event for Push {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        let mut fields: std::collections::HashMap<String, String> = decode_json(name, payload)?;
        Ok(Self { after: fields.remove("after").unwrap_or_default() })
    }
}

fn delivery(event: &str, body: &'static str) -> Delivery {
    Delivery::new("72d3162e-cc78-11e3-81ab-4c9367dc0958".parse().unwrap(), event.into(), body)
}

async fn push(router: Router) -> Outcome {
    router.dispatch(&delivery("push", r#"{"after": "abc"}"#)).await
}

/// A handler that always ends the same way, and counts how often it ran.
struct Ends(fn() -> Result<(), HandlerError>, Arc<AtomicUsize>);

#[async_trait]
impl Handler<Push> for Ends {
    async fn handle(&self, _: &Push, _: &Delivery) -> Result<(), HandlerError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0()
    }
}

fn router(ends: &[fn() -> Result<(), HandlerError>]) -> (Router, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let router = ends
        .iter()
        .fold(Router::new(), |router, end| router.on::<Push>(Ends(*end, Arc::clone(&runs))));
    (router, runs)
}

fn retry() -> Result<(), HandlerError> {
    Err(std::io::Error::other("try me again"))?
}

fn retry_in_a_minute() -> Result<(), HandlerError> {
    Err(HandlerError::retry_after("busy", Duration::from_secs(60)))
}

fn permanent() -> Result<(), HandlerError> {
    Err(HandlerError::permanent("never"))
}

fn panics() -> Result<(), HandlerError> {
    panic!("out of {}", "paper")
}

fn works() -> Result<(), HandlerError> {
    Ok(())
}

#[tokio::test]
async fn a_delivery_reaches_the_handlers_of_its_event_only() {
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let router = Router::new()
        .on::<Push>(handler_fn(async |push: Push, delivery: Delivery| {
            assert_eq!(push.after, "abc");
            assert_eq!(delivery.event, EventName::Push);
            Ok(())
        }))
        .on::<AnyEvent>(handler_fn(move |event: AnyEvent, _: Delivery| {
            let counted = Arc::clone(&counted);
            async move {
                assert_eq!(event.name().as_str(), "from_the_future");
                counted.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        }));
    assert!(router.takes(&EventName::Push) && router.takes(&EventName::from("anything")));
    assert!(router.dispatch(&delivery("from_the_future", "{}")).await.is_done());
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn without_a_handler_nothing_is_taken() {
    let (router, runs) = router(&[works]);
    assert!(!router.takes(&EventName::Star));
    assert!(router.dispatch(&delivery("star", "no JSON at all")).await.is_done());
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn one_that_fails_keeps_no_other_from_its_work() {
    let (router, runs) = router(&[panics, works, retry]);
    let outcome = push(router).await;
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert_eq!(outcome.failures().len(), 2);
    assert!(!outcome.is_done() && !outcome.is_permanent());
}

#[tokio::test]
async fn a_panic_is_contained_and_named() {
    let outcome = push(router(&[panics]).0).await;
    let [failure] = outcome.failures() else { panic!("{outcome}") };
    assert!(failure.handler.ends_with("::Ends"), "{}", failure.handler);
    assert!(matches!(&failure.cause, FailureCause::Panic(message) if message == "out of paper"));
    assert!(!outcome.is_permanent(), "the next attempt may do better");
}

#[tokio::test]
async fn permanent_only_when_nobody_wants_another_attempt() {
    assert!(push(router(&[permanent, permanent]).0).await.is_permanent());
    assert!(!push(router(&[permanent, retry]).0).await.is_permanent());
    assert!(!push(router(&[works]).0).await.is_permanent());
}

#[tokio::test]
async fn the_longest_pause_wins() {
    let minute = Some(Duration::from_secs(60));
    assert_eq!(push(router(&[retry, retry_in_a_minute]).0).await.retry_delay(), minute);
    assert_eq!(push(router(&[retry]).0).await.retry_delay(), None);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_is_permanent_and_names_the_place() {
    let (router, runs) = router(&[works]);
    let outcome = router.dispatch(&delivery("push", r#"{"after": 7}"#)).await;
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert!(outcome.is_permanent());
    let text = outcome.to_string();
    assert!(text.contains("::Ends: cannot decode push: after: invalid type: integer"), "{text}");
}

#[tokio::test]
async fn handlers_of_one_event_run_at_the_same_time() {
    // Each waits for the other; one after the other they would wait for ever.
    let barrier = Arc::new(Barrier::new(2));
    let meet = || {
        let barrier = Arc::clone(&barrier);
        handler_fn(move |_: Push, _: Delivery| {
            let barrier = Arc::clone(&barrier);
            async move {
                barrier.wait().await;
                Ok(())
            }
        })
    };
    let router = Router::new().on::<Push>(meet()).on::<Push>(meet());
    let outcome = tokio::time::timeout(Duration::from_secs(30), push(router)).await;
    assert!(outcome.unwrap().is_done());
}

#[test]
fn a_delivery_shows_no_body() {
    let shown = format!("{:?}", delivery("push", r#"{"after": "private"}"#));
    assert!(shown.contains("20 bytes") && !shown.contains("private"), "{shown}");
}
