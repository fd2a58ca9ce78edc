//! What is asked of a handler before its task is written.

use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use hookstead_events::AnyEvent;
use hookstead_handler::{LaneMode, Registration};
use hookstead_inbox::{Accepted, Inbox, TaskState};

use crate::odd_store::OddStore;
use crate::support::{Number, entries, entry, idle, long_number, push, router, with};

fn inbox(
    change: impl FnOnce(Registration<Number>) -> Registration<Number>,
) -> (Arc<OddStore>, Inbox) {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), with(change));
    (store, inbox)
}

#[tokio::test]
async fn what_every_handler_declines_is_known_by_its_id_alone() {
    let (store, inbox) = inbox(|it| it.when(|number| number.0 > 5));
    assert_eq!(inbox.accept(push("small", "1")).await.unwrap(), Accepted::Declined);
    assert_eq!(inbox.accept(push("large", "6")).await.unwrap(), Accepted::New { tasks: 1 });
    assert_eq!(store.accepted.lock().unwrap()[0].declined.len(), 1);
    assert!(entries(&inbox, "small").await.is_empty());
    let id = "small".parse().unwrap();
    assert_eq!(inbox.known(std::slice::from_ref(&id)).await.unwrap(), [id]);
}

#[tokio::test]
async fn a_when_that_panics_says_yes() {
    let (_, inbox) = inbox(|it| it.when(|_| panic!("odd")));
    assert_eq!(inbox.accept(push("one", "1")).await.unwrap(), Accepted::New { tasks: 1 });
}

#[tokio::test]
async fn a_lane_that_panics_makes_the_task_dead() {
    let (_, inbox) = inbox(|it| it.lane(|number| -> String { panic!("no lane {}", number.0) }));
    assert_eq!(inbox.accept(push("one", "1")).await.unwrap(), Accepted::New { tasks: 1 });
    let entry = entry(&inbox, "one").await;
    assert_eq!(entry.state, TaskState::Dead);
    assert!(entry.text.as_deref().unwrap().contains("no lane 1"), "{entry:?}");
    assert!(entry.is_ending, "`ended` is to be called");
}

#[tokio::test]
async fn what_does_not_decode_is_a_task_without_a_lane() {
    let (store, inbox) = inbox(|it| it.lane(|_| "lane".to_owned()).when(|_| false));
    assert_eq!(inbox.accept(push("one", "x")).await.unwrap(), Accepted::New { tasks: 1 });
    assert!(store.last().tasks[0].lane.is_none());
}

#[tokio::test]
async fn a_lane_belongs_to_its_handler_or_to_a_group() {
    let store = Arc::new(OddStore::default());
    let router = with(|it| it.name("a").lane(|_| "x".to_owned()))
        .on_with::<Number>(idle(), |it| it.name("b").lane(|_| "x".to_owned()))
        .on_with::<Number>(idle(), |it| it.name("c").shared_lane("g", |_| "x".to_owned()))
        .on_with::<Number>(idle(), |it| it.name("d").shared_lane("g", |_| "x".to_owned()))
        .on_with::<Number>(idle(), |it| it.name("e").lane(|_| "x".to_owned()).in_order());
    let inbox = Inbox::new(Arc::clone(&store), router);
    inbox.accept(push("one", "1")).await.unwrap();
    let tasks = store.last().tasks;
    let key = |index: usize| tasks[index].lane.as_ref().unwrap().key.clone();
    assert!(key(0).ends_with(":x") && key(1).ends_with(":x") && key(0) != key(1));
    assert_eq!([key(2), key(3)], ["@g:x", "@g:x"]);
    let mode = &tasks[4].lane.as_ref().unwrap().mode;
    assert_eq!(*mode, LaneMode::InOrder { halts: false });
}

#[tokio::test]
async fn the_lanes_of_one_handler_are_the_same_for_all_its_events() {
    let store = Arc::new(OddStore::default());
    let router = with(|it| it.name("deploy").lane(|_| "x".to_owned()))
        .on_with::<crate::support::Build>(idle(), |it| it.name("deploy").lane(|_| "x".to_owned()));
    let inbox = Inbox::new(Arc::clone(&store), router);
    inbox.accept(push("one", "1")).await.unwrap();
    let first = store.last().tasks[0].lane.clone();
    let build = crate::support::Build { sha: "abc".to_owned() };
    let work = hookstead_inbox::Work::new("hookstead.build", "two", &build).unwrap();
    inbox.submit(work).await.unwrap();
    let second = store.last().tasks[0].lane.clone();
    assert!(first.is_some() && first == second);
}

#[tokio::test]
async fn the_store_gets_a_packed_body_and_a_record_without_it() {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), router());
    let payload = long_number(1000);
    inbox.accept(push("one", &payload)).await.unwrap();
    let new = store.last();
    assert!(new.delivery.body.is_empty());
    assert!(new.body.bytes.len() < 100);
    let filter = hookstead_inbox::Filter::default().with_bodies();
    let shown = inbox.list(filter).next().await.unwrap().unwrap();
    assert_eq!(shown.delivery.body, payload.as_bytes());
    assert!(shown.packed.is_none());
}

#[tokio::test]
async fn large_payloads_are_looked_at_where_they_block_nobody() {
    let looked: Arc<Mutex<Vec<ThreadId>>> = Arc::default();
    let looking = Arc::clone(&looked);
    let (store, inbox) = inbox(move |it| {
        it.lane(move |number| {
            looking.lock().unwrap().push(std::thread::current().id());
            number.0.to_string()
        })
    });
    let here = std::thread::current().id();
    inbox.accept(push("small", &long_number(1024 * 1024 - 10))).await.unwrap();
    inbox.accept(push("large", &long_number(1024 * 1024 + 10))).await.unwrap();
    let looked = looked.lock().unwrap();
    assert_eq!(looked.len(), 2);
    assert_eq!(looked[0], here);
    assert_ne!(looked[1], here);
    // It is as good as a small one.
    let new = store.last();
    assert!(new.tasks[0].lane.is_some() && new.body.bytes.len() < 10_000);
    assert_eq!(new.body.unpacked_length, Some(1024 * 1024 + 11));
}

#[tokio::test]
async fn every_handler_gets_a_task_of_its_own() {
    let store = Arc::new(OddStore::default());
    let router = router().on_with::<AnyEvent>(idle(), |any| any.name("audit"));
    let inbox = Inbox::new(Arc::clone(&store), router);
    assert_eq!(inbox.accept(push("one", "1")).await.unwrap(), Accepted::New { tasks: 2 });
    let mut names: Vec<_> =
        entries(&inbox, "one").await.into_iter().map(|entry| entry.name.to_string()).collect();
    names.sort();
    assert_eq!(names, ["ci.audit", "ci.push"]);
}
