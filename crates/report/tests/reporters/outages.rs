//! GitHub is down, slow, or wants to be left alone.

use std::time::Duration;

use hookstead_handler::Advice;
use hookstead_testkit::Fault;

use crate::stage::{CONTEXT, Stage, WAYS, Way, good};

#[tokio::test]
async fn an_outage_at_the_beginning_does_not_stop_the_work() {
    for way in WAYS {
        for fault in [
            Fault::status(503),
            Fault::dropped_connection(),
            Fault::rate_limit(Duration::from_secs(600)),
        ] {
            let stage = Stage::set().await;
            let kind = format!("{fault}");
            stage.github.inject(fault.on_path("/repos").times(50));
            let work = async || {
                stage.github.clear_faults();
                good().await
            };
            let attempt = stage.attempt();
            let ended = stage.run(way, &attempt, work).await;
            if kind.contains("rate") || kind.contains("limit") {
                // The client remembers the limit, so that the last word waits for the next attempt.
                let error = ended.unwrap_err();
                assert!(matches!(error.advice(), Advice::Outage(Some(_))), "{error}");
                let next = attempt.next_for_test();
                stage.run(way, &next, crate::stage::never).await.unwrap();
            } else {
                ended.unwrap();
            }
            assert_eq!(stage.told_in_the_end(way).await, ["success: good"], "{kind}");
            assert!(stage.repository.check_runs(&stage.head).len() <= 1);
        }
    }
}

#[tokio::test]
async fn an_outage_in_the_middle_costs_progress_alone() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let reporter = stage.report(&attempt).status(&stage.head, CONTEXT);
    let reporter = reporter.progress_interval(Duration::ZERO);
    let progress = reporter.progress();
    let work = async || {
        stage.github.inject(Fault::status(502).on_path("/statuses/"));
        progress.say("1 of 2");
        let met = || stage.github.pending_faults().is_empty().then_some(());
        stage.github.wait_until("the outage to be met", met).await;
        good().await
    };
    reporter.run(work).await.unwrap();
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: Running", "success: good"]);
}

#[tokio::test]
async fn work_does_not_wait_for_a_github_that_does_not_answer() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let slow = Duration::from_secs(2);
    stage.github.inject(Fault::latency(slow).on_path("/statuses/"));
    let reporter = stage.report(&attempt).status(&stage.head, CONTEXT);
    let reporter = reporter.announcement_deadline(Duration::from_millis(10));
    let work = async || {
        // It has not arrived yet.
        assert!(stage.repository.statuses(&stage.head).is_empty());
        good().await
    };
    reporter.run(work).await.unwrap();
    // In the order in which they were meant.
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: Running", "success: good"]);
}

/// The work goes on while the answer to its announcement is lost: the check run may be there.
#[tokio::test]
async fn a_check_run_whose_creation_is_doubtful_is_not_created_twice() {
    let stage = Stage::set().await;
    let lost = Fault::dropped_connection().after_effect();
    stage.github.inject(lost.on(http::Method::POST, "/check-runs"));
    stage.run(Way::Check, &stage.attempt(), good).await.unwrap();
    assert_eq!(stage.told_in_the_end(Way::Check).await, ["pending: running", "success: good"]);
    assert_eq!(stage.repository.check_runs(&stage.head).len(), 1);
}
