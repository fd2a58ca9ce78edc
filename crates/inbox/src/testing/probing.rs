use std::sync::Arc;

use hookstead_handler::Lane;
use tokio::task::JoinSet;

use super::support::{
    LONG, SHORT, accept, accept_and_settle, accept_in, dead, expect_nothing_ready, id, lease_one,
    retry, settle,
};
use crate::{Accepted, Depth, Filter, Inbox, Probe, Settlement};

pub(super) async fn a_probe_leaves_nothing_behind(inbox: &Arc<dyn Inbox>) {
    for _ in 0..10 {
        assert_eq!(inbox.probe().await.unwrap(), Probe::new(None));
    }
    assert_eq!(inbox.depth().await.unwrap(), Depth::default());
    assert!(inbox.list(Filter::default()).await.unwrap().is_empty());
    expect_nothing_ready(inbox).await;
}

pub(super) async fn a_probe_changes_no_delivery(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "done", Settlement::Done).await;
    accept_and_settle(inbox, "dead", dead()).await;
    accept_and_settle(inbox, "delayed", retry(LONG)).await;
    accept_in(inbox, "leased", Lane::new("lane").latest_only(1)).await;
    let leased = lease_one(inbox).await;
    accept(inbox, "ready").await;
    let before = inbox.list(Filter::default().with_bodies()).await.unwrap();
    inbox.probe().await.unwrap();
    let after = inbox.list(Filter::default().with_bodies()).await.unwrap();
    let told = |entries: &[crate::Entry]| {
        let told = entries.iter().map(|it| (it.delivery.clone(), it.state, it.last_error.clone()));
        told.map(|it| format!("{it:?}")).collect::<Vec<_>>()
    };
    assert_eq!(told(&before), told(&after));
    // What is accepted next is the last in line, as if nothing had been there.
    accept(inbox, "next").await;
    for text in ["ready", "next"] {
        assert_eq!(lease_one(inbox).await.delivery.id, id(text));
    }
    settle(inbox, leased.token, Settlement::Done).await;
}

pub(super) async fn a_probe_tells_the_age_of_the_oldest_ready_delivery(inbox: &Arc<dyn Inbox>) {
    accept_and_settle(inbox, "delayed", retry(LONG)).await;
    accept_in(inbox, "leased", Lane::new("lane")).await;
    lease_one(inbox).await;
    accept_in(inbox, "blocked", Lane::new("lane")).await;
    assert_eq!(inbox.probe().await.unwrap().oldest_ready, None);
    accept(inbox, "oldest").await;
    while inbox.probe().await.unwrap().oldest_ready.unwrap() < SHORT {
        tokio::time::sleep(SHORT / 5).await;
    }
    accept(inbox, "newest").await;
    let told = inbox.probe().await.unwrap().oldest_ready.unwrap();
    let counted = inbox.depth().await.unwrap().oldest_ready.unwrap();
    assert!(told >= SHORT && counted >= told, "{told:?}, {counted:?}");
}

pub(super) async fn probes_of_many_do_not_disturb_each_other(inbox: &Arc<dyn Inbox>) {
    let mut at_work = JoinSet::new();
    for number in 0..8 {
        let inbox = Arc::clone(inbox);
        at_work.spawn(async move {
            for round in 0..5 {
                inbox.probe().await.unwrap();
                let new = super::support::delivery(&format!("{number}-{round}"));
                assert_eq!(inbox.accept(new).await.unwrap(), Accepted::New);
            }
        });
    }
    at_work.join_all().await;
    assert_eq!(inbox.depth().await.unwrap().ready, 40);
}
