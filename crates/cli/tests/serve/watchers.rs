use std::time::{Duration, Instant};

use hookstead_testkit::{FakeCommit, FakePullRequest};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::git;
use crate::stage::Stage;

#[tokio::test]
async fn who_watches_a_log_does_not_hold_up_the_end_of_the_server() {
    if !git::is_there() {
        return;
    }
    let mut stage = Stage::new(
        "[projects.demo]\nrepo = \"octocat/hello-world\"\n\
         [projects.demo.jobs.test]\nrun = \"sh ./test.sh\"\n",
    )
    .await;
    let go = stage.dir.path().join("go");
    let script = format!("echo begun; while ! test -e {}; do sleep 0.05; done\n", go.display());
    stage.repository.commit("topic", FakeCommit::new("Wait").file("test.sh", script));
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    stage
        .until("the first line", async || stage.log_if(1).await.filter(|log| log == "begun\n"))
        .await;
    for signal in ["TERM", "INT"] {
        let address = stage.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET /demo/builds/1/events?from=0 HTTP/1.0\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains("\"begun\"") {
            assert!(stream.read_buf(&mut seen).await.unwrap() > 0, "the events ended");
        }
        let asked = Instant::now();
        stage.signal(signal);
        stream.read_to_end(&mut seen).await.unwrap();
        let seen = String::from_utf8_lossy(&seen).into_owned();
        assert!(seen.ends_with("event: end\ndata: leaving\n\n"), "{seen}");
        assert!(stage.ended().await.success(), "{}", stage.log_of_server());
        // Balancers are given 3 s after TERM; connections that hold it up would be given 10 s.
        assert!(asked.elapsed() < Duration::from_secs(9), "{signal}: {:?}", asked.elapsed());
        stage.start().await;
    }
    std::fs::write(go, "").unwrap();
    stage.build(1, "passed").await;
}
