use std::fs;
use std::process::Command;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use hookstead::types::{CheckConclusion, CheckStatus, Sha, StatusState};
use hookstead_testkit::{FakeCommit, FakePullRequest, RecordedCheckRun};

use crate::git;
use crate::stage::Stage;

/// The file of free software of the design, with this stage's names, a secret and a problem matcher.
const FREE: &str = "
[projects.demo]
repo    = \"octocat/hello-world\"
forks   = \"ask\"
isolate = \"bubblewrap\"
network = false

[projects.demo.jobs.test]
run      = [\"sh\", \"./test.sh\"]
on       = [\"pull_request\", \"merge_group\", \"push\"]
secrets  = { BUILD_SECRET = { env = \"BUILD_SECRET\" } }
matchers = ['^(?<file>[^:]+):(?<line>[0-9]+): (?<severity>[a-z]+): (?<message>.+)$']
";

fn bubblewrap_works() -> bool {
    let mut bwrap = Command::new("bwrap");
    bwrap.args(["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]);
    let works = bwrap.output().is_ok_and(|output| output.status.success());
    if !works {
        say("bubblewrap is not installed, or not permitted: left out");
    }
    works
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// A stage whose server is an App.
async fn as_app(projects: &str) -> Stage {
    let mut stage = Stage::set().await;
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        pem += std::str::from_utf8(line).unwrap();
        pem.push('\n');
    }
    pem += "-----END PRIVATE KEY-----\n";
    fs::write(stage.dir.path().join("app.pem"), pem).unwrap();
    let app = stage.github.app();
    let id = app.id();
    let who = format!("app = {{ id = {id}, key = {{ file = \"app.pem\" }} }}\nreport = \"checks\"");
    stage.configure_as(&who, projects);
    stage.start().await;
    app.set_hook(stage.hook());
    app.install_on(&stage.repository);
    stage
}

async fn check_run(
    stage: &Stage,
    sha: &Sha,
    is_it: impl Fn(&RecordedCheckRun) -> bool,
) -> RecordedCheckRun {
    stage
        .until("the check run", async || {
            stage.repository.check_runs(sha).into_iter().find(|run| is_it(run))
        })
        .await
}

#[tokio::test]
async fn a_stranger_s_code_waits_for_approval_and_gets_no_secrets() {
    if !git::is_there() {
        return;
    }
    if !bubblewrap_works() {
        return;
    }
    let stage = as_app(FREE).await;
    stage.repository.set_role("anna", "write");
    let script = "echo \"secret: ${BUILD_SECRET:-none}\"; test ! -e /etc/shadow -o ! -r /etc/shadow\n\
                  echo 'src/a.c:3: warning: unused'; ls $(cat .git/objects/info/alternates)/../../../..\n\
                  cat ../../../../data/pipeline.db && exit 1; exit 0\n";
    // Another repository of the server, which is nobody's business here.
    fs::create_dir_all(stage.dir.path().join("data/work/mirrors/private/secret")).unwrap();
    let fork = stage.repository.fork("mallory");
    let sha = fork.commit("topic", FakeCommit::new("Steal").file("test.sh", script));
    let opened = FakePullRequest::new("Trust me").head("topic").from_fork("mallory");
    let number = stage.repository.open_pull_request(opened);
    let waiting = check_run(&stage, &sha, |run| run.status == CheckStatus::Queued).await;
    assert_eq!(waiting.name, "ci/test");
    assert!(waiting.summary.unwrap().contains(&format!("/test {sha}")));
    stage.build(1, "waiting").await;

    // Neither the stranger nor a short sha opens the door.
    stage.repository.comment(number, "mallory", &format!("/test {sha}"));
    stage.repository.comment(number, "anna", &format!("/test {}", sha.short()));
    let refusals = stage.until("both to be decided", async || {
        let journal = stage.json("/journal.json").await;
        let of_comments = journal["entries"].as_array()?.iter().filter(|it| {
            it["kind"] == "decision"
                && it["text"].as_str().is_some_and(|it| it.starts_with("nothing, because"))
        });
        let texts: Vec<String> =
            of_comments.map(|it| it["text"].as_str().unwrap_or_default().to_owned()).collect();
        let is_refused = |word: &str| texts.iter().any(|text| text.contains(word));
        (is_refused("mallory") && is_refused("whole sha")).then_some(texts)
    });
    refusals.await;
    stage.build(1, "waiting").await;

    stage.repository.comment(number, "anna", &format!("/test {sha}"));
    let done = check_run(&stage, &sha, |run| run.status == CheckStatus::Completed).await;
    let log = stage.log(1).await;
    assert_eq!(done.conclusion, Some(CheckConclusion::Success), "{log}");
    assert!(log.starts_with("secret: none\n"), "{log}");
    assert!(log.contains("octocat\n") && !log.contains("private"), "{log}");
    assert_eq!(done.annotations, 1, "{log}");
    assert_eq!(stage.repository.check_runs(&sha).len(), 1, "the one that waited was completed");
    let build = stage.build(1, "passed").await;
    assert_eq!(build["build"]["approved_by"], "anna");
}

#[tokio::test]
async fn one_s_own_code_runs_at_once_with_its_secrets() {
    if !git::is_there() {
        return;
    }
    if !bubblewrap_works() {
        return;
    }
    let stage = as_app(FREE).await;
    let script = "test \"$BUILD_SECRET\" = hunter2-hunter2\n";
    let sha = stage.repository.commit("topic", FakeCommit::new("Use it").file("test.sh", script));
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    let done = check_run(&stage, &sha, |run| run.status == CheckStatus::Completed).await;
    assert_eq!(done.conclusion, Some(CheckConclusion::Success), "{}", stage.log(1).await);
}

/// Each build says what it finds in its cache, and leaves its word there.
#[tokio::test]
async fn strangers_put_nothing_into_the_caches_of_others() {
    if !git::is_there() {
        return;
    }
    if !bubblewrap_works() {
        return;
    }
    let stage = Stage::new(
        "\n[projects.demo]\nrepo = \"octocat/hello-world\"\nforks = \"run\"\nisolate = \"bubblewrap\"\n\
         [projects.demo.jobs.test]\nrun = \"sh ./test.sh\"\ncache = [\"kept\"]\n",
    )
    .await;
    let script = |word: &str| format!("cat kept/* 2>/dev/null; echo {word} > kept/{word}\n");
    let passed = async |sha: &Sha, number: i64| {
        let status = stage.verdict(sha, "ci/test").await;
        assert_eq!(status.state, StatusState::Success, "{}", stage.log(number).await);
        stage.log(number).await
    };
    let (mallory, eve) = (stage.repository.fork("mallory"), stage.repository.fork("eve"));
    let opens = |owner: &str| FakePullRequest::new("Cache").head("topic").from_fork(owner);
    let sha = mallory.commit("topic", FakeCommit::new("One").file("test.sh", script("mallory")));
    stage.repository.open_pull_request(opens("mallory"));
    assert_eq!(passed(&sha, 1).await, "");
    let sha = eve.commit("topic", FakeCommit::new("Two").file("test.sh", script("eve")));
    stage.repository.open_pull_request(opens("eve"));
    assert_eq!(passed(&sha, 2).await, "");
    let own = FakeCommit::new("Own").file("test.sh", script("own"));
    let sha = stage.repository.commit("topic", own);
    stage.repository.open_pull_request(FakePullRequest::new("Own").head("topic"));
    assert_eq!(passed(&sha, 3).await, "");
    // Each finds its own again.
    let sha = mallory.commit("topic", FakeCommit::new("Three").file("test.sh", script("again")));
    assert_eq!(passed(&sha, 4).await, "mallory\n");
    let own = FakeCommit::new("Own again").file("test.sh", script("again"));
    let sha = stage.repository.commit("topic", own);
    assert_eq!(passed(&sha, 5).await, "own\n");
}
