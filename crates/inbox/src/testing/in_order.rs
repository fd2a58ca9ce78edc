//! Lanes in which one task is done after the other.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{
    LONG, Program, SHORT, cancel, ci, failure, halting, id, in_order, outage, revive, waits,
};
use crate::store::accept::Accepted;
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::settlement::Settlement;

pub(super) async fn what_waits_holds_up_those_behind_it(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (number, again) in [failure(LONG), outage(LONG), waits(LONG)].into_iter().enumerate() {
        let (one, two) = (format!("one-{number}"), format!("two-{number}"));
        let lane = in_order(&number.to_string());
        ci.accept_in(&one, &lane).await;
        ci.settle(ci.lease_one().await.token, again).await;
        ci.accept_in(&two, &lane).await;
        assert_eq!(ci.entry(&one).await.state, TaskState::Delayed);
        assert_eq!(ci.entry(&two).await.state, TaskState::Blocked);
        ci.expect_nothing_due().await;
        assert_eq!(ci.change(&two, &TaskChange::Wake).await, Changed::Changed);
        ci.expect_nothing_due().await;
        assert_eq!(ci.change(&one, &TaskChange::Wake).await, Changed::Changed);
        for text in [&one, &two] {
            let leased = ci.lease_one().await;
            assert_eq!(leased.delivery.id, id(text));
            ci.done(leased.token).await;
        }
    }
}

pub(super) async fn a_lease_without_outcome_holds_up_those_behind_it(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &in_order("main")).await;
    ci.accept_in("two", &in_order("main")).await;
    ci.lease_one_for(SHORT).await;
    let leased = ci.lease_when_due(LONG).await;
    assert_eq!((leased.delivery.id.clone(), leased.number), (id("one"), 2));
    ci.expect_nothing_due().await;
    ci.done(leased.token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("two"));
}

pub(super) async fn the_first_accepted_goes_first_whenever_it_is_due(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["one", "two", "three"] {
        ci.accept_in(text, &in_order("main")).await;
    }
    // Given back, and failed: it is its turn still.
    for settlement in [Settlement::Release, failure(SHORT), outage(Duration::ZERO)] {
        let leased = ci.lease_when_due(LONG).await;
        assert_eq!(leased.delivery.id, id("one"));
        ci.settle(leased.token, settlement).await;
    }
    for text in ["one", "two", "three"] {
        let leased = ci.lease_when_due(LONG).await;
        assert_eq!(leased.delivery.id, id(text));
        ci.done(leased.token).await;
    }
}

pub(super) async fn a_dead_or_canceled_one_lets_the_next_go_on(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["dead", "canceled", "stopped", "next"] {
        ci.accept_in(text, &in_order("main")).await;
    }
    ci.end(ci.lease_one().await.token, End::Dead).await;
    let canceled = ci.lease_one().await;
    assert_eq!(ci.change("canceled", &cancel()).await, Changed::Marked);
    assert_eq!(ci.change("stopped", &cancel()).await, Changed::Changed);
    ci.must_end(canceled.token, failure(LONG), End::Canceled).await;
    let leased = ci.lease(10, LONG).await;
    let work: Vec<_> = leased.iter().filter(|leased| leased.end.is_none()).collect();
    assert_eq!(work.len(), 1);
    assert_eq!(work[0].delivery.id, id("next"));
}

/// Brings a halting lane to this: the first has ended so, and two stand behind it.
async fn halted(store: &Arc<dyn Store>, program: &str, end: End) -> Program {
    let program = Program::start(store, program, &["build"]).await;
    let lane = halting(&program.process.program);
    for text in ["first", "second", "third"] {
        let text = format!("{}-{text}", program.process.program);
        program.accept_in(&text, &lane).await;
    }
    let first = program.lease_one().await;
    match end {
        End::Canceled => {
            let task = first.task;
            assert_eq!(store.change(task, &cancel()).await.unwrap(), Changed::Marked);
            program.must_end(first.token, failure(LONG), End::Canceled).await;
        }
        _ => program.end(first.token, end).await,
    }
    program
}

/// The two that stood behind come one after the other.
async fn expect_the_rest(program: &Program) {
    for text in ["second", "third"] {
        let leased = program.lease_one().await;
        let text = format!("{}-{text}", program.process.program);
        assert_eq!(leased.delivery.id, id(&text));
        program.expect_nothing_due().await;
        program.done(leased.token).await;
    }
}

pub(super) async fn a_halting_lane_waits_for_a_decision(store: &Arc<dyn Store>) {
    for (name, end) in [("dead", End::Dead), ("canceled", End::Canceled)] {
        let program = halted(store, name, end).await;
        program.expect_nothing_due().await;
        assert_eq!(program.entry(&format!("{name}-second")).await.state, TaskState::Blocked);
        // Also for what comes now.
        program.accept_in(&format!("{name}-new"), &halting(name)).await;
        assert!(store.expire().await.unwrap().is_empty());
        program.expect_nothing_due().await;
    }
}

pub(super) async fn a_halting_lane_goes_on_after_a_second_chance(store: &Arc<dyn Store>) {
    for (name, end, change) in [
        ("revived", End::Dead, revive()),
        ("rerun", End::Dead, TaskChange::Rerun),
        ("rerun-canceled", End::Canceled, TaskChange::Rerun),
    ] {
        let program = halted(store, name, end).await;
        let first = format!("{name}-first");
        assert_eq!(program.change(&first, &change).await, Changed::Changed, "{name}");
        let leased = program.lease_one().await;
        assert_eq!(leased.delivery.id, id(&first), "{name}");
        program.expect_nothing_due().await;
        program.done(leased.token).await;
        expect_the_rest(&program).await;
    }
}

pub(super) async fn a_halting_lane_goes_on_after_a_redelivery(store: &Arc<dyn Store>) {
    for (name, end) in [("dead", End::Dead), ("canceled", End::Canceled)] {
        let program = halted(store, name, end).await;
        let first = format!("{name}-first");
        let again = program.redeliver_in(&first, &halting(name)).await;
        assert_eq!(again, Accepted::Again { tasks: 1, superseded: 0 }, "{name}");
        let leased = program.lease_one().await;
        assert_eq!(leased.delivery.id, id(&first), "{name}");
        program.done(leased.token).await;
        expect_the_rest(&program).await;
    }
}

pub(super) async fn a_second_chance_that_ends_so_again_halts_again(store: &Arc<dyn Store>) {
    let program = halted(store, "ci", End::Dead).await;
    assert_eq!(program.change("ci-first", &revive()).await, Changed::Changed);
    program.end(program.lease_one().await.token, End::Dead).await;
    program.expect_nothing_due().await;
    assert_eq!(program.change("ci-first", &TaskChange::Rerun).await, Changed::Changed);
    program.done(program.lease_one().await.token).await;
    expect_the_rest(&program).await;
}

pub(super) async fn a_halting_lane_goes_on_when_its_head_is_given_up(store: &Arc<dyn Store>) {
    let program = halted(store, "ci", End::Dead).await;
    // The one settled task that can be canceled: nothing is left to do but to let the others go on.
    assert_eq!(program.change("ci-first", &cancel()).await, Changed::Changed);
    assert_eq!(program.entry("ci-first").await.state, TaskState::Canceled);
    expect_the_rest(&program).await;
    assert_eq!(program.change("ci-first", &cancel()).await, Changed::Refused);
}
