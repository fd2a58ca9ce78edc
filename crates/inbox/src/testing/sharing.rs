//! Many at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;

use super::support::{LONG, Program, ci, free, latest};
use crate::store::accept::Accepted;
use crate::store::contract::Store;
use crate::store::entry::{Filter, TaskState};
use crate::store::settlement::Settlement;
use crate::store::task_id::TaskId;

pub(super) async fn a_delivery_accepted_by_many_is_new_to_one(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut accepting = JoinSet::new();
    for _ in 0..50 {
        let ci = ci.clone();
        accepting.spawn(async move { ci.redeliver("one").await });
    }
    let answers = accepting.join_all().await;
    let count = |accepted| answers.iter().filter(|answer| **answer == accepted).count();
    let duplicate = Accepted::Duplicate { at_work: 1, tasks: 1 };
    assert_eq!((count(Accepted::New { tasks: 1 }), count(duplicate)), (1, 49));
    assert_eq!(ci.lease(100, LONG).await.len(), 1);
}

pub(super) async fn a_settled_delivery_accepted_by_many_begins_anew_once(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    ci.accept("one").await;
    for leased in ci.lease(2, LONG).await {
        ci.done(leased.token).await;
    }
    let mut accepting = JoinSet::new();
    for _ in 0..20 {
        let ci = ci.clone();
        accepting.spawn(async move { ci.redeliver("one").await });
    }
    let answers = accepting.join_all().await;
    let again = Accepted::Again { tasks: 2, superseded: 0 };
    assert_eq!(answers.iter().filter(|answer| **answer == again).count(), 1);
    let runs: Vec<u32> = ci.lease(100, LONG).await.iter().map(|it| it.run).collect();
    assert_eq!(runs, [2, 2]);
}

pub(super) async fn of_many_replays_at_once_one_is_accepted(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut accepting = JoinSet::new();
    for number in 0..50 {
        let ci = ci.clone();
        accepting.spawn(async move {
            let mut replay = ci.new_delivery(&number.to_string());
            replay.delivery.fingerprint = Some([1; 32]);
            ci.accepted(replay).await
        });
    }
    let answers = accepting.join_all().await;
    let count = |accepted| answers.iter().filter(|answer| **answer == accepted).count();
    assert_eq!((count(Accepted::New { tasks: 1 }), count(Accepted::Replay)), (1, 49));
    assert_eq!(ci.list(Filter::default()).await.len(), 1);
}

pub(super) async fn a_name_claimed_by_many_has_one_number(store: &Arc<dyn Store>) {
    let mut claiming = JoinSet::new();
    for _ in 0..20 {
        let store = Arc::clone(store);
        claiming.spawn(async move {
            Program::start(&store, "ci", &["build", "audit", "lint"]).await.takers
        });
    }
    let takers = claiming.join_all().await;
    assert!(takers.iter().all(|it| *it == takers[0]), "{takers:?}");
    assert_eq!(store.registry().await.unwrap().len(), 3);
}

pub(super) async fn each_task_is_leased_to_exactly_one(store: &Arc<dyn Store>) {
    const SENDERS: u64 = 8;
    const EACH: u64 = 25;
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    let mut accepting = JoinSet::new();
    for sender in 0..SENDERS {
        let ci = ci.clone();
        accepting.spawn(async move {
            for number in 0..EACH {
                ci.accept(&format!("{sender}-{number}")).await;
            }
        });
    }
    let mut taking: JoinSet<Vec<TaskId>> = JoinSet::new();
    for _ in 0..8 {
        let ci = ci.clone();
        taking.spawn(async move {
            let mut taken = Vec::new();
            while ci.store.depth().await.unwrap().done < SENDERS * EACH * 2 {
                for leased in ci.lease(3, LONG).await {
                    ci.done(leased.token).await;
                    taken.push(leased.task);
                }
            }
            taken
        });
    }
    accepting.join_all().await;
    let mut times: HashMap<TaskId, usize> = HashMap::new();
    for task in taking.join_all().await.into_iter().flatten() {
        *times.entry(task).or_default() += 1;
    }
    assert_eq!(times.len() as u64, SENDERS * EACH * 2);
    assert!(times.values().all(|times| *times == 1), "one was leased twice: {times:?}");
}

pub(super) async fn each_lane_is_held_by_one_at_a_time(store: &Arc<dyn Store>) {
    const LANES: usize = 3;
    const EACH: usize = 20;
    let ci = ci(store).await;
    let held: Arc<[AtomicBool; LANES]> = Arc::default();
    for number in 0..LANES * EACH {
        let lane = (number % LANES).to_string();
        ci.accept_in(&format!("{number}-{lane}"), &free(&lane)).await;
    }
    let mut taking = JoinSet::new();
    for _ in 0..8 {
        let (ci, held) = (ci.clone(), Arc::clone(&held));
        taking.spawn(async move {
            while ci.store.depth().await.unwrap().done < (LANES * EACH) as u64 {
                // A store in memory never waits for anything, and would starve who holds a lane.
                tokio::task::yield_now().await;
                for leased in ci.lease(2, LONG).await {
                    let (_, lane) = leased.delivery.id.as_str().split_once('-').unwrap();
                    let lane: usize = lane.parse().unwrap();
                    assert!(!held[lane].swap(true, Ordering::SeqCst), "two are in lane {lane}");
                    tokio::task::yield_now().await;
                    held[lane].store(false, Ordering::SeqCst);
                    ci.done(leased.token).await;
                }
            }
        });
    }
    taking.join_all().await;
}

pub(super) async fn each_lane_is_handed_over_to_one_at_a_time(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut accepting = JoinSet::new();
    for number in 0..30 {
        let ci = ci.clone();
        accepting.spawn(async move {
            let mut new = ci.in_lane(&number.to_string(), &free("main"));
            new.tasks[0].lease = Some(LONG);
            ci.send(new).await.handed_over.len()
        });
    }
    let handed_over: usize = accepting.join_all().await.into_iter().sum();
    assert_eq!(handed_over, 1);
    ci.expect_nothing_due().await;
    assert_eq!(store.depth().await.unwrap().names[0].blocked, 29);
}

pub(super) async fn of_many_that_arrive_at_once_only_the_latest_is_left(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut accepting = JoinSet::new();
    for number in 0..30_i64 {
        let ci = ci.clone();
        accepting.spawn(async move {
            ci.accept_in(&number.to_string(), &latest("one", number / 2)).await;
        });
    }
    accepting.join_all().await;
    let entries = ci.list(Filter::default()).await;
    let left: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.state != TaskState::Superseded)
        .map(|entry| entry.delivery.id.as_str())
        .collect();
    assert!(left == ["28"] || left == ["29"], "{left:?}");
    let leased = ci.lease(100, LONG).await;
    assert_eq!(leased.iter().filter(|it| it.end.is_none()).count(), 1);
}

pub(super) async fn a_lease_is_taken_back_by_one_of_many(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for number in 0..20 {
        ci.accept_in(&number.to_string(), &free(&(number % 5).to_string())).await;
    }
    assert_eq!(ci.lease(20, std::time::Duration::from_millis(1)).await.len(), 5);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let mut expiring = JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(store);
        expiring.spawn(async move { store.expire().await.unwrap().len() });
    }
    assert_eq!(expiring.join_all().await.into_iter().sum::<usize>(), 5);
    let mut done = 0;
    while done < 20 {
        let leased = ci.lease_when_due(LONG).await;
        assert!(leased.abandoned <= 1, "it was counted twice");
        ci.settle(leased.token, Settlement::Done).await;
        done += 1;
    }
}
