//! The first row of the table of operations: a delivery that is known comes again.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::found::{Found, each};
use super::support::{
    LONG, Program, body, ci, delivery, ends, failure, free, id, latest, outage, step,
};
use crate::store::accept::{Accepted, NewTask};
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::packed::Packed;
use crate::store::purge::Purge;
use crate::store::settlement::Settlement;

const ONE_AT_WORK: Accepted = Accepted::Duplicate { at_work: 1, tasks: 1 };
const ONE_AGAIN: Accepted = Accepted::Again { tasks: 1, superseded: 0 };

pub(super) async fn a_waiting_task_is_due_now(store: &Arc<dyn Store>) {
    for case in each(store).await.into_iter().filter(|case| case.found.is_waiting()) {
        let before = case.entry().await;
        assert_eq!(case.program.accepted(case.new_delivery()).await, ONE_AT_WORK);
        let after = case.entry().await;
        assert_eq!((after.run, after.number, after.failures), (1, before.number, before.failures));
        if let Some(ahead) = case.ahead {
            assert_eq!(after.state, TaskState::Blocked, "it is due, and stands in line");
            case.program.done(ahead).await;
        } else {
            assert_eq!(after.state, TaskState::Ready, "{:?}", case.found);
        }
        assert_eq!(case.lease().await.run, 1, "{:?}", case.found);
    }
}

pub(super) async fn a_leased_task_stays_leased(store: &Arc<dyn Store>) {
    let mut cases = each(store).await.into_iter();
    let case = cases.find(|case| case.found == Found::Leased).unwrap();
    assert_eq!(case.program.accepted(case.new_delivery()).await, ONE_AT_WORK);
    case.expect_unchanged().await;
    case.program.expect_nothing_due().await;
    case.program.done(case.token.unwrap()).await;
}

pub(super) async fn a_task_that_waits_for_its_end_stays(store: &Arc<dyn Store>) {
    let is_ending = |found| matches!(found, Found::Ending | Found::LeasedEnding);
    for case in each(store).await.into_iter().filter(|case| is_ending(case.found)) {
        assert_eq!(case.program.accepted(case.new_delivery()).await, ONE_AT_WORK);
        case.expect_unchanged().await;
        // A new run begins after it.
        let token = match case.token {
            Some(token) => token,
            None => case.lease().await.token,
        };
        case.program.settle(token, Settlement::Ended).await;
        assert_eq!(case.program.accepted(case.new_delivery()).await, ONE_AGAIN);
        assert_eq!(case.lease().await.end, None);
    }
}

pub(super) async fn a_settled_task_has_a_new_run(store: &Arc<dyn Store>) {
    let is_of_this_kind =
        |found| matches!(found, Found::Done | Found::Superseded | Found::Canceled);
    for case in each(store).await.into_iter().filter(|case| is_of_this_kind(case.found)) {
        assert_eq!(case.program.accepted(case.new_delivery()).await, ONE_AGAIN);
        let entry = case.entry().await;
        assert_eq!((entry.state, entry.run, entry.number), (TaskState::Ready, 2, 0));
        assert_eq!((entry.settled_at, entry.superseded_by), (None, None), "{:?}", case.found);
        assert!(entry.steps.is_empty(), "the steps were another run's");
        let leased = case.lease().await;
        assert_eq!((leased.run, leased.number, leased.end), (2, 1, None), "{:?}", case.found);
        assert!(leased.steps.is_empty());
        case.program.done(leased.token).await;
        assert_eq!(case.program.accepted(case.new_delivery()).await, ONE_AGAIN);
        assert_eq!(case.lease().await.run, 3);
    }
}

pub(super) async fn a_dead_task_goes_on(store: &Arc<dyn Store>) {
    let mut cases = each(store).await.into_iter();
    let case = cases.find(|case| case.found == Found::Dead).unwrap();
    assert_eq!(case.program.accepted(case.new_delivery()).await, ONE_AGAIN);
    let entry = case.entry().await;
    assert_eq!((entry.state, entry.run, entry.number), (TaskState::Ready, 1, 0));
    assert_eq!((entry.failures, entry.abandoned, entry.settled_at), (0, 0, None));
    assert_eq!(entry.steps, ["build"]);
    let leased = case.lease().await;
    assert_eq!((leased.run, leased.number, leased.failures, leased.abandoned), (1, 1, 0, 0));
    assert_eq!((leased.failing_for, leased.end), (None, None));
    assert_eq!(leased.steps, [step("build", "true")]);
}

