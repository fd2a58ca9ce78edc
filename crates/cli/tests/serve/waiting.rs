//! Deliveries that wait for room among the hour's writes at GitHub.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hookstead::types::StatusState;
use hookstead_testkit::{FakeCommit, FakePullRequest, RouteAnswer};
use http::Method;
use serde_json::{Value, json};

use crate::git;
use crate::reports::journal_has;
use crate::stage::Stage;

const DEMO: &str = "
[projects.demo]
repo = \"octocat/hello-world\"
[projects.demo.jobs.code]
run = \"true\"
paths = [\"src/**\"]
";

/// The tasks that are due later.
async fn delayed(stage: &Stage) -> Vec<Value> {
    let arguments = ["inbox", "list", "--delayed", "--json", "--inbox", "data/pipeline.db"];
    let output = stage.program(&arguments).output().await.unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn a_delivery_waits_for_room_and_then_is_done_once() {
    if !git::is_there() {
        return;
    }
    // Three quarters of 2 are spent by one build.
    let stage = Stage::new(&format!("writes_per_hour = 2\n{DEMO}")).await;
    let is_docs = Arc::new(AtomicBool::new(false));
    let changes_docs = Arc::clone(&is_docs);
    stage.github.on(Method::GET, "/repos/octocat/hello-world/pulls/{number}/files", move |_| {
        let name = if changes_docs.load(Ordering::SeqCst) { "docs/a.md" } else { "src/a.rs" };
        RouteAnswer::json(200, json!([{ "filename": name }]))
    });
    let open = |branch: &str, file: &str| {
        let sha = stage.repository.commit(branch, FakeCommit::new(branch).file(file, branch));
        stage.repository.open_pull_request(FakePullRequest::new(branch).head(branch));
        sha
    };
    let code = open("code", "src/a.rs");
    assert_eq!(stage.verdict(&code, "ci/code").await.state, StatusState::Success);
    // Whoever says so in the journal has counted.
    stage.until("it to be told", async || journal_has(&stage, 1, "success").await).await;
    is_docs.store(true, Ordering::SeqCst);
    let docs = open("docs", "docs/a.md");
    let waits = stage.until("the delivery to wait", async || delayed(&stage).await.pop()).await;
    let text = waits.to_string();
    assert!(text.contains("room among the hour's writes at GitHub: 2 of 2 writes"), "{text}");
    assert!(stage.statuses(&docs, "ci/code").is_empty());

    // An hour later, or with a larger limit.
    stage.configure(&format!("writes_per_hour = 100\n{DEMO}"));
    stage.signal("HUP");
    stage
        .until("the config to be read", async || {
            stage.log_of_server().contains("the config was read again").then_some(())
        })
        .await;
    let id = waits["id"].as_str().unwrap();
    let arguments = ["inbox", "wake", id, "--inbox", "data/pipeline.db"];
    let output = stage.program(&arguments).output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let verdict = stage.verdict(&docs, "ci/code").await;
    assert_eq!(verdict.state, StatusState::Success, "{verdict}");
    assert!(verdict.description.as_deref().unwrap().starts_with("Not needed: "), "{verdict}");
    stage.until("nothing to wait", async || delayed(&stage).await.is_empty().then_some(())).await;
    assert_eq!(stage.statuses(&docs, "ci/code").len(), 1);
    assert_eq!(stage.statuses(&code, "ci/code").len(), 2, "the other one's stay as they were");
}
