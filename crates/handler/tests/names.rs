//! Names: what a registration is called, and what must not be called the same.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::time::Duration;

use hookstead_events::{AnyEvent, DecodeError, Event, EventName, Timestamp};
use hookstead_handler::{
    Attempt, End, Handler, HandlerError, HandlerName, Heads, Registration, Router, async_trait,
};
use support::Push;

struct Release;

impl Event for Release {
    const NAME: Option<EventName> = Some(EventName::Release);

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

/// Work that a program submits to itself.
struct Build;

impl Event for Build {
    const NAME: Option<EventName> = None;

    fn event_name() -> Option<EventName> {
        Some("hookstead.build".into())
    }

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

#[derive(Clone)]
struct Idle;

macro_rules! idle {
    ($($event:ty),*) => { $(
        #[async_trait]
        impl Handler<$event> for Idle {
            async fn handle(&self, _: &$event, _: &Attempt) -> Result<(), HandlerError> {
                Ok(())
            }
        }
    )* };
}

idle!(Push, Release, Build, AnyEvent);

fn ci() -> Router {
    Router::new().program("ci")
}

fn names(router: &Router) -> Vec<&str> {
    router.registrations().iter().map(|it| it.name().as_str()).collect()
}

fn name(text: &str) -> HandlerName {
    text.parse().unwrap()
}

#[track_caller]
fn refused(router: &Router, words: &str) {
    let text = router.check().unwrap_err().to_string();
    assert!(text.contains(words), "{text}");
    assert!(!text.contains("::") || text.contains("Router::pool"), "{text}");
}

#[test]
fn the_name_is_the_programs_and_the_events() {
    let router = ci()
        .on::<Push>(Idle)
        .on::<Release>(Idle)
        .on::<AnyEvent>(Idle)
        .on_with::<Push>(Idle, |it| it.name("audit"));
    assert_eq!(names(&router), ["ci.push", "ci.release", "ci.any", "ci.audit"]);
    router.check().unwrap();
    // The program may be named at the end.
    assert_eq!(names(&router.program("other"))[0], "other.push");
}

#[test]
fn an_event_of_ones_own_has_a_name_like_any_other() {
    let router = ci().on::<Build>(Idle).on::<Push>(Idle);
    router.check().unwrap();
    assert_eq!(names(&router), ["ci.hookstead.build", "ci.push"]);
    let build = EventName::from("hookstead.build");
    assert!(router.takes(&build) && !router.takes(&"hookstead.other".into()));
    assert_eq!(router.registrations()[0].event(), Some(build));
    refused(&router.on::<Build>(Idle), "two handlers for `hookstead.build` are named");
}

#[test]
fn the_program_is_the_executable_by_default() {
    let router = Router::new().on::<Push>(Idle);
    router.check().unwrap();
    let name = router.registrations()[0].name().to_string();
    let executable = std::env::current_exe().unwrap();
    let file = executable.file_stem().unwrap().to_str().unwrap();
    assert_eq!(name, format!("{}.push", file.to_lowercase()));
    assert_eq!(router.program_name(), file.to_lowercase());
}

#[test]
fn one_name_is_there_once_for_an_event() {
    ci().on_with::<Push>(Idle, |it| it.name("audit"))
        .on_with::<Release>(Idle, |it| it.name("audit"))
        .check()
        .unwrap();
    let twice = "two handlers for `push` are named `ci.push`";
    refused(&ci().on::<Push>(Idle).on::<Push>(Idle), twice);
    refused(&ci().on::<Push>(Idle).on_with::<Push>(Idle, |it| it.name("push")), twice);
    // Every event is also this one.
    refused(&ci().on_with::<AnyEvent>(Idle, |it| it.name("push")).on::<Push>(Idle), twice);
    refused(&ci().on::<Push>(Idle).on_with::<AnyEvent>(Idle, |it| it.name("push")), twice);
    let every = "two handlers for every event are named `ci.any`";
    refused(&ci().on::<AnyEvent>(Idle).on::<AnyEvent>(Idle), every);
}

#[test]
fn a_name_that_is_none_is_refused() {
    let long = "x".repeat(97);
    ci().on_with::<Push>(Idle, |it| it.name(&long)).check().unwrap();
    let too_long = "x".repeat(98);
    refused(&ci().on_with::<Push>(Idle, |it| it.name(&too_long)), "has 101 bytes");
    for bad in ["", "Audit", "au dit", "é", "a\0b"] {
        refused(&ci().on_with::<Push>(Idle, |it| it.name(bad)), "a handler is named");
        refused(&ci().on_with::<Push>(Idle, |it| it.formerly(bad)), "a handler is named");
        refused(&Router::new().program(bad), "the program is named");
        refused(&ci().formerly(bad), "the program's former name is named");
        refused(&ci().pool(bad, 1), "a pool is named");
        let grouped = |it: Registration<Push>| it.shared_lane(bad, |_| String::new());
        refused(&ci().on_with::<Push>(Idle, grouped), "a group of lanes is named");
        // There is a name in any case, for those who do not check.
        let router = Router::new().program(bad).on_with::<Push>(Idle, |it| it.name(bad));
        let full = router.registrations()[0].name();
        assert_eq!(full.as_str().parse::<HandlerName>().as_ref(), Ok(full));
    }
}

#[test]
fn former_names_are_found_after_the_present_ones() {
    let router = ci()
        .formerly("old_ci")
        .on_with::<Push>(Idle, |it| it.name("build").formerly("push").formerly("make"))
        .on_with::<Release>(Idle, |it| it.name("push"));
    router.check().unwrap();
    let [build, release] = router.registrations() else { unreachable!() };
    let former: Vec<_> = build.formerly().iter().map(HandlerName::as_str).collect();
    assert_eq!(former, ["ci.push", "ci.make", "old_ci.build", "old_ci.push", "old_ci.make"]);
    let find = |full: &str, event: EventName| {
        router.find(&name(full), &event).map(|it| it.name().to_string())
    };
    for (full, event, found) in [
        ("ci.build", EventName::Push, Some(build)),
        ("ci.push", EventName::Push, Some(build)),
        ("old_ci.make", EventName::Push, Some(build)),
        ("ci.push", EventName::Release, Some(release)),
        ("ci.build", EventName::Release, None),
        ("ci.push", EventName::Star, None),
        ("other.build", EventName::Push, None),
    ] {
        assert_eq!(find(full, event), found.map(|it| it.name().to_string()), "{full}");
    }
    // A name that it took back is no former one.
    let back = ci().on_with::<Push>(Idle, |it| it.name("build").formerly("build"));
    back.check().unwrap();
    assert!(back.registrations()[0].formerly().is_empty());
}

#[test]
fn a_former_name_belongs_to_one() {
    refused(
        &ci().on::<Push>(Idle).on_with::<Push>(Idle, |it| it.name("build").formerly("push")),
        "handler `ci.build` was formerly `ci.push`, which is or was the name of `ci.push`",
    );
    refused(
        &ci()
            .on_with::<AnyEvent>(Idle, |it| it.name("one").formerly("old"))
            .on_with::<Push>(Idle, |it| it.name("two").formerly("old")),
        "was formerly `ci.old`",
    );
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    fn key(_: &Push) -> String {
        String::new()
    }
    fn at(_: &Push) -> Timestamp {
        Timestamp::now()
    }
    fn heads(_: &Push) -> Heads {
        Heads::from_names(None, String::new())
    }
    let with = |change: fn(Registration<Push>) -> Registration<Push>| {
        ci().pool("builds", 2).on_with::<Push>(Idle, change)
    };
    for good in [
        with(|it| it.lane(key).latest_only().pool("builds")),
        with(|it| it.lane(key).latest_by(at).heads(heads).deadline(Duration::from_secs(1))),
        with(|it| it.lane(key).in_order().halts()),
        with(|it| it.shared_lane("machines", key).in_order()),
        with(|it| it.deadline(Duration::from_secs(1)).retried()),
    ] {
        good.check().unwrap();
    }
    for (bad, words) in [
        (with(|it| it.lane(key).in_order().latest_only()), "it cannot be both"),
        (with(|it| it.lane(key).latest_by(at).in_order()), "it cannot be both"),
        (with(|it| it.lane(key).halts()), "`halts` needs `in_order`"),
        (with(|it| it.in_order()), "`in_order` needs a `lane`"),
        (with(|it| it.latest_only()), "need a `lane`"),
        (with(|it| it.latest_by(at)), "need a `lane`"),
        (with(|it| it.lane(key).latest_only().heads(heads)), "`heads` need `latest_by`"),
        (with(|it| it.lane(key).heads(heads)), "`heads` need `latest_by`"),
        (with(|it| it.retried()), "`retried` needs a `deadline`"),
        (with(|it| it.pool("deploys")), "there is no pool \"deploys\""),
    ] {
        refused(&bad, words);
        refused(&bad, "handler `ci.push`");
    }
    refused(&ci().pool("builds", 0), "the pool `builds` has no slots");
    refused(&ci().pool("builds", 1).pool("builds", 2), "the pool `builds` is there twice");
}

#[test]
fn what_is_registered_can_be_asked_for() {
    let router = ci().pool("builds", 2).on_with::<Push>(Idle, |it| {
        it.pool("builds")
            .deadline(Duration::from_secs(9))
            .shared_lane("machines", |push| push.branch.clone())
            .latest_only()
    });
    let pushes = &router.registrations()[0];
    assert_eq!(pushes.event(), Some(EventName::Push));
    assert_eq!((pushes.pool(), pushes.lane_group()), (Some("builds"), Some("machines")));
    assert_eq!(pushes.deadline(), Some(Duration::from_secs(9)));
    assert!(pushes.has_lane() && pushes.is_latest() && pushes.is_latest_by_acceptance());
    assert!(!pushes.is_in_order());
    assert_eq!(router.pools().collect::<Vec<_>>(), [("builds", 2)]);
    assert!(router.takes(&EventName::Push) && !router.takes(&EventName::Release));
    let any = router.on::<AnyEvent>(Idle);
    assert!(any.takes(&EventName::Release) && any.takes(&"from_the_future".into()));
    assert_eq!(any.registrations()[1].event(), None);
}

#[test]
fn no_rust_path_is_shown() {
    let router = ci()
        .on::<Push>(Idle)
        .on::<AnyEvent>(hookstead_handler::handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
    let shown = format!("{router:?} {:?}", router.registrations()[0]);
    assert!(shown.contains("ci.push") && !shown.contains("::"), "{shown}");
    assert_eq!(End::Dead.to_string(), "dead");
}
