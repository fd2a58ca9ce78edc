//! The counters of a task, which do not mix.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_handler::End;

use super::support::{
    LONG, Program, SHORT, TOLERANCE, ci, failure, id, outage, revive, step, waits,
};
use crate::store::accept::Accepted;
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::lease::Leased;
use crate::store::settlement::Settlement;

/// Number, failures, abandoned leases.
fn counts(leased: &Leased) -> (u32, u32, u32) {
    (leased.number, leased.failures, leased.abandoned)
}

pub(super) async fn attempts_are_counted_at_leasing(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    assert_eq!(ci.entry("one").await.number, 0);
    for number in 1..=3 {
        let leased = ci.lease_one().await;
        assert_eq!(leased.number, number);
        assert_eq!(ci.entry("one").await.number, number);
        ci.settle(leased.token, failure(Duration::ZERO)).await;
        assert_eq!(ci.entry("one").await.number, number);
    }
}

pub(super) async fn each_settlement_counts_what_it_is(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    for (settlement, after) in [
        (failure(Duration::ZERO), (2, 1, 0)),
        (outage(Duration::ZERO), (3, 1, 0)),
        (waits(Duration::ZERO), (4, 1, 0)),
        // A release was no attempt.
        (Settlement::Release, (4, 1, 0)),
        (failure(Duration::ZERO), (5, 2, 0)),
    ] {
        let told = format!("{settlement:?}");
        let leased = ci.lease_when_due(LONG).await;
        ci.settle(leased.token, settlement).await;
        let leased = ci.lease_when_due(LONG).await;
        assert_eq!(counts(&leased), after, "{told}");
        let entry = ci.entry("one").await;
        assert_eq!((entry.number, entry.failures, entry.abandoned), after, "{told}");
        ci.settle(leased.token, Settlement::Release).await;
    }
}

pub(super) async fn a_lease_without_outcome_is_abandoned(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    for abandoned in 0..3 {
        let leased = ci.lease_when_due(SHORT / 5).await;
        assert_eq!(counts(&leased), (abandoned + 1, 0, abandoned));
    }
    let leased = ci.lease_when_due(LONG).await;
    assert_eq!(counts(&leased), (4, 0, 3));
    let entry = ci.entry("one").await;
    assert_eq!((entry.number, entry.failures, entry.abandoned), (4, 0, 3));
    // It is no failure, and given back is no outcome either.
    ci.settle(leased.token, Settlement::Release).await;
    assert_eq!(counts(&ci.lease_one().await), (4, 0, 3));
}

pub(super) async fn a_kept_step_takes_the_suspicion_away(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    for _ in 0..2 {
        ci.lease_when_due(SHORT / 5).await;
    }
    let leased = ci.lease_when_due(LONG).await;
    assert_eq!(leased.abandoned, 2);
    assert!(store.keep_step(leased.token, &step("build", "1")).await.unwrap());
    assert_eq!(ci.entry("one").await.abandoned, 0);
    ci.settle(leased.token, outage(Duration::ZERO)).await;
    // It is no suspect any more.
    let mut request = ci.request(1, LONG);
    request.suspects = 0;
    let leased = ci.ask(&request).await.leased;
    assert_eq!((leased.len(), leased[0].abandoned), (1, 0));
}

pub(super) async fn a_run_fails_since_its_first_failure(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (text, first) in [("failed", failure(SHORT)), ("outage", outage(SHORT))] {
        ci.accept(text).await;
        let leased = ci.lease_one().await;
        assert_eq!(leased.failing_for, None, "{text}");
        let before = Instant::now();
        ci.settle(leased.token, first).await;
        let leased = ci.lease_when_due(LONG).await;
        let told = leased.failing_for.unwrap();
        assert!(told + TOLERANCE >= SHORT, "{text}: {told:?}");
        assert!(told <= before.elapsed() + TOLERANCE, "{text}: {told:?}");
        // What comes after does not begin it anew.
        let mut leased = leased;
        for again in [waits(SHORT), outage(SHORT), failure(SHORT)] {
            ci.settle(leased.token, again).await;
            leased = ci.lease_when_due(LONG).await;
        }
        let told = leased.failing_for.unwrap();
        assert!(told + TOLERANCE >= SHORT * 4, "{text}: {told:?}");
        assert!(told <= before.elapsed() + TOLERANCE, "{text}: {told:?}");
        ci.done(leased.token).await;
    }
}

