use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::{Delivery, Lane};

use super::support::{
    LONG, dead, delivery, entry, expect_nothing_ready, id, lease, lease_one, retry, settle,
};
use crate::{Accepted, EntryState, Filter, Inbox, Settlement};

const FINGERPRINT: [u8; 32] = [0xf1; 32];

/// A delivery of the body that the tests are about.
fn captured(text: &str) -> Delivery {
    let mut delivery = delivery(text);
    delivery.fingerprint = Some(FINGERPRINT);
    delivery
}

async fn accepted(inbox: &Arc<dyn Inbox>, delivery: Delivery) -> Accepted {
    inbox.accept(delivery).await.unwrap()
}

/// The ids of what the inbox keeps, the first accepted first.
async fn kept(inbox: &Arc<dyn Inbox>) -> Vec<String> {
    let entries = inbox.list(Filter::default()).await.unwrap();
    entries.iter().rev().map(|entry| entry.delivery.id.to_string()).collect()
}

pub(super) async fn a_body_known_under_another_id_is_a_replay(inbox: &Arc<dyn Inbox>) {
    assert_eq!(accepted(inbox, captured("one")).await, Accepted::New);
    for other in ["two", "three", "ONE"] {
        assert_eq!(accepted(inbox, captured(other)).await, Accepted::Replay, "{other}");
        // Whoever sent it says what he likes about all but the body.
        let mut of_hook = captured(other);
        of_hook.hook = Some(7);
        assert_eq!(accepted(inbox, of_hook).await, Accepted::Replay, "{other} of another hook");
    }
    assert_eq!(kept(inbox).await, ["one"]);
    // Another body is no replay.
    let mut other = captured("two");
    other.fingerprint = Some([0xf2; 32]);
    assert_eq!(accepted(inbox, other).await, Accepted::New);
}

pub(super) async fn a_body_known_as_another_event_is_a_replay(inbox: &Arc<dyn Inbox>) {
    assert_eq!(accepted(inbox, captured("one")).await, Accepted::New);
    for (id, hook) in [("one", None), ("one", Some(7)), ("two", None)] {
        let mut renamed = captured(id);
        renamed.event = "pull_request".into();
        renamed.hook = hook;
        assert_eq!(accepted(inbox, renamed).await, Accepted::Replay, "{id} {hook:?}");
    }
    assert_eq!(kept(inbox).await, ["one"]);
    assert_eq!(entry(inbox, "one").await.delivery.event, "push");
}

pub(super) async fn a_body_is_known_in_whatever_state(inbox: &Arc<dyn Inbox>) {
    assert_eq!(accepted(inbox, captured("one")).await, Accepted::New);
    for (settlement, state) in [
        (Settlement::Release, EntryState::Ready),
        (retry(Duration::ZERO), EntryState::Ready),
        (Settlement::Done, EntryState::Done),
        (Settlement::Superseded, EntryState::Superseded),
        (dead(), EntryState::Dead),
        (retry(LONG), EntryState::Delayed),
    ] {
        let leased = lease_one(inbox).await;
        assert_eq!(accepted(inbox, captured("two")).await, Accepted::Replay, "while it is leased");
        settle(inbox, leased.token, settlement).await;
        assert_eq!(accepted(inbox, captured("two")).await, Accepted::Replay, "{state:?}");
        assert_eq!(entry(inbox, "one").await.state, state);
        if matches!(state, EntryState::Done | EntryState::Superseded | EntryState::Dead) {
            assert_eq!(accepted(inbox, captured("one")).await, Accepted::Again, "{state:?}");
            assert_eq!(accepted(inbox, captured("two")).await, Accepted::Replay, "again");
        }
    }
    assert_eq!(kept(inbox).await, ["one"]);
}

pub(super) async fn the_same_id_is_no_replay(inbox: &Arc<dyn Inbox>) {
    for hook in [None, Some(1), Some(2)] {
        let mut of_hook = captured("one");
        of_hook.hook = hook;
        assert_eq!(accepted(inbox, of_hook.clone()).await, Accepted::New, "{hook:?}");
        assert_eq!(accepted(inbox, of_hook).await, Accepted::Duplicate, "{hook:?}");
    }
    for leased in lease(inbox, 10, LONG).await {
        settle(inbox, leased.token, Settlement::Done).await;
        assert_eq!(accepted(inbox, leased.delivery).await, Accepted::Again);
    }
    assert_eq!(lease(inbox, 10, LONG).await.len(), 3);
}

pub(super) async fn a_replay_changes_nothing(inbox: &Arc<dyn Inbox>) {
    let mut waits = captured("one");
    waits.lane = Some(Lane::new("the one").latest_only(1));
    assert_eq!(accepted(inbox, waits).await, Accepted::New);
    // Of another body, and known: it would be ready again.
    assert_eq!(accepted(inbox, delivery("done")).await, Accepted::New);
    for leased in lease(inbox, 2, LONG).await {
        let is_done = leased.delivery.id == id("done");
        let settlement = if is_done { Settlement::Done } else { retry(LONG) };
        settle(inbox, leased.token, settlement).await;
    }
    for replay in ["two", "done"] {
        let mut replay = captured(replay);
        replay.lane = Some(Lane::new("the one").latest_only(2));
        assert_eq!(accepted(inbox, replay).await, Accepted::Replay);
    }
    expect_nothing_ready(inbox).await;
    assert_eq!(entry(inbox, "one").await.superseded_by, None);
    assert_eq!(entry(inbox, "done").await.state, EntryState::Done);
    assert_eq!(kept(inbox).await, ["one", "done"]);
}

pub(super) async fn without_a_fingerprint_nothing_is_a_replay(inbox: &Arc<dyn Inbox>) {
    let mut same_body = delivery("two");
    same_body.body = delivery("one").body;
    assert_eq!(accepted(inbox, delivery("one")).await, Accepted::New);
    assert_eq!(accepted(inbox, same_body).await, Accepted::New);
    // Neither of one that has none, nor of one that has.
    assert_eq!(accepted(inbox, captured("three")).await, Accepted::New);
    assert_eq!(accepted(inbox, delivery("four")).await, Accepted::New);
}

pub(super) async fn what_is_purged_is_not_remembered(inbox: &Arc<dyn Inbox>) {
    assert_eq!(accepted(inbox, captured("one")).await, Accepted::New);
    let leased = lease_one(inbox).await;
    settle(inbox, leased.token, Settlement::Done).await;
    assert_eq!(accepted(inbox, captured("two")).await, Accepted::Replay);
    assert_eq!(inbox.purge(Duration::ZERO).await.unwrap(), 1);
    assert_eq!(accepted(inbox, captured("two")).await, Accepted::New);
    assert_eq!(accepted(inbox, captured("one")).await, Accepted::Replay);
}
