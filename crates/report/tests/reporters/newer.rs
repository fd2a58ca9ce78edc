//! Of two that report on the same thing, the newer counts.

use std::sync::Arc;

use hookstead_client::{NewDeploymentStatus, NewStatus};
use hookstead_handler::HandlerError;
use hookstead_report::Verdict;
use hookstead_testkit::Fault;
use hookstead_types::StatusState;
use tokio::sync::Notify;

use crate::stage::{CONTEXT, Outcome, Stage, Way, good};

#[tokio::test]
async fn older_work_is_silent_once_newer_work_began() {
    let stage = Stage::set().await;
    let (one, other) = (stage.attempt(), stage.attempt());
    let older = stage.report(&one).status(&stage.head, CONTEXT).description("older runs");
    older.queued("older").await.unwrap();
    // GitHub compares both without regard to case.
    let repo = stage.repo().client().repo(&"Octocat/Hello-World".parse().unwrap());
    let newer = hookstead_report::Reporters::new(&repo, &other).status(&stage.head, "CI/Demo");
    let newer = newer.description("newer runs");
    let (older_progress, newer_progress) = (older.progress(), newer.progress());
    assert!(!older_progress.is_superseded());
    newer.queued("newer").await.unwrap();
    assert!(older_progress.is_superseded());
    assert!(!newer_progress.is_superseded());

    older.queued("older again").await.unwrap();
    let verdict = older.run(async || Outcome::Ok(Verdict::failure("old"))).await;
    assert_eq!(verdict.unwrap(), Verdict::failure("old"), "the work is done all the same");
    newer.run(good).await.unwrap();
    let expected = ["pending: older", "pending: newer", "pending: newer runs", "success: good"];
    assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
}

#[tokio::test]
async fn newer_work_that_never_began_silences_nobody() {
    let stage = Stage::set().await;
    let (one, other) = (stage.attempt(), stage.attempt());
    let older = stage.report(&one).status(&stage.head, CONTEXT);
    let newer = stage.report(&other).status(&stage.head, CONTEXT);
    older.run(good).await.unwrap();
    drop(newer);
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: Running", "success: good"]);
}

#[tokio::test]
async fn another_context_or_commit_is_another_matter() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let first = stage.report(&attempt).status(&stage.head, CONTEXT);
    first.queued("queued").await.unwrap();
    stage.report(&attempt).status(&stage.head, "ci/other").run(good).await.unwrap();
    let pushed = stage.repository.push("main");
    stage.report(&attempt).status(&pushed, CONTEXT).run(good).await.unwrap();
    first.run(good).await.unwrap();
    assert_eq!(stage.told_in_the_end(Way::Status).await.len(), 7);
}

/// GitHub knows a blank context as `default`, and a long one as it was cut.
#[tokio::test]
async fn reporters_of_one_status_find_each_other() {
    let long = "x".repeat(300);
    for (one, other) in [("", "default"), (long.as_str(), long.as_str())] {
        let stage = Stage::set().await;
        let attempts = [stage.attempt(), stage.attempt()];
        let older = stage.report(&attempts[0]).status(&stage.head, one);
        let newer = stage.report(&attempts[1]).status(&stage.head, other);
        newer.queued("newer").await.unwrap();
        older.queued("older").await.unwrap();
        assert_eq!(stage.told(Way::Status), ["pending: newer"]);
    }
}

#[tokio::test]
async fn who_began_later_in_another_process_is_not_overwritten() {
    for way in [Way::Status, Way::Deployment] {
        let stage = Stage::set().await;
        let work = async || {
            let repo = stage.repo();
            let status = NewStatus::pending().context("CI/demo").description("elsewhere");
            repo.create_status(&stage.head, &status).await.unwrap();
            let status = NewDeploymentStatus::in_progress().description("elsewhere");
            repo.create_deployment_status(stage.deployment, &status).await.unwrap();
            good().await
        };
        assert!(stage.run(way, &stage.attempt(), work).await.unwrap().is_success());
        assert_eq!(stage.told_in_the_end(way).await, ["pending: running", "pending: elsewhere"]);
    }
}

/// Whoever ended something without having begun after this has no say.
#[tokio::test]
async fn who_only_ended_is_overwritten() {
    let stage = Stage::set().await;
    let work = async || {
        stage.repository.create_status(&stage.head, CONTEXT, StatusState::Error);
        stage.repository.create_status(&stage.head, "ci/other", StatusState::Pending);
        good().await
    };
    stage.run(Way::Status, &stage.attempt(), work).await.unwrap();
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: running", "success: good"]);
}

#[tokio::test]
async fn the_last_word_is_said_when_nobody_can_be_asked() {
    let stage = Stage::set().await;
    let work = async || {
        stage.github.inject(Fault::status(500).on(http::Method::GET, "/statuses"));
        good().await
    };
    stage.run(Way::Status, &stage.attempt(), work).await.unwrap();
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: running", "success: good"]);
}

/// The older one's report failed, and the newer one was done before the older one comes back.
#[tokio::test]
async fn a_late_report_does_not_overwrite_what_was_done_meanwhile() {
    for way in [Way::Status, Way::Deployment] {
        let stage = Stage::set().await;
        let (older, newer) = (stage.attempt(), stage.attempt());
        let work = async || {
            stage.github.inject(Fault::status(502).on_path("/repos").times(2));
            Outcome::Ok(Verdict::failure("old"))
        };
        stage.run(way, &older, work).await.unwrap_err();
        stage.github.clear_faults();
        stage.run(way, &newer, good).await.unwrap();
        stage.run(way, &older.next_for_test(), crate::stage::never).await.unwrap();
        let expected = ["pending: running", "pending: running", "success: good"];
        assert_eq!(stage.told_in_the_end(way).await, expected);
    }
}

#[tokio::test]
async fn a_newer_one_does_not_overtake_what_an_older_one_has_on_its_way() {
    let stage = Arc::new(Stage::set().await);
    let slow = std::time::Duration::from_millis(300);
    stage.github.inject(Fault::latency(slow).on(http::Method::POST, "/statuses/"));
    let own = stage.clone();
    let begun = Arc::new(Notify::new());
    let bell = begun.clone();
    let older = tokio::spawn(async move {
        let attempt = own.attempt();
        let reporter = own.report(&attempt).status(&own.head, CONTEXT);
        bell.notify_one();
        reporter.queued("older").await.unwrap();
        reporter
    });
    begun.notified().await;
    while stage.github.pending_faults().iter().any(|_| true) {
        tokio::task::yield_now().await;
    }
    stage.run(Way::Status, &stage.attempt(), good).await.unwrap();
    drop(older.await.unwrap());
    let expected = ["pending: older", "pending: running", "success: good"];
    assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
}

#[tokio::test]
async fn the_end_of_an_older_run_leaves_a_newer_one_alone() {
    let stage = Stage::set().await;
    let (older, newer) = (stage.attempt(), stage.attempt());
    let failing = async || Outcome::Err(HandlerError::retry("no"));
    stage.run(Way::Status, &older, failing).await.unwrap_err();
    let reporter = stage.report(&newer).status(&stage.head, CONTEXT);
    reporter.queued("newer").await.unwrap();
    let before = stage.writes();
    let end = hookstead_handler::End::Superseded;
    stage.ended(Way::Status, &older.next_for_test(), end).await.unwrap();
    assert_eq!(stage.writes(), before);
    reporter.run(good).await.unwrap();
    assert_eq!(stage.told_in_the_end(Way::Status).await.last().unwrap(), "success: good");
}
