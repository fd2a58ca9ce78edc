//! The other rows of the table of operations: what a person or a program does to one task.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_handler::End;

use super::found::{Found, each};
use super::support::{
    LONG, Program, SHORT, TOLERANCE, cancel, ci, ends, failure, free, id, latest, revive, step,
    waits,
};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::purge::Purge;
use crate::store::settlement::Settlement;
use crate::store::task_id::TaskId;

pub(super) async fn a_settled_task_is_rerun_from_the_beginning(store: &Arc<dyn Store>) {
    for case in each(store).await.into_iter().filter(|case| case.found.is_settled()) {
        assert_eq!(case.change(&TaskChange::Rerun).await, Changed::Changed, "{:?}", case.found);
        let entry = case.entry().await;
        assert_eq!((entry.state, entry.run, entry.number), (TaskState::Ready, 2, 0));
        assert_eq!((entry.failures, entry.abandoned, entry.settled_at), (0, 0, None));
        assert!(entry.steps.is_empty(), "{:?}", case.found);
        let leased = case.lease().await;
        assert_eq!((leased.run, leased.number, leased.failures), (2, 1, 0), "{:?}", case.found);
        assert_eq!((leased.end, leased.failing_for), (None, None));
        assert!(leased.steps.is_empty(), "{:?}", case.found);
    }
}

pub(super) async fn what_is_still_at_it_is_not_rerun(store: &Arc<dyn Store>) {
    for case in each(store).await.into_iter().filter(|case| !case.found.is_settled()) {
        assert_eq!(case.change(&TaskChange::Rerun).await, Changed::Refused, "{:?}", case.found);
        case.expect_unchanged().await;
    }
}

pub(super) async fn only_dead_tasks_are_revived(store: &Arc<dyn Store>) {
    for case in each(store).await.into_iter().filter(|case| case.found != Found::Dead) {
        assert_eq!(case.change(&revive()).await, Changed::Refused, "{:?}", case.found);
        case.expect_unchanged().await;
    }
}

pub(super) async fn a_revived_task_goes_on(store: &Arc<dyn Store>) {
    let mut cases = each(store).await.into_iter();
    let case = cases.find(|case| case.found == Found::Dead).unwrap();
    assert_eq!(case.change(&revive()).await, Changed::Changed);
    let entry = case.entry().await;
    assert_eq!((entry.state, entry.run, entry.number), (TaskState::Ready, 1, 0));
    assert_eq!((entry.failures, entry.abandoned, entry.settled_at), (0, 0, None));
    let leased = case.lease().await;
    assert_eq!((leased.run, leased.number, leased.failures, leased.abandoned), (1, 1, 0, 0));
    assert_eq!((leased.failing_for, leased.end), (None, None));
    assert_eq!(leased.steps, [step("build", "true")], "a first attempt has them, too");
}

pub(super) async fn a_revived_task_forgets_the_step_that_is_named(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let token = ci.lease_one().await.token;
    for name in ["build", "deploy"] {
        assert!(store.keep_step(token, &step(name, "1")).await.unwrap());
    }
    ci.end(token, End::Dead).await;
    let forget =
        |name: &str| TaskChange::Revive { forget: Some(name.to_owned()), after: Duration::ZERO };
    assert_eq!(ci.change("one", &forget("build")).await, Changed::Changed);
    let leased = ci.lease_one().await;
    assert_eq!(leased.steps, [step("deploy", "1")]);
    // One that is not there is forgotten already.
    ci.end(leased.token, End::Dead).await;
    assert_eq!(ci.change("one", &forget("build")).await, Changed::Changed);
    assert_eq!(ci.lease_one().await.steps, [step("deploy", "1")]);
}

