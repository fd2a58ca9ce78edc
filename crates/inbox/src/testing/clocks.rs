//! The clock is set while deliveries wait.

use hookstead_handler::Lane;

use super::TestStore;
use super::support::{
    LONG, SHORT, accept, accept_and_settle, accept_in, entry, expect_nothing_ready, id, lease,
    lease_one, lease_when_ready, retry, settle,
};
use crate::{EntryState, Renewal, Settlement};

const HOUR: i64 = 60 * 60 * 1000;

pub(super) async fn nothing_waits_for_a_clock_that_was_set_back(store: &TestStore) {
    let inbox = &store.inbox;
    accept_and_settle(inbox, "delayed", retry(SHORT)).await;
    accept_in(inbox, "killed", Lane::new("lane")).await;
    assert_eq!(lease(inbox, 1, SHORT).await[0].delivery.id, id("killed"));
    accept_in(inbox, "behind", Lane::new("lane")).await;
    accept(inbox, "ready").await;
    store.set_clock(-HOUR).await;
    let mut leased = Vec::new();
    for _ in 0..3 {
        leased.push(lease_when_ready(inbox, LONG).await);
    }
    leased.sort_by_key(|leased| leased.delivery.id.to_string());
    let ids: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(ids, ["delayed", "killed", "ready"]);
    // Whoever has the lane keeps it.
    expect_nothing_ready(inbox).await;
    settle(inbox, leased[1].token, Settlement::Done).await;
    assert_eq!(lease_one(inbox).await.delivery.id, id("behind"));
}

pub(super) async fn what_runs_while_the_clock_is_set_back_keeps_its_lease(store: &TestStore) {
    let inbox = &store.inbox;
    accept_in(inbox, "running", Lane::new("lane")).await;
    let running = lease_one(inbox).await;
    accept_and_settle(inbox, "delayed", retry(LONG)).await;
    accept_in(inbox, "behind", Lane::new("lane")).await;
    accept(inbox, "ready").await;
    store.set_clock(-3 * HOUR).await;
    // By now the store has noticed.
    assert_eq!(lease_when_ready(inbox, LONG).await.delivery.id, id("ready"));
    for (text, state) in [
        ("running", EntryState::Leased),
        ("delayed", EntryState::Delayed),
        ("behind", EntryState::Blocked),
    ] {
        assert_eq!(entry(inbox, text).await.state, state, "{text}");
    }
    expect_nothing_ready(inbox).await;
    assert_eq!(inbox.renew(running.token, LONG).await.unwrap(), Renewal::Renewed);
    settle(inbox, running.token, Settlement::Done).await;
    assert_eq!(lease_one(inbox).await.delivery.id, id("behind"));
}

pub(super) async fn nothing_waits_for_a_clock_that_was_ahead_for_a_while(store: &TestStore) {
    let inbox = &store.inbox;
    accept_in(inbox, "killed", Lane::new("lane")).await;
    assert_eq!(lease(inbox, 1, SHORT).await.len(), 1);
    store.set_clock(HOUR).await;
    // Its lease has ended, and the next one begins an hour ahead.
    assert_eq!(lease(inbox, 1, SHORT).await[0].delivery.id, id("killed"));
    accept(inbox, "ready").await;
    accept_and_settle(inbox, "ready", retry(SHORT)).await;
    store.set_clock(-HOUR).await;
    accept(inbox, "new").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(lease_when_ready(inbox, LONG).await.delivery.id.to_string());
    }
    ids.sort();
    assert_eq!(ids, ["killed", "new", "ready"]);
}
