//! What the store tells of what it holds.

use std::sync::Arc;
use std::time::Duration;

use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{DeliveryId, End};
use tokio::task::JoinSet;

use super::support::{LONG, Program, SHORT, body, ci, failure, free, id, name, step, waits};
use crate::store::contract::Store;
use crate::store::entry::{Depth, Filter, TaskState};
use crate::store::settlement::Settlement;
use crate::store::task_id::TaskId;

const STATES: [(&str, TaskState); 8] = [
    ("done", TaskState::Done),
    ("superseded", TaskState::Superseded),
    ("canceled", TaskState::Canceled),
    ("dead", TaskState::Dead),
    ("delayed", TaskState::Delayed),
    ("leased", TaskState::Leased),
    ("blocked", TaskState::Blocked),
    ("ready", TaskState::Ready),
];

/// A task in each state, of a delivery that is named after it, accepted in this order.
async fn one_of_each(ci: &Program) {
    ci.accept_and_settle("done", Settlement::Done).await;
    ci.accept_and_end("superseded", End::Superseded).await;
    ci.accept_and_end("canceled", End::Canceled).await;
    ci.accept_and_end("dead", End::Dead).await;
    ci.accept_and_settle("delayed", failure(LONG)).await;
    ci.accept_in("leased", &free("main")).await;
    ci.lease_one().await;
    ci.accept_in("blocked", &free("main")).await;
    ci.accept("ready").await;
}

pub(super) async fn the_depth_counts_every_state(store: &Arc<dyn Store>) {
    let empty = store.depth().await.unwrap();
    assert_eq!(empty, Depth::default());
    let ci = ci(store).await;
    one_of_each(&ci).await;
    let mut depth = store.depth().await.unwrap();
    assert_eq!((depth.done, depth.superseded, depth.canceled, depth.dead), (1, 1, 1, 1));
    assert_eq!(depth.names.len(), 1);
    let names = depth.names.remove(0);
    assert_eq!(names.name, name("ci.build"));
    assert!(names.is_alive);
    assert_eq!((names.ready, names.leased, names.delayed, names.blocked), (1, 1, 1, 1));
    assert!(names.oldest_ready.is_some());
}

pub(super) async fn the_depth_is_told_by_name(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    let deploy = Program::start(store, "deploy", &["build"]).await;
    for text in ["one", "two"] {
        ci.accept(text).await;
    }
    deploy.accept("three").await;
    deploy.lease_one().await;
    deploy.leave().await;
    let mut open: Vec<_> = store.depth().await.unwrap().names;
    open.sort_by(|one, other| one.name.cmp(&other.name));
    let told: Vec<_> =
        open.iter().map(|it| (it.name.as_str(), it.is_alive, it.ready, it.leased)).collect();
    let expected =
        [("ci.audit", true, 2, 0), ("ci.build", true, 2, 0), ("deploy.build", false, 0, 1)];
    assert_eq!(told, expected);
}

pub(super) async fn the_depth_stops_counting(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    const MORE: u64 = Depth::MOST + 10;
    let mut accepting = JoinSet::new();
    for sender in 0..50 {
        let ci = ci.clone();
        accepting.spawn(async move {
            for number in (sender..MORE).step_by(50) {
                ci.accept(&number.to_string()).await;
            }
        });
    }
    accepting.join_all().await;
    let names = store.depth().await.unwrap().names.remove(0);
    assert_eq!(names.ready, Depth::MOST, "so many, or more");
}

