//! Tasks that were written by a process that lacks their name get their place by one that has it.

use std::sync::Arc;

use hookstead_handler::End;

use super::support::{LONG, Program, body, free, id, in_order, latest};
use crate::store::accept::{Accepted, NewTask, TaskLane};
use crate::store::change::Changed;
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::settlement::Settlement;
use crate::store::task_id::TaskId;

/// An old version, which lacks the name of the new one.
async fn two_versions(store: &Arc<dyn Store>) -> (Program, Program) {
    let old = Program::start(store, "ci", &["build"]).await;
    let new = Program::start(store, "ci", &["audit"]).await;
    (old, new)
}

/// The old version accepts a delivery. Returns the task of the new one's name.
async fn accept_by_old(old: &Program, new: &Program, text: &str) -> TaskId {
    old.accept(text).await;
    new.entry_of(text, "ci.audit").await.task
}

/// Gives a task this lane.
async fn place(new: &Program, task: TaskId, lane: Option<TaskLane>) {
    let place = NewTask { lane, ..NewTask::new(new.takers[0]) };
    new.store.place(&[(task, place)]).await.unwrap();
}

pub(super) async fn a_task_is_leased_once_it_has_its_place(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let task = accept_by_old(&old, &new, "one").await;
    new.expect_nothing_due().await;
    place(&new, task, None).await;
    assert!(store.unplaced(&new.takers, 10).await.unwrap().is_empty());
    let leased = new.lease_one().await;
    assert_eq!((leased.task, leased.number, leased.run), (task, 1, 1));
    assert_eq!(leased.body, Some(body("one")));
}

pub(super) async fn those_without_a_place_come_oldest_first(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let texts = ["c", "a", "b"];
    for text in texts {
        old.accept(text).await;
    }
    assert!(store.unplaced(&old.takers, 10).await.unwrap().is_empty(), "only of one's own names");
    assert!(store.unplaced(&[], 10).await.unwrap().is_empty());
    let unplaced = store.unplaced(&new.takers, 2).await.unwrap();
    let ids: Vec<_> = unplaced.iter().map(|it| it.id().as_str()).collect();
    assert_eq!(ids, texts[..2]);
    let mut all: Vec<_> = [&old, &new].iter().flat_map(|it| it.takers.clone()).collect();
    all.reverse();
    let unplaced = store.unplaced(&all, 10).await.unwrap();
    assert_eq!(unplaced.len(), 3);
    for (unplaced, text) in unplaced.iter().zip(texts) {
        assert_eq!((unplaced.id(), &unplaced.body), (&id(text), &Some(body(text))));
        assert_eq!(unplaced.taker, new.takers[0]);
    }
}

pub(super) async fn many_get_their_place_at_once(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let mut places = Vec::new();
    for number in 0..5 {
        let task = accept_by_old(&old, &new, &number.to_string()).await;
        places.push((task, NewTask::new(new.takers[0]).in_lane(free("7:main"))));
    }
    store.place(&places).await.unwrap();
    for number in 0..5 {
        let leased = new.lease(10, LONG).await;
        assert_eq!(leased.len(), 1, "they are in one lane");
        assert_eq!(leased[0].delivery.id, id(&number.to_string()));
        new.done(leased[0].token).await;
    }
    store.place(&[]).await.unwrap();
}

pub(super) async fn a_task_that_has_a_place_stays_as_it_is(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let task = accept_by_old(&old, &new, "one").await;
    place(&new, task, Some(free("7:one"))).await;
    let mut other = NewTask::new(new.takers[0]).in_lane(free("7:other"));
    store.place(&[(task, other.clone())]).await.unwrap();
    other.is_declined = true;
    store.place(&[(task, other.clone())]).await.unwrap();
    (other.is_declined, other.dead) = (false, Some("no lane".to_owned()));
    store.place(&[(task, other)]).await.unwrap();
    store.place(&[(TaskId(task.0 + 1000), NewTask::new(new.takers[0]))]).await.unwrap();
    let entry = new.entry_of("one", "ci.audit").await;
    assert_eq!((entry.state, entry.lane.as_deref()), (TaskState::Ready, Some("7:one")));
    assert_eq!(new.lease_one().await.end, None);
}