pub(super) async fn a_run_waits_since_it_does_nothing_else(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let leased = ci.lease_one().await;
    assert_eq!(leased.waiting_for, None);
    ci.settle(leased.token, waits(SHORT)).await;
    let leased = ci.lease_when_due(LONG).await;
    let first = leased.waiting_for.unwrap();
    assert!(first + TOLERANCE >= SHORT, "{first:?}");
    ci.settle(leased.token, waits(SHORT)).await;
    let leased = ci.lease_when_due(LONG).await;
    let second = leased.waiting_for.unwrap();
    assert!(second + TOLERANCE >= first + SHORT, "{first:?} {second:?}");
    assert_eq!((leased.failing_for, leased.failures), (None, 0), "it is no failure");
    // A failure is something else, and so is an outage.
    let mut leased = leased;
    for other in [failure(Duration::ZERO), outage(Duration::ZERO)] {
        ci.settle(leased.token, other).await;
        leased = ci.lease_when_due(LONG).await;
        assert_eq!(leased.waiting_for, None);
        ci.settle(leased.token, waits(Duration::ZERO)).await;
        leased = ci.lease_when_due(LONG).await;
        assert!(leased.waiting_for.unwrap() <= second, "it begins to wait anew");
    }
}

/// Brings a task to a failure, an outage, and abandoned leases; then it dies.
async fn die_with_a_past(ci: &Program, text: &str) {
    ci.accept(text).await;
    for settlement in [failure(Duration::ZERO), outage(Duration::ZERO)] {
        let leased = ci.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        ci.settle(leased.token, settlement).await;
    }
    ci.lease_when_due(SHORT / 5).await;
    let leased = ci.lease_when_due(LONG).await;
    assert_eq!(counts(&leased), (4, 1, 1));
    assert!(leased.failing_for.is_some());
    ci.end(leased.token, End::Dead).await;
}

pub(super) async fn a_second_chance_resets_all_counters(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["revived", "redelivered", "rerun"] {
        die_with_a_past(&ci, text).await;
        match text {
            "revived" => assert_eq!(ci.change(text, &revive()).await, Changed::Changed),
            "rerun" => assert_eq!(ci.change(text, &TaskChange::Rerun).await, Changed::Changed),
            _ => {
                let again = Accepted::Again { tasks: 1, superseded: 0 };
                assert_eq!(ci.redeliver(text).await, again);
            }
        }
        let leased = ci.lease_one().await;
        assert_eq!(counts(&leased), (1, 0, 0), "{text}");
        assert_eq!((leased.failing_for, leased.waiting_for), (None, None), "{text}");
        ci.done(leased.token).await;
    }
}

pub(super) async fn a_retry_waits_for_its_time(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for again in [failure(SHORT * 2), outage(SHORT * 2), waits(SHORT * 2)] {
        let text = format!("{:?}", again).len().to_string();
        ci.accept(&text).await;
        let leased = ci.lease_one().await;
        let before = Instant::now();
        ci.settle(leased.token, again.clone()).await;
        let entry = ci.entry(&text).await;
        assert_eq!(entry.state, TaskState::Delayed);
        assert!(entry.due_at.is_some());
        let Settlement::Again { text: told, .. } = again else { unreachable!() };
        assert_eq!(entry.text.as_deref(), Some(told.as_str()));
        assert_eq!(entry.is_waiting, told == "for a friend");
        let leased = ci.lease_when_due(LONG).await;
        assert!(before.elapsed() + TOLERANCE >= SHORT * 2, "it was due early");
        assert_eq!(leased.number, 2);
        assert!(leased.body.is_some());
        ci.done(leased.token).await;
    }
}

pub(super) async fn a_retry_for_ever_is_taken(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("one", failure(Duration::MAX)).await;
    ci.expect_nothing_due().await;
    assert_eq!(ci.entry("one").await.state, TaskState::Delayed);
    ci.accept("two").await;
    assert_eq!(ci.lease(1, Duration::MAX).await.len(), 1, "nor is a lease too long");
    assert_eq!(ci.entry("two").await.state, TaskState::Leased);
}

pub(super) async fn a_released_task_is_due_at_once(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("one", failure(Duration::ZERO)).await;
    let second = ci.lease_one().await;
    assert_eq!(second.number, 2);
    ci.settle(second.token, Settlement::Release).await;
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.number), (TaskState::Ready, 1));
    assert_eq!(entry.text.as_deref(), Some("a passing trouble"));
    assert_eq!(ci.lease_one().await.number, 2);
}
