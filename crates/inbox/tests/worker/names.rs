//! Every process does what it has the handlers for, and nothing else.

use std::sync::{Arc, Mutex};

use hookstead_events::{DecodeError, Event, EventName, decode_json};
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Inbox, TaskState};

use crate::support::{
    AnyStore, Number, Running, accept, count, entries, entry, id, inbox, on_all_stores, until,
    worker,
};

on_all_stores! {
    two_programs_on_one_store_each_do_their_own
    what_an_old_version_receives_for_a_new_handler_is_done
    a_new_handlers_word_counts_for_what_an_old_version_received
    what_a_lane_function_cannot_place_is_dead
    what_an_old_version_cannot_decode_gets_its_lane_from_the_new_one
}

type Seen = Arc<Mutex<Vec<(String, u32)>>>;

fn noting(seen: &Seen) -> impl hookstead_handler::Handler<Number> + use<> {
    let seen = Arc::clone(seen);
    handler_fn(move |Number(number), attempt: Attempt| {
        seen.lock().unwrap().push((attempt.handler().to_string(), number));
        std::future::ready(Ok(()))
    })
}

async fn two_programs_on_one_store_each_do_their_own(store: AnyStore) {
    let seen = Seen::default();
    let of_program = |program: &str| {
        Inbox::new(Arc::clone(&store), Router::new().on::<Number>(noting(&seen)).program(program))
    };
    let (ci, deploy) = (of_program("ci"), of_program("deploy"));
    let workers = [&ci, &deploy].map(|inbox| Running::start(worker(inbox)));
    for number in 0..10 {
        accept(&ci, &format!("ci{number}"), "1").await;
        accept(&deploy, &format!("deploy{number}"), "2").await;
    }
    until(&ci, |count| count.done == 20).await;
    for worker in workers {
        worker.stop().await;
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 20);
    assert!(seen.iter().all(|(name, number)| match number {
        1 => name == "ci.push",
        _ => name == "deploy.push",
    }));
}

/// The old version has `push`; the new one has `push` and `audit`.
fn versions(
    store: &AnyStore,
    seen: &Seen,
    change: impl FnOnce(
        hookstead_handler::Registration<Number>,
    ) -> hookstead_handler::Registration<Number>,
) -> (Inbox, Inbox) {
    let old = Router::new().on::<Number>(noting(seen));
    let new = old.clone().on_with::<Number>(noting(seen), |it| change(it.name("audit")));
    (inbox(store, old), inbox(store, new))
}

async fn what_an_old_version_receives_for_a_new_handler_is_done(store: AnyStore) {
    let seen = Seen::default();
    let (old, new) = versions(&store, &seen, |it| it.lane(|_| "all".to_owned()));
    let workers = [&old, &new].map(|inbox| Running::start(worker(inbox)));
    new.start().await.unwrap();
    for number in 0..10 {
        accept(&old, &number.to_string(), "1").await;
    }
    until(&old, |count| count.done == 20).await;
    for worker in workers {
        worker.stop().await;
    }
    let audits = seen.lock().unwrap().iter().filter(|(name, _)| name == "test.audit").count();
    assert_eq!(audits, 10);
    let entries = entries(&old, "3").await;
    assert!(entries[0].lane.as_deref().is_some_and(|lane| lane.ends_with(":all")), "{entries:?}");
    assert_eq!(entries[1].lane, None);
}

async fn a_new_handlers_word_counts_for_what_an_old_version_received(store: AnyStore) {
    let seen = Seen::default();
    let (old, new) = versions(&store, &seen, |it| it.when(|number| number.0 % 2 == 0));
    new.start().await.unwrap();
    for number in 0..10 {
        accept(&old, &number.to_string(), number.to_string()).await;
    }
    let running = Running::start(worker(&new));
    until(&new, |count| count.open() == 0).await;
    running.stop().await;
    let mut audited: Vec<u32> = seen
        .lock()
        .unwrap()
        .iter()
        .filter(|(name, _)| name == "test.audit")
        .map(|(_, number)| *number)
        .collect();
    audited.sort_unstable();
    assert_eq!(audited, [0, 2, 4, 6, 8]);
    assert_eq!(count(&new).await.done, 15);
    assert_eq!(entries(&new, "3").await.len(), 1, "what it declines is no task");
}

async fn what_a_lane_function_cannot_place_is_dead(store: AnyStore) {
    let seen = Seen::default();
    let (old, new) = versions(&store, &seen, |it| {
        it.lane(|number| match number.0 {
            0 => panic!("the lane of 0 cannot be found"),
            _ => None,
        })
    });
    new.start().await.unwrap();
    accept(&old, "fine", "1").await;
    accept(&old, "odd", "0").await;
    let running = Running::start(worker(&new));
    until(&new, |count| count.open() == 0).await;
    running.stop().await;
    let odd = entries(&new, "odd").await;
    assert_eq!((odd[0].name.as_str(), odd[0].state), ("test.audit", TaskState::Dead));
    let text = odd[0].text.clone().unwrap();
    assert!(text.contains("the lane of 0 cannot be found"), "{text}");
    assert_eq!(odd[1].state, TaskState::Done);
    assert_eq!(entries(&new, "fine").await[0].state, TaskState::Done);
}

/// What an old version takes for a push: a small number.
#[derive(Clone)]
struct Small(u32);

impl Event for Small {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json::<u8>(name, payload).map(|number| Self(number.into()))
    }
}

async fn what_an_old_version_cannot_decode_gets_its_lane_from_the_new_one(store: AnyStore) {
    let seen = Seen::default();
    let old = Router::new().on_with::<Small>(
        handler_fn(async |Small(number), _: Attempt| panic!("the old version runs {number}")),
        |it| it.lane(|_| "all".to_owned()),
    );
    let new = Router::new().on_with::<Number>(noting(&seen), |it| it.lane(|_| "all".to_owned()));
    let (old, new) = (inbox(&store, old), inbox(&store, new));
    accept(&old, "large", "300").await;
    let running = Running::start(worker(&new));
    until(&new, |count| count.dead == 1 && count.open() == 0).await;
    let large = entry(&new, "large").await;
    assert_eq!((large.state, large.lane), (TaskState::Dead, None));
    let text = large.text.unwrap();
    assert!(text.starts_with("its lane cannot be found: push: "), "{text}");

    new.revive(id("large")).await.unwrap();
    until(&new, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(*seen.lock().unwrap(), [("test.push".to_owned(), 300)]);
    let lane = entry(&new, "large").await.lane;
    assert!(lane.as_deref().is_some_and(|lane| lane.ends_with(":all")), "{lane:?}");
}
