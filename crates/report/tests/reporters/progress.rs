use std::time::Duration;

use hookstead_report::StatusReporter;

use crate::stage::{CONTEXT, LONG, Stage, Way, good};

fn reporter(stage: &Stage) -> StatusReporter {
    stage.report(&stage.attempt()).status(&stage.head, CONTEXT).description("running")
}

async fn told(stage: &Stage, count: usize) {
    let enough = || (stage.told(Way::Status).len() >= count).then_some(());
    stage.github.wait_until("progress to be told", enough).await;
}

#[tokio::test]
async fn progress_is_posted_while_the_work_runs() {
    let stage = Stage::set().await;
    let reporter = reporter(&stage).progress_interval(Duration::ZERO);
    let progress = reporter.progress();
    let work = async || {
        progress.say("no one sees this");
        progress.say("1 of 2");
        told(&stage, 2).await;
        progress.say("1 of 2");
        tokio::task::yield_now().await;
        progress.clone().say("2 of 2");
        told(&stage, 3).await;
        good().await
    };
    reporter.run(work).await.unwrap();
    let expected = ["pending: running", "pending: 1 of 2", "pending: 2 of 2", "success: good"];
    assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
}

#[tokio::test]
async fn progress_waits_for_its_interval() {
    let stage = Stage::set().await;
    let reporter = reporter(&stage).progress_interval(LONG);
    let progress = reporter.progress();
    let work = async || {
        for step in 0..100 {
            progress.say(format!("{step} of 100"));
            tokio::task::yield_now().await;
        }
        good().await
    };
    reporter.run(work).await.unwrap();
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: running", "success: good"]);
}

#[tokio::test]
async fn progress_comes_to_an_end() {
    let stage = Stage::set().await;
    let reporter = reporter(&stage).progress_interval(Duration::ZERO).max_progress(1);
    let progress = reporter.progress();
    let work = async || {
        progress.say("1 of 2");
        told(&stage, 2).await;
        for _ in 0..100 {
            progress.say("2 of 2");
            tokio::task::yield_now().await;
        }
        good().await
    };
    reporter.run(work).await.unwrap();
    let expected = ["pending: running", "pending: 1 of 2", "success: good"];
    assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
}

#[tokio::test]
async fn progress_after_the_end_is_not_posted() {
    let stage = Stage::set().await;
    let reporter = reporter(&stage).progress_interval(Duration::ZERO);
    let progress = reporter.progress();
    reporter.run(good).await.unwrap();
    progress.say("too late");
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: running", "success: good"]);
}
