//! Jobs that leave the config, and jobs that a pull request does not need.

use std::fs;

use hookstead::types::StatusState;
use hookstead_testkit::{FakeCommit, FakePullRequest, RouteAnswer};
use http::Method;
use serde_json::json;

use crate::git;
use crate::stage::Stage;

const SLOW: &str = "
pools.builds = 1
[projects.demo]
repo = \"octocat/hello-world\"
[projects.demo.jobs.slow]
run = \"echo begun; while ! test -e $GATE; do sleep 0.05; done\"
env = { GATE = \"%GATE%\" }
";

const GONE: &str = "
[projects.demo.jobs.gone]
run = \"true\"
context = \"what/it-was-called\"
";

/// The config, with a gate that opens the slow build.
fn slow(stage: &Stage) -> String {
    SLOW.replace("%GATE%", &stage.dir.path().join("gate").to_string_lossy())
}

async fn begun(stage: &Stage, number: i64) {
    let what = format!("build {number} to begin");
    stage.until(&what, async || stage.log_if(number).await.filter(|log| log == "begun\n")).await;
}

#[tokio::test]
async fn a_build_whose_job_leaves_the_config_ends_and_github_hears_of_it() {
    if !git::is_there() {
        return;
    }
    let mut stage = Stage::set().await;
    let config = slow(&stage);
    stage.configure(&format!("{config}{GONE}"));
    stage.start().await;
    stage.repository.create_hook(stage.hook());
    let sha = stage.repository.commit("topic", FakeCommit::new("Topic").file("a", "a"));
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    begun(&stage, 1).await;
    stage.build(2, "queued").await;

    // Read again while it is queued: what runs goes on as it began.
    stage.configure(&config);
    stage.signal("HUP");
    stage
        .until("the config to be read again", async || {
            stage.log_of_server().contains("is gone").then_some(())
        })
        .await;
    fs::write(stage.dir.path().join("gate"), "").unwrap();
    let verdict = stage.verdict(&sha, "what/it-was-called").await;
    let text = verdict.description.clone().unwrap();
    assert_eq!(verdict.state, StatusState::Error, "{verdict}");
    assert_eq!(text, "Build #2 ended in an error: the job demo/gone is no longer in the config");
    assert_eq!(stage.verdict(&sha, "ci/slow").await.state, StatusState::Success);
    stage.build(2, "error").await;
    stage
        .until("the journal to tell", async || {
            let journal = stage.json("/journal.json?build=2").await;
            let journal = journal["entries"].as_array().unwrap().iter();
            journal.filter(|it| it["kind"] == "report").find_map(|it| {
                it["text"].as_str().unwrap().starts_with("what/it-was-called: error").then_some(())
            })
        })
        .await;

    // The server starts anew without the job of a build that runs.
    fs::remove_file(stage.dir.path().join("gate")).unwrap();
    let second = stage.repository.commit("topic", FakeCommit::new("More").file("a", "b"));
    begun(&stage, 3).await;
    stage.kill().await;
    stage.configure(&format!("[projects.demo]\nrepo = \"octocat/hello-world\"{GONE}"));
    stage.start().await;
    let verdict = stage.verdict(&second, "ci/slow").await;
    assert_eq!(verdict.state, StatusState::Error, "{verdict}");
    assert!(verdict.description.as_ref().unwrap().contains("no longer in the config"), "{verdict}");
    stage.build(3, "error").await;
}

#[tokio::test]
async fn a_pull_request_hears_of_a_job_that_it_does_not_need() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(
        "
[projects.demo]
repo = \"octocat/hello-world\"
[projects.demo.jobs.code]
run = \"true\"
paths = [\"src/**\"]
[projects.demo.jobs.docs]
run = \"true\"
paths = [\"docs/**\"]
",
    )
    .await;
    stage.github.on(Method::GET, "/repos/octocat/hello-world/pulls/{number}/files", |_| {
        RouteAnswer::json(200, json!([{ "filename": "docs/a.md" }]))
    });
    let sha = stage.repository.commit("topic", FakeCommit::new("Docs").file("docs/a.md", "a"));
    stage.repository.open_pull_request(FakePullRequest::new("Docs").head("topic"));
    assert_eq!(stage.verdict(&sha, "ci/docs").await.state, StatusState::Success);
    let verdict = stage.verdict(&sha, "ci/code").await;
    assert_eq!(verdict.state, StatusState::Success, "{verdict}");
    assert_eq!(
        verdict.description.as_deref(),
        Some("Not needed: the changed file does not match its paths: src/**")
    );
    // Its link leads to why.
    let link = verdict.target_url.clone().unwrap();
    let page = stage.get(link.strip_prefix(&stage.url).unwrap()).await;
    assert!(page.contains("demo/code does not run"), "{page}");
    assert_eq!(stage.statuses(&sha, "ci/code").len(), 1);
}

#[tokio::test]
async fn a_pull_request_is_built_as_merged_and_one_that_conflicts_fails() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(
        "
[projects.demo]
repo = \"octocat/hello-world\"
[projects.demo.jobs.test]
run = \"cat base.txt topic.txt; echo $HOOKSTEAD_REF\"
on = [\"pull_request\"]
as_merged = true
",
    )
    .await;
    stage.repository.commit("main", FakeCommit::new("Base").file("base.txt", "one\n"));
    let first = stage.repository.commit("topic", FakeCommit::new("A").file("topic.txt", "topic\n"));
    stage.repository.commit("main", FakeCommit::new("Base").file("base.txt", "two\n"));
    let number = stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    assert_eq!(stage.verdict(&first, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.log(1).await, format!("two\ntopic\nrefs/pull/{number}/merge\n"));
    let tree = stage.build(1, "passed").await["build"]["tree"].clone();

    // Both changed the same file.
    let commit = FakeCommit::new("B").file("base.txt", "three\n");
    let second = stage.repository.commit("topic", commit);
    let verdict = stage.verdict(&second, "ci/test").await;
    assert_eq!(verdict.state, StatusState::Failure, "{verdict}");
    let text = verdict.description.clone().unwrap();
    assert!(text.ends_with("it conflicts with main, so it cannot be built as merged"), "{text}");
    let failed = stage.build(2, "failed").await;
    assert!(failed["build"]["tree"].is_null() && tree.is_string(), "{failed} {tree}");
}
