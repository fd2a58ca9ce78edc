//! A body that is known under another id, or as another event, is a replay.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{LONG, Program, ci, ends, failure, id, latest};
use crate::store::accept::{Accepted, NewDelivery, NewTask};
use crate::store::contract::Store;
use crate::store::entry::{Filter, TaskState};
use crate::store::purge::Purge;
use crate::store::settlement::Settlement;

const FINGERPRINT: [u8; 32] = [0xf1; 32];

const NEW: Accepted = Accepted::New { tasks: 1 };
const DUPLICATE: Accepted = Accepted::Duplicate { at_work: 1, tasks: 1 };
const AGAIN: Accepted = Accepted::Again { tasks: 1, superseded: 0 };

/// A delivery of the body that the tests are about.
fn captured(ci: &Program, text: &str) -> NewDelivery {
    let mut new = ci.new_delivery(text);
    new.delivery.fingerprint = Some(FINGERPRINT);
    new
}

fn of_hook(ci: &Program, text: &str, hook: Option<u64>) -> NewDelivery {
    let mut new = captured(ci, text);
    new.delivery.hook = hook;
    new
}

/// The ids of what the store keeps, the first accepted first.
async fn kept(ci: &Program) -> Vec<String> {
    let entries = ci.list(Filter::default()).await;
    entries.iter().rev().map(|entry| entry.delivery.id.to_string()).collect()
}

pub(super) async fn a_body_known_under_another_id_is_a_replay(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    assert_eq!(ci.accepted(captured(&ci, "one")).await, NEW);
    for other in ["two", "three", "ONE"] {
        assert_eq!(ci.accepted(captured(&ci, other)).await, Accepted::Replay, "{other}");
        // Whoever sent it says what he likes about all but the body.
        let of_hook = of_hook(&ci, other, Some(7));
        assert_eq!(ci.accepted(of_hook).await, Accepted::Replay, "{other} of another hook");
    }
    assert_eq!(kept(&ci).await, ["one"]);
    assert!(store.known(&[id("two")]).await.unwrap().is_empty());
    // Another body is no replay.
    let mut other = captured(&ci, "two");
    other.delivery.fingerprint = Some([0xf2; 32]);
    assert_eq!(ci.accepted(other).await, NEW);
}

pub(super) async fn a_body_known_as_another_event_is_a_replay(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    assert_eq!(ci.accepted(captured(&ci, "one")).await, NEW);
    for (text, hook) in [("one", None), ("one", Some(7)), ("two", None)] {
        let mut renamed = of_hook(&ci, text, hook);
        renamed.delivery.event = "pull_request".into();
        assert_eq!(ci.accepted(renamed).await, Accepted::Replay, "{text} {hook:?}");
    }
    assert_eq!(kept(&ci).await, ["one"]);
    assert_eq!(ci.entry("one").await.delivery.event, "push");
}

pub(super) async fn a_body_is_known_in_whatever_state(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    assert_eq!(ci.accepted(captured(&ci, "one")).await, NEW);
    for (settlement, state) in [
        (Settlement::Release, TaskState::Ready),
        (failure(Duration::ZERO), TaskState::Ready),
        (Settlement::Done, TaskState::Done),
        (ends(End::Superseded), TaskState::Superseded),
        (ends(End::Canceled), TaskState::Canceled),
        (ends(End::Dead), TaskState::Dead),
        (failure(LONG), TaskState::Delayed),
    ] {
        let token = ci.lease_one().await.token;
        let replay = ci.accepted(captured(&ci, "two")).await;
        assert_eq!(replay, Accepted::Replay, "while it is leased");
        let is_end = matches!(settlement, Settlement::End { .. });
        ci.settle(token, settlement).await;
        if is_end {
            assert_eq!(ci.accepted(captured(&ci, "two")).await, Accepted::Replay, "ending");
            ci.settle(token, Settlement::Ended).await;
        }
        assert_eq!(ci.accepted(captured(&ci, "two")).await, Accepted::Replay, "{state:?}");
        let entry = ci.entry("one").await;
        assert_eq!(entry.state, state);
        if entry.settled_at.is_some() {
            assert_eq!(ci.accepted(captured(&ci, "one")).await, AGAIN, "{state:?}");
            assert_eq!(ci.accepted(captured(&ci, "two")).await, Accepted::Replay, "again");
        }
    }
    assert_eq!(kept(&ci).await, ["one"]);
}

pub(super) async fn the_same_id_is_no_replay(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for hook in [None, Some(1), Some(2)] {
        assert_eq!(ci.accepted(of_hook(&ci, "one", hook)).await, NEW, "{hook:?}");
        assert_eq!(ci.accepted(of_hook(&ci, "one", hook)).await, DUPLICATE, "{hook:?}");
    }
    for leased in ci.lease(10, LONG).await {
        ci.done(leased.token).await;
        let again = of_hook(&ci, "one", leased.delivery.hook);
        assert_eq!(ci.accepted(again).await, AGAIN);
    }
    assert_eq!(ci.lease(10, LONG).await.len(), 3);
}

pub(super) async fn a_replay_changes_nothing(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let with = |new: NewDelivery, version| NewDelivery {
        tasks: vec![NewTask::new(ci.takers[0]).in_lane(latest("the one", version))],
        ..new
    };
    assert_eq!(ci.accepted(with(captured(&ci, "one"), 1)).await, NEW);
    // Of another body, and known: it would be ready again.
    assert_eq!(ci.accepted(ci.new_delivery("done")).await, NEW);
    for leased in ci.lease(2, LONG).await {
        let is_done = leased.delivery.id == id("done");
        let settlement = if is_done { Settlement::Done } else { failure(LONG) };
        ci.settle(leased.token, settlement).await;
    }
    for replay in ["two", "done"] {
        let mut replay = with(captured(&ci, replay), 2);
        replay.tasks[0].lease = Some(LONG);
        let answer = ci.send(replay).await;
        assert_eq!(answer.accepted, Accepted::Replay);
        assert!(answer.handed_over.is_empty());
    }
    ci.expect_nothing_due().await;
    assert_eq!(ci.entry("one").await.superseded_by, None);
    assert_eq!(ci.entry("done").await.state, TaskState::Done);
    assert_eq!(kept(&ci).await, ["one", "done"]);
}

pub(super) async fn without_a_fingerprint_nothing_is_a_replay(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut same_body = ci.new_delivery("two");
    same_body.body = ci.new_delivery("one").body;
    assert_eq!(ci.accepted(ci.new_delivery("one")).await, NEW);
    assert_eq!(ci.accepted(same_body).await, NEW);
    // Neither of one that has none, nor of one that has.
    assert_eq!(ci.accepted(captured(&ci, "three")).await, NEW);
    assert_eq!(ci.accepted(ci.new_delivery("four")).await, NEW);
}

pub(super) async fn what_is_purged_is_not_remembered(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    assert_eq!(ci.accepted(captured(&ci, "one")).await, NEW);
    ci.done(ci.lease_one().await.token).await;
    assert_eq!(ci.accepted(captured(&ci, "two")).await, Accepted::Replay);
    // Without its body it is known still.
    store.purge(&Purge::new(Duration::ZERO, LONG, 100)).await.unwrap();
    assert_eq!(ci.accepted(captured(&ci, "two")).await, Accepted::Replay);
    let purge = Purge::new(Duration::ZERO, Duration::ZERO, 100);
    assert_eq!(store.purge(&purge).await.unwrap().deliveries, 1);
    assert_eq!(ci.accepted(captured(&ci, "two")).await, NEW);
    assert_eq!(ci.accepted(captured(&ci, "one")).await, Accepted::Replay);
}
