use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::Lane;

use super::support::{
    LONG, MANY, SHORT, accept, accept_in, dead, entry, expect_nothing_ready, id, in_lane, lease,
    lease_one, lease_when_ready, retry, settle,
};
use crate::{EntryState, Inbox, LeaseRequest, Renewal, Settlement};

fn lane() -> Lane {
    Lane::new("octocat/hello-world#1")
}

pub(super) async fn a_lane_has_one_lease_at_a_time(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "a", lane()).await;
    accept_in(inbox, "b", lane()).await;
    let leased = lease(inbox, 10, LONG).await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].delivery.id, id("a"));
    assert_eq!(leased[0].delivery.interruption(), None);
    expect_nothing_ready(inbox).await;
    assert_eq!(inbox.renew(leased[0].token, LONG).await.unwrap(), Renewal::Renewed);
    expect_nothing_ready(inbox).await;
    settle(inbox, leased[0].token, Settlement::Done).await;
    assert_eq!(lease_one(inbox).await.delivery.id, id("b"));
}

pub(super) async fn a_lane_is_free_again_after_every_settlement(inbox: &Arc<dyn Inbox>) {
    for (number, settlement) in
        [Settlement::Done, Settlement::Superseded, retry(LONG), dead()].into_iter().enumerate()
    {
        let (one, two) = (format!("{number}-one"), format!("{number}-two"));
        accept_in(inbox, &one, lane()).await;
        accept_in(inbox, &two, lane()).await;
        let leased = lease_one(inbox).await;
        settle(inbox, leased.token, settlement).await;
        let leased = lease_one(inbox).await;
        assert_eq!(leased.delivery.id, id(&two));
        settle(inbox, leased.token, Settlement::Done).await;
    }
    accept_in(inbox, "released", lane()).await;
    let leased = lease_one(inbox).await;
    settle(inbox, leased.token, Settlement::Release).await;
    assert_eq!(lease_one(inbox).await.delivery.id, id("released"));
}

pub(super) async fn a_lane_goes_by_the_order_of_acceptance(inbox: &Arc<dyn Inbox>) {
    for text in ["c", "a", "b"] {
        accept_in(inbox, text, lane()).await;
    }
    for text in ["c", "a", "b"] {
        let leased = lease_one(inbox).await;
        assert_eq!(leased.delivery.id, id(text));
        settle(inbox, leased.token, Settlement::Done).await;
    }
}

pub(super) async fn lanes_do_not_wait_for_each_other(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "a1", Lane::new("a")).await;
    accept_in(inbox, "a2", Lane::new("a")).await;
    accept_in(inbox, "b1", Lane::new("b")).await;
    accept(inbox, "none-1").await;
    accept(inbox, "none-2").await;
    let leased = lease(inbox, 10, LONG).await;
    let ids: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(ids, ["a1", "b1", "none-1", "none-2"]);
}

pub(super) async fn what_waits_for_its_next_attempt_does_not_hold_the_lane(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "one", lane()).await;
    let leased = lease_one(inbox).await;
    settle(inbox, leased.token, retry(SHORT)).await;
    accept_in(inbox, "two", lane()).await;
    let two = lease_one(inbox).await;
    assert_eq!(two.delivery.id, id("two"));
    // Its pause is over, and now it is the other that holds the lane.
    while entry(inbox, "one").await.state == EntryState::Delayed {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(entry(inbox, "one").await.state, EntryState::Blocked);
    expect_nothing_ready(inbox).await;
    settle(inbox, two.token, Settlement::Done).await;
    assert_eq!(lease_one(inbox).await.delivery.id, id("one"));
}

pub(super) async fn a_lease_that_ended_holds_the_lane(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "one", lane()).await;
    accept_in(inbox, "two", lane()).await;
    let lost = lease(inbox, 1, SHORT).await.pop().unwrap();
    let again = lease_when_ready(inbox, LONG).await;
    assert_eq!(again.delivery.id, id("one"));
    assert_eq!(again.delivery.attempt, 2);
    expect_nothing_ready(inbox).await;
    assert_eq!(inbox.renew(lost.token, LONG).await.unwrap(), Renewal::Lost);
    assert!(!inbox.settle(lost.token, Settlement::Done).await.unwrap());
    expect_nothing_ready(inbox).await;
    settle(inbox, again.token, Settlement::Done).await;
    assert_eq!(lease_one(inbox).await.delivery.id, id("two"));
}

pub(super) async fn attempts_used_up_free_the_lane(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "one", lane()).await;
    accept_in(inbox, "two", lane()).await;
    assert_eq!(inbox.lease(LeaseRequest::new(1, SHORT, 1)).await.unwrap().len(), 1);
    let leased = loop {
        let mut leased = inbox.lease(LeaseRequest::new(1, LONG, 1)).await.unwrap();
        if let Some(leased) = leased.pop() {
            break leased;
        }
        inbox.wait(SHORT).await;
    };
    assert_eq!(leased.delivery.id, id("two"));
    assert_eq!(entry(inbox, "one").await.state, EntryState::Dead);
}

pub(super) async fn what_is_blocked_shows_and_is_not_waited_for(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "one", lane()).await;
    accept_in(inbox, "two", lane()).await;
    let ready = inbox.depth().await.unwrap();
    assert_eq!((ready.ready, ready.blocked), (2, 0));
    let leased = lease_one(inbox).await;
    assert_eq!(entry(inbox, "two").await.state, EntryState::Blocked);
    let blocked = crate::Filter::default().in_state(EntryState::Blocked);
    assert_eq!(inbox.list(blocked).await.unwrap().len(), 1);
    let depth = inbox.depth().await.unwrap();
    assert_eq!((depth.ready, depth.leased, depth.blocked), (0, 1, 1));
    assert_eq!(depth.oldest_ready, None);

    let waiting = {
        let inbox = Arc::clone(inbox);
        tokio::spawn(async move { inbox.wait(LONG).await })
    };
    // Enough for it to look once, if it does not know better than to return.
    tokio::time::sleep(SHORT).await;
    assert!(!waiting.is_finished(), "there is nothing to lease");
    settle(inbox, leased.token, Settlement::Done).await;
    waiting.await.unwrap();
}

pub(super) async fn waiting_ends_when_the_lane_is_free(inbox: &Arc<dyn Inbox>) {
    for round in 0..20 {
        accept_in(inbox, &round.to_string(), lane()).await;
    }
    for round in 0..20 {
        let leased = lease_when_ready(inbox, LONG).await;
        assert_eq!(leased.delivery.id, id(&round.to_string()));
        let waiting = {
            let inbox = Arc::clone(inbox);
            tokio::spawn(async move { inbox.wait(LONG).await })
        };
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        settle(inbox, leased.token, Settlement::Done).await;
        if round < 19 {
            waiting.await.unwrap();
        }
    }
}

pub(super) async fn a_crowded_lane_holds_up_no_other(inbox: &Arc<dyn Inbox>) {
    for number in 0..300 {
        inbox.accept(in_lane(&format!("crowd-{number}"), lane())).await.unwrap();
    }
    accept(inbox, "other").await;
    let leased = inbox.lease(LeaseRequest::new(2, LONG, MANY)).await.unwrap();
    let ids: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(ids, ["crowd-0", "other"]);
}
