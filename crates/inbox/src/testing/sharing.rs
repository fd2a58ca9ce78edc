use std::collections::HashMap;
use std::sync::Arc;

use hookstead_handler::DeliveryId;
use tokio::task::JoinSet;

use super::support::{LONG, delivery, lease, settle};
use crate::{Accepted, Inbox, Settlement};

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
