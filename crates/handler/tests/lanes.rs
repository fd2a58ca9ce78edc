//! What a registration says besides the event: lanes, the latest only, deadlines.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "one of the functions panics")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_events::{DecodeError, Event, EventName, Timestamp, decode_json};
use hookstead_handler::{
    Delivery, FailureCause, Handler, HandlerError, Heads, Interruption, Lane, Registration, Router,
    async_trait,
};
use tokio::sync::Notify;

#[derive(Debug, Clone)]
struct Push {
    branch: String,
    at: String,
}

impl Event for Push {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        let mut fields: HashMap<String, String> = decode_json(name, payload)?;
        let mut field = |name: &str| fields.remove(name).unwrap_or_default();
        Ok(Self { branch: field("branch"), at: field("at") })
    }
}

fn delivery(body: &'static str) -> Delivery {
    let mut delivery = Delivery::new("72d3162e".parse().unwrap(), "push".into(), body);
    delivery.received_at = Timestamp::from_epoch_seconds(7);
    delivery
}

const MAIN: &str = r#"{"branch": "main", "at": "1970-01-01T00:00:05.250Z"}"#;

/// Runs until it is dropped, and remembers why it was.
#[derive(Clone, Default)]
struct Endless {
    started: Arc<Notify>,
    dropped: Arc<Mutex<Vec<Option<Interruption>>>>,
    /// The attempts at which it was told to clean up.
    cleaned_up: Arc<Mutex<Vec<u32>>>,
}

struct Remember<'a>(&'a Endless, &'a Delivery);

impl Drop for Remember<'_> {
    fn drop(&mut self) {
        self.0.dropped.lock().unwrap().push(self.1.interruption());
    }
}

#[async_trait]
impl Handler<Push> for Endless {
    async fn handle(&self, _: &Push, delivery: &Delivery) -> Result<(), HandlerError> {
        let _remember = Remember(self, delivery);
        self.started.notify_one();
        std::future::pending().await
    }

    async fn superseded(&self, _: &Push, delivery: &Delivery) -> Result<(), HandlerError> {
        self.cleaned_up.lock().unwrap().push(delivery.attempt);
        match delivery.attempt {
            2 => Err(HandlerError::retry("a passing trouble")),
            _ => Ok(()),
        }
    }
}

/// The lane of `MAIN` with this registration.
fn lane(change: fn(Registration<Push>) -> Registration<Push>) -> Option<Lane> {
    Router::new().on_with::<Push>(Endless::default(), change).lane(&delivery(MAIN))
}

#[test]
fn a_lane_has_the_key_of_its_function() {
    assert_eq!(lane(|registration| registration), None);
    assert_eq!(lane(|it| it.lane(|push| push.branch.clone())), Some(Lane::new("main")));
    assert_eq!(lane(|it| it.lane(|_| None::<String>)), None);
    assert_eq!(lane(|it| it.latest_only()), None);
}

#[test]
fn the_latest_goes_by_acceptance_or_by_a_moment() {
    let latest_only = lane(|it| it.lane(|_| "all".to_owned()).latest_only());
    assert_eq!(latest_only, Some(Lane::new("all").latest_only(0)));
    let by_moment = lane(|it| {
        it.lane(|_| "all".to_owned()).latest_by(|push| Timestamp::from(push.at.as_str()))
    });
    assert_eq!(by_moment, Some(Lane::new("all").latest_only(5_250)));
    // Without a moment, the receipt's counts.
    for without in [
        lane(|it| it.lane(|_| "all".to_owned()).latest_by(|_| None::<Timestamp>)),
        lane(|it| it.lane(|_| "all".to_owned()).latest_by(|_| Timestamp::from("yesterday"))),
    ] {
        assert_eq!(without, Some(Lane::new("all").latest_only(7_000)));
    }
}

#[test]
fn heads_belong_to_moments() {
    fn heads(push: &Push) -> Heads {
        Heads::from_names(None, push.branch.clone())
    }
    fn at(push: &Push) -> Timestamp {
        Timestamp::from(push.at.as_str())
    }
    let by_moment = Lane::new("all").latest_only(5_250);
    let with_heads = by_moment.clone().heads(Heads::from_names(None, "main".to_owned()));
    for (registered, expected) in [
        (lane(|it| it.lane(|_| "all".to_owned()).latest_by(at).heads(heads)), &with_heads),
        (lane(|it| it.heads(heads).latest_by(at).lane(|_| "all".to_owned())), &with_heads),
        (lane(|it| it.lane(|_| "all".to_owned()).latest_by(at).heads(|_| None)), &by_moment),
        // The order of acceptance knows no equals.
        (
            lane(|it| it.lane(|_| "all".to_owned()).latest_only().heads(heads)),
            &Lane::new("all").latest_only(0),
        ),
        (lane(|it| it.lane(|_| "all".to_owned()).heads(heads)), &Lane::new("all")),
    ] {
        assert_eq!(registered.as_ref(), Some(expected));
    }
}

