use std::sync::Arc;

use hookstead_events::Timestamp;
use hookstead_handler::{Delivery, Heads, HookTarget, Lane};

use super::support::{
    LONG, accept, accept_and_settle, dead, delivery, entry, expect_nothing_ready, id, lease,
    lease_one, retry, settle,
};
use crate::{Accepted, EntryState, Inbox, Settlement};

pub(super) async fn a_new_delivery_is_ready(inbox: &Arc<dyn Inbox>) {
    assert_eq!(inbox.accept(delivery("one")).await.unwrap(), Accepted::New);
    assert_eq!(lease_one(inbox).await.delivery.id, id("one"));
}

pub(super) async fn every_field_comes_back_as_it_went_in(inbox: &Arc<dyn Inbox>) {
    let mut full = delivery("full");
    full.event = "pull_request".into();
    full.action = Some("opened".to_owned());
    full.hook = Some(u64::MAX);
    full.target = Some(HookTarget { kind: "repository".to_owned(), id: 35_129_377 });
    full.installation = Some(42);
    full.enterprise_host = Some("github.example.com".to_owned());
    full.received_at = Timestamp::from("2019-05-15T15:20:33.123Z");
    full.attempt = 7;
    full.fingerprint = Some([0xff; 32]);
    let heads = Heads::from_names(Some("a\u{2192}".to_owned()), "é".to_owned());
    full.lane =
        Some(Lane::new("octocat/hello-world#1 \u{2192} é").latest_only(i64::MIN).heads(heads));
    inbox.accept(full.clone()).await.unwrap();
    let leased = lease_one(inbox).await.delivery;
    same_but_for_the_attempt(&leased, &full);
    assert_eq!(leased.attempt, 1, "the attempt is the inbox's to count");
    same_but_for_the_attempt(&entry(inbox, "full").await.delivery, &full);
}

pub(super) async fn a_delivery_with_nothing_but_an_id_comes_back(inbox: &Arc<dyn Inbox>) {
    let mut bare = Delivery::new(id("!"), "an_event_from_the_future".into(), "{}");
    bare.received_at = Timestamp::from("some time ago");
    inbox.accept(bare.clone()).await.unwrap();
    same_but_for_the_attempt(&lease_one(inbox).await.delivery, &bare);
}

fn same_but_for_the_attempt(one: &Delivery, other: &Delivery) {
    assert_eq!(one.id, other.id);
    assert_eq!(one.event, other.event);
    assert_eq!(one.action, other.action);
    assert_eq!(one.hook, other.hook);
    assert_eq!(one.target, other.target);
    assert_eq!(one.installation, other.installation);
    assert_eq!(one.enterprise_host, other.enterprise_host);
    assert_eq!(one.received_at, other.received_at);
    assert_eq!(one.lane, other.lane);
    assert_eq!(one.fingerprint, other.fingerprint);
    assert_eq!(one.body, other.body);
}

pub(super) async fn a_body_of_a_mebibyte_comes_back(inbox: &Arc<dyn Inbox>) {
    let mut large = delivery("large");
    // Every byte value, zeros and invalid UTF-8 included.
    large.body = (0..1024 * 1024).map(|n: u32| n.wrapping_mul(31).to_le_bytes()[1]).collect();
    inbox.accept(large.clone()).await.unwrap();
    assert!(lease_one(inbox).await.delivery.body == large.body, "the body should be the same");
}

pub(super) async fn an_empty_body_comes_back(inbox: &Arc<dyn Inbox>) {
    let mut empty = delivery("empty");
    empty.body = "".into();
    inbox.accept(empty).await.unwrap();
    assert_eq!(lease_one(inbox).await.delivery.body, "");
}

pub(super) async fn a_ready_delivery_is_a_duplicate(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    assert_eq!(inbox.accept(delivery("one")).await.unwrap(), Accepted::Duplicate);
    assert_eq!(lease(inbox, 10, LONG).await.len(), 1);
}

pub(super) async fn a_delayed_delivery_is_a_duplicate(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", retry(LONG)).await;
    assert_eq!(inbox.accept(delivery("one")).await.unwrap(), Accepted::Duplicate);
    expect_nothing_ready(inbox).await;
    assert_eq!(entry(inbox, "one").await.delivery.attempt, 1);
}

pub(super) async fn a_leased_delivery_is_a_duplicate_and_stays_leased(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    let leased = lease_one(inbox).await;
    assert_eq!(inbox.accept(delivery("one")).await.unwrap(), Accepted::Duplicate);
    expect_nothing_ready(inbox).await;
    settle(inbox, leased.token, Settlement::Done).await;
}

pub(super) async fn a_done_delivery_is_accepted_again(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", Settlement::Done).await;
    is_accepted_again(inbox).await;
}

pub(super) async fn a_superseded_delivery_is_accepted_again(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", Settlement::Superseded).await;
    is_accepted_again(inbox).await;
}

pub(super) async fn a_dead_delivery_is_accepted_again(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "one", dead()).await;
    is_accepted_again(inbox).await;
}

async fn is_accepted_again(inbox: &Arc<dyn Inbox>) {
    let mut again = delivery("one");
    again.body = "the body of the redelivery".into();
    assert_eq!(inbox.accept(again.clone()).await.unwrap(), Accepted::Again);
    let known = entry(inbox, "one").await;
    assert_eq!(known.state, EntryState::Ready);
    assert!(known.settled_at.is_none());
    let leased = lease_one(inbox).await.delivery;
    assert_eq!(leased.attempt, 1, "no attempt counts from before");
    assert_eq!(leased.body, again.body);
}

pub(super) async fn hook_and_id_together_tell_deliveries_apart(inbox: &Arc<dyn Inbox>) {
    for hook in [None, Some(1), Some(2)] {
        let mut of_hook = delivery("one");
        of_hook.hook = hook;
        assert_eq!(inbox.accept(of_hook.clone()).await.unwrap(), Accepted::New, "{hook:?}");
        assert_eq!(inbox.accept(of_hook).await.unwrap(), Accepted::Duplicate, "{hook:?}");
    }
    let leased = lease(inbox, 10, LONG).await;
    let hooks: Vec<Option<u64>> = leased.iter().map(|leased| leased.delivery.hook).collect();
    assert_eq!(hooks, [None, Some(1), Some(2)]);
    // One of them being done changes nothing for the others.
    settle(inbox, leased[1].token, Settlement::Done).await;
    for (hook, accepted) in
        [(None, Accepted::Duplicate), (Some(1), Accepted::Again), (Some(2), Accepted::Duplicate)]
    {
        let mut of_hook = delivery("one");
        of_hook.hook = hook;
        assert_eq!(inbox.accept(of_hook).await.unwrap(), accepted, "{hook:?}");
    }
}
