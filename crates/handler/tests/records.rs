//! What a delivery and an attempt show of themselves.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::sync::Arc;

use hookstead_handler::{
    Attempt, AttemptParts, Delivery, HandlerError, Interruption, KeptStep, StepKeeper, StepNotKept,
    async_trait,
};
use support::delivery;

#[test]
fn a_delivery_shows_no_body() {
    let mut delivery = delivery(r#"{"after": "private"}"#);
    delivery.repository = Some("octocat/hello".to_owned());
    for shown in [format!("{delivery:?}"), format!("{:?}", Attempt::for_test(delivery.clone()))] {
        assert!(shown.contains("20 bytes") && !shown.contains("private"), "{shown}");
        assert!(shown.contains("octocat/hello"), "{shown}");
    }
}

#[test]
fn an_event_is_written_with_its_action() {
    let mut delivery = Delivery::new("1".parse().unwrap(), "pull_request".into(), "{}");
    assert_eq!(delivery.event_and_action(), "pull_request");
    delivery.action = Some("opened".to_owned());
    assert_eq!(delivery.event_and_action(), "pull_request.opened");
    // Somebody may choose it.
    delivery.action = Some("a\nb\u{1b}".to_owned());
    assert_eq!(delivery.event_and_action(), r"pull_request.a\nb\u{1b}");
}

struct Nowhere;

#[async_trait]
impl StepKeeper for Nowhere {
    async fn keep(&self, _: KeptStep) -> Result<(), StepNotKept> {
        Err(StepNotKept::LeaseLost)
    }
}

#[tokio::test]
async fn an_attempt_is_made_of_its_parts() {
    let attempt = Attempt::new(AttemptParts {
        delivery: delivery("{}"),
        handler: "ci.audit".parse().unwrap(),
        run: 2,
        number: 5,
        kept: vec![KeptStep {
            name: "build".to_owned(),
            of_type: std::any::type_name::<bool>().to_owned(),
            json: "true".into(),
        }],
        keeper: Arc::new(Nowhere),
    });
    assert_eq!(attempt.delivery().id.as_str(), "72d3162e");
    assert_eq!((attempt.handler().as_str(), attempt.run(), attempt.number()), ("ci.audit", 2, 5));
    let never = || async { Err::<bool, _>(HandlerError::permanent("it was begun")) };
    assert!(attempt.step("build", never).await.unwrap());
}

#[tokio::test]
async fn the_first_interruption_stays_and_all_clones_hear_it() {
    let attempt = Attempt::for_test(delivery("{}"));
    assert_eq!(attempt.interruption(), None);
    let clone = attempt.clone();
    let (heard, ()) = tokio::join!(clone.interrupted(), async {
        attempt.interrupt(Interruption::Shutdown);
        attempt.interrupt(Interruption::Canceled);
    });
    assert_eq!(heard, Interruption::Shutdown);
    assert_eq!(clone.interruption(), Some(Interruption::Shutdown));
    // Whoever asks later hears it as well; the next attempt does not.
    assert_eq!(attempt.interrupted().await, Interruption::Shutdown);
    assert_eq!(attempt.next_for_test().interruption(), None);
}
