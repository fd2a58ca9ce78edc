//! What one attempt leaves to the next.

use std::mem::forget;
use std::sync::Arc;

use hookstead_client::{CheckOutput, NewCheckRun, NewDeploymentStatus, NewStatus};
use hookstead_handler::{Advice, Attempt, End, HandlerError, Interruption};
use hookstead_report::Verdict;
use hookstead_testkit::Fault;
use hookstead_types::StatusState;
use http::Method;
use tokio::sync::Notify;

use crate::stage::{CONTEXT, Outcome, Stage, WAYS, Way, good, never};

/// Runs work, and stops where a killed process would: nothing of it is dropped.
async fn killed(stage: &Arc<Stage>, way: Way, attempt: &Attempt) {
    let begun = Arc::new(Notify::new());
    let (own, attempt, bell) = (stage.clone(), attempt.clone(), begun.clone());
    let mut running = Box::pin(async move {
        let work = async || {
            bell.notify_one();
            std::future::pending::<Outcome>().await
        };
        own.run(way, &attempt, work).await
    });
    tokio::select! {
        _ = running.as_mut() => panic!("it never ends"),
        () = begun.notified() => {}
    }
    forget(running);
}

#[tokio::test]
async fn what_a_killed_process_left_is_put_right_by_the_next_attempt() {
    for way in WAYS {
        let stage = Arc::new(Stage::set().await);
        let attempt = stage.attempt();
        killed(&stage, way, &attempt).await;
        stage.run(way, &attempt.next_for_test(), good).await.unwrap();
        // What it said before is not said again.
        assert_eq!(stage.told_in_the_end(way).await, ["pending: running", "success: good"]);
        assert!(stage.repository.check_runs(&stage.head).len() <= 1);
    }
}

#[tokio::test]
async fn what_a_killed_process_left_is_put_right_where_no_attempt_follows() {
    for (end, expected) in [
        (End::Dead, "given up"),
        (End::Superseded, "superseded by a newer one"),
        (End::Canceled, "canceled"),
    ] {
        for way in WAYS {
            let stage = Stage::set().await;
            let attempt = stage.attempt();
            killed_elsewhere(&stage, way, &attempt).await;
            stage.ended(way, &attempt.next_for_test(), end).await.unwrap();
            let mut expected = ["pending: running".to_owned(), format!("error: {expected}")];
            if way == Way::Check {
                let word = if end == End::Dead { "failure" } else { "cancelled" };
                expected[1] = expected[1].replace("error", word);
            }
            assert_eq!(stage.told_in_the_end(way).await, expected);
            // Once is enough.
            stage.ended(way, &attempt.next_for_test(), end).await.unwrap();
            assert_eq!(stage.told_in_the_end(way).await.len(), 2);
        }
    }
}

/// Leaves what another process leaves behind that is killed.
async fn killed_elsewhere(stage: &Stage, way: Way, attempt: &Attempt) {
    let repo = stage.repo();
    match way {
        Way::Status => {
            let status = NewStatus::pending().context(CONTEXT).description("running");
            repo.create_status(&stage.head, &status).await.map(drop)
        }
        Way::Deployment => {
            let status = NewDeploymentStatus::in_progress().description("running");
            repo.create_deployment_status(stage.deployment, &status).await.map(drop)
        }
        Way::Check => {
            let id = format!("{} {} 1", attempt.handler(), attempt.delivery().id);
            let output = CheckOutput::new("running", "running");
            let run = NewCheckRun::in_progress().external_id(id).output(output);
            repo.create_check_run(&stage.head, CONTEXT, &run).await.map(drop)
        }
    }
    .unwrap();
}

#[tokio::test]
async fn a_failed_report_does_not_do_the_work_again() {
    for way in WAYS {
        let stage = Stage::set().await;
        let attempt = stage.attempt();
        let fault = || Fault::status(502).on_path("/repos").times(50);
        let work = async || {
            stage.github.inject(fault());
            good().await
        };
        let error = stage.run(way, &attempt, work).await.unwrap_err();
        assert!(matches!(error.advice(), Advice::Outage(_)), "{error}");
        // Still down.
        let next = attempt.next_for_test();
        let error = stage.run(way, &next, never).await.unwrap_err();
        assert!(matches!(error.advice(), Advice::Outage(_)), "{error}");

        stage.github.clear_faults();
        let next = next.next_for_test();
        assert_eq!(stage.run(way, &next, never).await.unwrap(), Verdict::success("good"));
        assert_eq!(stage.told_in_the_end(way).await, ["pending: running", "success: good"]);
        // A later attempt, as something else has failed, has nothing to say.
        let before = stage.github.requests().len();
        let next = next.next_for_test();
        stage.run(way, &next, never).await.unwrap();
        assert_eq!(stage.github.requests().len(), before);
    }
}

#[tokio::test]
async fn a_report_that_arrived_without_a_note_is_not_posted_again() {
    for way in WAYS {
        let stage = Stage::set().await;
        let attempt = stage.attempt();
        let work = async || {
            // GitHub takes it, and its answer does not come.
            let lost = Fault::dropped_connection().after_effect();
            let method = if way == Way::Check { Method::PATCH } else { Method::POST };
            stage.github.inject(lost.on(method, "/"));
            good().await
        };
        stage.run(way, &attempt, work).await.unwrap_err();
        stage.run(way, &attempt.next_for_test(), never).await.unwrap();
        let expected = ["pending: running", "success: good"];
        assert_eq!(stage.told_in_the_end(way).await, expected, "{way:?}");
    }
}

