//! Of the tasks of a lane one is at work at a time.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{
    LONG, Program, SHORT, cancel, ci, delivery, ends, failure, free, id, outage, revive, waits,
};
use crate::store::accept::{Accepted, NewDelivery, NewTask};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::{Filter, TaskState};
use crate::store::settlement::{Settled, Settlement};

pub(super) async fn a_lane_has_one_lease_at_a_time(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("a", &free("main")).await;
    ci.accept_in("b", &free("main")).await;
    let leased = ci.lease(10, LONG).await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].delivery.id, id("a"));
    ci.expect_nothing_due().await;
    assert!(ci.renew(leased[0].token, LONG).await.is_some());
    ci.expect_nothing_due().await;
    ci.done(leased[0].token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("b"));
}

pub(super) async fn a_lane_is_passed_on_however_a_lease_ends(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (number, settlement) in [
        Settlement::Done,
        failure(LONG),
        outage(LONG),
        waits(LONG),
        ends(End::Dead),
        ends(End::Superseded),
        ends(End::Canceled),
    ]
    .into_iter()
    .enumerate()
    {
        let (one, two) = (format!("{number}-one"), format!("{number}-two"));
        let lane = free(&number.to_string());
        ci.accept_in(&one, &lane).await;
        ci.accept_in(&two, &lane).await;
        let is_end = matches!(settlement, Settlement::End { .. });
        let token = ci.lease_one().await.token;
        ci.settle(token, settlement.clone()).await;
        if is_end {
            ci.expect_nothing_due().await;
            ci.settle(token, Settlement::Ended).await;
        }
        let leased = ci.lease_one().await;
        assert_eq!(leased.delivery.id, id(&two), "{settlement:?}");
        ci.done(leased.token).await;
    }
}

pub(super) async fn what_is_given_back_goes_on_first(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.accept_in("two", &free("main")).await;
    ci.settle(ci.lease_one().await.token, Settlement::Release).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("one"));
    ci.expect_nothing_due().await;
}

pub(super) async fn a_lane_is_passed_on_by_a_lease_that_ended(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.accept_in("two", &free("main")).await;
    let lost = ci.lease_one_for(SHORT).await;
    let again = ci.lease_when_due(LONG).await;
    assert_eq!(again.delivery.id, id("one"), "whoever leased the head keeps it");
    // The late one passes nothing on.
    assert_eq!(ci.settled(lost.token, Settlement::Done).await, Settled::Lost);
    ci.expect_nothing_due().await;
    ci.done(again.token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("two"));
}

pub(super) async fn a_lane_goes_by_the_order_of_acceptance(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["c", "a", "b"] {
        ci.accept_in(text, &free("main")).await;
    }
    for text in ["c", "a", "b"] {
        let leased = ci.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        ci.done(leased.token).await;
    }
}

pub(super) async fn lanes_do_not_wait_for_each_other(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("a1", &free("a")).await;
    ci.accept_in("a2", &free("a")).await;
    ci.accept_in("b1", &free("b")).await;
    ci.accept("none-1").await;
    ci.accept("none-2").await;
    assert_eq!(ci.due().await, ["a1", "b1", "none-1", "none-2"]);
}

pub(super) async fn what_waits_for_its_next_attempt_does_not_hold_the_lane(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.settle(ci.lease_one().await.token, failure(SHORT)).await;
    // It gives its place to one that is due earlier.
    ci.accept_in("two", &free("main")).await;
    let two = ci.lease_one().await;
    assert_eq!(two.delivery.id, id("two"));
    // Its pause is over, and now it is the other that holds the lane.
    tokio::time::sleep(SHORT * 2).await;
    assert_eq!(ci.entry("one").await.state, TaskState::Blocked);
    ci.expect_nothing_due().await;
    ci.done(two.token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("one"));
}

pub(super) async fn in_a_free_lane_the_head_is_what_is_due_first(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let short = SHORT * 4;
    // Three in line behind one at work; of them the first waits longest.
    for text in ["one", "two", "three", "work"] {
        ci.accept_in(text, &free("main")).await;
    }
    for (text, pause) in [("one", LONG), ("two", short), ("three", LONG * 2)] {
        let leased = ci.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        ci.settle(leased.token, failure(pause)).await;
    }
    ci.done(ci.lease_one().await.token).await;
    assert_eq!(ci.lease_when_due(LONG).await.delivery.id, id("two"));
    assert_eq!(ci.change("three", &TaskChange::Wake).await, Changed::Changed);
    ci.expect_nothing_due().await;
    let two = ci.entry("two").await;
    assert_eq!(two.state, TaskState::Leased);
}

pub(super) async fn what_is_woken_passes_a_head_that_waits(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["one", "two"] {
        ci.accept_in(text, &free("main")).await;
        ci.settle(ci.lease_one().await.token, failure(LONG)).await;
    }
    ci.expect_nothing_due().await;
    assert_eq!(ci.change("two", &TaskChange::Wake).await, Changed::Changed);
    let two = ci.lease_one().await;
    assert_eq!(two.delivery.id, id("two"));
    ci.settle(two.token, failure(LONG * 2)).await;
    // The same by a delivery that comes again.
    ci.redeliver_in("two", &free("main")).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("two"));
}

