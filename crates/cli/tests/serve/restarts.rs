use std::fs;

use hookstead::types::{Sha, StatusState};
use hookstead_testkit::{FakeCommit, FakePullRequest};

use crate::git;
use crate::stage::Stage;

pub(crate) fn demo(run: &str) -> String {
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

/// Opens a pull request, and waits until its build has begun.
pub(crate) async fn begun(stage: &Stage) -> Sha {
    let commit = FakeCommit::new("Wait").file("test.sh", script(stage));
    let sha = stage.repository.commit("topic", commit);
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    stage
        .until("the first line", async || stage.log_if(1).await.filter(|log| log == "begun\n"))
        .await;
    sha
}

/// Lets the build end, starts the server again, and makes sure that it is the same run.
async fn goes_on(stage: &mut Stage, sha: &Sha) {
    fs::write(stage.dir.path().join("go"), "").unwrap();
    stage.start().await;
    assert_eq!(stage.verdict(sha, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.log(1).await, "begun\nended\n");
    assert_eq!(fs::read_to_string(stage.dir.path().join("starts")).unwrap(), "x\n", "it ran once");
    let states: Vec<_> = stage.statuses(sha, "ci/test").into_iter().map(|it| it.state).collect();
    assert_eq!(states.first(), Some(&StatusState::Pending));
    assert!(!states.contains(&StatusState::Error), "{states:?}");
}

#[tokio::test]
async fn a_killed_server_goes_on_with_the_same_run() {
    if !git::is_there() {
        return;
    }
    let mut stage = Stage::new(&demo("sh ./test.sh")).await;
    let sha = begun(&stage).await;
    stage.kill().await;
    goes_on(&mut stage, &sha).await;
}

#[tokio::test]
async fn two_servers_do_not_share_a_folder() {
    if !git::is_there() {
        return;
    }
    let mut stage = Stage::new(&demo("sh ./test.sh")).await;
    let sha = begun(&stage).await;
    let config = fs::read_to_string(stage.config()).unwrap();
    let listen = stage.url.trim_start_matches("http://");
    let config = config.replace(&format!("listen = \"{listen}\""), "listen = \"127.0.0.1:0\"");
    let of_its_own = config.replace("data = \"data\"", "data = \"other\"\nwork = \"data/work\"");
    for (config, folder) in [(config, "data"), (of_its_own, "data/work")] {
        fs::write(stage.dir.path().join("second.toml"), config).unwrap();
        let second = stage.program(&["pipeline", "serve", "second.toml"]).output().await.unwrap();
        let said = String::from_utf8_lossy(&second.stderr);
        assert_eq!(second.status.code(), Some(1), "{said}");
        let folder = stage.dir.path().join(folder).canonicalize().unwrap();
        let sentence =
            format!("another server runs with the folder {}, which is", folder.display());
        assert!(said.contains(&sentence) && said.contains("stop that one first"), "{said}");
    }
    // The first one's run outlives it, and does not keep its lock.
    stage.kill().await;
    goes_on(&mut stage, &sha).await;
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_leaves_builds_alone() {
    if !git::is_there() {
        return;
    }
    let mut stage = Stage::new(&demo("sh ./test.sh")).await;
    let sha = begun(&stage).await;
    stage.signal("INT");
    assert!(stage.ended().await.success(), "{}", stage.log_of_server());
    goes_on(&mut stage, &sha).await;
}

#[tokio::test]
async fn the_config_is_read_again_without_losing_what_runs() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(&demo("sh ./test.sh")).await;
    let first = begun(&stage).await;
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

#[tokio::test]
async fn a_lost_runner_is_no_fault_of_the_code_s() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(&demo("sh ./test.sh")).await;
    let sha = begun(&stage).await;
    // The process of the run dies, as the machine's memory runs short.
    let runs = stage.dir.path().join("data/work/runs");
    let run = runs.canonicalize().unwrap().join("1-1-1");
    let id = process_with(run.to_str().unwrap());
    let kill = format!("kill -9 {id}");
    let killed = std::process::Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert!(killed.success());
    fs::write(stage.dir.path().join("go"), "").unwrap();
    assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Success);
    assert_eq!(fs::read_to_string(stage.dir.path().join("starts")).unwrap(), "x\nx\n");
    let build = stage.build(1, "passed").await;
    let journal = build["journal"].as_array().unwrap();
    assert!(journal.iter().any(|it| it["kind"] == "repair"), "{journal:#?}");
    assert!(stage.log(1).await.ends_with("begun\nended\n"), "{}", stage.log(1).await);
}

#[tokio::test]
async fn what_was_tested_with_the_same_files_is_not_built_again() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(&demo("sh ./test.sh")).await;
    let starts = stage.dir.path().join("starts");
    let script = format!("echo x >> {}\n", starts.display());
    let commit = FakeCommit::new("Script").file("test.sh", script);
    let first = stage.repository.commit("topic", commit);
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    assert_eq!(stage.verdict(&first, "ci/test").await.state, StatusState::Success);
    // Another commit with the same files.
    let commit = FakeCommit::new("Nothing new").file("README.md", "# hello-world\n");
    let second = stage.repository.commit("topic", commit);
    let green = stage.verdict(&second, "ci/test").await;
    assert_eq!(green.state, StatusState::Success, "{green}");
    assert_eq!(fs::read_to_string(starts).unwrap(), "x\n");
}

/// The process that has this argument.
fn process_with(argument: &str) -> String {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let has = |entry: &fs::DirEntry| {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|it| it == argument.as_bytes())
    };
    let mut found = processes.filter(has);
    found.next().unwrap().file_name().into_string().unwrap()
}
