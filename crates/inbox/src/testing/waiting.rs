use std::sync::Arc;
use std::time::Instant;

use tokio::task::{JoinHandle, yield_now};

use super::support::{
    LONG, SHORT, TOLERANCE, accept, accept_and_settle, lease, lease_one, lease_when_ready, retry,
    settle,
};
use crate::{Inbox, Settlement};

/// Rounds of a rule that would fail now and then if a wake-up could be lost.
const ROUNDS: usize = 20;

/// Waits for long, in a task of its own.
fn start_waiting(inbox: &Arc<dyn Inbox>) -> JoinHandle<()> {
    let inbox = Arc::clone(inbox);
    tokio::spawn(async move { inbox.wait(LONG).await })
}

/// Gives the waiting task the chance to come this far, a different one each round.
async fn let_it_run(round: usize) {
    for _ in 0..round * round {
        yield_now().await;
    }
}

pub(super) async fn waiting_ends_after_its_time(inbox: &Arc<dyn Inbox>) {
    inbox.wait(SHORT).await;
    accept(inbox, "leased").await;
    lease_one(inbox).await;
    inbox.wait(SHORT).await;
}

pub(super) async fn waiting_ends_at_once_if_a_delivery_is_ready(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    inbox.wait(LONG).await;
    lease_one(inbox).await;
}

pub(super) async fn waiting_ends_when_a_delivery_is_accepted(inbox: &Arc<dyn Inbox>) {
    for round in 0..ROUNDS {
        let waiting = start_waiting(inbox);
        let_it_run(round).await;
        accept(inbox, &round.to_string()).await;
        waiting.await.unwrap();
        lease_one(inbox).await;
    }
}

pub(super) async fn waiting_ends_when_a_delivery_is_released(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    for round in 0..ROUNDS {
        let leased = lease_one(inbox).await;
        let waiting = start_waiting(inbox);
        let_it_run(round).await;
        settle(inbox, leased.token, Settlement::Release).await;
        waiting.await.unwrap();
    }
}

pub(super) async fn waiting_ends_when_a_pause_is_over(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "other").await;
    lease_one(inbox).await;
    // Nothing else is due for long, and the pause begins while this waits already.
    accept(inbox, "one").await;
    let leased = lease_one(inbox).await;
    let waiting = start_waiting(inbox);
    let before = Instant::now();
    settle(inbox, leased.token, retry(SHORT)).await;
    waiting.await.unwrap();
    lease_when_ready(inbox, LONG).await;
    assert!(before.elapsed() + TOLERANCE >= SHORT, "it was ready early");

    // And the pause has begun before.
    accept_and_settle(inbox, "two", retry(SHORT)).await;
    while lease(inbox, 1, LONG).await.is_empty() {
        inbox.wait(LONG).await;
    }
}

pub(super) async fn waiting_ends_when_a_lease_is_over(inbox: &Arc<dyn Inbox>) {
    accept(inbox, "one").await;
    assert_eq!(lease(inbox, 1, SHORT).await.len(), 1);
    while lease(inbox, 1, LONG).await.is_empty() {
        inbox.wait(LONG).await;
    }
}

pub(super) async fn every_waiter_hears_of_a_delivery(inbox: &Arc<dyn Inbox>) {
    for round in 0..ROUNDS {
        let waiting = [start_waiting(inbox), start_waiting(inbox), start_waiting(inbox)];
        let_it_run(round).await;
        accept(inbox, &round.to_string()).await;
        for waiter in waiting {
            waiter.await.unwrap();
        }
        lease_one(inbox).await;
    }
}