pub(super) async fn a_revived_task_is_due_when_it_was_told(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (text, after) in [("one", SHORT * 2), ("two", LONG)] {
        ci.accept_and_end(text, End::Dead).await;
        let before = Instant::now();
        let change = TaskChange::Revive { forget: None, after };
        assert_eq!(ci.change(text, &change).await, Changed::Changed);
        if after == LONG {
            assert_eq!(ci.entry(text).await.state, TaskState::Delayed);
            ci.expect_nothing_due().await;
        } else {
            assert_eq!(ci.lease_when_due(LONG).await.delivery.id, id(text));
            assert!(before.elapsed() + TOLERANCE >= after, "it was due early");
        }
    }
}

pub(super) async fn a_waiting_task_is_canceled(store: &Arc<dyn Store>) {
    for case in each(store).await.into_iter().filter(|case| case.found.is_waiting()) {
        assert_eq!(case.change(&cancel()).await, Changed::Changed, "{:?}", case.found);
        let entry = case.entry().await;
        assert_eq!((entry.state, entry.is_ending), (TaskState::Canceled, true));
        assert_eq!(entry.text.as_deref(), Some("a change of mind"));
        let leased = case.lease().await;
        assert_eq!(leased.end, Some(End::Canceled), "{:?}", case.found);
        case.program.settle(leased.token, Settlement::Ended).await;
        let entry = case.entry().await;
        assert_eq!((entry.state, entry.is_ending), (TaskState::Canceled, false));
        assert!(entry.settled_at.is_some());
        case.program.expect_nothing_due().await;
    }
}

pub(super) async fn a_leased_task_is_told_that_it_is_canceled(store: &Arc<dyn Store>) {
    let mut cases = each(store).await.into_iter();
    let case = cases.find(|case| case.found == Found::Leased).unwrap();
    let (program, token) = (&case.program, case.token.unwrap());
    assert_eq!(case.change(&cancel()).await, Changed::Marked);
    case.expect_unchanged().await;
    // As often as it asks.
    for _ in 0..2 {
        let marks = program.renew(token, LONG).await.unwrap();
        assert_eq!(marks.canceled.as_deref(), Some("a change of mind"));
    }
    program.must_end(token, failure(Duration::ZERO), End::Canceled).await;
    assert_eq!(case.entry().await.state, TaskState::Canceled);
}

pub(super) async fn what_is_settled_or_ending_is_not_canceled(store: &Arc<dyn Store>) {
    let is_open = |found: Found| found.is_waiting() || found == Found::Leased;
    for case in each(store).await.into_iter().filter(|case| !is_open(case.found)) {
        assert_eq!(case.change(&cancel()).await, Changed::Refused, "{:?}", case.found);
        case.expect_unchanged().await;
    }
}

pub(super) async fn a_waiting_task_that_is_woken_is_due_now(store: &Arc<dyn Store>) {
    for case in each(store).await.into_iter().filter(|case| case.found.is_waiting()) {
        assert_eq!(case.change(&TaskChange::Wake).await, Changed::Changed, "{:?}", case.found);
        if let Some(ahead) = case.ahead {
            assert_eq!(case.entry().await.state, TaskState::Blocked);
            case.program.done(ahead).await;
        }
        assert_eq!(case.lease().await.run, 1, "{:?}", case.found);
    }
}

pub(super) async fn a_leased_task_that_is_woken_waits_no_more(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let token = ci.lease_one().await.token;
    assert_eq!(ci.renew(token, LONG).await.map(|marks| marks.is_woken), Some(false));
    // Remembered, not told: it may have asked for something to wait for just now.
    let woken = ci.change("one", &TaskChange::Wake).await;
    assert!(matches!(woken, Changed::Changed | Changed::Marked), "{woken:?}");
    assert_eq!(ci.renew(token, LONG).await.map(|marks| marks.is_woken), Some(true));
    ci.settle(token, waits(LONG)).await;
    let again = ci.lease_one().await;
    assert_eq!(again.delivery.id, id("one"));
    // Once: the wait that follows is one.
    ci.settle(again.token, waits(LONG)).await;
    ci.expect_nothing_due().await;
}

