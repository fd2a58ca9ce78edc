//! A delivery that is new, and its tasks.

use std::sync::Arc;

use bytes::Bytes;
use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{Delivery, End, Heads, HookTarget, LaneMode};

use super::support::{LONG, Program, body, ci, delivery, free, id, latest, name};
use crate::store::accept::{Accepted, NewDelivery, NewTask, TaskLane};
use crate::store::contract::Store;
use crate::store::entry::{Filter, TaskState};
use crate::store::lease::Marks;
use crate::store::packed::Packed;
use crate::store::registry::{Claim, Process};
use crate::store::settlement::Settlement;

pub(super) async fn a_new_delivery_has_a_task_for_each_name(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit", "lint"]).await;
    let mut new = ci.new_delivery("one");
    new.tasks.truncate(2);
    assert_eq!(ci.accepted(new).await, Accepted::New { tasks: 3 }, "the third lives, and takes it");
    let mut new = ci.new_delivery("two");
    new.tasks.truncate(2);
    new.declined = vec![ci.takers[2]];
    assert_eq!(ci.accepted(new).await, Accepted::New { tasks: 2 });
    let leased = ci.lease(10, LONG).await;
    let tasks: Vec<_> = leased.iter().map(|it| (it.delivery.id.as_str(), it.taker)).collect();
    let [build, audit, _] = ci.takers[..] else { unreachable!() };
    assert_eq!(tasks.len(), 4);
    for task in [("one", build), ("one", audit), ("two", build), ("two", audit)] {
        assert!(tasks.contains(&task), "{task:?} is not among {tasks:?}");
    }
}

pub(super) async fn a_new_task_is_ready_and_was_never_tried(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.run, entry.number), (TaskState::Ready, 1, 0));
    assert_eq!((entry.failures, entry.abandoned, entry.is_ending), (0, 0, false));
    assert_eq!((entry.lane, entry.text, entry.settled_at), (None, None, None));
    assert_eq!(entry.name, name("ci.build"));
    let leased = ci.lease_one().await;
    assert_eq!((leased.task, leased.taker), (entry.task, ci.takers[0]));
    assert_eq!((leased.run, leased.number, leased.failures, leased.abandoned), (1, 1, 0, 0));
    assert_eq!((leased.failing_for, leased.waiting_for, leased.end), (None, None, None));
    assert!(leased.steps.is_empty());
    assert_eq!(leased.marks, Marks::default());
}

pub(super) async fn tasks_are_numbered_in_the_order_of_acceptance(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut numbers = Vec::new();
    for text in ["c", "a", "d", "b"] {
        ci.accept(text).await;
        numbers.push(ci.entry(text).await.task);
    }
    assert!(numbers.is_sorted() && numbers[0] != numbers[3], "{numbers:?}");
}

pub(super) async fn every_field_comes_back_as_it_went_in(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut full = delivery("full");
    full.event = EventName::PullRequest;
    full.action = Some("opened".to_owned());
    full.repository = Some("octocat/hello-world \u{2192} é".to_owned());
    full.hook = Some(u64::MAX);
    full.target = Some(HookTarget { kind: "repository".to_owned(), id: 35_129_377 });
    full.installation = Some(42);
    full.enterprise_host = Some("github.example.com".to_owned());
    full.received_at = Timestamp::from("2019-05-15T15:20:33.123Z");
    full.fingerprint = Some([0xff; 32]);
    let heads = Heads::from_names(Some("a\u{2192}".to_owned()), "é".to_owned());
    let mode = LaneMode::Latest { version: i64::MIN, heads: Some(heads) };
    let mut new = NewDelivery::new(full.clone(), Packed::new("packed".into(), Some(17)), "ci");
    let key = "7:octocat/hello-world#1 \u{2192} é";
    new.tasks = vec![NewTask::new(ci.takers[0]).in_lane(TaskLane::new(key, mode))];
    ci.accept_new(new).await;
    let entry = ci.entry("full").await;
    same(&entry.delivery, &full);
    assert_eq!(entry.lane.as_deref(), Some(key));
    assert_eq!(entry.packed, Some(Packed::new("packed".into(), Some(17))));
    let leased = ci.lease_one().await;
    same(&leased.delivery, &full);
    assert_eq!(leased.body, Some(Packed::new("packed".into(), Some(17))));
}

