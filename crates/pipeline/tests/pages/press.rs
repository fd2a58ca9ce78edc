//! Run again, Cancel, Approve: what comes of a press, and of two.

use hookstead_pipeline::journal::{BuildFilter, EntryFilter};
use hookstead_pipeline::record::{BuildState, BuildTarget};

use crate::browser::Browser;
use crate::stage::{SECRET, Stage, new_build};

const LIB: &str =
    "[projects.lib]\nrepo = \"octo-org/lib\"\n[projects.lib.jobs.test]\nrun = \"true\"\n";

async fn signed_in(stage: &Stage) -> Browser {
    let mut browser = Browser::new(&stage.url);
    assert_eq!(browser.post("/sign-in", &[("token", SECRET)]).await.leads_to(), "/");
    browser
}

/// The texts in the journal of a build that have to do with a press, the oldest first.
async fn presses(stage: &Stage, build: i64) -> Vec<String> {
    let entries = stage.journal.entries(&EntryFilter::Build(build), None, 100).await.unwrap();
    let texts = entries.into_iter().rev().map(|it| it.text);
    texts.filter(|text| text.contains("pressed")).collect()
}

#[tokio::test]
async fn run_again_pressed_twice_at_once_is_one_build() {
    let stage = Stage::new(LIB).await;
    let target = BuildTarget::Branch("main".to_owned());
    let first = stage.submit(new_build("test", target)).await.number;
    stage.journal.settle(first, BuildState::Failed, "step run exited with 1", None).await.unwrap();
    let (mut one, mut other) = (signed_in(&stage).await, signed_in(&stage).await);
    let path = format!("/lib/builds/{first}/again");
    let (one_answer, other_answer) = tokio::join!(one.post(&path, &[]), other.post(&path, &[]));
    let new = one_answer.leads_to().to_owned();
    assert_ne!(new, format!("/lib/builds/{first}"));
    assert_eq!(other_answer.leads_to(), new);
    // And once more, while it is at work.
    assert_eq!(one.post(&path, &[]).await.leads_to(), new);
    let builds = stage.journal.builds(&BuildFilter::All, None, 10).await.unwrap();
    assert_eq!(builds.len(), 2, "{builds:?}");
    let presses = presses(&stage, first).await;
    assert_eq!(presses.len(), 3, "{presses:?}");
    assert!(presses.contains(&"admin pressed Run again".to_owned()), "{presses:?}");
    assert!(presses[2].ends_with("is at it already"), "{presses:?}");
    // The new build is no old one: it is not run again before it has ended.
    let early = one.post(&format!("{new}/again"), &[]).await;
    assert_eq!(early.status, 409);
    assert!(early.body.contains("has not ended yet: it is "), "{}", early.body);
}

#[tokio::test]
async fn what_ran_again_already_runs_once_more_and_the_answer_leads_there() {
    let stage = Stage::new(LIB).await;
    let what = new_build("test", BuildTarget::Branch("main".to_owned()));
    let mut ended = Vec::new();
    for _ in 0..2 {
        let number = stage.submit(what.clone()).await.number;
        stage.journal.settle(number, BuildState::Failed, "it failed", None).await.unwrap();
        ended.push(number);
    }
    let mut browser = signed_in(&stage).await;
    let answer = browser.post(&format!("/lib/builds/{}/again", ended[0]), &[]).await;
    let new = answer.leads_to().to_owned();
    assert!(ended.iter().all(|it| new != format!("/lib/builds/{it}")), "{new}");
}

#[tokio::test]
async fn what_has_ended_is_not_canceled_and_the_answer_says_so() {
    let stage = Stage::new(LIB).await;
    let number = stage.submit(new_build("test", BuildTarget::PullRequest(5))).await.number;
    let page = format!("/lib/builds/{number}");
    let mut browser = signed_in(&stage).await;
    assert_eq!(browser.post(&format!("{page}/cancel"), &[]).await.leads_to(), page);
    let build = stage.journal.build(number).await.unwrap();
    assert_eq!(build.state, BuildState::Canceled);
    let again = browser.post(&format!("{page}/cancel"), &[]).await;
    assert_eq!(again.status, 409);
    let sentence = format!("Build {number} has ended already: canceled.");
    assert!(again.body.contains(&sentence), "{}", again.body);
    let presses = presses(&stage, number).await;
    assert_eq!(
        presses,
        ["admin pressed Cancel".to_owned(), format!("admin pressed Cancel: {sentence}")]
    );
    assert_eq!(browser.post(&format!("{page}/delete"), &[]).await.status, 404);
    assert_eq!(browser.post("/lib/builds/99/cancel", &[]).await.status, 404);
    assert_eq!(browser.post(&format!("/other/builds/{number}/cancel"), &[]).await.status, 404);
}

#[tokio::test]
async fn an_approved_build_is_queued_and_what_cannot_be_is_said() {
    let stage = Stage::new(LIB).await;
    let mut what = new_build("test", BuildTarget::PullRequest(7));
    (what.is_fork, what.needs_approval) = (true, true);
    let number = stage.submit(what).await.number;
    let page = format!("/lib/builds/{number}");
    let mut browser = signed_in(&stage).await;
    let shown = browser.get(&page).await.body;
    assert!(shown.contains("/approve\"") && shown.contains("/cancel\""), "{shown}");
    assert_eq!(browser.post(&format!("{page}/approve"), &[]).await.leads_to(), page);
    let build = stage.journal.build(number).await.unwrap();
    assert_ne!(build.state, BuildState::Waiting);
    assert_eq!(build.approved_by.as_deref(), Some("admin"));

    // A job that the config has no more cannot be run again.
    let mut what = new_build("gone", BuildTarget::PullRequest(8));
    what.sha = crate::stage::sha('c');
    let gone = stage.submit(what).await.number;
    stage.journal.settle(gone, BuildState::Error, "lost", None).await.unwrap();
    let answer = browser.post(&format!("/lib/builds/{gone}/again"), &[]).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert!(answer.body.contains("Nothing was done, because "), "{}", answer.body);
}