pub(super) async fn what_is_declined_at_its_place_is_removed(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let task = accept_by_old(&old, &new, "one").await;
    let mut declined = NewTask::new(new.takers[0]);
    declined.is_declined = true;
    store.place(&[(task, declined)]).await.unwrap();
    assert!(store.unplaced(&new.takers, 10).await.unwrap().is_empty());
    new.expect_nothing_due().await;
    // The other one is there still.
    assert_eq!(new.entry("one").await.name.as_str(), "ci.build");
    let duplicate = Accepted::Duplicate { at_work: 1, tasks: 1 };
    let mut again = old.new_delivery("one");
    again.declined = new.takers.clone();
    assert_eq!(old.accepted(again).await, duplicate);
    old.done(old.lease_one().await.token).await;
}

pub(super) async fn what_has_no_lane_at_its_place_is_dead(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let task = accept_by_old(&old, &new, "one").await;
    let mut dead = NewTask::new(new.takers[0]);
    dead.dead = Some("its lane cannot be found out".to_owned());
    store.place(&[(task, dead)]).await.unwrap();
    let entry = new.entry_of("one", "ci.audit").await;
    assert_eq!((entry.state, entry.is_ending), (TaskState::Dead, true));
    let leased = new.lease_one().await;
    assert_eq!((leased.task, leased.end), (task, Some(End::Dead)));
    new.settle(leased.token, Settlement::Ended).await;
}

pub(super) async fn a_late_place_keeps_the_order_of_acceptance(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let first = accept_by_old(&old, &new, "first").await;
    let second = accept_by_old(&old, &new, "second").await;
    // Meanwhile the new version takes one in itself.
    new.accept_in("third", &in_order("7:main")).await;
    place(&new, second, Some(in_order("7:main"))).await;
    place(&new, first, Some(in_order("7:main"))).await;
    for text in ["first", "second", "third"] {
        let leased = new.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        new.expect_nothing_due().await;
        new.done(leased.token).await;
    }
}

pub(super) async fn a_late_place_waits_for_the_one_that_runs(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let first = accept_by_old(&old, &new, "first").await;
    new.accept_in("second", &free("7:main")).await;
    let second = new.lease_one().await;
    place(&new, first, Some(free("7:main"))).await;
    assert_eq!(new.entry_of("first", "ci.audit").await.state, TaskState::Blocked);
    new.expect_nothing_due().await;
    new.done(second.token).await;
    assert_eq!(new.lease_one().await.task, first);
}

pub(super) async fn a_late_place_does_not_make_an_older_task_newer(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let first = accept_by_old(&old, &new, "first").await;
    let second = accept_by_old(&old, &new, "second").await;
    new.accept_in("third", &latest("7:main", 1)).await;
    let third = new.lease_one().await;
    // Of equal versions that is newer which was accepted later.
    place(&new, second, Some(latest("7:main", 1))).await;
    place(&new, first, Some(latest("7:main", 1))).await;
    assert_eq!(new.renew(third.token, LONG).await.unwrap().superseded_by, None);
    for text in ["first", "second"] {
        let entry = new.entry_of(text, "ci.audit").await;
        assert_eq!((entry.state, entry.is_ending), (TaskState::Superseded, true), "{text}");
        assert!(entry.superseded_by.is_some(), "{text}");
    }
    // A larger version is newer all the same.
    let late = accept_by_old(&old, &new, "late").await;
    new.accept_in("last", &latest("7:main", 1)).await;
    place(&new, late, Some(latest("7:main", 2))).await;
    let marks = new.renew(third.token, LONG).await.unwrap();
    assert!(marks.superseded_by.is_some());
    let last = new.entry_of("last", "ci.audit").await;
    assert_eq!((last.state, last.superseded_by), (TaskState::Superseded, Some(id("late"))));
}

pub(super) async fn a_task_without_a_place_can_be_canceled(store: &Arc<dyn Store>) {
    let (old, new) = two_versions(store).await;
    let task = accept_by_old(&old, &new, "one").await;
    let canceled = store.change(task, &super::support::cancel()).await.unwrap();
    assert_eq!(canceled, Changed::Changed);
    // It has ended, wherever it would have stood.
    assert_eq!(new.entry_of("one", "ci.audit").await.state, TaskState::Canceled);
    place(&new, task, None).await;
    let leased = new.lease_one().await;
    assert_eq!((leased.task, leased.end), (task, Some(End::Canceled)));
}
