//! Leases that end without an outcome are taken back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_handler::End;

use super::support::{LONG, Program, SHORT, TOLERANCE, cancel, ci, failure, free, id, latest};
use crate::store::change::Changed;
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::settlement::Settlement;
use crate::store::task_id::TaskId;

pub(super) async fn a_lease_that_ended_is_taken_back(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    ci.accept("held").await;
    assert!(store.expire().await.unwrap().is_empty());
    let before = Instant::now();
    let one = ci.lease_one_for(SHORT).await;
    ci.lease_one().await;
    let taken_back = loop {
        let taken_back = store.expire().await.unwrap();
        if !taken_back.is_empty() {
            break taken_back;
        }
        tokio::time::sleep(SHORT / 5).await;
    };
    assert!(before.elapsed() + TOLERANCE >= SHORT, "the lease ended early");
    assert_eq!(taken_back, [one.task]);
    assert!(store.expire().await.unwrap().is_empty(), "once");
    assert_eq!(ci.entry("held").await.state, TaskState::Leased);
    let again = ci.lease_when_due(LONG).await;
    assert_eq!(again.task, one.task);
    assert_ne!(again.token, one.token);
}

pub(super) async fn the_pause_after_an_abandoned_lease_doubles(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let mut pause = SHORT;
    for abandoned in 1..=3 {
        let leased = ci.lease_one_for(SHORT).await;
        assert_eq!(leased.abandoned, abandoned - 1);
        let since = loop {
            let before = Instant::now();
            if !store.expire().await.unwrap().is_empty() {
                break before;
            }
            tokio::time::sleep(SHORT / 10).await;
        };
        let entry = ci.entry("one").await;
        // On a slow machine its pause may be over by now.
        if since.elapsed() < pause {
            assert_eq!(entry.state, TaskState::Delayed);
        }
        while ci.entry("one").await.state != TaskState::Ready {
            tokio::time::sleep(SHORT / 10).await;
        }
        assert!(since.elapsed() + TOLERANCE >= pause, "{:?} after {abandoned}", since.elapsed());
        pause *= 2;
    }
}

pub(super) async fn the_pause_has_a_longest_length(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    // A lease of an hour that is renewed for an instant: its length is the last one.
    let leased = ci.lease_one().await;
    assert!(ci.renew(leased.token, Duration::from_millis(1)).await.is_some());
    while store.expire().await.unwrap().is_empty() {
        tokio::time::sleep(SHORT / 5).await;
    }
    assert_eq!(ci.lease_when_due(LONG).await.abandoned, 1);
}

pub(super) async fn an_abandoned_task_keeps_its_lane_through_its_pause(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.accept_in("two", &free("main")).await;
    let lost = ci.lease_one_for(SHORT * 2).await;
    while store.expire().await.unwrap().is_empty() {
        tokio::time::sleep(SHORT / 5).await;
    }
    // Whoever had it may be at it still.
    assert_eq!(ci.entry("two").await.state, TaskState::Blocked);
    let again = ci.lease_when_due(LONG).await;
    assert_eq!((again.task, again.number, again.abandoned), (lost.task, 2, 1));
    ci.expect_nothing_due().await;
    ci.done(again.token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("two"));
}

pub(super) async fn an_abandoned_task_that_comes_again_is_due_now(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    for _ in 0..2 {
        ci.lease_when_due(SHORT).await;
    }
    while store.expire().await.unwrap().is_empty() {
        tokio::time::sleep(SHORT / 5).await;
    }
    ci.redeliver("one").await;
    assert_eq!(ci.lease_one().await.abandoned, 2);
}

pub(super) async fn many_leases_that_ended_are_all_taken_back(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for number in 0..100 {
        ci.accept(&number.to_string()).await;
    }
    let leased: Vec<TaskId> = ci.lease(100, SHORT).await.iter().map(|it| it.task).collect();
    assert_eq!(leased.len(), 100);
    let mut taken_back = Vec::new();
    while taken_back.len() < 100 {
        tokio::time::sleep(SHORT / 5).await;
        taken_back.extend(store.expire().await.unwrap());
    }
    taken_back.sort();
    assert_eq!(taken_back, leased);
}

pub(super) async fn an_outcome_ends_the_row_of_abandoned_leases(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    ci.lease_when_due(SHORT / 5).await;
    let leased = ci.lease_when_due(LONG).await;
    assert_eq!(leased.abandoned, 1);
    ci.settle(leased.token, failure(Duration::ZERO)).await;
    assert_eq!(ci.lease_one().await.abandoned, 0, "they were in a row");
}

/// The head of the lane `main` is lost: its lease ended, and its handler may be at it still.
async fn lose_the_head(ci: &Program) {
    ci.accept_in("lost", &latest("main", 1)).await;
    ci.lease_one_for(SHORT).await;
    while ci.store.expire().await.unwrap().is_empty() {
        tokio::time::sleep(SHORT / 5).await;
    }
}

/// The end of the one that was lost is due, and beside it the next.
async fn expect_both(ci: &Program, end: End) {
    let leased = ci.lease(10, LONG).await;
    let told: Vec<_> = leased.iter().map(|it| (it.delivery.id.as_str(), it.end)).collect();
    assert_eq!(told, [("lost", Some(end)), ("next", None)]);
    ci.settle(leased[0].token, Settlement::Ended).await;
    ci.done(leased[1].token).await;
}

pub(super) async fn a_lost_head_that_is_superseded_leaves_its_lane(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    lose_the_head(&ci).await;
    ci.accept_in("next", &latest("main", 2)).await;
    assert_eq!(ci.entry("lost").await.superseded_by, Some(id("next")));
    expect_both(&ci, End::Superseded).await;
}

pub(super) async fn a_lost_head_that_is_canceled_leaves_its_lane(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    lose_the_head(&ci).await;
    ci.accept_in("next", &free("main")).await;
    assert_eq!(ci.change("lost", &cancel()).await, Changed::Changed);
    expect_both(&ci, End::Canceled).await;
}
