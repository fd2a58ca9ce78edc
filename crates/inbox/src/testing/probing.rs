//! A probe proves that a delivery could be accepted, and leaves nothing behind.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::support::{LONG, Program, SHORT, cancel, ci, failure, free, id, latest, name};
use crate::store::change::Changed;
use crate::store::contract::Store;
use crate::store::entry::{Depth, Entry, Filter};
use crate::store::settlement::Settlement;

pub(super) async fn a_probe_leaves_nothing_behind(store: &Arc<dyn Store>) {
    for _ in 0..10 {
        assert_eq!(store.probe().await.unwrap().oldest, []);
    }
    assert_eq!(store.depth().await.unwrap(), Depth::default());
    assert!(store.list(&Filter::default(), None).await.unwrap().is_empty());
    assert!(store.registry().await.unwrap().is_empty());
}

pub(super) async fn a_probe_changes_nothing(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("done", Settlement::Done).await;
    ci.accept_and_settle("delayed", failure(LONG)).await;
    ci.accept_in("leased", &latest("lane", 1)).await;
    let leased = ci.lease_one().await;
    ci.accept("ready").await;
    let told = async || {
        let told = |it: &Entry| format!("{:?} {:?} {:?}", it.delivery, it.state, it.packed);
        ci.list(Filter::default().with_bodies()).await.iter().map(told).collect::<Vec<_>>()
    };
    let before = told().await;
    store.probe().await.unwrap();
    assert_eq!(told().await, before);
    // What is accepted next is the last in line, as if nothing had been there.
    ci.accept("next").await;
    for text in ["ready", "next"] {
        assert_eq!(ci.lease_one().await.delivery.id, id(text));
    }
    ci.done(leased.token).await;
}

pub(super) async fn a_probe_tells_the_age_of_the_oldest_due_of_each_name(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let deploy = Program::start(store, "deploy", &["build"]).await;
    ci.accept_and_settle("delayed", failure(LONG)).await;
    ci.accept_in("leased", &free("lane")).await;
    ci.lease_one().await;
    ci.accept_in("blocked", &free("lane")).await;
    assert_eq!(store.probe().await.unwrap().oldest, []);
    ci.accept("oldest").await;
    while store.probe().await.unwrap().oldest[0].1 < SHORT {
        tokio::time::sleep(SHORT / 5).await;
    }
    ci.accept("newest").await;
    deploy.accept("another").await;
    let mut oldest = store.probe().await.unwrap().oldest;
    oldest.sort();
    let names: Vec<_> = oldest.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["ci.build", "deploy.build"]);
    assert!(oldest[0].1 >= SHORT, "{oldest:?}");
    assert!(oldest[0].1 > oldest[1].1, "{oldest:?}");
    let depth = store.depth().await.unwrap();
    let counted = depth.names.iter().find(|it| it.name == name("ci.build")).unwrap();
    assert!(counted.oldest_ready.unwrap() >= oldest[0].1);
}

pub(super) async fn a_probe_tells_of_what_nobody_takes(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    ci.leave().await;
    let oldest = store.probe().await.unwrap().oldest;
    assert_eq!(oldest.len(), 1);
    assert_eq!(oldest[0].0, name("ci.build"));
    assert_eq!(ci.change("one", &cancel()).await, Changed::Changed);
}

pub(super) async fn probes_of_many_do_not_disturb_each_other(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut at_work = JoinSet::new();
    for number in 0..8 {
        let ci = ci.clone();
        at_work.spawn(async move {
            for round in 0..5 {
                ci.store.probe().await.unwrap();
                ci.accept(&format!("{number}-{round}")).await;
            }
        });
    }
    at_work.join_all().await;
    assert_eq!(store.depth().await.unwrap().names[0].ready, 40);
}
