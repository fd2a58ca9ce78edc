use std::fs;
use std::time::Duration;

use hookstead::types::{Sha, StatusState, Timestamp};
use hookstead_testkit::{FakeCommit, FakePullRequest};

use crate::git;
use crate::stage::Stage;

const DEMO: &str = "
[projects.demo]
repo = \"octocat/hello-world\"
[projects.demo.jobs.test]
run = \"sh ./test.sh\"
";

/// Opens a pull request whose build runs this.
fn open(stage: &Stage, branch: &str, script: &str) -> Sha {
    let commit = FakeCommit::new("Script").file("test.sh", script).file("branch", branch);
    let sha = stage.repository.commit(branch, commit);
    stage.repository.open_pull_request(FakePullRequest::new(branch).head(branch));
    sha
}

/// The words of a commit's statuses, the oldest first.
fn words(stage: &Stage, sha: &Sha) -> Vec<String> {
    let all = stage.statuses(sha, "ci/test").into_iter();
    all.map(|it| {
        let text = it.description.unwrap_or_default();
        let word = text.split_whitespace().nth(3).unwrap_or_default().trim_end_matches(',');
        format!("{} {word}", it.state)
    })
    .collect()
}

/// How long the build of a commit waited for its turn.
async fn waited(stage: &Stage, sha: &Sha) -> Duration {
    let link = stage.statuses(sha, "ci/test").pop().unwrap().target_url.unwrap();
    let number = link.rsplit('/').next().unwrap().parse().unwrap();
    let page = stage.build(number, "passed").await;
    let [queued, started] = ["queued_at", "started_at"].map(|name| {
        let moment: Timestamp = serde_json::from_value(page["build"][name].clone()).unwrap();
        moment.instant().unwrap()
    });
    started.duration_since(queued).unsigned_abs()
}

/// A build that runs until the file is there.
fn waits_for(stage: &Stage, name: &str) -> String {
    let file = stage.dir.path().join(name);
    format!("while ! test -e {}; do sleep 0.02; done\n", file.display())
}

#[tokio::test]
async fn queued_is_said_only_of_what_waits_for_two_seconds() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(&format!("pools.builds = 1\n{DEMO}")).await;
    // Nothing is before it.
    let first = open(&stage, "first", "true\n");
    assert_eq!(stage.verdict(&first, "ci/test").await.state, StatusState::Success);
    let left = &stage.json("/server.json").await["github"]["limits"][0];
    assert_eq!(left["resource"], "core");
    assert!(left["remaining"].as_u64() < left["limit"].as_u64(), "{left}");
    // The second of these waits for the other, for a moment.
    let one = open(&stage, "one", "true\n");
    let two = open(&stage, "two", "true\n");
    for sha in [&one, &two] {
        assert_eq!(stage.verdict(sha, "ci/test").await.state, StatusState::Success);
    }
    // What waits for the one that runs is told of after a while; what has one more before it, at once.
    let third = open(&stage, "holds", &waits_for(&stage, "go"));
    stage.build(4, "running").await;
    let fourth = open(&stage, "fourth", "true\n");
    let is_queued = async |sha: &Sha| {
        stage
            .until("the word that it is queued", async || {
                let said = words(&stage, sha);
                (said == ["pending queued"]).then_some(())
            })
            .await;
    };
    is_queued(&fourth).await;
    let fifth = open(&stage, "fifth", "true\n");
    is_queued(&fifth).await;
    fs::write(stage.dir.path().join("go"), "").unwrap();
    for sha in [&third, &fourth, &fifth] {
        assert_eq!(stage.verdict(sha, "ci/test").await.state, StatusState::Success);
    }
    // Nobody else is told of; on a machine that is very slow those are that waited for two seconds.
    for sha in [&first, &one, &two, &third] {
        let said = words(&stage, sha);
        let is_told = said.contains(&"pending queued".to_owned());
        let waited = waited(&stage, sha).await;
        assert!(!is_told || waited >= Duration::from_secs(2), "{waited:?}: {said:?}");
    }
    for sha in [&fourth, &fifth] {
        let said = words(&stage, sha);
        assert_eq!(said[..2], ["pending queued", "pending running"], "{said:?}");
    }
}

#[tokio::test]
async fn what_is_needed_least_is_left_out_near_the_limit_of_writes() {
    if !git::is_there() {
        return;
    }
    // Three quarters are 6, nine tenths 7.2.
    let mut stage = Stage::new(&format!("writes_per_hour = 8\npools.builds = 1\n{DEMO}")).await;
    assert!(
        stage.log_of_server().contains("only how builds ended"),
        "it is not said at the start:\n{}",
        stage.log_of_server()
    );
    for number in 1..=3 {
        let sha = open(&stage, &format!("topic-{number}"), "true\n");
        assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Success);
        // Whoever is told last has counted.
        stage.until("it to be told", async || journal_has(&stage, number, "success").await).await;
    }
    // 6 are made. It runs, which is the seventh; and the two behind it wait without a word.
    let running = open(&stage, "running", &waits_for(&stage, "go"));
    stage.build(4, "running").await;
    let behind = open(&stage, "behind", "true\n");
    stage.until("it to wait", async || stage.build(5, "queued").await.as_object().map(drop)).await;
    let last = open(&stage, "last", "exit 1\n");
    let queued = "not told that it is queued: 7 of 8 writes within an hour are made";
    stage.until("the journal to say so", async || journal_has(&stage, 6, queued).await).await;
    fs::write(stage.dir.path().join("go"), "").unwrap();
    // The ends come, also beyond the limit.
    assert_eq!(stage.verdict(&running, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.verdict(&behind, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.verdict(&last, "ci/test").await.state, StatusState::Failure);
    assert_eq!(stage.statuses(&running, "ci/test").len(), 2);
    assert_eq!(stage.statuses(&behind, "ci/test").len(), 1);
    assert_eq!(stage.statuses(&last, "ci/test").len(), 1);
    let runs = "not told that it runs: 8 of 8 writes within an hour are made";
    stage.until("the journal to say so", async || journal_has(&stage, 5, runs).await).await;
    let log = stage.log_of_server();
    assert!(log.contains("GitHub is not told any more that builds are queued"), "{log}");
    assert!(log.contains("GitHub is not told any more that builds are running"), "{log}");
    let index = stage.json("/index.json").await;
    assert_eq!(index["writes_allowed"], 8);
    // GitHub does not forget what it was sent because a server starts anew.
    assert_eq!(index["writes_within_an_hour"], 10);
    stage.signal("INT");
    assert!(stage.ended().await.success());
    stage.start().await;
    assert_eq!(stage.json("/index.json").await["writes_within_an_hour"], 10);
}

pub(crate) async fn journal_has(stage: &Stage, build: i64, text: &str) -> Option<()> {
    let entries = stage.json(&format!("/journal.json?build={build}")).await;
    let mut entries = entries["entries"].as_array()?.iter();
    entries.any(|it| it["text"].as_str().is_some_and(|it| it.contains(text))).then_some(())
}
