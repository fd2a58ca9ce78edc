//! What is special about the store in memory: its bounds.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::time::Duration;

use hookstead_handler::Delivery;
use hookstead_inbox::testing::TestStore;
use hookstead_inbox::{Accepted, EntryState, Filter, Inbox, LeaseRequest, MemoryInbox, Settlement};

mod conformance {
    use super::*;

    hookstead_inbox::conformance_tests!(async || TestStore::new(MemoryInbox::new()));
}

fn delivery(id: &str, body: &'static str) -> Delivery {
    Delivery::new(id.parse().unwrap(), "push".into(), body)
}

async fn settle_next(inbox: &MemoryInbox, settlement: Settlement) {
    let leased = inbox.lease(LeaseRequest::new(1, Duration::from_secs(60), 5)).await.unwrap();
    assert!(inbox.settle(leased[0].token, settlement).await.unwrap());
}

async fn ids(inbox: &MemoryInbox, state: EntryState) -> Vec<String> {
    let entries = inbox.list(Filter::default().in_state(state)).await.unwrap();
    entries.iter().map(|entry| entry.delivery.id.to_string()).collect()
}

fn dead() -> Settlement {
    Settlement::Dead { error: "broken".to_owned() }
}

#[tokio::test]
async fn it_is_full_of_deliveries_until_one_is_done() {
    let inbox = MemoryInbox::new().max_deliveries(2);
    inbox.accept(delivery("a", "")).await.unwrap();
    inbox.accept(delivery("b", "")).await.unwrap();
    assert!(inbox.accept(delivery("c", "")).await.unwrap_err().is_full());
    assert_eq!(inbox.accept(delivery("a", "")).await.unwrap(), Accepted::Duplicate);
    settle_next(&inbox, Settlement::Done).await;
    assert_eq!(inbox.accept(delivery("c", "")).await.unwrap(), Accepted::New);
    // No room to be ready again either, and then it stays what it was.
    assert!(inbox.accept(delivery("a", "")).await.unwrap_err().is_full());
    assert_eq!(ids(&inbox, EntryState::Done).await, ["a"]);
}

#[tokio::test]
async fn it_is_full_of_bytes_until_one_is_done() {
    let inbox = MemoryInbox::new().max_bytes(10);
    inbox.accept(delivery("a", "1234567")).await.unwrap();
    inbox.accept(delivery("b", "123")).await.unwrap();
    assert!(inbox.accept(delivery("c", "1")).await.unwrap_err().is_full());
    settle_next(&inbox, Settlement::Done).await;
    inbox.accept(delivery("c", "1234567")).await.unwrap();
    assert!(inbox.accept(delivery("d", "1")).await.unwrap_err().is_full());
}

#[tokio::test]
async fn the_oldest_dead_letters_make_room() {
    let inbox = MemoryInbox::new().max_bytes(10).max_deliveries(3);
    for id in ["a", "b", "c"] {
        inbox.accept(delivery(id, "123")).await.unwrap();
        settle_next(&inbox, dead()).await;
    }
    // The fourth would be one delivery too many.
    assert_eq!(inbox.accept(delivery("d", "123")).await.unwrap(), Accepted::New);
    assert_eq!(ids(&inbox, EntryState::Dead).await, ["c", "b"]);
    // The fifth takes too many bytes even after one of them is gone.
    assert_eq!(inbox.accept(delivery("e", "1234567")).await.unwrap(), Accepted::New);
    assert_eq!(ids(&inbox, EntryState::Dead).await, Vec::<String>::new());
    assert_eq!(ids(&inbox, EntryState::Ready).await, ["e", "d"]);
}

#[tokio::test]
async fn what_does_not_fit_anyhow_makes_nobody_leave() {
    let inbox = MemoryInbox::new().max_bytes(10);
    inbox.accept(delivery("a", "123")).await.unwrap();
    settle_next(&inbox, dead()).await;
    assert!(inbox.accept(delivery("b", "12345678901")).await.unwrap_err().is_full());
    assert_eq!(ids(&inbox, EntryState::Dead).await, ["a"]);
}

#[tokio::test]
async fn only_the_last_done_deliveries_are_remembered() {
    let inbox = MemoryInbox::new().max_done(2);
    for id in ["a", "b", "c"] {
        inbox.accept(delivery(id, "")).await.unwrap();
        settle_next(&inbox, Settlement::Done).await;
    }
    assert_eq!(ids(&inbox, EntryState::Done).await, ["c", "b"]);
    assert_eq!(inbox.accept(delivery("a", "")).await.unwrap(), Accepted::New);
    assert_eq!(inbox.accept(delivery("b", "")).await.unwrap(), Accepted::Again);
}

#[tokio::test(start_paused = true)]
async fn it_follows_a_paused_clock() {
    let inbox = MemoryInbox::new();
    let day = Duration::from_secs(24 * 60 * 60);
    inbox.accept(delivery("a", "")).await.unwrap();
    settle_next(&inbox, Settlement::Retry { after: day, error: "later".to_owned() }).await;
    let before = tokio::time::Instant::now();
    inbox.wait(2 * day).await;
    assert!((day..day + Duration::from_secs(1)).contains(&before.elapsed()));
    settle_next(&inbox, Settlement::Done).await;
}