pub(super) async fn a_delivery_with_nothing_but_an_id_comes_back(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut bare = Delivery::new(id("!"), "an_event_from_the_future".into(), "");
    bare.received_at = Timestamp::from("some time ago");
    let mut new = ci.new_delivery("!");
    new.delivery = bare.clone();
    ci.accept_new(new).await;
    same(&ci.lease_one().await.delivery, &bare);
}

fn same(one: &Delivery, other: &Delivery) {
    assert_eq!(one.id, other.id);
    assert_eq!(one.event, other.event);
    assert_eq!(one.action, other.action);
    assert_eq!(one.repository, other.repository);
    assert_eq!(one.hook, other.hook);
    assert_eq!(one.target, other.target);
    assert_eq!(one.installation, other.installation);
    assert_eq!(one.enterprise_host, other.enterprise_host);
    assert_eq!(one.received_at, other.received_at);
    assert_eq!(one.fingerprint, other.fingerprint);
    assert!(one.body.is_empty(), "the body is apart");
}

pub(super) async fn a_body_of_a_mebibyte_comes_back(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    // Every byte value, zeros and invalid UTF-8 included.
    let large: Bytes = (0..1024 * 1024).map(|n: u32| n.wrapping_mul(31).to_le_bytes()[1]).collect();
    let mut new = ci.new_delivery("large");
    new.body = Packed::new(large.clone(), None);
    ci.accept_new(new).await;
    let body = ci.lease_one().await.body.unwrap();
    assert!(body.bytes == large && body.unpacked_length.is_none(), "it should be the same");
}

pub(super) async fn an_empty_body_comes_back(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut new = ci.new_delivery("empty");
    new.body = Packed::new(Bytes::new(), None);
    ci.accept_new(new).await;
    assert_eq!(ci.lease_one().await.body, Some(Packed::new(Bytes::new(), None)));
}

pub(super) async fn hook_and_id_together_tell_deliveries_apart(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let of_hook = |hook| {
        let mut new = ci.new_delivery("one");
        new.delivery.hook = hook;
        new
    };
    for hook in [None, Some(1), Some(2)] {
        assert_eq!(ci.accepted(of_hook(hook)).await, Accepted::New { tasks: 1 }, "{hook:?}");
        let duplicate = Accepted::Duplicate { at_work: 1, tasks: 1 };
        assert_eq!(ci.accepted(of_hook(hook)).await, duplicate, "{hook:?}");
    }
    let leased = ci.lease(10, LONG).await;
    let hooks: Vec<Option<u64>> = leased.iter().map(|leased| leased.delivery.hook).collect();
    assert_eq!(hooks, [None, Some(1), Some(2)]);
    // One of them being done changes nothing for the others.
    ci.done(leased[1].token).await;
    let again = ci.accepted(of_hook(Some(1))).await;
    assert_eq!(again, Accepted::Again { tasks: 1, superseded: 0 });
    let duplicate = ci.accepted(of_hook(Some(2))).await;
    assert_eq!(duplicate, Accepted::Duplicate { at_work: 1, tasks: 1 });
}

pub(super) async fn other_live_names_of_the_program_get_a_task_without_a_place(
    store: &Arc<dyn Store>,
) {
    let old = ci(store).await;
    let new = Program::start(store, "ci", &["build", "audit"]).await;
    assert_eq!(old.accepted(old.new_delivery("one")).await, Accepted::New { tasks: 2 });
    let unplaced = store.unplaced(&new.takers, 10).await.unwrap();
    assert_eq!(unplaced.len(), 1);
    assert_eq!((unplaced[0].taker, unplaced[0].id()), (new.takers[1], &id("one")));
    assert_eq!(unplaced[0].task, new.entry_of("one", "ci.audit").await.task);
    // Nobody leases it before somebody has asked its `when`, and found its lane.
    let leased = new.lease(10, LONG).await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].taker, new.takers[0]);
}

pub(super) async fn another_program_s_names_get_no_task(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let deploy = Program::start(store, "deploy", &["build"]).await;
    assert_eq!(ci.accepted(ci.new_delivery("one")).await, Accepted::New { tasks: 1 });
    assert!(store.unplaced(&deploy.takers, 10).await.unwrap().is_empty());
    deploy.expect_nothing_due().await;
}

