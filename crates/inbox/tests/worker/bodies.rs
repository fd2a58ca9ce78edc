//! Bodies on their way from the store to a handler.

use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use hookstead_events::{DecodeError, Event, EventName, decode_json};
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Inbox, MemoryStore, Packed, TaskState};

use crate::faulty::Faulty;
use crate::support::{
    AnyStore, Number, Running, accept, entry, eventually, on_all_stores, patiently, router, until,
    worker,
};

on_all_stores! {
    a_damaged_body_is_dead_with_a_sentence
    a_body_that_is_gone_is_dead_with_a_sentence
}

/// What becomes of a task whose body comes to the worker like this.
async fn dead_because(
    store: AnyStore,
    spoil: fn(Option<Packed>) -> Option<Packed>,
) -> Option<String> {
    let faulty = Faulty { spoil, ..Faulty::refusing(&store, "nothing ends like this") };
    let router = router(|Number(number), _| async move { panic!("{number} has no body") });
    let inbox = Inbox::new(Arc::new(faulty), router.program("test"));
    // Before the worker begins, so that it is not handed over.
    accept(&inbox, "one", format!("{}7", " ".repeat(1000))).await;
    let running = Running::start(worker(&inbox));
    until(&inbox, |count| count.open() == 0).await;
    running.stop().await;
    let entry = entry(&inbox, "one").await;
    assert_eq!((entry.state, entry.failures), (TaskState::Dead, 0), "{entry:?}");
    entry.text
}

async fn a_damaged_body_is_dead_with_a_sentence(store: AnyStore) {
    let half = |body: Option<Packed>| {
        let body = body.unwrap();
        assert_eq!(body.unpacked_length, Some(1001));
        Some(Packed::new(body.bytes.slice(..body.bytes.len() / 2), body.unpacked_length))
    };
    let text = dead_because(store, half).await.unwrap();
    assert!(text.starts_with("its body in the inbox is damaged ("), "{text}");
    assert!(text.ends_with("; redelivered, it comes anew"), "{text}");
}

async fn a_body_that_is_gone_is_dead_with_a_sentence(store: AnyStore) {
    let text = dead_because(store, |_| None).await;
    assert_eq!(text.as_deref(), Some("its body in the inbox is gone; redelivered, it comes anew"));
}

static DECODED_ON: Mutex<Vec<(usize, ThreadId)>> = Mutex::new(Vec::new());

/// An event that notes where it is decoded.
#[derive(Clone)]
struct Noting;

impl Event for Noting {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        let thread = std::thread::current().id();
        DECODED_ON.lock().unwrap().push((payload.len(), thread));
        decode_json::<u32>(name, payload).map(|_| Self)
    }
}

/// The runtime has one thread, this one, and everything runs on it but what is too long for it.
#[tokio::test]
async fn a_large_body_is_not_decoded_on_the_threads_of_the_runtime() {
    const MEBIBYTE: usize = 1024 * 1024;
    let here = std::thread::current().id();
    let router = Router::new().on::<Noting>(handler_fn(async |_: Noting, _: Attempt| Ok(())));
    let inbox = Inbox::new(MemoryStore::new(), router.program("test"));
    let body = |length: usize| format!("{}7", " ".repeat(length - 1));
    let decoded = |length: usize| {
        let all = DECODED_ON.lock().unwrap();
        let of_length = all.iter().filter(|(decoded, _)| *decoded == length);
        of_length.map(|(_, thread)| *thread).collect::<Vec<_>>()
    };
    // Leased.
    accept(&inbox, "small", body(MEBIBYTE)).await;
    accept(&inbox, "large", body(MEBIBYTE + 1)).await;
    let handle = tokio::runtime::Handle::current();
    let running = Running::start(worker(&inbox).control_on(handle));
    patiently(until(&inbox, |count| count.done == 2)).await;
    // Handed over.
    accept(&inbox, "handed", body(MEBIBYTE + 2)).await;
    patiently(eventually(|| decoded(MEBIBYTE + 2).len() == 1)).await;
    running.stop().await;
    assert_eq!(decoded(MEBIBYTE), [here]);
    for length in [MEBIBYTE + 1, MEBIBYTE + 2] {
        let threads = decoded(length);
        assert!(threads.len() == 1 && threads[0] != here, "{length}: {threads:?}, not {here:?}");
    }
}