#[tokio::test]
async fn a_permanent_error_is_reported_as_patiently_as_a_verdict() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let work = async || {
        stage.github.inject(Fault::status(502).on_path("/statuses").times(50));
        Outcome::Err(HandlerError::permanent("the branch is gone"))
    };
    let error = stage.run(Way::Status, &attempt, work).await.unwrap_err();
    assert!(matches!(error.advice(), Advice::Outage(_)), "{error}");
    stage.github.clear_faults();
    let error = stage.run(Way::Status, &attempt.next_for_test(), never).await.unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.advice()),
        ("the branch is gone", Advice::Permanent)
    );
    let expected = ["pending: running", "error: Ended by an error"];
    assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
}

/// As after `revive`, which keeps the steps.
#[tokio::test]
async fn work_that_ended_for_good_and_is_revived_is_done_again() {
    for way in WAYS {
        let stage = Stage::set().await;
        let mut attempt = stage.attempt();
        for _ in 0..2 {
            let work = async || Outcome::Err(HandlerError::permanent("a bug"));
            stage.run(way, &attempt, work).await.unwrap_err();
            // Nothing is left to put right.
            let told = stage.told_in_the_end(way).await;
            stage.ended(way, &attempt.next_for_test(), End::Dead).await.unwrap();
            assert_eq!(stage.told_in_the_end(way).await, told);
            attempt = attempt.next_for_test();
        }
        assert_eq!(stage.run(way, &attempt, good).await.unwrap(), Verdict::success("good"));
        let told = stage.told_in_the_end(way).await;
        assert_eq!(told.len(), 6, "{told:?}");
        assert_eq!(told[4..], ["pending: running", "success: good"]);
        stage.run(way, &attempt.next_for_test(), never).await.unwrap();
        assert_eq!(stage.told_in_the_end(way).await.len(), 6);
    }
}

/// GitHub lists the statuses of all contexts together, a hundred on a page.
#[tokio::test]
async fn what_was_left_is_found_behind_many_others() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    killed_elsewhere(&stage, Way::Status, &attempt).await;
    for number in 0..250 {
        let context = format!("ci/{number}");
        stage.repository.create_status(&stage.head, &context, StatusState::Pending);
    }
    stage.ended(Way::Status, &attempt.next_for_test(), End::Dead).await.unwrap();
    let expected = ["pending: running", "error: given up"];
    assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
}

#[tokio::test]
async fn the_last_failure_is_no_promise_once_the_run_is_dead() {
    for way in WAYS {
        let stage = Stage::set().await;
        let attempt = stage.attempt();
        let work = async || Outcome::Err(HandlerError::retry("no"));
        stage.run(way, &attempt, work).await.unwrap_err();
        stage.ended(way, &attempt.next_for_test(), End::Dead).await.unwrap();
        let told = stage.told_in_the_end(way).await;
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[2].ends_with(": given up"), "{told:?}");
    }
}

#[tokio::test]
async fn a_verdict_that_was_not_reported_is_reported_at_the_end_of_the_run() {
    for way in WAYS {
        let stage = Stage::set().await;
        let attempt = stage.attempt();
        let work = async || {
            stage.github.inject(Fault::status(502).on_path("/repos").times(50));
            good().await
        };
        stage.run(way, &attempt, work).await.unwrap_err();
        let next = attempt.next_for_test();
        stage.ended(way, &next, End::Dead).await.unwrap_err();
        stage.github.clear_faults();
        stage.ended(way, &next.next_for_test(), End::Dead).await.unwrap();
        assert_eq!(stage.told_in_the_end(way).await, ["pending: running", "success: good"]);
    }
}

#[tokio::test]
async fn what_has_ended_stays() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    stage.run(Way::Status, &attempt, good).await.unwrap();
    let writes = stage.writes();
    stage.ended(Way::Status, &attempt.next_for_test(), End::Canceled).await.unwrap();
    // Another task, of which nothing is kept.
    stage.ended(Way::Status, &stage.attempt(), End::Dead).await.unwrap();
    assert_eq!(stage.writes(), writes);
}

#[tokio::test]
async fn an_attempt_that_was_stopped_by_a_shutdown_is_followed_by_another() {
    for way in WAYS {
        let stage = Arc::new(Stage::set().await);
        let attempt = stage.attempt();
        let begun = Notify::new();
        {
            let work = async || {
                begun.notify_one();
                std::future::pending::<Outcome>().await
            };
            let mut running = std::pin::pin!(stage.run(way, &attempt, work));
            tokio::select! {
                _ = running.as_mut() => panic!("it never ends"),
                () = begun.notified() => attempt.interrupt(Interruption::Shutdown),
            }
        }
        assert_eq!(stage.told_in_the_end(way).await.len(), 2);
        stage.run(way, &attempt.next_for_test(), good).await.unwrap();
        let mut told = stage.told_in_the_end(way).await;
        assert!(told.remove(1).ends_with("stopped by a shutdown, to be started again"));
        assert_eq!(told, ["pending: running", "pending: running", "success: good"]);
    }
}

#[tokio::test]
async fn one_thing_is_reported_on_once_in_an_attempt() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    stage.run(Way::Status, &attempt, good).await.unwrap();
    let error = stage.run(Way::Status, &attempt, never).await.unwrap_err();
    assert!(error.is_permanent(), "{error}");
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: running", "success: good"]);
}