pub(super) async fn while_one_is_at_work_no_settled_task_begins_anew(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    ci.accept("one").await;
    let leased = ci.lease(2, LONG).await;
    ci.done(leased[0].token).await;
    let at_work = Accepted::Duplicate { at_work: 1, tasks: 2 };
    assert_eq!(ci.redeliver("one").await, at_work, "the other is leased");
    ci.settle(leased[1].token, failure(LONG)).await;
    assert_eq!(ci.redeliver("one").await, at_work, "the other waits");
    // It is due now, as it waited.
    let again = ci.lease_one().await;
    assert_eq!((again.task, again.number), (leased[1].task, 2));
    ci.settle(again.token, ends(End::Dead)).await;
    assert_eq!(ci.redeliver("one").await, at_work, "the other is about to end");
    ci.settle(again.token, Settlement::Ended).await;
    ci.expect_nothing_due().await;
}

pub(super) async fn a_dead_task_goes_on_while_another_is_at_work(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit", "lint"]).await;
    ci.accept("one").await;
    let leased = ci.lease(3, LONG).await;
    ci.end(leased[0].token, End::Dead).await;
    ci.done(leased[1].token).await;
    assert_eq!(ci.redeliver("one").await, ONE_AGAIN);
    let again = ci.lease(10, LONG).await;
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].task, again[0].run), (leased[0].task, 1));
}

pub(super) async fn where_nothing_is_at_work_all_settled_tasks_begin_anew(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit", "lint"]).await;
    ci.accept("one").await;
    let leased = ci.lease(3, LONG).await;
    ci.end(leased[0].token, End::Dead).await;
    ci.done(leased[1].token).await;
    ci.end(leased[2].token, End::Canceled).await;
    assert_eq!(ci.redeliver("one").await, Accepted::Again { tasks: 3, superseded: 0 });
    let again = ci.lease(10, LONG).await;
    let runs: Vec<_> = again.iter().map(|leased| leased.run).collect();
    assert_eq!(runs, [1, 2, 2]);
}

pub(super) async fn names_that_take_it_now_get_a_task(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build"]).await;
    ci.accept("one").await;
    let newer = Program::start(store, "ci", &["build", "audit"]).await;
    let newest = Program::start(store, "ci", &["lint"]).await;
    let again = newer.redeliver("one").await;
    assert_eq!(again, Accepted::Again { tasks: 2, superseded: 0 });
    let leased = newer.lease(10, LONG).await;
    assert_eq!(leased.len(), 2);
    assert!(leased.iter().any(|leased| leased.taker == newer.takers[1]));
    // The third has no place yet: the process that took it in lacks its name.
    let unplaced = store.unplaced(&newest.takers, 10).await.unwrap();
    assert_eq!(unplaced.len(), 1);
    assert_eq!(unplaced[0].body, Some(body("one")));
    assert_eq!(newer.redeliver("one").await, Accepted::Duplicate { at_work: 3, tasks: 3 });
}

pub(super) async fn what_was_declined_is_not_written_when_it_comes_again(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    let new = || {
        let mut new = ci.new_delivery("one");
        new.declined = vec![new.tasks.remove(1).taker];
        new
    };
    ci.accept_new(new()).await;
    ci.done(ci.lease_one().await.token).await;
    assert_eq!(ci.accepted(new()).await, ONE_AGAIN);
    assert_eq!(ci.lease(10, LONG).await.len(), 1);
    assert!(store.unplaced(&ci.takers, 10).await.unwrap().is_empty());
}

pub(super) async fn a_new_run_keeps_its_lane(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.done(ci.lease_one().await.token).await;
    ci.accept_in("two", &free("main")).await;
    let two = ci.lease_one().await;
    // Whatever is said the second time.
    assert_eq!(ci.redeliver_in("one", &free("other")).await, ONE_AGAIN);
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.lane.as_deref()), (TaskState::Blocked, Some("main")));
    ci.expect_nothing_due().await;
    ci.done(two.token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("one"));
}

pub(super) async fn a_new_run_is_a_first_attempt_again(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("retried").await;
    for _ in 0..2 {
        let token = ci.lease_one().await.token;
        ci.settle(token, outage(Duration::ZERO)).await;
    }
    ci.accept_and_handle("one").await;
    assert_eq!(ci.redeliver("one").await, ONE_AGAIN);
    // It has the places that are for first attempts.
    let mut request = ci.request(1, LONG);
    request.fresh = 1;
    assert_eq!(ci.ask(&request).await.leased[0].delivery.id, id("one"));
}

