use std::sync::Arc;
use std::time::{Duration, Instant};

use super::support::{
    LONG, SHORT, TOLERANCE, accept, dead, entry, expect_nothing_ready, id, lease, lease_one,
    lease_when_ready, retry, settle,
};
use crate::{EntryState, Inbox, LeaseRequest, LeaseToken, Renewal, Settlement};

pub(super) async fn what_waited_longest_is_leased_first(inbox: &Arc<dyn Inbox>) {
    let ids = ["c", "a", "d", "b"];
    for text in ids {
        accept(inbox, text).await;
    }
    let mut leased = lease(inbox, 3, LONG).await;
    leased.extend(lease(inbox, 3, LONG).await);
    let order: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(order, ids);
}

pub(super) async fn the_limit_is_kept(inbox: &Arc<dyn Inbox>) {
    for text in ["a", "b", "c"] {
        accept(inbox, text).await;
    }
    assert_eq!(lease(inbox, 0, LONG).await.len(), 0);
    assert_eq!(lease(inbox, 2, LONG).await.len(), 2);
    assert_eq!(lease(inbox, 2, LONG).await.len(), 1);
}

pub(super) async fn a_leased_delivery_is_not_leased_twice(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    lease_one(inbox).await;
    expect_nothing_ready(inbox).await;
}

pub(super) async fn a_lease_that_ended_is_ready_again(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    let before = Instant::now();
    let first = lease(inbox, 1, SHORT).await.pop().expect("a delivery should be ready");
    let second = lease_when_ready(inbox, LONG).await;
    assert!(before.elapsed() + TOLERANCE >= SHORT, "the lease ended early");
    assert_eq!(second.delivery.id, id("one"));
    assert_ne!(second.token, first.token);
}

pub(super) async fn attempts_are_counted_at_leasing(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    assert_eq!(entry(inbox, "one").await.delivery.attempt, 0);
    for attempt in 1..=3 {
        assert_eq!(lease_when_ready(inbox, SHORT).await.delivery.attempt, attempt);
        assert_eq!(entry(inbox, "one").await.delivery.attempt, attempt);
    }
}

pub(super) async fn a_renewed_lease_lasts_longer(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    let leased = lease(inbox, 1, SHORT).await.pop().expect("a delivery should be ready");
    assert_eq!(inbox.renew(leased.token, LONG).await.unwrap(), Renewal::Renewed);
    // Longer than the first lease: without the renewal it would be ready by now.
    tokio::time::sleep(SHORT * 3).await;
    assert_eq!(entry(inbox, "one").await.state, EntryState::Leased);
    expect_nothing_ready(inbox).await;
    // A renewal can shorten a lease, too.
    assert_eq!(inbox.renew(leased.token, SHORT).await.unwrap(), Renewal::Renewed);
    lease_when_ready(inbox, LONG).await;
}

pub(super) async fn a_lost_lease_cannot_be_renewed_or_settled(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    let lost = lease(inbox, 1, SHORT).await.pop().expect("a delivery should be ready");
    let held = lease_when_ready(inbox, LONG).await;

    assert_eq!(inbox.renew(lost.token, SHORT).await.unwrap(), Renewal::Lost);
    for settlement in
        [Settlement::Done, Settlement::Superseded, retry(SHORT), dead(), Settlement::Release]
    {
        assert!(!inbox.settle(lost.token, settlement.clone()).await.unwrap(), "{settlement:?}");
        let known = entry(inbox, "one").await;
        assert_eq!(known.state, EntryState::Leased, "{settlement:?}");
        assert_eq!(known.delivery.attempt, 2, "{settlement:?}");
        assert_eq!(known.last_error, None, "{settlement:?}");
        assert!(!known.delivery.body.is_empty(), "{settlement:?}");
    }
    settle(inbox, held.token, Settlement::Done).await;
}

pub(super) async fn a_late_outcome_counts_if_nobody_took_the_delivery(inbox: &Arc<dyn Inbox>) {
    for text in ["one", "two"] {
        accept(inbox, text).await;
    }
    let leased = lease(inbox, 2, SHORT).await;
    while inbox.depth().await.unwrap().ready < 2 {
        inbox.wait(SHORT).await;
    }
    settle(inbox, leased[0].token, Settlement::Done).await;
    assert_eq!(inbox.renew(leased[1].token, LONG).await.unwrap(), Renewal::Renewed);
    assert_eq!(entry(inbox, "one").await.state, EntryState::Done);
    assert_eq!(entry(inbox, "two").await.state, EntryState::Leased);
}

pub(super) async fn a_settled_lease_is_lost(inbox: &Arc<dyn Inbox>) {
    for (text, settlement) in [
        ("done", Settlement::Done),
        ("delayed", retry(LONG)),
        ("superseded", Settlement::Superseded),
        ("dead", dead()),
        ("released", Settlement::Release),
    ] {
        accept(inbox, text).await;
        let leased = lease_one(inbox).await;
        settle(inbox, leased.token, settlement).await;
        let state = entry(inbox, text).await.state;
        assert_eq!(inbox.renew(leased.token, LONG).await.unwrap(), Renewal::Lost, "{text}");
        for settlement in [Settlement::Done, dead(), retry(LONG), Settlement::Release] {
            assert!(!inbox.settle(leased.token, settlement).await.unwrap(), "{text}");
        }
        assert_eq!(entry(inbox, text).await.state, state, "{text}");
    }
}

pub(super) async fn an_unknown_token_is_a_lost_lease(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    assert_eq!(inbox.renew(LeaseToken::random(), LONG).await.unwrap(), Renewal::Lost);
    assert!(!inbox.settle(LeaseToken::random(), Settlement::Done).await.unwrap());
    assert_eq!(entry(inbox, "one").await.state, EntryState::Ready);
}

pub(super) async fn attempts_that_end_without_outcome_are_used_up(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    let request = LeaseRequest::new(1, SHORT, 2);
    let mut attempts = Vec::new();
    while entry(inbox, "one").await.state != EntryState::Dead {
        let leased = inbox.lease(request).await.unwrap();
        attempts.extend(leased.into_iter().map(|leased| leased.delivery.attempt));
        inbox.wait(SHORT).await;
    }
    assert_eq!(attempts, [1, 2]);
    let known = entry(inbox, "one").await;
    let error = known.last_error.expect("an error should say why it died");
    assert!(error.contains("2 attempts"), "{error}");
    assert_eq!(known.delivery.attempt, 2);
    assert!(known.settled_at.is_some());
    assert_eq!(inbox.depth().await.unwrap().dead, 1);
}

pub(super) async fn a_delivery_with_attempts_used_up_holds_up_no_other(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "used-up").await;
    let used_up = lease_one(inbox).await;
    settle(inbox, used_up.token, retry(Duration::ZERO)).await;
    accept(inbox, "fresh").await;

    // One attempt is allowed now, so the first in line dies and the second is leased.
    let leased = inbox.lease(LeaseRequest::new(1, LONG, 1)).await.unwrap();
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].delivery.id, id("fresh"));
    let known = entry(inbox, "used-up").await;
    assert_eq!(known.state, EntryState::Dead);
    let error = known.last_error.expect("an error should say why it died");
    assert!(error.contains("a passing trouble"), "the error before should stay: {error}");
}
