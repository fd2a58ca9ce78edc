use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hookstead_handler::{DeliveryId, Lane};
use tokio::task::JoinSet;

use super::support::{LONG, accept_in, delivery, in_lane, lease, settle};
use crate::{Accepted, Filter, Inbox, Settlement};

pub(super) async fn a_delivery_accepted_by_many_is_new_to_one(inbox: &Arc<dyn Inbox>) {
    let mut accepting = JoinSet::new();
    for _ in 0..50 {
        let inbox = Arc::clone(inbox);
        accepting.spawn(async move { inbox.accept(delivery("one")).await.unwrap() });
    }
    let answers = accepting.join_all().await;
    let new = answers.iter().filter(|answer| **answer == Accepted::New).count();
    let duplicate = answers.iter().filter(|answer| **answer == Accepted::Duplicate).count();
    assert_eq!((new, duplicate), (1, 49));
}

pub(super) async fn of_many_replays_at_once_one_is_accepted(inbox: &Arc<dyn Inbox>) {
    let mut accepting = JoinSet::new();
    for number in 0..50 {
        let inbox = Arc::clone(inbox);
        accepting.spawn(async move {
            let mut replay = delivery(&number.to_string());
            replay.fingerprint = Some([1; 32]);
            inbox.accept(replay).await.unwrap()
        });
    }
    let answers = accepting.join_all().await;
    let new = answers.iter().filter(|answer| **answer == Accepted::New).count();
    let replays = answers.iter().filter(|answer| **answer == Accepted::Replay).count();
    assert_eq!((new, replays), (1, 49));
    assert_eq!(inbox.list(Filter::default()).await.unwrap().len(), 1);
}

pub(super) async fn each_delivery_is_leased_to_exactly_one(inbox: &Arc<dyn Inbox>) {
    const SENDERS: usize = 8;
    const EACH: usize = 25;
    let mut accepting = JoinSet::new();
    for sender in 0..SENDERS {
        let inbox = Arc::clone(inbox);
        accepting.spawn(async move {
            for number in 0..EACH {
                let delivery = delivery(&format!("{sender}-{number}"));
                assert_eq!(inbox.accept(delivery).await.unwrap(), Accepted::New);
            }
        });
    }
    let mut taking: JoinSet<Vec<DeliveryId>> = JoinSet::new();
    for _ in 0..8 {
        let inbox = Arc::clone(inbox);
        taking.spawn(async move {
            let mut taken = Vec::new();
            while inbox.depth().await.unwrap().done < (SENDERS * EACH) as u64 {
                for leased in lease(&inbox, 3, LONG).await {
                    settle(&inbox, leased.token, Settlement::Done).await;
                    taken.push(leased.delivery.id);
                }
            }
            taken
        });
    }
    accepting.join_all().await;
    let mut times: HashMap<DeliveryId, usize> = HashMap::new();
    for id in taking.join_all().await.into_iter().flatten() {
        *times.entry(id).or_default() += 1;
    }
    assert_eq!(times.len(), SENDERS * EACH);
    assert!(times.values().all(|times| *times == 1), "one was leased twice: {times:?}");
}

pub(super) async fn each_lane_is_held_by_one_at_a_time(inbox: &Arc<dyn Inbox>) {
    const LANES: usize = 3;
    const EACH: usize = 20;
    let held: Arc<[AtomicBool; LANES]> = Arc::default();
    for number in 0..LANES * EACH {
        let lane = Lane::new((number % LANES).to_string());
        accept_in(inbox, &number.to_string(), lane).await;
    }
    let mut taking = JoinSet::new();
    for _ in 0..8 {
        let (inbox, held) = (Arc::clone(inbox), Arc::clone(&held));
        taking.spawn(async move {
            while inbox.depth().await.unwrap().done < (LANES * EACH) as u64 {
                // A store in memory never waits for anything, and would starve who holds a lane.
                tokio::task::yield_now().await;
                for leased in lease(&inbox, 2, LONG).await {
                    let lane = leased.delivery.lane.unwrap().key.parse::<usize>().unwrap();
                    assert!(!held[lane].swap(true, Ordering::SeqCst), "two are in lane {lane}");
                    tokio::task::yield_now().await;
                    held[lane].store(false, Ordering::SeqCst);
                    settle(&inbox, leased.token, Settlement::Done).await;
                }
            }
        });
    }
    taking.join_all().await;
}

pub(super) async fn of_many_that_arrive_at_once_only_the_latest_is_left(inbox: &Arc<dyn Inbox>) {
    let mut accepting = JoinSet::new();
    for number in 0..30_i64 {
        let inbox = Arc::clone(inbox);
        let lane = Lane::new("one").latest_only(number / 2);
        accepting.spawn(async move {
            inbox.accept(in_lane(&number.to_string(), lane)).await.unwrap();
        });
    }
    accepting.join_all().await;
    let entries = inbox.list(Filter::default()).await.unwrap();
    let left: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.superseded_by.is_none())
        .map(|entry| entry.delivery.id.as_str())
        .collect();
    assert!(left == ["28"] || left == ["29"], "{left:?}");
}