pub(super) async fn the_oldest_ready_task_has_an_age(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("delayed", failure(LONG)).await;
    let oldest = async || store.depth().await.unwrap().names[0].oldest_ready;
    assert_eq!(oldest().await, None);
    let before = std::time::Instant::now();
    ci.accept("old").await;
    while oldest().await.unwrap() < SHORT {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    ci.accept("young").await;
    let age = oldest().await.unwrap();
    assert!(age >= SHORT, "the younger one should not count: {age:?}");
    assert!(age <= before.elapsed() + Duration::from_secs(1), "{age:?}");
}

pub(super) async fn the_list_says_what_is_known(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    one_of_each(&ci).await;
    for (text, state) in STATES {
        let entry = ci.entry(text).await;
        assert_eq!(entry.state, state, "{text}");
        let number = u32::from(!matches!(state, TaskState::Ready | TaskState::Blocked));
        assert_eq!((entry.run, entry.number), (1, number), "{text}");
        let told = match state {
            TaskState::Delayed => Some("a passing trouble"),
            TaskState::Dead | TaskState::Superseded | TaskState::Canceled => {
                Some("a lasting trouble")
            }
            _ => None,
        };
        assert_eq!(entry.text.as_deref(), told, "{text}");
        match state {
            TaskState::Leased | TaskState::Delayed => about_now(entry.due_at, LONG, text),
            _ => assert_eq!(entry.due_at, None, "{text}"),
        }
        let is_settled = matches!(
            state,
            TaskState::Done | TaskState::Superseded | TaskState::Canceled | TaskState::Dead
        );
        match is_settled {
            true => about_now(entry.settled_at, Duration::ZERO, text),
            false => assert_eq!(entry.settled_at, None, "{text}"),
        }
        assert!(!entry.is_waiting && !entry.is_ending && entry.steps.is_empty(), "{text}");
    }
}

/// The moment is this far ahead, to within some minutes: the store's clock is its own.
fn about_now(moment: Option<Timestamp>, ahead: Duration, text: &str) {
    let moment = moment.and_then(|moment| moment.instant()).expect("a moment should be known");
    let expected = Timestamp::now().instant().unwrap() + ahead;
    let off = moment.duration_since(expected).abs();
    assert!(off.as_secs() < 5 * 60, "{text}: {moment} instead of {expected}");
}

pub(super) async fn the_list_says_what_a_task_waits_for(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let token = ci.lease_one().await.token;
    for name in ["build", "deploy"] {
        assert!(store.keep_step(token, &step(name, "1")).await.unwrap());
    }
    ci.settle(token, waits(LONG)).await;
    let entry = ci.entry("one").await;
    assert!(entry.is_waiting);
    assert_eq!(entry.text.as_deref(), Some("for a friend"));
    let mut steps = entry.steps;
    steps.sort();
    assert_eq!(steps, ["build", "deploy"]);
}

pub(super) async fn the_list_begins_with_the_last_accepted(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    one_of_each(&ci).await;
    let mut texts = STATES.map(|(text, _)| text);
    texts.reverse();
    assert_eq!(ids(&ci, Filter::default()).await, texts);
    // What comes again keeps its place.
    ci.redeliver("dead").await;
    assert_eq!(ids(&ci, Filter::default()).await, texts);
}

pub(super) async fn the_list_comes_in_pages(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    for number in 0..5 {
        ci.accept(&number.to_string()).await;
    }
    let all: Vec<TaskId> = ci.list(Filter::default()).await.iter().map(|it| it.task).collect();
    assert_eq!(all.len(), 10);
    for limit in [1, 3, 5, 10, 11] {
        let filter = Filter::default().at_most(limit);
        let mut pages: Vec<TaskId> = Vec::new();
        loop {
            let page = store.list(&filter, pages.last().copied()).await.unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            pages.extend(page.iter().map(|it| it.task));
        }
        assert_eq!(pages, all, "{limit} a page");
    }
    // The filter holds for later pages, too.
    let filter = Filter::default().of_name(name("ci.audit"));
    let later = store.list(&filter, Some(all[3])).await.unwrap();
    assert_eq!(later.len(), 3);
}

pub(super) async fn the_list_keeps_to_its_filter(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    one_of_each(&ci).await;
    for (text, state) in STATES {
        let of_state = Filter::default().in_state(state);
        assert_eq!(ids(&ci, of_state.clone()).await, [text]);
        let this = of_state.clone().with_id(id(text));
        assert_eq!(ids(&ci, this).await, [text]);
        let other = of_state.with_id(id("other"));
        assert!(ids(&ci, other).await.is_empty());
    }
    let some = Filter::default().with_ids(["done", "ready", "unknown"].map(id));
    assert_eq!(ids(&ci, some).await, ["ready", "done"]);
    assert!(ids(&ci, Filter::default().with_ids([])).await.is_empty());
    assert_eq!(ids(&ci, Filter::default().of_event(EventName::Push)).await.len(), 8);
    assert!(ids(&ci, Filter::default().of_event("release".into())).await.is_empty());
    assert_eq!(ids(&ci, Filter::default().of_name(name("ci.build"))).await.len(), 8);
    assert!(ids(&ci, Filter::default().of_name(name("ci.never"))).await.is_empty());
    for limit in [0, 2, 8] {
        assert_eq!(ids(&ci, Filter::default().at_most(limit)).await.len(), limit);
    }
    let mut of_hook = ci.new_delivery("ready");
    of_hook.delivery.hook = Some(1);
    ci.accept_new(of_hook).await;
    let both = Filter::default().with_id(id("ready"));
    assert_eq!(ids(&ci, both).await, ["ready", "ready"]);
}

pub(super) async fn the_list_has_bodies_only_if_asked(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    one_of_each(&ci).await;
    for entry in ci.list(Filter::default()).await {
        assert!(entry.packed.is_none() && entry.delivery.body.is_empty(), "{entry:?}");
    }
    for entry in ci.list(Filter::default().with_bodies()).await {
        assert_eq!(entry.packed, Some(body(entry.delivery.id.as_str())), "{entry:?}");
    }
}

async fn ids(ci: &Program, filter: Filter) -> Vec<String> {
    ci.list(filter).await.iter().map(|entry| entry.delivery.id.to_string()).collect()
}

pub(super) async fn what_is_known_is_told_in_whatever_state(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    one_of_each(&ci).await;
    let mut of_hook = ci.new_delivery("of-a-hook");
    of_hook.delivery.hook = Some(7);
    ci.accept_new(of_hook).await;
    let mut asked: Vec<DeliveryId> = STATES.iter().map(|(text, _)| id(text)).collect();
    asked.push(id("of-a-hook"));
    let known = asked.clone();
    asked.extend(["unknown", "DONE"].map(id));
    let sorted = |mut ids: Vec<DeliveryId>| {
        ids.sort();
        ids
    };
    assert_eq!(sorted(store.known(&asked).await.unwrap()), sorted(known));
    assert!(store.known(&[]).await.unwrap().is_empty());
    assert!(store.known(&[id("unknown")]).await.unwrap().is_empty());
}
