//! What is forgotten, and when.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{LONG, Program, SHORT, cancel, ci, ends, failure, free, id};
use crate::store::accept::Accepted;
use crate::store::change::Changed;
use crate::store::contract::Store;
use crate::store::entry::{Filter, TaskState};
use crate::store::purge::{Purge, Purged};
use crate::store::settlement::Settlement;

const NOW: Duration = Duration::ZERO;

/// Of what is to be forgotten: nothing, but for what is set then.
fn nothing() -> Purge {
    Purge::new(LONG, LONG, 1000)
}

async fn purge(store: &Arc<dyn Store>, purge: &Purge) -> Purged {
    store.purge(purge).await.unwrap()
}

pub(super) async fn settled_tasks_are_forgotten(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("done", Settlement::Done).await;
    ci.accept_and_end("superseded", End::Superseded).await;
    ci.accept_and_end("canceled", End::Canceled).await;
    ci.accept_and_end("dead", End::Dead).await;
    ci.accept_and_settle("delayed", failure(LONG)).await;
    ci.accept("leased").await;
    let leased = ci.lease_one().await;
    ci.accept("ready").await;

    assert_eq!(purge(store, &nothing()).await, Purged::default());
    let all = Purge::new(NOW, NOW, 1000);
    let purged = purge(store, &all).await;
    assert_eq!((purged.tasks, purged.deliveries, purged.untaken), (4, 4, 0));
    assert!(!purged.is_more);
    assert_eq!(purge(store, &all).await, Purged::default());
    let mut left: Vec<_> = ci.list(Filter::default()).await;
    left.reverse();
    let left: Vec<_> = left.iter().map(|entry| entry.delivery.id.as_str()).collect();
    assert_eq!(left, ["delayed", "leased", "ready"]);
    ci.done(leased.token).await;
    for text in ["done", "superseded", "canceled", "dead"] {
        assert_eq!(ci.redeliver(text).await, Accepted::New { tasks: 1 }, "{text}");
    }
}

pub(super) async fn only_what_was_settled_long_ago_is_forgotten(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("one", Settlement::Done).await;
    let never = Purge::new(Duration::MAX, Duration::MAX, 1000);
    assert_eq!(purge(store, &never).await, Purged::default());
    while purge(store, &Purge::new(SHORT, SHORT, 1000)).await.tasks == 0 {
        tokio::time::sleep(SHORT / 5).await;
    }
    assert!(ci.list(Filter::default()).await.is_empty());
    assert!(store.known(&[id("one")]).await.unwrap().is_empty());
}

pub(super) async fn what_waits_for_its_end_is_not_forgotten(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("waits").await;
    assert_eq!(ci.change("waits", &cancel()).await, Changed::Changed);
    ci.accept("ends").await;
    // The other one waits for its end, which comes after real work.
    let token = ci.lease_one().await.token;
    ci.settle(token, ends(End::Dead)).await;
    assert_eq!(purge(store, &Purge::new(NOW, NOW, 1000)).await, Purged::default());
    ci.settle(token, Settlement::Ended).await;
    ci.settle(ci.lease_one().await.token, Settlement::Ended).await;
    assert_eq!(purge(store, &Purge::new(NOW, NOW, 1000)).await.tasks, 2);
}

pub(super) async fn a_delivery_is_kept_while_a_task_is(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    ci.accept("one").await;
    let leased = ci.lease(2, LONG).await;
    ci.done(leased[0].token).await;
    let all = Purge::new(NOW, NOW, 1000);
    let purged = purge(store, &all).await;
    assert_eq!((purged.bodies, purged.deliveries), (0, 0), "the other needs it");
    ci.settle(leased[1].token, failure(NOW)).await;
    let again = ci.lease_one().await;
    assert!(again.body.is_some());
    ci.done(again.token).await;
    let purged = purge(store, &all).await;
    assert_eq!(purged.deliveries, 1);
    assert!(ci.list(Filter::default()).await.is_empty());
}

pub(super) async fn bodies_go_before_their_tasks(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("done", Settlement::Done).await;
    ci.accept_and_end("canceled", End::Canceled).await;
    ci.accept_and_end("dead", End::Dead).await;
    ci.accept("ready").await;
    let mut bodies = nothing();
    bodies.bodies_after = NOW;
    let purged = purge(store, &bodies).await;
    assert_eq!((purged.bodies, purged.tasks, purged.deliveries), (2, 0, 0));
    for (text, is_kept) in [("done", false), ("canceled", false), ("dead", true), ("ready", true)] {
        assert_eq!(ci.entry(text).await.packed.is_some(), is_kept, "{text}");
    }
    // Dead ones are kept longer, for whoever revives them.
    let mut dead = nothing();
    dead.dead_bodies_after = NOW;
    assert_eq!(purge(store, &dead).await.bodies, 1);
    assert_eq!(ci.entry("dead").await.packed, None);
    assert_eq!(purge(store, &bodies).await, Purged::default());
    assert!(ci.lease_one().await.body.is_some());
}

