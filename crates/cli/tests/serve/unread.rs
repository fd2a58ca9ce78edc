//! Programs whose output nobody reads any more: a log that was piped into something that has ended.

use std::io::{Read as _, pipe};
use std::process::Stdio;

use hookstead::client::HttpClient;
use hookstead::types::StatusState;
use hookstead_testkit::FakeCommit;

use crate::git;
use crate::stage::Stage;

const DEMO: &str = "
[projects.demo]
repo = \"octocat/hello-world\"
jobs.test.run = \"echo hi\"
";

#[tokio::test]
async fn a_server_goes_on_when_nobody_reads_its_log() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::set().await;
    stage.configure(DEMO);
    let (mut reader, writer) = pipe().unwrap();
    let mut command = stage.program(&["pipeline", "serve", "pipeline.toml"]);
    let mut server = command.stdout(Stdio::null()).stderr(writer).spawn().unwrap();
    drop(command);
    reader.read_exact(&mut [0]).unwrap();
    drop(reader);
    let client = HttpClient::new(&stage.url).unwrap();
    stage
        .until("the server to answer", async || {
            assert!(server.try_wait().unwrap().is_none(), "the server ended");
            client.get("/livez").await.ok()
        })
        .await;
    stage.repository.create_hook(stage.hook());
    let sha = stage.repository.commit("main", FakeCommit::new("Begin").file("a.txt", "a"));
    let verdict = stage
        .until("a verdict", async || {
            assert!(server.try_wait().unwrap().is_none(), "the server ended");
            let last = stage.statuses(&sha, "ci/test").pop()?;
            (last.state != StatusState::Pending).then_some(last)
        })
        .await;
    assert_eq!(verdict.state, StatusState::Success, "{verdict}");
}

#[tokio::test]
async fn exit_codes_are_the_same_when_nobody_reads_why() {
    let stage = Stage::set().await;
    stage.configure(DEMO);
    for (arguments, code) in [
        (&["pipeline", "check", "none.toml"][..], 1),
        (&["pipeline", "build", "demo"], 2),
        (&["inbox", "depth"], 2),
        (&["pipeline", "check"], 0),
    ] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut command = stage.program(arguments);
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        let status = command.status().await.unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}
