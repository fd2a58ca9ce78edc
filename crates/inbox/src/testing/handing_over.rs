//! Tasks that are leased in the write that stores them.

use std::sync::Arc;
use std::time::Duration;

use super::support::{LONG, Program, SHORT, ci, free, id, in_order, latest};
use crate::store::accept::{AcceptAnswer, Accepted, NewDelivery};
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::settlement::Settlement;

/// With a lease for each of its tasks.
fn handed_over(mut new: NewDelivery, duration: Duration) -> NewDelivery {
    for task in &mut new.tasks {
        task.lease = Some(duration);
    }
    new
}

fn expect_waiting(answer: &AcceptAnswer, accepted: &Accepted) {
    assert_eq!(&answer.accepted, accepted);
    assert!(answer.handed_over.is_empty(), "{answer:?}");
}

pub(super) async fn a_new_task_is_handed_over(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit", "lint"]).await;
    let mut new = handed_over(ci.new_delivery("one"), LONG);
    new.tasks[1].lease = None;
    new.tasks[2].lane = Some(free("main"));
    let answer = ci.send(new).await;
    assert_eq!(answer.accepted, Accepted::New { tasks: 3 });
    let takers: Vec<_> = answer.handed_over.iter().map(|it| it.taker).collect();
    assert_eq!(takers.len(), 2);
    for (taker, handler) in [(0, "ci.build"), (2, "ci.lint")] {
        let entry = ci.entry_of("one", handler).await;
        let it = answer.handed_over.iter().find(|it| it.taker == ci.takers[taker]).unwrap();
        assert_eq!(it.task, entry.task);
        assert_eq!((entry.state, entry.number, entry.run), (TaskState::Leased, 1, 1));
        assert!(ci.renew(it.token, LONG).await.is_some());
        ci.done(it.token).await;
        assert_eq!(ci.entry_of("one", handler).await.state, TaskState::Done);
    }
    // The other one waits for whoever leases it.
    let leased = ci.lease(10, LONG).await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].taker, ci.takers[1]);
}

pub(super) async fn what_is_handed_over_holds_its_lane(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let first = ci.send(handed_over(ci.in_lane("one", &free("main")), LONG)).await;
    // The lane is not free any more, for neither way.
    let second = ci.send(handed_over(ci.in_lane("two", &free("main")), LONG)).await;
    expect_waiting(&second, &Accepted::New { tasks: 1 });
    ci.expect_nothing_due().await;
    ci.done(first.handed_over[0].token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("two"));
}

pub(super) async fn nothing_is_handed_over_past_those_in_line(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (key, lane) in [("free", free("free")), ("order", in_order("order"))] {
        ci.accept_in(&format!("{key}-one"), &lane).await;
        let text = format!("{key}-two");
        let answer = ci.send(handed_over(ci.in_lane(&text, &lane), LONG)).await;
        expect_waiting(&answer, &Accepted::New { tasks: 1 });
        assert_eq!(ci.entry(&text).await.state, TaskState::Blocked);
    }
    assert_eq!(ci.due().await, ["free-one", "order-one"]);
}

pub(super) async fn what_takes_the_place_of_those_that_wait_is_handed_over(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("old", &latest("main", 1)).await;
    let answer = ci.send(handed_over(ci.in_lane("new", &latest("main", 2)), LONG)).await;
    assert_eq!(answer.handed_over.len(), 1);
    assert_eq!(ci.entry("new").await.state, TaskState::Leased);
    assert_eq!(ci.entry("old").await.state, TaskState::Superseded);
    // And nothing while the older one runs.
    let answer = ci.send(handed_over(ci.in_lane("newer", &latest("main", 3)), LONG)).await;
    expect_waiting(&answer, &Accepted::New { tasks: 1 });
    // Nor what is superseded itself.
    let answer = ci.send(handed_over(ci.in_lane("late", &latest("main", 0)), LONG)).await;
    expect_waiting(&answer, &Accepted::New { tasks: 1 });
}

pub(super) async fn only_new_tasks_are_handed_over(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let again = || handed_over(ci.new_delivery("one"), LONG);
    expect_waiting(&ci.send(again()).await, &Accepted::Duplicate { at_work: 1, tasks: 1 });
    ci.done(ci.lease_one().await.token).await;
    expect_waiting(&ci.send(again()).await, &Accepted::Again { tasks: 1, superseded: 0 });
    assert_eq!(ci.lease_one().await.run, 2);
}

pub(super) async fn what_is_dead_from_the_start_is_not_handed_over(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let mut new = handed_over(ci.new_delivery("one"), LONG);
    new.tasks[0].dead = Some("no lane".to_owned());
    expect_waiting(&ci.send(new).await, &Accepted::New { tasks: 1 });
}

pub(super) async fn what_was_handed_over_is_leased_again_when_its_lease_ends(
    store: &Arc<dyn Store>,
) {
    let ci = ci(store).await;
    let answer = ci.send(handed_over(ci.new_delivery("one"), SHORT)).await;
    let leased = ci.lease_when_due(LONG).await;
    assert_eq!(leased.task, answer.handed_over[0].task);
    assert_eq!((leased.number, leased.abandoned), (2, 1));
    assert!(ci.renew(answer.handed_over[0].token, LONG).await.is_none());
}

pub(super) async fn what_was_handed_over_can_be_released(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let answer = ci.send(handed_over(ci.new_delivery("one"), LONG)).await;
    ci.settle(answer.handed_over[0].token, Settlement::Release).await;
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.number), (TaskState::Ready, 0));
    assert_eq!(ci.lease_one().await.number, 1);
}