#[test]
fn the_first_handler_with_a_lane_counts() {
    let router = Router::new()
        .on::<Push>(Endless::default())
        .on_with::<Push>(Endless::default(), |it| it.lane(|_| None::<String>))
        .on_with::<Push>(Endless::default(), |it| it.lane(|_| "second".to_owned()))
        .on_with::<Push>(Endless::default(), |it| it.lane(|_| "third".to_owned()));
    assert_eq!(router.lane(&delivery(MAIN)), Some(Lane::new("second")));
    let mut other = delivery(MAIN);
    other.event = "release".into();
    assert_eq!(router.lane(&other), None);
}

#[test]
fn what_does_not_decode_or_panics_has_no_lane() {
    let router = Router::new()
        .on_with::<Push>(Endless::default(), |it| it.lane(|_| -> String { panic!("as wanted") }));
    assert_eq!(router.lane(&delivery(MAIN)), None);
    assert_eq!(router.lane(&delivery("[]")), None);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_interrupts_and_is_a_failure_to_be_tried_again() {
    let endless = Endless::default();
    let router =
        Router::new().on_with::<Push>(endless.clone(), |it| it.deadline(Duration::from_secs(90)));
    let delivery = delivery(MAIN);
    let outcome = router.dispatch(&delivery).await;
    assert!(!outcome.is_done() && !outcome.is_permanent());
    let cause = &outcome.failures()[0].cause;
    assert!(matches!(cause, FailureCause::Deadline(after) if after.as_secs() == 90), "{cause:?}");
    assert!(outcome.to_string().ends_with(": took longer than 90 s"), "{outcome}");
    assert_eq!(*endless.dropped.lock().unwrap(), [Some(Interruption::Deadline)]);
    // It is that handler's alone.
    assert_eq!(delivery.interruption(), None);
}

fn latest_only(handler: &Endless) -> Router {
    Router::new().on_with::<Push>(handler.clone(), |it| it.lane(|_| "all".to_owned()).latest_only())
}

#[tokio::test]
async fn superseding_ends_the_handler_that_wants_only_the_latest() {
    let endless = Endless::default();
    let router = latest_only(&endless);
    let mut delivery = delivery(MAIN);
    delivery.lane = router.lane(&delivery);
    let (outcome, ()) = tokio::join!(router.dispatch(&delivery), async {
        endless.started.notified().await;
        delivery.interrupt(Interruption::Superseded);
        // Whatever is said later.
        delivery.interrupt(Interruption::Shutdown);
    });
    assert!(outcome.is_done() && outcome.is_superseded());
    assert_eq!(*endless.dropped.lock().unwrap(), [Some(Interruption::Superseded)]);
}

#[tokio::test]
async fn what_is_superseded_already_is_not_called() {
    let endless = Endless::default();
    let router = latest_only(&endless);
    let mut delivery = delivery(MAIN);
    delivery.lane = router.lane(&delivery);
    delivery.interrupt(Interruption::Superseded);
    assert!(router.dispatch(&delivery).await.is_superseded());
    assert!(endless.dropped.lock().unwrap().is_empty(), "it should not have been called");
    // Another attempt begins without it.
    assert_eq!(delivery.uninterrupted().interruption(), None);
}

#[tokio::test]
async fn what_an_earlier_attempt_left_behind_is_cleaned_up() {
    let endless = Endless::default();
    let router = latest_only(&endless);
    for attempt in 1..=3 {
        let mut delivery = delivery(MAIN);
        delivery.lane = router.lane(&delivery);
        delivery.attempt = attempt;
        delivery.interrupt(Interruption::Superseded);
        let outcome = router.dispatch(&delivery).await;
        assert_eq!(outcome.is_done(), attempt != 2, "{outcome}");
        assert_eq!(outcome.is_superseded(), attempt != 2, "{outcome}");
    }
    assert_eq!(*endless.cleaned_up.lock().unwrap(), [2, 3]);
    assert!(endless.dropped.lock().unwrap().is_empty(), "it should not have been called");
}

#[tokio::test(start_paused = true)]
async fn other_interruptions_end_no_handler_by_themselves() {
    let endless = Endless::default();
    let router = latest_only(&endless);
    let mut delivery = delivery(MAIN);
    delivery.lane = router.lane(&delivery);
    delivery.interrupt(Interruption::Shutdown);
    let dispatching = tokio::time::timeout(Duration::from_secs(60), router.dispatch(&delivery));
    assert!(dispatching.await.is_err(), "the worker ends it, not the router");
    assert_eq!(*endless.dropped.lock().unwrap(), [Some(Interruption::Shutdown)]);
}
