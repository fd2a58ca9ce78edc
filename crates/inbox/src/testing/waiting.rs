//! Waiting ends when something may be due. It may also end early, so these wait until there is something.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, yield_now};

use super::support::{LONG, Program, SHORT, TOLERANCE, ci, failure, free, id, revive, waits};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::lease::Leased;
use crate::store::settlement::Settlement;

/// Rounds of a rule that would fail now and then if a wake-up could be lost.
const ROUNDS: usize = 20;

/// Waits until it can lease something, in a task of its own.
fn start_waiting(ci: &Program) -> JoinHandle<Leased> {
    let ci = ci.clone();
    tokio::spawn(async move { wait_and_lease(&ci).await })
}

async fn wait_and_lease(ci: &Program) -> Leased {
    loop {
        // Asked first, as a worker does.
        if let Some(leased) = ci.lease(1, LONG).await.pop() {
            return leased;
        }
        ci.store.wait(LONG).await;
    }
}

/// Gives the waiting task the chance to come this far, a different one each round.
async fn let_it_run(round: usize) {
    for _ in 0..round * round {
        yield_now().await;
    }
}

pub(super) async fn waiting_ends_after_its_time(store: &Arc<dyn Store>) {
    store.wait(SHORT).await;
    let ci = ci(store).await;
    ci.accept("leased").await;
    ci.lease_one().await;
    store.wait(SHORT).await;
    store.wait(Duration::ZERO).await;
}

pub(super) async fn waiting_ends_when_a_delivery_is_accepted(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for round in 0..ROUNDS {
        let waiting = start_waiting(&ci);
        let_it_run(round).await;
        ci.accept(&round.to_string()).await;
        waiting.await.unwrap();
    }
}

pub(super) async fn waiting_ends_when_a_task_is_released(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let mut leased = ci.lease_one().await;
    for round in 0..ROUNDS {
        let waiting = start_waiting(&ci);
        let_it_run(round).await;
        ci.settle(leased.token, Settlement::Release).await;
        leased = waiting.await.unwrap();
    }
}

pub(super) async fn waiting_ends_when_a_pause_is_over(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let leased = ci.lease_one().await;
    // The pause begins while this waits already.
    let waiting = start_waiting(&ci);
    let before = Instant::now();
    ci.settle(leased.token, failure(SHORT)).await;
    let leased = waiting.await.unwrap();
    assert!(before.elapsed() + TOLERANCE >= SHORT, "it was due early");
    // And it has begun before, and something else is due later.
    ci.settle(leased.token, waits(SHORT)).await;
    ci.accept_and_settle("later", failure(LONG)).await;
    assert_eq!(wait_and_lease(&ci).await.delivery.id, id("one"));
}

pub(super) async fn waiting_ends_when_the_lane_is_free(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for round in 0..ROUNDS {
        ci.accept_in(&round.to_string(), &free("main")).await;
    }
    let mut leased = ci.lease_one().await;
    for round in 1..ROUNDS {
        let waiting = start_waiting(&ci);
        let_it_run(round).await;
        ci.done(leased.token).await;
        leased = waiting.await.unwrap();
        assert_eq!(leased.delivery.id, id(&round.to_string()));
    }
}

pub(super) async fn waiting_ends_when_a_task_is_changed(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("woken", waits(LONG)).await;
    ci.accept_and_end("revived", hookstead_handler::End::Dead).await;
    ci.accept_and_settle("rerun", Settlement::Done).await;
    ci.accept_and_settle("redelivered", Settlement::Done).await;
    for (text, change) in [
        ("woken", Some(TaskChange::Wake)),
        ("revived", Some(revive())),
        ("rerun", Some(TaskChange::Rerun)),
        ("redelivered", None),
    ] {
        let waiting = start_waiting(&ci);
        let_it_run(10).await;
        match change {
            Some(change) => assert_eq!(ci.change(text, &change).await, Changed::Changed),
            None => {
                ci.redeliver(text).await;
            }
        }
        assert_eq!(waiting.await.unwrap().delivery.id, id(text));
    }
}

pub(super) async fn waiting_ends_when_a_lease_is_taken_back(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    ci.lease_one_for(SHORT / 5).await;
    let waiting = start_waiting(&ci);
    while !waiting.is_finished() {
        store.expire().await.unwrap();
        tokio::time::sleep(SHORT / 5).await;
    }
    waiting.await.unwrap();
}

pub(super) async fn every_waiter_hears_of_a_delivery(store: &Arc<dyn Store>) {
    let programs = [
        Program::start(store, "ci", &["build"]).await,
        Program::start(store, "deploy", &["build"]).await,
        Program::start(store, "audit", &["build"]).await,
    ];
    for round in 0..ROUNDS {
        let waiting = [0, 1, 2].map(|at: usize| start_waiting(&programs[at]));
        let_it_run(round).await;
        for program in &programs {
            program.accept(&format!("{round}-{}", program.process.program)).await;
        }
        for waiter in waiting {
            waiter.await.unwrap();
        }
    }
}
