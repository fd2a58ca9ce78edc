use std::fs;

use hookstead::types::StatusState;
use hookstead_testkit::{FakeCommit, FakePullRequest};

use crate::stage::Stage;

fn demo(run: &str) -> String {
    format!(
        "\n[projects.demo]\nrepo = \"octocat/hello-world\"\n[projects.demo.jobs.test]\nrun = \"{run}\"\n"
    )
}

/// Waits for a file, and says when it ran.
fn script(stage: &Stage) -> String {
    let go = stage.dir.path().join("go");
    let starts = stage.dir.path().join("starts");
    format!(
        "echo x >> {}; echo begun; while ! test -e {}; do sleep 0.05; done; echo ended\n",
        starts.display(),
        go.display()
    )
}

#[tokio::test]
async fn a_killed_server_goes_on_with_the_same_run() {
    let mut stage = Stage::new(&demo("sh ./test.sh")).await;
    let commit = FakeCommit::new("Wait").file("test.sh", script(&stage));
    let sha = stage.repository.commit("topic", commit);
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    stage
        .until("the first line", async || stage.log_if(1).await.filter(|log| log == "begun\n"))
        .await;
    stage.kill().await;
    fs::write(stage.dir.path().join("go"), "").unwrap();
    stage.start().await;
    assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.log(1).await, "begun\nended\n");
    assert_eq!(fs::read_to_string(stage.dir.path().join("starts")).unwrap(), "x\n", "it ran once");
    let states: Vec<_> = stage.statuses(&sha, "ci/test").into_iter().map(|it| it.state).collect();
    assert_eq!(states.first(), Some(&StatusState::Pending));
    assert!(!states.contains(&StatusState::Error), "{states:?}");
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_leaves_builds_alone() {
    let mut stage = Stage::new(&demo("sh ./test.sh")).await;
    let commit = FakeCommit::new("Wait").file("test.sh", script(&stage));
    let sha = stage.repository.commit("topic", commit);
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    stage
        .until("the first line", async || stage.log_if(1).await.filter(|log| log == "begun\n"))
        .await;
    stage.signal("INT");
    assert!(stage.ended().await.success(), "{}", stage.log_of_server());
    fs::write(stage.dir.path().join("go"), "").unwrap();
    stage.start().await;
    assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.log(1).await, "begun\nended\n");
    assert_eq!(fs::read_to_string(stage.dir.path().join("starts")).unwrap(), "x\n", "it ran once");
    let states: Vec<_> = stage.statuses(&sha, "ci/test").into_iter().map(|it| it.state).collect();
    assert_eq!(states.first(), Some(&StatusState::Pending));
    assert!(!states.contains(&StatusState::Error), "{states:?}");
}

#[tokio::test]
async fn the_config_is_read_again_without_losing_what_runs() {
    let stage = Stage::new(&demo("sh ./test.sh")).await;
    let commit = FakeCommit::new("Wait").file("test.sh", script(&stage));
    let first = stage.repository.commit("topic", commit);
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    stage
        .until("the first line", async || stage.log_if(1).await.filter(|log| log == "begun\n"))
        .await;
    // A config with a mistake changes nothing.
    stage.configure("nonsense = true\n");
    stage.signal("HUP");
    stage
        .until("the mistake in the log", async || {
            stage.log_of_server().contains("the config is not changed").then_some(())
        })
        .await;
    stage.configure(&demo("echo something else"));
    stage.signal("HUP");
    stage
        .until("the config to be read", async || {
            stage.log_of_server().contains("the config was read again").then_some(())
        })
        .await;
    fs::write(stage.dir.path().join("go"), "").unwrap();
    assert_eq!(stage.verdict(&first, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.log(1).await, "begun\nended\n");
    let second = stage.repository.commit("topic", FakeCommit::new("More").file("more.txt", "x"));
    assert_eq!(stage.verdict(&second, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.log(2).await, "something else\n");
}
