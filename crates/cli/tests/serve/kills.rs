use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use hookstead::types::StatusState;
use hookstead_testkit::{FakeCommit, FakePullRequest};

use crate::git;
use crate::stage::Stage;

const BUILDS: usize = 16;

/// When the server is killed, in milliseconds after it has started: while it takes deliveries, checks out, starts
/// runs, follows them, reports.
const KILLS: [u64; 4] = [40, 400, 90, 700];

#[tokio::test]
async fn whenever_the_server_is_killed_each_build_ends_and_none_runs_twice() {
    if !git::is_there() {
        return;
    }
    let mut stage = Stage::set().await;
    stage.configure(
        "[pools]\nbuilds = 4\n[projects.demo]\nrepo = \"octocat/hello-world\"\n\
         [projects.demo.jobs.test]\nrun = \"sh ./test.sh\"\n",
    );
    stage.start().await;
    stage.repository.create_hook(stage.hook());
    let ends = stage.dir.path().join("ends");
    let script = format!("sleep 0.2; echo $HOOKSTEAD_BUILD >> {}; echo done\n", ends.display());
    let mut commits = Vec::new();
    for number in 0..BUILDS {
        let branch = format!("topic-{number}");
        let commit = FakeCommit::new("Script").file("test.sh", script.as_str());
        let commit = commit.file("number", number.to_string());
        commits.push(stage.repository.commit(&branch, commit));
        stage.repository.open_pull_request(FakePullRequest::new(&branch).head(&branch));
    }
    stage
        .until("all deliveries to be accepted", async || {
            let is_one = |name: String| name == "pull_request.opened";
            let delivered = stage.github.deliveries();
            let accepted = delivered.iter().filter(|it| it.is_ok() && is_one(it.name()));
            (accepted.count() == BUILDS).then_some(())
        })
        .await;
    for after in KILLS {
        tokio::time::sleep(Duration::from_millis(after)).await;
        stage.kill().await;
        stage.start().await;
    }
    for sha in &commits {
        stage
            .until("each commit to be green", async || {
                let last = stage.statuses(sha, "ci/test").pop()?;
                (last.state == StatusState::Success).then_some(())
            })
            .await;
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for number in fs::read_to_string(&ends).unwrap().lines() {
        *times.entry(number.to_owned()).or_default() += 1;
    }
    assert_eq!(times.len(), BUILDS, "{times:?}");
    assert!(times.values().all(|times| *times == 1), "a build ran twice: {times:?}");
    // The journal balances: each build that was made has passed, with its whole log.
    let page = stage.json("/index.json").await;
    assert_eq!(page["at_work"].as_array().unwrap().len(), 0, "{page:#}");
    let builds = page["last"].as_array().unwrap();
    assert_eq!(builds.len(), BUILDS);
    for build in builds {
        assert_eq!(build["state"], "passed", "{build:#}");
        assert_eq!(stage.log(build["number"].as_i64().unwrap()).await, "done\n");
    }
    let left = fs::read_dir(stage.dir.path().join("data/work/builds")).unwrap().count();
    assert_eq!(left, 0, "workspaces are left over");
    let left = fs::read_dir(stage.dir.path().join("data/work/runs")).unwrap().count();
    assert_eq!(left, 0, "folders of runs are left over");
}
