//! What is kept of a run, so that it is not done again.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookstead_handler::{End, KeptStep};

use super::support::{LONG, Program, SHORT, ci, failure, step};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::settlement::Settlement;

/// The names of the kept steps, as the list tells them.
async fn listed(ci: &Program, text: &str) -> Vec<String> {
    let mut steps = ci.entry(text).await.steps;
    steps.sort();
    steps
}

/// In the order of their names.
fn sorted(mut steps: Vec<KeptStep>) -> Vec<KeptStep> {
    steps.sort_by(|one, other| one.name.cmp(&other.name));
    steps
}

pub(super) async fn a_kept_step_comes_back(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let leased = ci.lease_one().await;
    assert!(leased.steps.is_empty());
    let steps = [step("build", "true"), step("test", "{\"passed\":7}")];
    for step in &steps {
        assert!(store.keep_step(leased.token, step).await.unwrap());
    }
    assert_eq!(listed(&ci, "one").await, ["build", "test"]);
    ci.settle(leased.token, failure(Duration::ZERO)).await;
    let leased = ci.lease_one().await;
    assert_eq!(sorted(leased.steps), steps);
    // Also after a release, and after a lease that nobody ended.
    ci.settle(leased.token, Settlement::Release).await;
    assert_eq!(sorted(ci.lease_one_for(SHORT).await.steps), steps);
    assert_eq!(sorted(ci.lease_when_due(LONG).await.steps), steps);
}

pub(super) async fn a_step_is_kept_byte_for_byte(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let leased = ci.lease_one().await;
    let longest = "n".repeat(KeptStep::MAX_NAME_LENGTH);
    let large: Bytes = (0..KeptStep::MAX_JSON_LENGTH)
        .map(|n| u32::try_from(n).unwrap().wrapping_mul(31).to_le_bytes()[1])
        .collect();
    let steps = [
        step("NUL", "\"\\u0000\""),
        step("bytes", &b"\0\xff\xfe' \" \\ \r\n"[..]),
        step("empty", Bytes::new()),
        step("large", large),
        step("\u{2192} é '; -- \"%", "1"),
        step(&longest, "null"),
    ];
    let steps: Vec<KeptStep> = steps
        .into_iter()
        .map(|step| KeptStep { of_type: "alloc::vec::Vec<(u8, \u{2192})>".to_owned(), ..step })
        .collect();
    for step in &steps {
        assert!(store.keep_step(leased.token, step).await.unwrap());
    }
    ci.settle(leased.token, failure(Duration::ZERO)).await;
    let again = sorted(ci.lease_one().await.steps);
    assert_eq!(again.len(), steps.len());
    for (kept, step) in again.iter().zip(sorted(steps)) {
        assert!(*kept == step, "{kept:?} should be as it was");
    }
}

pub(super) async fn the_last_result_of_a_step_counts(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let token = ci.lease_one().await.token;
    for json in ["1", "2"] {
        assert!(store.keep_step(token, &step("build", json)).await.unwrap());
    }
    ci.settle(token, failure(Duration::ZERO)).await;
    assert_eq!(ci.lease_one().await.steps, [step("build", "2")]);
}

pub(super) async fn steps_are_those_of_one_task(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    ci.accept("one").await;
    let leased = ci.lease(2, LONG).await;
    assert!(store.keep_step(leased[0].token, &step("a", "1")).await.unwrap());
    assert!(store.keep_step(leased[1].token, &step("a", "2")).await.unwrap());
    for leased in &leased {
        ci.settle(leased.token, failure(Duration::ZERO)).await;
    }
    let again = ci.lease(2, LONG).await;
    assert_eq!(again[0].steps, [step("a", "1")]);
    assert_eq!(again[1].steps, [step("a", "2")]);
}

pub(super) async fn a_second_chance_knows_the_steps(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let token = ci.lease_one().await.token;
    assert!(store.keep_step(token, &step("build", "1")).await.unwrap());
    ci.end(token, End::Dead).await;
    assert_eq!(listed(&ci, "one").await, ["build"]);
    ci.redeliver("one").await;
    let leased = ci.lease_one().await;
    assert_eq!(leased.steps, [step("build", "1")]);
    ci.end(leased.token, End::Dead).await;
    assert_eq!(ci.change("one", &super::support::revive()).await, Changed::Changed);
    assert_eq!(ci.lease_one().await.steps, [step("build", "1")]);
}

pub(super) async fn a_new_run_knows_no_steps(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let mut token = ci.lease_one().await.token;
    for is_redelivered in [false, true] {
        assert!(store.keep_step(token, &step("build", "1")).await.unwrap());
        ci.done(token).await;
        if is_redelivered {
            ci.redeliver("one").await;
        } else {
            let rerun = ci.change("one", &TaskChange::Rerun).await;
            assert_eq!(rerun, Changed::Changed);
        }
        assert!(listed(&ci, "one").await.is_empty());
        token = ci.lease_one().await.token;
        ci.settle(token, failure(Duration::ZERO)).await;
        let leased = ci.lease_one().await;
        assert!(leased.steps.is_empty(), "nor does a later attempt of it");
        token = leased.token;
    }
}
