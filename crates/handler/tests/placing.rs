//! What a registration says of a delivery before it is accepted: whether there is a task, and its lane.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "some of the functions panic")]

mod support;

use hookstead_events::{AnyEvent, Timestamp};
use hookstead_handler::{
    Attempt, AttemptEnd, Decoded, Delivery, Handler, Heads, Lane, LaneMode, Placement,
    Registration, Router,
};
use support::{Endless, MAIN, Push, delivery};

fn place_at(
    delivery: &Delivery,
    change: impl FnOnce(Registration<Push>) -> Registration<Push>,
) -> Placement {
    let router = Router::new().program("ci").on_with::<Push>(Endless::default(), change);
    router.registrations()[0].place(delivery, &Decoded::new(delivery))
}

fn place(change: impl FnOnce(Registration<Push>) -> Registration<Push>) -> Placement {
    place_at(&delivery(MAIN), change)
}

fn task(lane: impl Into<Option<Lane>>) -> Placement {
    Placement::Task { lane: lane.into() }
}

fn branch(push: &Push) -> String {
    push.branch.clone()
}

fn at(push: &Push) -> Timestamp {
    Timestamp::from(push.at.as_str())
}

fn heads(push: &Push) -> Heads {
    Heads::from_names(None, push.branch.clone())
}

#[test]
fn a_lane_has_the_key_of_its_function() {
    assert_eq!(place(|it| it), task(None));
    assert_eq!(place(|it| it.lane(branch)), task(Lane::new("main")));
    assert_eq!(place(|it| it.lane(|_| None::<String>)), task(None));
    assert_eq!(place(|it| it.lane(|push| Some(branch(push)))), task(Lane::new("main")));
}

#[test]
fn a_shared_lane_is_in_its_group() {
    let lane = || Lane::new("main").group("machines");
    assert_eq!(place(|it| it.shared_lane("machines", branch)), task(lane()));
    assert_ne!(lane(), Lane::new("main"));
    let in_order = place(|it| it.in_order().shared_lane("machines", branch));
    assert_eq!(in_order, task(lane().in_order(false)));
    // The last one counts.
    assert_eq!(
        place(|it| it.shared_lane("machines", branch).lane(branch)),
        task(Lane::new("main"))
    );
}

#[test]
fn the_latest_goes_by_acceptance_or_by_a_moment() {
    let main = |version| task(Lane::new("main").latest_only(version));
    assert_eq!(place(|it| it.lane(branch).latest_only()), main(0));
    assert_eq!(place(|it| it.latest_by(at).lane(branch)), main(5_250));
    // Without a moment, the receipt's counts.
    assert_eq!(place(|it| it.lane(branch).latest_by(|_| None::<Timestamp>)), main(7_000));
    let yesterday = |_: &Push| Timestamp::from("yesterday");
    assert_eq!(place(|it| it.lane(branch).latest_by(yesterday)), main(7_000));
    // The last one counts.
    assert_eq!(place(|it| it.lane(branch).latest_by(at).latest_only()), main(0));
    assert_eq!(place(|it| it.lane(branch).latest_only().latest_by(at)), main(5_250));
}

#[test]
fn heads_belong_to_moments() {
    let by_moment = Lane::new("main").latest_only(5_250);
    let with_heads = by_moment.clone().heads(Heads::from_names(None, "main".to_owned()));
    assert_eq!(place(|it| it.lane(branch).latest_by(at).heads(heads)), task(with_heads.clone()));
    assert_eq!(place(|it| it.heads(heads).latest_by(at).lane(branch)), task(with_heads));
    assert_eq!(place(|it| it.lane(branch).latest_by(at).heads(|_| None)), task(by_moment));
    // The order of acceptance knows no equals.
    let accepted = task(Lane::new("main").latest_only(0));
    assert_eq!(place(|it| it.lane(branch).latest_only().heads(heads)), accepted);
}

#[test]
fn in_order_and_halts_are_in_the_lane() {
    let mode = |placement| match placement {
        Placement::Task { lane: Some(lane) } => lane.mode,
        other => panic!("{other:?}"),
    };
    assert_eq!(mode(place(|it| it.lane(branch))), LaneMode::Free);
    assert_eq!(mode(place(|it| it.lane(branch).in_order())), LaneMode::InOrder { halts: false });
    let halts = place(|it| it.halts().in_order().lane(branch));
    assert_eq!(mode(halts), LaneMode::InOrder { halts: true });
    // Only among the latest one supersedes another.
    let [free, in_order] = [Lane::new("main"), Lane::new("main").in_order(false)];
    let latest = Lane::new("main").latest_only(1);
    for (one, other) in [(&free, &latest), (&in_order, &latest), (&in_order, &in_order)] {
        assert_eq!((one.order(other), other.order(one)), (None, None));
    }
}

