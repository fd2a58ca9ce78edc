//! The clock is set while tasks wait.

use super::support::{LONG, SHORT, ci, failure, free, id};
use crate::store::entry::TaskState;
use crate::store::registry::Process;
use crate::testing::test_store::TestStore;

const HOUR: i64 = 60 * 60 * 1000;

pub(super) async fn nothing_waits_for_a_clock_that_was_set_back(store: &TestStore) {
    let ci = ci(&store.store).await;
    ci.accept_and_settle("delayed", failure(SHORT)).await;
    ci.accept_in("killed", &free("lane")).await;
    assert_eq!(ci.lease_one_for(SHORT).await.delivery.id, id("killed"));
    ci.accept_in("behind", &free("lane")).await;
    ci.accept("ready").await;
    store.set_clock(-HOUR).await;
    let mut leased = Vec::new();
    for _ in 0..3 {
        leased.push(ci.lease_when_due(LONG).await);
    }
    leased.sort_by_key(|leased| leased.delivery.id.to_string());
    let ids: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(ids, ["delayed", "killed", "ready"]);
    // Whoever has the lane keeps it.
    ci.expect_nothing_due().await;
    ci.done(leased[1].token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("behind"));
}

pub(super) async fn what_runs_while_the_clock_is_set_back_keeps_its_lease(store: &TestStore) {
    let ci = ci(&store.store).await;
    ci.accept_in("running", &free("lane")).await;
    let running = ci.lease_one().await;
    ci.accept_and_settle("delayed", failure(LONG)).await;
    ci.accept_in("behind", &free("lane")).await;
    ci.accept("ready").await;
    store.set_clock(-3 * HOUR).await;
    // By now the store has noticed.
    assert_eq!(ci.lease_when_due(LONG).await.delivery.id, id("ready"));
    for (text, state) in [
        ("running", TaskState::Leased),
        ("delayed", TaskState::Delayed),
        ("behind", TaskState::Blocked),
    ] {
        assert_eq!(ci.entry(text).await.state, state, "{text}");
    }
    ci.expect_nothing_due().await;
    assert!(ci.renew(running.token, LONG).await.is_some());
    ci.done(running.token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("behind"));
}

pub(super) async fn nothing_waits_for_a_clock_that_was_ahead_for_a_while(store: &TestStore) {
    let ci = ci(&store.store).await;
    ci.accept_in("killed", &free("lane")).await;
    ci.lease_one_for(SHORT).await;
    store.set_clock(HOUR).await;
    // Its lease has ended, and the next one begins an hour ahead.
    assert_eq!(ci.lease_when_due(SHORT).await.delivery.id, id("killed"));
    ci.accept_and_settle("ready", failure(SHORT)).await;
    store.set_clock(-HOUR).await;
    ci.accept("new").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(ci.lease_when_due(LONG).await.delivery.id.to_string());
    }
    ids.sort();
    assert_eq!(ids, ["killed", "new", "ready"]);
}

pub(super) async fn what_follows_from_a_wait_is_not_believed_longer(store: &TestStore) {
    let ci = ci(&store.store).await;
    // Every moment that the store keeps: a lane's head that waits, and those behind it.
    let lane = super::support::in_order("order");
    ci.accept_in("head", &lane).await;
    ci.settle(ci.lease_one().await.token, failure(SHORT)).await;
    ci.accept_in("next", &lane).await;
    store.set_clock(-HOUR).await;
    for text in ["head", "next"] {
        let leased = ci.lease_when_due(LONG).await;
        assert_eq!(leased.delivery.id, id(text));
        ci.done(leased.token).await;
    }
}

pub(super) async fn a_role_is_not_held_for_a_clock_that_was_set_back(store: &TestStore) {
    let [one, two] = ["ci", "ci"].map(Process::start);
    assert!(store.store.hold("recovery", &one, SHORT).await.unwrap());
    store.set_clock(-HOUR).await;
    while !store.store.hold("recovery", &two, LONG).await.unwrap() {
        tokio::time::sleep(SHORT / 5).await;
    }
}
