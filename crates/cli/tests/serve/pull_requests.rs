use hookstead::types::StatusState;
use hookstead_testkit::{FakeCommit, FakePullRequest};

use crate::git;
use crate::stage::{ADMIN, Stage};

const DEMO: &str = "
[projects.demo]
repo = \"octocat/hello-world\"
[projects.demo.jobs.test]
run = \"sh ./test.sh\"
secrets = { BUILD_SECRET = { env = \"BUILD_SECRET\" } }
artifacts = [\"out\"]
";

#[tokio::test]
async fn a_pull_request_fails_is_mended_and_passes() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(DEMO).await;
    let script = "echo checking $HOOKSTEAD_PULL_REQUEST; echo \"<b>$BUILD_SECRET</b>\"; exit 3\n";
    let first = stage.repository.commit("topic", FakeCommit::new("Break").file("test.sh", script));
    let number =
        stage.repository.open_pull_request(FakePullRequest::new("<i>Topic</i>").head("topic"));
    let failed = stage.verdict(&first, "ci/test").await;
    assert_eq!(failed.state, StatusState::Failure);
    let link = failed.target_url.clone().unwrap();
    assert_eq!(link, format!("{}/demo/builds/1", stage.url));
    let text = failed.description.clone().unwrap();
    assert!(
        text.starts_with("Build #1 failed in ") && text.ends_with("step run exited with 3"),
        "{text}"
    );
    let states: Vec<_> = stage.statuses(&first, "ci/test").into_iter().map(|it| it.state).collect();
    assert_eq!(states, [StatusState::Pending, StatusState::Failure]);
    assert_eq!(
        stage.log(1).await,
        format!("checking {number}\n<b>[secret]</b>\n")
            .replace("[secret]", &masked(&stage.log(1).await))
    );

    // The page shows it, and nothing that strangers wrote is markup.
    let page = stage.get("/demo/builds/1").await;
    assert!(page.contains("&lt;i&gt;Topic&lt;/i&gt;") && !page.contains("<i>"), "{page}");
    assert!(page.contains("&lt;b&gt;") && !page.contains("<b>"), "{page}");
    assert!(!page.contains("hunter2"), "{page}");
    for path in ["/", "/demo", "/journal"] {
        assert!(!stage.get(path).await.contains("<i>"), "{path}");
    }
    for path in ["/index.json", "/demo.json", "/journal.json"] {
        assert!(!stage.json(path).await.is_null(), "{path}");
    }
    assert!(stage.get("/assets/style.css").await.contains("color-scheme"));

    let script = "echo fine; mkdir out; echo made > out/report.txt; ln -s /etc out/etc\n";
    let second = stage.repository.commit("topic", FakeCommit::new("Mend").file("test.sh", script));
    assert_eq!(stage.verdict(&second, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.log(2).await, "fine\n");
    let kept = stage.dir.path().join("data/work/artifacts/2/out");
    assert_eq!(std::fs::read_to_string(kept.join("report.txt")).unwrap(), "made\n");
    assert!(!kept.join("etc").exists(), "a link out of the folder was kept");
    assert_eq!(stage.get("/demo/builds/2/log?from=2").await, "ne\n");

    // Why: from the delivery to the report.
    let build = stage.build(2, "passed").await;
    let delivery = build["build"]["cause"]["delivery"]["id"].as_str().unwrap().to_owned();
    let journal = stage.json(&format!("/journal.json?delivery={delivery}")).await;
    let kinds: Vec<_> = journal["entries"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds.first(), Some(&"delivery"), "{journal:#}");
    assert!(kinds.contains(&"decision") && kinds.contains(&"build"), "{kinds:?}");
    stage
        .until("the report to stand in the journal", async || {
            let journal = stage.json("/journal.json?build=2").await;
            let mut entries = journal["entries"].as_array().unwrap().iter();
            entries
                .find(|it| {
                    it["kind"] == "report" && it["text"].as_str().unwrap().contains("success")
                })
                .cloned()
        })
        .await;
    assert_eq!(stage.github.deliveries().iter().filter(|it| !it.is_ok()).count(), 0);
}

/// What stands in the place of the secret.
fn masked(log: &str) -> String {
    let start = log.find("<b>").unwrap() + 3;
    let end = log.find("</b>").unwrap();
    let masked = log[start..end].to_owned();
    assert!(!masked.contains("hunter"), "{masked}");
    masked
}

#[tokio::test]
async fn a_push_stops_the_old_build() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(DEMO).await;
    let endless = "echo begun; sleep 1000; echo ended\n";
    let first = stage.repository.commit("topic", FakeCommit::new("Wait").file("test.sh", endless));
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    stage
        .until("the first line", async || stage.log_if(1).await.filter(|log| log == "begun\n"))
        .await;
    let second = stage.repository.commit("topic", FakeCommit::new("Go").file("test.sh", "true\n"));
    assert_eq!(stage.verdict(&second, "ci/test").await.state, StatusState::Success);
    let stopped = stage.verdict(&first, "ci/test").await;
    assert_eq!(stopped.state, StatusState::Error, "{stopped}");
    stage.build(1, "superseded").await;
    assert_eq!(stage.log(1).await, "begun\nhookstead: canceled\n");
}

#[tokio::test]
async fn run_again_and_cancel_need_the_admin_s_token() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(DEMO).await;
    let marker = stage.dir.path().join("marker");
    let script = format!("test -e {} || exit 1\n", marker.display());
    let sha = stage.repository.commit("topic", FakeCommit::new("Flaky").file("test.sh", script));
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Failure);

    assert_eq!(stage.press("/demo/builds/1/again", None).await, 403);
    assert_eq!(stage.press("/demo/builds/1/again", Some("wrong")).await, 401);
    assert_eq!(stage.press("/other/builds/1/again", Some(ADMIN)).await, 404);
    std::fs::write(&marker, "").unwrap();
    assert_eq!(stage.press("/demo/builds/1/again", Some(ADMIN)).await, 303);
    let again = stage.build(2, "passed").await;
    assert_eq!(again["build"]["cause"]["again"]["of"], 1, "{again:#}");
    stage
        .until("the status to be green", async || {
            let statuses = stage.statuses(&sha, "ci/test");
            statuses.last().filter(|it| it.state == StatusState::Success).map(drop)
        })
        .await;

    let endless = "echo begun; sleep 1000\n";
    let sha = stage.repository.commit("topic", FakeCommit::new("Wait").file("test.sh", endless));
    stage
        .until("the first line", async || stage.log_if(3).await.filter(|log| log == "begun\n"))
        .await;
    assert_eq!(stage.press("/demo/builds/3/cancel", Some(ADMIN)).await, 303);
    let canceled = stage.build(3, "canceled").await;
    assert!(canceled["build"]["summary"].as_str().unwrap().contains("admin"), "{canceled:#}");
    assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Error);
}

