use std::sync::Arc;
use std::time::Duration;

use hookstead_events::Timestamp;

use super::support::{
    LONG, SHORT, accept, accept_and_settle, dead, delivery, entry, id, lease_one, retry,
};
use crate::{EntryState, Filter, Inbox, Settlement};

/// A delivery in each state, named after it, accepted in this order.
async fn one_of_each(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "done", Settlement::Done).await;
    accept_and_settle(inbox, "superseded", Settlement::Superseded).await;
    accept_and_settle(inbox, "dead", dead()).await;
    accept_and_settle(inbox, "delayed", retry(LONG)).await;
    accept(inbox, "leased").await;
    lease_one(inbox).await;
    accept(inbox, "ready").await;
}

pub(super) async fn the_depth_counts_every_state(inbox: &Arc<dyn Inbox>) {
    assert_eq!(inbox.depth().await.unwrap(), crate::Depth::default());
    one_of_each(inbox).await;
    let depth = inbox.depth().await.unwrap();
    assert_eq!((depth.ready, depth.leased, depth.delayed), (1, 1, 1));
    assert_eq!((depth.done, depth.superseded, depth.dead, depth.blocked), (1, 1, 1, 0));
}

pub(super) async fn the_oldest_ready_delivery_has_an_age(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "delayed", retry(LONG)).await;
    assert_eq!(inbox.depth().await.unwrap().oldest_ready, None);
    let before = std::time::Instant::now();
    accept(inbox, "old").await;
    while inbox.depth().await.unwrap().oldest_ready.unwrap() < SHORT {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    accept(inbox, "young").await;
    let oldest = inbox.depth().await.unwrap().oldest_ready.unwrap();
    assert!(oldest >= SHORT, "the younger one should not count: {oldest:?}");
    assert!(oldest <= before.elapsed() + Duration::from_secs(1), "{oldest:?}");
}

pub(super) async fn the_list_says_what_is_known(inbox: &Arc<dyn Inbox>) {
    one_of_each(inbox).await;
    for (text, state, attempt, error) in [
        ("ready", EntryState::Ready, 0, None),
        ("leased", EntryState::Leased, 1, None),
        ("delayed", EntryState::Delayed, 1, Some("a passing trouble")),
        ("done", EntryState::Done, 1, None),
        ("superseded", EntryState::Superseded, 1, None),
        ("dead", EntryState::Dead, 1, Some("a lasting trouble")),
    ] {
        let known = entry(inbox, text).await;
        assert_eq!(known.state, state, "{text}");
        assert_eq!(known.delivery.attempt, attempt, "{text}");
        assert_eq!(known.last_error.as_deref(), error, "{text}");
        if matches!(state, EntryState::Leased | EntryState::Delayed) {
            about_now(known.due_at, LONG, text);
        } else {
            assert!(known.due_at.is_none(), "{text}");
        }
        if matches!(state, EntryState::Done | EntryState::Superseded | EntryState::Dead) {
            about_now(known.settled_at, Duration::ZERO, text);
        } else {
            assert!(known.settled_at.is_none(), "{text}");
        }
    }
}

/// The moment is this far ahead, to within some minutes: the store's clock is its own.
fn about_now(moment: Option<Timestamp>, ahead: Duration, text: &str) {
    let moment = moment.and_then(|moment| moment.instant()).expect("a moment should be known");
    let expected = Timestamp::now().instant().unwrap() + ahead;
    let off = moment.duration_since(expected).abs();
    assert!(off.as_secs() < 5 * 60, "{text}: {moment} instead of {expected}");
}

pub(super) async fn the_list_begins_with_the_last_accepted(inbox: &Arc<dyn Inbox>) {
    one_of_each(inbox).await;
    let ids = ids(inbox, Filter::default()).await;
    assert_eq!(ids, ["ready", "leased", "delayed", "dead", "superseded", "done"]);
    // What is accepted again moves to the front.
    accept(inbox, "dead").await;
    let ids = self::ids(inbox, Filter::default()).await;
    assert_eq!(ids, ["dead", "ready", "leased", "delayed", "superseded", "done"]);
}

pub(super) async fn the_list_keeps_to_its_filter(inbox: &Arc<dyn Inbox>) {
    one_of_each(inbox).await;
    for (state, text) in [
        (EntryState::Ready, "ready"),
        (EntryState::Leased, "leased"),
        (EntryState::Delayed, "delayed"),
        (EntryState::Done, "done"),
        (EntryState::Superseded, "superseded"),
        (EntryState::Dead, "dead"),
    ] {
        let of_state = Filter::default().in_state(state);
        assert_eq!(ids(inbox, of_state.clone()).await, [text]);
        let this = of_state.clone().with_id(id(text));
        assert_eq!(ids(inbox, this).await, [text]);
        let other = of_state.with_id(id("other"));
        assert!(ids(inbox, other).await.is_empty());
    }
    let some = Filter::default().with_ids(["done", "ready", "unknown"].map(id));
    assert_eq!(ids(inbox, some).await, ["ready", "done"]);
    assert!(ids(inbox, Filter::default().with_ids([])).await.is_empty());
    assert_eq!(ids(inbox, Filter::default().of_event("push".into())).await.len(), 6);
    assert!(ids(inbox, Filter::default().of_event("release".into())).await.is_empty());
    for limit in [0, 2, 6] {
        assert_eq!(ids(inbox, Filter::default().at_most(limit)).await.len(), limit);
    }
    let mut of_hook = delivery("ready");
    of_hook.hook = Some(1);
    inbox.accept(of_hook).await.unwrap();
    let both = Filter::default().with_id(id("ready"));
    assert_eq!(ids(inbox, both).await, ["ready", "ready"]);
}

pub(super) async fn the_list_has_bodies_only_if_asked(inbox: &Arc<dyn Inbox>) {
    one_of_each(inbox).await;
    for entry in inbox.list(Filter::default()).await.unwrap() {
        assert!(entry.delivery.body.is_empty(), "{entry:?}");
    }
    for entry in inbox.list(Filter::default().with_bodies()).await.unwrap() {
        let is_kept = !matches!(entry.state, EntryState::Done | EntryState::Superseded);
        assert_eq!(!entry.delivery.body.is_empty(), is_kept, "{entry:?}");
    }
}

async fn ids(inbox: &Arc<dyn Inbox>, filter: Filter) -> Vec<String> {
    let entries = inbox.list(filter).await.unwrap();
    entries.iter().map(|entry| entry.delivery.id.to_string()).collect()
}
