use hookstead_client::{CheckAction, CheckAnnotation, CheckConclusion};
use hookstead_report::{Reporters, Verdict};
use hookstead_testkit::Fault;
use http::Method;

use crate::stage::{CONTEXT, LONG, Outcome, Stage, Way, good, never};

fn remarks(count: u32) -> Verdict {
    let remark = |line| CheckAnnotation::warning("src/lib.rs", (line, line), "odd");
    (1..=count).fold(Verdict::failure("odd lines"), |it, line| it.annotation(remark(line)))
}

/// The annotations of each call that brought some.
fn batches(stage: &Stage) -> Vec<usize> {
    let brought = stage
        .github
        .requests()
        .into_iter()
        .filter_map(|request| request.body?["output"]["annotations"].as_array().map(Vec::len));
    brought.collect()
}

#[tokio::test]
async fn annotations_go_in_batches_of_fifty() {
    for (count, expected) in
        [(1, vec![1]), (50, vec![50]), (51, vec![50, 1]), (101, vec![50, 50, 1])]
    {
        let stage = Stage::set().await;
        let work = async || Outcome::Ok(remarks(count));
        stage.run(Way::Check, &stage.attempt(), work).await.unwrap();
        assert_eq!(batches(&stage), expected);
        let run = stage.repository.check_runs(&stage.head).pop().unwrap();
        assert_eq!(run.annotations, count as usize);
        assert_eq!(run.conclusion, Some(CheckConclusion::Failure));
    }
}

/// The process dies between two batches: the next attempt sends the rest.
#[tokio::test]
async fn annotations_are_not_shown_twice() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let work = async || {
        // The answer to the first batch is lost, so nobody knows that it arrived.
        let lost = Fault::dropped_connection().after_effect();
        stage.github.inject(lost.on(Method::PATCH, "/check-runs/"));
        Outcome::Ok(remarks(51))
    };
    stage.run(Way::Check, &attempt, work).await.unwrap_err();
    stage.run(Way::Check, &attempt.next_for_test(), never).await.unwrap();
    assert_eq!(batches(&stage), [50, 1]);
    assert_eq!(stage.repository.check_runs(&stage.head).pop().unwrap().annotations, 51);
}

#[tokio::test]
async fn a_check_run_shows_all_that_the_verdict_says() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let reporter = stage.report(&attempt).check(&stage.head, CONTEXT);
    let reporter = reporter.details_url("https://ci.example.com/17");
    reporter.queued("Waiting for a machine").await.unwrap();
    let verdict = Verdict::failure("Not formatted")
        .conclusion(CheckConclusion::ActionRequired)
        .summary("Two files **differ**.")
        .text("a.rs, b.rs")
        .action(CheckAction::new("Format", "Formats the code", "format"))
        .action(CheckAction::new("Too long", "Its name is", "x".repeat(21)));
    reporter.run(async || Outcome::Ok(verdict.clone())).await.unwrap();

    let run = stage.repository.check_runs(&stage.head).pop().unwrap();
    assert_eq!(run.name, CONTEXT);
    assert_eq!(run.conclusion, Some(CheckConclusion::ActionRequired));
    assert_eq!(run.title.as_deref(), Some("Not formatted"));
    assert_eq!(run.summary.as_deref(), Some("Two files **differ**."));
    assert_eq!(run.text.as_deref(), Some("a.rs, b.rs"));
    assert_eq!(run.details_url.as_deref(), Some("https://ci.example.com/17"));
    let last = stage.github.requests().pop().unwrap().body.unwrap();
    assert_eq!(last["actions"].as_array().unwrap().len(), 1);
    assert_eq!(last["actions"][0]["identifier"], "format");
    let statuses: Vec<_> = stage
        .github
        .requests()
        .into_iter()
        .filter_map(|it| Some(it.body?["status"].as_str()?.to_owned()))
        .collect();
    assert_eq!(statuses, ["queued", "in_progress", "completed"]);
    assert_eq!(stage.repository.check_runs(&stage.head).len(), 1);
}

#[tokio::test]
async fn another_task_has_a_check_run_of_its_own() {
    let stage = Stage::set().await;
    for _ in 0..2 {
        stage.run(Way::Check, &stage.attempt(), good).await.unwrap();
    }
    assert_eq!(stage.repository.check_runs(&stage.head).len(), 2);
}

#[tokio::test]
async fn details_that_cannot_be_kept_cost_nothing_at_once() {
    let stage = Stage::set().await;
    let text = "a".repeat(65_000);
    let verdict = remarks(60).text(&text);
    stage.run(Way::Check, &stage.attempt(), async || Outcome::Ok(verdict.clone())).await.unwrap();
    let run = stage.repository.check_runs(&stage.head).pop().unwrap();
    assert_eq!((run.annotations, run.text), (60, Some(text)));
    assert!(Reporters::finish(LONG).await);
}