pub(super) async fn what_is_settled_or_ending_is_not_woken(store: &Arc<dyn Store>) {
    let is_open = |found: Found| found.is_waiting() || found == Found::Leased;
    for case in each(store).await.into_iter().filter(|case| !is_open(case.found)) {
        assert_eq!(case.change(&TaskChange::Wake).await, Changed::Refused, "{:?}", case.found);
        case.expect_unchanged().await;
    }
}

pub(super) async fn a_task_that_nobody_knows_is_unknown(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_end("one", End::Dead).await;
    let unknown = TaskId(ci.entry("one").await.task.0 + 1000);
    for change in [TaskChange::Rerun, revive(), cancel(), TaskChange::Wake] {
        assert_eq!(store.change(unknown, &change).await.unwrap(), Changed::Unknown, "{change:?}");
    }
}

pub(super) async fn without_its_body_nothing_begins_anew(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("done", Settlement::Done).await;
    ci.accept_and_end("dead", End::Dead).await;
    let purge = Purge::new(Duration::ZERO, LONG, 100);
    assert_eq!(store.purge(&purge).await.unwrap().bodies, 1, "that of the dead one is kept");
    assert_eq!(ci.change("done", &TaskChange::Rerun).await, Changed::NoBody);
    assert_eq!(ci.entry("done").await.state, TaskState::Done);
    let mut purge = purge;
    purge.dead_bodies_after = Duration::ZERO;
    assert_eq!(store.purge(&purge).await.unwrap().bodies, 1);
    for change in [TaskChange::Rerun, revive()] {
        assert_eq!(ci.change("dead", &change).await, Changed::NoBody, "{change:?}");
    }
    assert_eq!(ci.entry("dead").await.state, TaskState::Dead);
    ci.expect_nothing_due().await;
}

pub(super) async fn a_change_is_of_one_task_alone(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    ci.accept("one").await;
    for leased in ci.lease(2, LONG).await {
        ci.end(leased.token, End::Dead).await;
    }
    let task = ci.entry_of("one", "ci.audit").await.task;
    assert_eq!(store.change(task, &revive()).await.unwrap(), Changed::Changed);
    let leased = ci.lease(10, LONG).await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].task, task);
    assert_eq!(ci.entry_of("one", "ci.build").await.state, TaskState::Dead);
}

pub(super) async fn a_rerun_ignores_what_came_before_it(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["old", "new"] {
        ci.accept_in(text, &latest("main", 1)).await;
        ci.done(ci.lease_one().await.token).await;
    }
    assert_eq!(ci.change("old", &TaskChange::Rerun).await, Changed::Changed);
    let leased = ci.lease_one().await;
    assert_eq!((leased.delivery.id.clone(), leased.run), (id("old"), 2));
    assert_eq!(ci.renew(leased.token, LONG).await.unwrap().superseded_by, None);
}

pub(super) async fn a_rerun_supersedes_nobody(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("first", &latest("main", 1)).await;
    ci.done(ci.lease_one().await.token).await;
    ci.accept_in("second", &latest("main", 1)).await;
    let second = ci.lease_one().await;
    assert_eq!(ci.change("first", &TaskChange::Rerun).await, Changed::Changed);
    assert_eq!(ci.renew(second.token, LONG).await.unwrap().superseded_by, None);
    // They are done one after the other.
    assert_eq!(ci.entry("first").await.state, TaskState::Blocked);
    ci.done(second.token).await;
    let first = ci.lease_one().await;
    assert_eq!(first.delivery.id, id("first"));
    ci.done(first.token).await;
    // Nor one that waits, and was accepted earlier.
    ci.accept_in("third", &latest("main", 2)).await;
    ci.settle(ci.lease_one().await.token, failure(LONG)).await;
    assert_eq!(ci.change("second", &TaskChange::Rerun).await, Changed::Changed);
    assert_eq!(ci.entry("third").await.state, TaskState::Delayed);
    assert_eq!(ci.lease_one().await.delivery.id, id("second"));
}

