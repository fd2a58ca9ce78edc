use std::sync::Arc;
use std::time::{Duration, Instant};

use super::support::{
    LONG, SHORT, TOLERANCE, accept, accept_and_settle, dead, delivery, entry, expect_nothing_ready,
    id, lease_one, lease_when_ready, retry, settle,
};
use crate::{Accepted, EntryState, Filter, Inbox, Settlement};

pub(super) async fn a_done_delivery_is_not_leased_and_keeps_no_body(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", Settlement::Done).await;
    expect_nothing_ready(inbox).await;
    let known = entry(inbox, "one").await;
    assert_eq!(known.state, EntryState::Done);
    assert!(known.delivery.body.is_empty());
    assert!(known.settled_at.is_some());
}

pub(super) async fn a_superseded_delivery_is_not_leased_and_keeps_no_body(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", Settlement::Superseded).await;
    expect_nothing_ready(inbox).await;
    let known = entry(inbox, "one").await;
    assert_eq!(known.state, EntryState::Superseded);
    assert!(known.settled_at.is_some());
    assert!(known.delivery.body.is_empty());
}

pub(super) async fn a_retry_waits_for_its_time(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    let leased = lease_one(inbox).await;
    let before = Instant::now();
    settle(inbox, leased.token, retry(SHORT * 2)).await;
    let again = lease_when_ready(inbox, LONG).await;
    assert!(before.elapsed() + TOLERANCE >= SHORT * 2, "it was ready early");
    assert_eq!(again.delivery.attempt, 2);
    assert_eq!(again.delivery.body, delivery("one").body);
}

pub(super) async fn a_retry_without_delay_is_ready_at_once(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", retry(Duration::ZERO)).await;
    assert_eq!(lease_one(inbox).await.delivery.attempt, 2);
}

pub(super) async fn a_retry_for_ever_is_taken(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", retry(Duration::MAX)).await;
    expect_nothing_ready(inbox).await;
    assert_eq!(entry(inbox, "one").await.state, EntryState::Delayed);
}

pub(super) async fn a_dead_delivery_is_not_leased_and_keeps_its_body(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", dead()).await;
    expect_nothing_ready(inbox).await;
    let known = entry(inbox, "one").await;
    assert_eq!(known.state, EntryState::Dead);
    assert_eq!(known.last_error.as_deref(), Some("a lasting trouble"));
    assert_eq!(known.delivery.body, delivery("one").body);
    assert!(known.settled_at.is_some());
}

pub(super) async fn a_released_delivery_is_ready_at_once_and_the_attempt_does_not_count(
    inbox: &Arc<dyn Inbox>,
) {
    accept_and_settle(inbox, "one", retry(Duration::ZERO)).await;
    let second = lease_one(inbox).await;
    assert_eq!(second.delivery.attempt, 2);
    settle(inbox, second.token, Settlement::Release).await;
    let known = entry(inbox, "one").await;
    assert_eq!(known.delivery.attempt, 1);
    assert_eq!(known.last_error.as_deref(), Some("a passing trouble"));
    assert_eq!(lease_one(inbox).await.delivery.attempt, 2);
}

pub(super) async fn a_dead_delivery_is_revived(inbox: &Arc<dyn Inbox>) {
    for hook in [None, Some(1)] {
        let mut of_hook = delivery("one");
        of_hook.hook = hook;
        inbox.accept(of_hook).await.unwrap();
        let leased = lease_one(inbox).await;
        settle(inbox, leased.token, dead()).await;
    }
    accept_and_settle(inbox, "two", dead()).await;
    assert_eq!(inbox.revive(&id("one")).await.unwrap(), 2);
    for _ in 0..2 {
        let leased = lease_one(inbox).await.delivery;
        assert_eq!(leased.id, id("one"));
        assert_eq!(leased.attempt, 1, "no attempt counts from before");
        assert_eq!(leased.body, delivery("one").body);
    }
    expect_nothing_ready(inbox).await;
}

pub(super) async fn only_dead_deliveries_are_revived(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "done", Settlement::Done).await;
    accept_and_settle(inbox, "delayed", retry(LONG)).await;
    accept(inbox, "leased").await;
    lease_one(inbox).await;
    for text in ["done", "delayed", "leased", "unknown"] {
        assert_eq!(inbox.revive(&id(text)).await.unwrap(), 0, "{text}");
    }
    expect_nothing_ready(inbox).await;
}

pub(super) async fn settled_deliveries_are_purged(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "done", Settlement::Done).await;
    accept_and_settle(inbox, "superseded", Settlement::Superseded).await;
    accept_and_settle(inbox, "dead", dead()).await;
    accept_and_settle(inbox, "delayed", retry(LONG)).await;
    accept(inbox, "leased").await;
    let leased = lease_one(inbox).await;
    accept(inbox, "ready").await;

    assert_eq!(inbox.purge(Duration::ZERO).await.unwrap(), 3);
    assert_eq!(inbox.purge(Duration::ZERO).await.unwrap(), 0);
    let depth = inbox.depth().await.unwrap();
    assert_eq!((depth.ready, depth.leased, depth.delayed), (1, 1, 1));
    assert_eq!((depth.done, depth.superseded, depth.dead), (0, 0, 0));
    settle(inbox, leased.token, Settlement::Done).await;
    for text in ["done", "superseded", "dead"] {
        assert_eq!(inbox.accept(delivery(text)).await.unwrap(), Accepted::New, "{text}");
    }
}

pub(super) async fn only_what_was_settled_long_ago_is_purged(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", Settlement::Done).await;
    assert_eq!(inbox.purge(LONG).await.unwrap(), 0);
    assert_eq!(inbox.purge(Duration::MAX).await.unwrap(), 0);
    while inbox.purge(SHORT).await.unwrap() == 0 {
        inbox.wait(Duration::from_millis(5)).await;
    }
    assert!(inbox.list(Filter::default()).await.unwrap().is_empty());
}
