//! Roles that one process at a time has.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::support::{LONG, SHORT, TOLERANCE};
use crate::store::contract::Store;
use crate::store::registry::Process;

async fn hold(store: &Arc<dyn Store>, role: &str, process: &Process, duration: Duration) -> bool {
    store.hold(role, process, duration).await.unwrap()
}

pub(super) async fn a_role_is_held_by_one(store: &Arc<dyn Store>) {
    let [one, two] = ["ci", "ci"].map(Process::start);
    assert!(hold(store, "recovery", &one, LONG).await);
    assert!(hold(store, "recovery", &one, LONG).await, "who has it keeps it");
    assert!(!hold(store, "recovery", &two, LONG).await);
    assert!(hold(store, "another", &two, LONG).await);
    assert!(!hold(store, "another", &one, LONG).await);
}

pub(super) async fn a_role_is_free_after_its_time(store: &Arc<dyn Store>) {
    let [one, two] = ["ci", "ci"].map(Process::start);
    let before = Instant::now();
    assert!(hold(store, "recovery", &one, SHORT).await);
    while !hold(store, "recovery", &two, LONG).await {
        tokio::time::sleep(SHORT / 10).await;
    }
    assert!(before.elapsed() + TOLERANCE >= SHORT, "it was free early");
    assert!(!hold(store, "recovery", &one, LONG).await);
}

pub(super) async fn a_role_is_held_for_as_long_as_was_said_last(store: &Arc<dyn Store>) {
    let [one, two] = ["ci", "ci"].map(Process::start);
    assert!(hold(store, "recovery", &one, SHORT).await);
    assert!(hold(store, "recovery", &one, LONG).await);
    tokio::time::sleep(SHORT * 2).await;
    assert!(!hold(store, "recovery", &two, LONG).await);
}

pub(super) async fn of_many_at_once_one_gets_the_role(store: &Arc<dyn Store>) {
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let store = Arc::clone(store);
        asking.spawn(async move { hold(&store, "recovery", &Process::start("ci"), LONG).await });
    }
    let got = asking.join_all().await.into_iter().filter(|it| *it).count();
    assert_eq!(got, 1);
}
