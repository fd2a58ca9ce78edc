use hookstead::types::StatusState;
use hookstead_testkit::{FakeCommit, FakePullRequest, RouteAnswer};
use http::Method;
use serde_json::json;

use crate::git;
use crate::stage::Stage;

/// The team's file of the design, with a command in the place of Jenkins, and the names that this stage has.
const TEAM: &str = "
[notifiers]
dev = { post = { env = \"CHAT_DEV\" } }
ops = { post = { env = \"CHAT_OPS\" } }

[projects.demo]
repo            = \"octocat/hello-world\"
notify          = [\"dev\"]
notify_failures = [\"ops\"]

[projects.demo.jobs.janky]
run     = \"sh ./test.sh\"
timeout = \"1h\"

[projects.demo.environments.staging]
run  = \"bin/heroku-build shop-staging\"
auto = \"main\"
";

#[tokio::test]
async fn a_team_s_chats_hear_of_builds_and_of_failures() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(TEAM).await;
    stage.github.on(Method::POST, "/chat/{room}", |_| RouteAnswer::json(200, json!({})));
    let commit = FakeCommit::new("Break").file("test.sh", "exit 1\n");
    let first = stage.repository.commit("topic", commit);
    let opened = FakePullRequest::new("Call @channel <!here>").head("topic").author("anna");
    stage.repository.open_pull_request(opened);
    assert_eq!(stage.verdict(&first, "ci/janky").await.state, StatusState::Failure);
    let commit = FakeCommit::new("Mend").file("test.sh", "true\n");
    let second = stage.repository.commit("topic", commit);
    assert_eq!(stage.verdict(&second, "ci/janky").await.state, StatusState::Success);
    let commit = FakeCommit::new("More").file("more.txt", "x");
    let third = stage.repository.commit("topic", commit);
    assert_eq!(stage.verdict(&third, "ci/janky").await.state, StatusState::Success);

    // Those of the failures hear of the first that passed after one, and then no more.
    let heard = |room: &str| {
        let path = format!("/chat/{room}");
        let requests = stage.github.requests().into_iter().filter(|it| it.path == path);
        requests.filter_map(|it| it.body?["text"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let dev = stage
        .until("the chat to hear of three builds", async || {
            Some(heard("dev")).filter(|it| it.len() == 3)
        })
        .await;
    let ops = heard("ops");
    assert_eq!(ops.len(), 2, "{ops:?}");
    assert!(
        dev[0].contains("demo #1 janky (pull request 1, ") && dev[0].contains("failed in"),
        "{dev:?}"
    );
    assert!(dev[0].ends_with(&format!("{}/demo/builds/1", stage.url)), "{dev:?}");
    assert!(!dev[0].contains("@channel") && !dev[0].contains("<!here>"), "{dev:?}");
    assert_eq!(ops, dev[..2]);
    // The chats' addresses are secrets.
    assert!(!stage.log_of_server().contains("/chat/"), "{}", stage.log_of_server());
}

#[tokio::test]
async fn a_slow_chat_holds_up_nobody_and_is_told_once() {
    if !git::is_there() {
        return;
    }
    let config = "
[notifiers.slow]
command = [\"sh\", \"-c\", \"cat >> told; until [ -e answer ]; do sleep 0.05; done\"]

[projects.demo]
repo   = \"octocat/hello-world\"
notify = [\"slow\"]

[projects.demo.jobs.test]
run = \"true\"
";
    let stage = Stage::new(config).await;
    let commit = |name: &str| FakeCommit::new(name).file("change.txt", name);
    let first = stage.repository.commit("topic", commit("One"));
    stage.repository.open_pull_request(FakePullRequest::new("Slow").head("topic"));
    assert_eq!(stage.verdict(&first, "ci/test").await.state, StatusState::Success);
    let told = || {
        let told = std::fs::read_to_string(stage.dir.path().join("told")).unwrap_or_default();
        told.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    stage.until("the chat to be told", async || (told().len() == 1).then_some(())).await;
    // The next build of the lane takes the place of nothing that still works.
    let second = stage.repository.commit("topic", commit("Two"));
    assert_eq!(stage.verdict(&second, "ci/test").await.state, StatusState::Success);
    stage.until("the chat to be told again", async || (told().len() == 2).then_some(())).await;
    std::fs::write(stage.dir.path().join("answer"), "").unwrap();
    let lines = told();
    assert!(lines[0].contains("#1") && lines[1].contains("#2"), "{lines:?}");
    assert_eq!(stage.json("/demo/builds/1.json").await["build"]["state"], "passed");
}