pub(super) async fn a_canceled_head_gives_its_place(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["one", "two", "three"] {
        ci.accept_in(text, &free("main")).await;
    }
    assert_eq!(ci.change("one", &cancel()).await, Changed::Changed);
    assert_eq!(ci.change("two", &cancel()).await, Changed::Changed);
    // They never ran, so nobody waits for their end.
    let mut leased = ci.lease(10, LONG).await;
    leased.retain(|leased| leased.end.is_none());
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].delivery.id, id("three"));
}

pub(super) async fn what_begins_anew_stands_in_line(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["dead", "done", "work"] {
        ci.accept_in(text, &free("main")).await;
    }
    ci.end(ci.lease_one().await.token, End::Dead).await;
    ci.done(ci.lease_one().await.token).await;
    let work = ci.lease_one().await;
    assert_eq!(ci.change("dead", &revive()).await, Changed::Changed);
    let again = ci.redeliver_in("done", &free("main")).await;
    assert_eq!(again, Accepted::Again { tasks: 1, superseded: 0 });
    for text in ["dead", "done"] {
        assert_eq!(ci.entry(text).await.state, TaskState::Blocked, "{text}");
    }
    ci.done(work.token).await;
    for text in ["dead", "done"] {
        let leased = ci.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        ci.expect_nothing_due().await;
        ci.done(leased.token).await;
    }
}

pub(super) async fn several_names_share_a_lane(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    let of = |text: &str, taker: usize| {
        let mut new = NewDelivery::new(delivery(text), super::support::body(text), "ci");
        new.declined = ci.takers.clone();
        new.declined.remove(taker);
        new.tasks = vec![NewTask::new(ci.takers[taker]).in_lane(free("@group:main"))];
        new
    };
    for (text, taker) in [("one", 0), ("two", 1), ("three", 0)] {
        ci.accept_new(of(text, taker)).await;
    }
    for (text, taker) in [("one", 0), ("two", 1), ("three", 0)] {
        let leased = ci.lease(10, LONG).await;
        assert_eq!(leased.len(), 1);
        assert_eq!((&leased[0].delivery.id, leased[0].taker), (&id(text), ci.takers[taker]));
        ci.done(leased[0].token).await;
    }
}

pub(super) async fn tasks_of_one_delivery_wait_for_each_other_in_a_lane(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    ci.accept_in("one", &free("@group:main")).await;
    let first = ci.lease(10, LONG).await;
    assert_eq!(first.len(), 1);
    ci.done(first[0].token).await;
    let second = ci.lease(10, LONG).await;
    assert_eq!(second.len(), 1);
    assert_ne!(second[0].task, first[0].task);
}

pub(super) async fn what_is_in_line_shows(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.accept_in("two", &free("main")).await;
    let leased = ci.lease_one().await;
    assert_eq!(ci.entry("two").await.state, TaskState::Blocked);
    let blocked = Filter::default().in_state(TaskState::Blocked);
    assert_eq!(ci.list(blocked).await.len(), 1);
    let depth = store.depth().await.unwrap().names.remove(0);
    assert_eq!((depth.ready, depth.leased, depth.blocked), (0, 1, 1));
    assert_eq!(depth.oldest_ready, None);
    ci.done(leased.token).await;
    let depth = store.depth().await.unwrap().names.remove(0);
    assert_eq!((depth.ready, depth.leased, depth.blocked), (1, 0, 0));
}

pub(super) async fn a_crowded_lane_holds_up_no_other(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for number in 0..300 {
        ci.accept_in(&format!("crowd-{number}"), &free("main")).await;
    }
    ci.accept("other").await;
    let leased = ci.lease(2, LONG).await;
    let ids: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(ids, ["crowd-0", "other"]);
    ci.settle(leased[0].token, failure(Duration::from_secs(1))).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("crowd-1"));
}

pub(super) async fn keys_are_compared_byte_for_byte(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let long = "k".repeat(hookstead_handler::Lane::MAX_KEY_LENGTH);
    let keys = ["1:a", "1:A", "1:a ", "11:a", "1:é", "1:e\u{301}", "1:'; --", "%", "_", &long];
    for key in keys {
        for turn in 0..2 {
            ci.accept_in(&format!("{turn}-{}", key.len() * 1000 + crc(key)), &free(key)).await;
        }
    }
    let leased = ci.lease(100, LONG).await;
    assert_eq!(leased.len(), keys.len());
    assert!(leased.iter().all(|leased| leased.delivery.id.as_str().starts_with("0-")));
}

/// Tells the keys of the test apart in an id.
fn crc(key: &str) -> usize {
    key.bytes().fold(7, |sum, byte| (sum * 31 + usize::from(byte)) % 997)
}