#[tokio::test]
async fn the_command_line_asks_a_server_that_runs() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(DEMO).await;
    let sha =
        stage.repository.commit("main", FakeCommit::new("Script").file("test.sh", "echo hi\n"));
    assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Success);
    let output =
        stage.program(&["pipeline", "build", "octocat/hello-world/main"]).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("demo/test"), "{said}");
    // By what its ref is called, and by its sha, which is on no ref that is known.
    for (number, name) in [(3, "demo/refs/heads/main".to_owned()), (4, format!("demo/{sha}"))] {
        stage.build(number - 1, "passed").await;
        let output = stage.program(&["pipeline", "build", &name]).output().await.unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        stage.build(number, "passed").await;
    }
    let output = stage.program(&["pipeline", "build", "nowhere/main"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));

    let setup = stage.program(&["pipeline", "setup"]).output().await.unwrap();
    let said = String::from_utf8_lossy(&setup.stdout).into_owned();
    assert!(setup.status.success(), "{said}{}", String::from_utf8_lossy(&setup.stderr));
    for part in ["is there", "the server took a ping", "posted hookstead/setup"] {
        assert!(said.contains(part), "{said}");
    }
    // GitHub is given a secret that the server has not: whoever looks at the exit code alone hears of it.
    let mut setup = stage.program(&["pipeline", "setup"]);
    let setup = setup.env("WEBHOOK_SECRET", "another secret").output().await.unwrap();
    let said = String::from_utf8_lossy(&setup.stdout).into_owned();
    assert_eq!(setup.status.code(), Some(1), "{said}");
    assert!(said.contains("(401); it has another secret: start it anew"), "{said}");
}