impl Program {
    /// Accepts a delivery and handles it, beside those that were tried already.
    async fn accept_and_handle(&self, text: &str) {
        self.accept(text).await;
        let mut request = self.request(1, LONG);
        request.fresh = 1;
        let leased = self.ask(&request).await.leased;
        assert_eq!(leased[0].delivery.id, id(text));
        self.done(leased[0].token).await;
    }
}

pub(super) async fn an_older_one_that_comes_again_is_superseded_at_once(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (number, end) in [None, Some(End::Dead), Some(End::Canceled)].into_iter().enumerate() {
        for is_newer_done in [false, true] {
            let text = |text: &str| format!("{text}-{number}-{is_newer_done}");
            let lane = |version| latest(&text("lane"), version);
            ci.accept_in(&text("old"), &lane(1)).await;
            let old = ci.lease_one().await;
            match end {
                None => ci.done(old.token).await,
                Some(end) => ci.end(old.token, end).await,
            }
            ci.accept_in(&text("new"), &lane(1)).await;
            let new = ci.lease_one().await;
            if is_newer_done {
                ci.done(new.token).await;
            }
            let again = ci.redeliver_in(&text("old"), &lane(1)).await;
            assert_eq!(again, Accepted::Again { tasks: 0, superseded: 1 }, "{}", text("old"));
            let entry = ci.entry(&text("old")).await;
            assert!(entry.settled_at.is_some() && !entry.is_ending, "it stays settled");
            ci.expect_nothing_due().await;
            if !is_newer_done {
                let marks = ci.renew(new.token, LONG).await.unwrap();
                assert_eq!(marks.superseded_by, None);
                ci.done(new.token).await;
            }
        }
    }
}

pub(super) async fn the_newest_that_comes_again_runs_again(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["old", "new"] {
        ci.accept_in(text, &latest("main", 1)).await;
        ci.done(ci.lease_one().await.token).await;
    }
    assert_eq!(ci.redeliver_in("new", &latest("main", 1)).await, ONE_AGAIN);
    let leased = ci.lease_one().await;
    assert_eq!((leased.delivery.id, leased.run), (id("new"), 2));
}

pub(super) async fn a_body_that_is_gone_is_written_again(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("one", Settlement::Done).await;
    let purge = Purge::new(Duration::ZERO, LONG, 100);
    assert_eq!(store.purge(&purge).await.unwrap().bodies, 1);
    assert_eq!(ci.entry("one").await.packed, None);
    assert_eq!(ci.redeliver("one").await, ONE_AGAIN);
    assert_eq!(ci.lease_one().await.body, Some(body("one")));
}

pub(super) async fn what_is_submitted_again_is_a_duplicate_in_whatever_state(
    store: &Arc<dyn Store>,
) {
    for case in each(store).await {
        let mut new = case.new_delivery();
        new.is_submitted = true;
        let at_work = u32::from(!case.found.is_settled());
        let duplicate = Accepted::Duplicate { at_work, tasks: 1 };
        assert_eq!(case.program.accepted(new).await, duplicate, "{:?}", case.found);
        case.expect_unchanged().await;
    }
}

pub(super) async fn what_is_submitted_under_the_id_of_something_else_is_an_error(
    store: &Arc<dyn Store>,
) {
    let ci = ci(store).await;
    let submitted = || {
        let mut new = ci.new_delivery("one");
        new.is_submitted = true;
        new
    };
    assert_eq!(ci.accepted(submitted()).await, Accepted::New { tasks: 1 });
    let mut other_event = submitted();
    other_event.delivery.event = "release".into();
    let mut other_body = submitted();
    other_body.body = Packed::new("another body".into(), None);
    for other in [other_event, other_body] {
        let error = store.accept(other).await.unwrap_err().to_string();
        assert!(error.contains("one"), "it should name the id: {error}");
    }
    // Nothing has changed, and the same work is a duplicate still.
    assert_eq!(ci.accepted(submitted()).await, ONE_AT_WORK);
    let leased = ci.lease_one().await;
    assert_eq!((leased.delivery.event, leased.body), (delivery("one").event, Some(body("one"))));
}

pub(super) async fn what_is_submitted_has_tasks_for_the_names_that_are_asked_for(
    store: &Arc<dyn Store>,
) {
    let ci = ci(store).await;
    let builder = Program::start(store, "builder", &["build"]).await;
    let mut new = ci.new_delivery("one");
    new.tasks = vec![NewTask::new(builder.takers[0])];
    new.program = "builder".to_owned();
    new.is_submitted = true;
    assert_eq!(ci.accepted(new).await, Accepted::New { tasks: 1 });
    ci.expect_nothing_due().await;
    assert_eq!(builder.lease_one().await.taker, builder.takers[0]);
}