pub(super) async fn names_that_are_not_alive_get_no_task(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let gone = Program::start(store, "ci", &["audit"]).await;
    gone.leave().await;
    assert_eq!(ci.accepted(ci.new_delivery("one")).await, Accepted::New { tasks: 1 });
    assert!(store.unplaced(&gone.takers, 10).await.unwrap().is_empty());
}

pub(super) async fn only_names_that_take_the_event_get_a_task(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let claims = [("ci.release", Some(EventName::Release)), ("ci.any", None)];
    let claims = claims.map(|(text, event)| Claim::new(name(text), event)).to_vec();
    let other = Program::of_claims(store, Process::start("ci"), claims).await;
    assert_eq!(ci.accepted(ci.new_delivery("one")).await, Accepted::New { tasks: 2 });
    let unplaced = store.unplaced(&other.takers, 10).await.unwrap();
    let takers: Vec<_> = unplaced.iter().map(|it| it.taker).collect();
    assert_eq!(takers, [other.takers[1]]);
}

pub(super) async fn who_says_no_gets_no_task(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    let new = || {
        let mut new = ci.new_delivery("one");
        let declined = new.tasks.pop().unwrap();
        new.declined = vec![declined.taker];
        new
    };
    assert_eq!(ci.accepted(new()).await, Accepted::New { tasks: 1 });
    let duplicate = Accepted::Duplicate { at_work: 1, tasks: 1 };
    assert_eq!(ci.accepted(new()).await, duplicate, "nor when it comes again");
    assert!(store.unplaced(&ci.takers, 10).await.unwrap().is_empty());
    ci.done(ci.lease_one().await.token).await;
    ci.expect_nothing_due().await;
}

pub(super) async fn what_all_decline_is_known_by_its_id_alone(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut new = ci.new_delivery("one");
    new.tasks.clear();
    new.declined = ci.takers.clone();
    assert_eq!(ci.accepted(new.clone()).await, Accepted::Declined);
    assert_eq!(store.known(&[id("one"), id("two")]).await.unwrap(), [id("one")]);
    assert!(ci.list(Filter::default()).await.is_empty());
    ci.expect_nothing_due().await;
    assert_eq!(ci.accepted(new).await, Accepted::Declined, "as often as it comes");
    // Somebody wants it after all, and it comes with its body.
    let again = ci.accepted(ci.new_delivery("one")).await;
    assert_eq!(again, Accepted::Again { tasks: 1, superseded: 0 });
    assert_eq!(ci.lease_one().await.body, Some(body("one")));
}

pub(super) async fn a_task_that_is_dead_from_the_start_is_ended(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut new = ci.new_delivery("one");
    new.tasks[0].dead = Some("its lane cannot be found out".to_owned());
    assert_eq!(ci.accepted(new).await, Accepted::New { tasks: 1 });
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.is_ending), (TaskState::Dead, true));
    assert_eq!(entry.text.as_deref(), Some("its lane cannot be found out"));
    let leased = ci.lease_one().await;
    assert_eq!((leased.end, leased.number), (Some(End::Dead), 0));
    ci.settle(leased.token, Settlement::Ended).await;
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.is_ending), (TaskState::Dead, false));
    assert!(entry.settled_at.is_some());
}

pub(super) async fn tasks_of_one_delivery_have_each_its_lane(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    let of = |text: &str| {
        let mut new = ci.new_delivery(text);
        new.tasks[0].lane = Some(free("1:main"));
        new.tasks[1].lane = Some(latest("2:main", 1));
        new
    };
    ci.accept_new(of("one")).await;
    ci.accept_new(of("two")).await;
    assert_eq!(ci.entry_of("one", "ci.audit").await.state, TaskState::Superseded);
    for (text, handler, state, lane) in [
        ("one", "ci.build", TaskState::Ready, "1:main"),
        ("two", "ci.build", TaskState::Blocked, "1:main"),
        ("two", "ci.audit", TaskState::Ready, "2:main"),
    ] {
        let entry = ci.entry_of(text, handler).await;
        assert_eq!((entry.state, entry.lane.as_deref()), (state, Some(lane)), "{text} {handler}");
    }
}