pub(super) async fn a_rerun_is_superseded_by_what_comes_after_it(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["waits", "runs"] {
        let lane = latest(text, 1);
        ci.accept_in(text, &lane).await;
        ci.done(ci.lease_one().await.token).await;
        assert_eq!(ci.change(text, &TaskChange::Rerun).await, Changed::Changed);
        let leased = match text {
            "runs" => Some(ci.lease_one().await),
            _ => None,
        };
        let next = format!("after-{text}");
        ci.accept_in(&next, &lane).await;
        assert_eq!(ci.entry(text).await.superseded_by, Some(id(&next)), "{text}");
        if let Some(leased) = leased {
            let marks = ci.renew(leased.token, LONG).await.unwrap();
            assert_eq!(marks.superseded_by, Some(id(&next)));
            ci.must_end(leased.token, failure(LONG), End::Superseded).await;
        }
        let next = ci.lease_one().await;
        ci.done(next.token).await;
        for leased in ci.lease(10, LONG).await {
            ci.settle(leased.token, Settlement::Ended).await;
        }
    }
}

pub(super) async fn a_rerun_waits_for_its_lane(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["one", "two"] {
        ci.accept_in(text, &free("main")).await;
    }
    ci.done(ci.lease_one().await.token).await;
    let two = ci.lease_one().await;
    assert_eq!(ci.change("one", &TaskChange::Rerun).await, Changed::Changed);
    assert_eq!(ci.entry("one").await.state, TaskState::Blocked);
    ci.expect_nothing_due().await;
    ci.done(two.token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("one"));
}

pub(super) async fn an_older_one_that_is_revived_is_superseded_at_once(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("old", &latest("main", 1)).await;
    ci.end(ci.lease_one().await.token, End::Dead).await;
    ci.accept_in("new", &latest("main", 1)).await;
    let by = Changed::Superseded { by: id("new") };
    assert_eq!(ci.change("old", &revive()).await, by, "it waits");
    let new = ci.lease_one().await;
    ci.done(new.token).await;
    let entry = ci.entry("old").await;
    assert!(entry.settled_at.is_some() && !entry.is_ending, "it stays settled");
    ci.expect_nothing_due().await;
    // The newest one may be revived.
    ci.accept_in("newest", &latest("main", 1)).await;
    ci.end(ci.lease_one().await.token, End::Dead).await;
    assert_eq!(ci.change("newest", &revive()).await, Changed::Changed);
    assert_eq!(ci.lease_one().await.delivery.id, id("newest"));
}

pub(super) async fn a_revived_task_takes_the_place_of_older_ones(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("new", &latest("main", 2)).await;
    ci.end(ci.lease_one().await.token, End::Dead).await;
    // What is older and comes later has no chance, also beside a dead one.
    ci.accept_in("old", &latest("main", 1)).await;
    assert_eq!(ci.entry("old").await.superseded_by, Some(id("new")));
    assert_eq!(ci.change("new", &revive()).await, Changed::Changed);
    let mut leased = ci.lease(10, LONG).await;
    leased.sort_by_key(|leased| leased.end.is_some());
    assert_eq!(leased[0].delivery.id, id("new"));
    assert_eq!(leased[1].end, Some(End::Superseded));
}

pub(super) async fn an_end_that_was_marked_meanwhile_is_that_of_the_mark(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let token = ci.lease_one().await.token;
    assert_eq!(ci.change("one", &cancel()).await, Changed::Marked);
    ci.must_end(token, ends(End::Dead), End::Canceled).await;
    assert_eq!(ci.entry("one").await.state, TaskState::Canceled);
    // Canceled twice is canceled once.
    ci.accept("two").await;
    let token = ci.lease_one().await.token;
    for _ in 0..2 {
        assert_eq!(ci.change("two", &cancel()).await, Changed::Marked);
    }
    ci.must_end(token, failure(LONG), End::Canceled).await;
    assert_eq!(ci.change("two", &cancel()).await, Changed::Refused);
}