pub(super) async fn a_body_of_which_one_task_is_dead_is_kept_as_that_of_a_dead_one(
    store: &Arc<dyn Store>,
) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    ci.accept("one").await;
    let leased = ci.lease(2, LONG).await;
    ci.done(leased[0].token).await;
    ci.end(leased[1].token, End::Dead).await;
    let mut bodies = nothing();
    bodies.bodies_after = NOW;
    assert_eq!(purge(store, &bodies).await.bodies, 0);
    bodies.dead_bodies_after = NOW;
    assert_eq!(purge(store, &bodies).await.bodies, 1);
}

pub(super) async fn what_all_declined_is_forgotten(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut new = ci.new_delivery("one");
    new.tasks.clear();
    new.declined = ci.takers.clone();
    assert_eq!(ci.accepted(new).await, Accepted::Declined);
    assert_eq!(purge(store, &nothing()).await, Purged::default());
    assert_eq!(purge(store, &Purge::new(NOW, NOW, 1000)).await.deliveries, 1);
    assert!(store.known(&[id("one")]).await.unwrap().is_empty());
}

pub(super) async fn what_nobody_takes_dies(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let gone = Program::start(store, "ci", &["gone"]).await;
    gone.accept("unplaced-of-ci").await;
    for text in ["ready", "delayed", "leased"] {
        let mut new = gone.new_delivery(text);
        new.declined = ci.takers.clone();
        gone.accept_new(new).await;
    }
    let leased = gone.lease(10, LONG).await;
    assert_eq!(leased.len(), 4);
    gone.done(leased[0].token).await;
    gone.settle(leased[1].token, Settlement::Release).await;
    gone.settle(leased[2].token, failure(LONG)).await;
    let mut untaken = nothing();
    untaken.untaken_after = NOW;
    assert_eq!(purge(store, &untaken).await, Purged::default(), "its process lives");
    gone.leave().await;
    assert_eq!(purge(store, &nothing()).await, Purged::default(), "it waits for long");
    let purged = purge(store, &untaken).await;
    assert_eq!((purged.untaken, purged.tasks), (2, 0));
    for text in ["ready", "delayed"] {
        let entry = ci.entry(text).await;
        assert_eq!((entry.state, entry.is_ending), (TaskState::Dead, false), "{text}");
        assert!(entry.settled_at.is_some() && entry.text.is_some(), "{text}");
    }
    // What somebody takes is as it was.
    assert_eq!(ci.entry("leased").await.state, TaskState::Leased);
    assert_eq!(store.unplaced(&ci.takers, 10).await.unwrap().len(), 1);
    gone.beat().await;
    gone.expect_nothing_due().await;
}

pub(super) async fn what_nobody_takes_frees_its_lane(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build"]).await;
    let gone = Program::start(store, "ci", &["gone"]).await;
    for (text, program, other) in [("ghost", &gone, &ci), ("next", &ci, &gone)] {
        let mut new = program.in_lane(text, &free("@group"));
        new.declined = other.takers.clone();
        program.accept_new(new).await;
    }
    gone.leave().await;
    let mut untaken = nothing();
    untaken.untaken_after = NOW;
    assert_eq!(purge(store, &untaken).await.untaken, 1);
    assert_eq!(ci.lease_one().await.delivery.id, id("next"));
}

pub(super) async fn a_call_forgets_a_bounded_number(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for number in 0..10 {
        ci.accept_and_settle(&number.to_string(), Settlement::Done).await;
    }
    let few = Purge::new(NOW, NOW, 3);
    let mut total = Purged::default();
    let mut calls = 0;
    loop {
        let purged = purge(store, &few).await;
        assert!(purged.tasks <= 3 && purged.bodies <= 3 && purged.deliveries <= 3, "{purged:?}");
        total.tasks += purged.tasks;
        total.deliveries += purged.deliveries;
        calls += 1;
        if !purged.is_more {
            break;
        }
        assert!(calls < 100, "it should come to an end");
    }
    assert_eq!((total.tasks, total.deliveries), (10, 10));
    assert!(calls >= 4, "{calls}");
    assert!(ci.list(Filter::default()).await.is_empty());
}