#[test]
fn when_says_no_and_its_panic_says_yes() {
    assert_eq!(place(|it| it.when(|push| push.branch == "main")), task(None));
    assert_eq!(place(|it| it.when(|push| push.branch != "main")), Placement::Declined);
    assert_eq!(place(|it| it.when(|_| panic!("as wanted"))), task(None));
    // With its lane.
    let panics = place(|it| it.when(|_| panic!("as wanted")).lane(branch));
    assert_eq!(panics, task(Lane::new("main")));
    // What is declined is not looked at further.
    assert_eq!(
        place(|it| it.when(|_| false).lane(|_| -> String { panic!() })),
        Placement::Declined
    );
}

#[test]
fn a_function_of_the_lane_that_panics_makes_the_task_dead() {
    for placement in [
        place(|it| it.lane(|_| -> String { panic!("no {}", "branch") })),
        place(|it| it.shared_lane("group", |_| -> String { panic!("no branch") }).in_order()),
        place(|it| it.lane(branch).latest_by(|_| -> Timestamp { panic!("no branch") })),
        place(|it| it.lane(branch).latest_by(at).heads(|_| -> Heads { panic!("no branch") })),
    ] {
        let Placement::Dead { reason } = placement else { panic!("{placement:?}") };
        assert_eq!(reason, "the function that finds its lane panicked: no branch");
    }
}

#[tokio::test]
async fn what_does_not_decode_is_a_task_that_fails() {
    let body = delivery("[]");
    for placement in [place_at(&body, |it| it.when(|_| false)), place_at(&body, |it| it)] {
        assert_eq!(placement, task(None));
    }
    let router = Router::new().on::<Push>(Endless::default());
    let end = router.registrations()[0].run(&Attempt::for_test(body), None).await;
    assert!(matches!(end, AttemptEnd::Failed(_)), "{end:?}");
}

#[test]
fn what_does_not_decode_has_no_lane_and_is_dead() {
    let body = delivery("[]");
    for placement in [
        place_at(&body, |it| it.lane(branch)),
        place_at(&body, |it| it.when(|_| false).shared_lane("group", branch)),
    ] {
        let Placement::Dead { reason } = placement else { panic!("{placement:?}") };
        assert!(reason.starts_with("its lane cannot be found: push: "), "{reason}");
    }
}

#[test]
fn of_other_events_there_is_no_task() {
    let mut other = delivery(MAIN);
    other.event = "release".into();
    assert_eq!(place_at(&other, |it| it), Placement::Declined);
    assert_eq!(place_at(&other, |it| it.lane(branch)), Placement::Declined);
    // `AnyEvent` takes them all.
    struct Nothing;
    #[hookstead_handler::async_trait]
    impl Handler<AnyEvent> for Nothing {
        async fn handle(
            &self,
            _: &AnyEvent,
            _: &Attempt,
        ) -> Result<(), hookstead_handler::HandlerError> {
            Ok(())
        }
    }
    let router = Router::new().on::<AnyEvent>(Nothing);
    assert_eq!(router.registrations()[0].place(&other, &Decoded::new(&other)), task(None));
}

#[test]
fn each_registration_is_asked_on_its_own() {
    let router = Router::new()
        .on_with::<Push>(Endless::default(), |it| it.name("one").lane(branch))
        .on_with::<Push>(Endless::default(), |it| it.name("two").when(|_| false))
        .on_with::<Push>(Endless::default(), |it| it.name("three").lane(|_| -> String { panic!() }))
        .on_with::<Push>(Endless::default(), |it| it.name("four").lane(|_| "four".to_owned()));
    let delivery = delivery(r#"{"branch": "main", "count": "once for four"}"#);
    let decoded = Decoded::new(&delivery);
    let placed: Vec<_> =
        router.registrations().iter().map(|it| it.place(&delivery, &decoded)).collect();
    assert_eq!(placed[0], task(Lane::new("main")));
    assert_eq!(placed[1], Placement::Declined);
    assert!(matches!(placed[2], Placement::Dead { .. }));
    assert_eq!(placed[3], task(Lane::new("four")));
    assert_eq!(support::times_decoded("once for four"), 1);
}

#[test]
fn what_nobody_looks_at_is_not_decoded() {
    let delivery = delivery(r#"{"count": "unseen"}"#);
    let placement = place_at(&delivery, |it| it.name("audit").pool("any"));
    assert_eq!(placement, task(None));
    assert_eq!(support::times_decoded("unseen"), 0);
}
