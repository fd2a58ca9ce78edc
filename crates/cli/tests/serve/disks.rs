use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use hookstead::client::HttpClient;
use hookstead::types::{Sha, StatusState};
use hookstead_testkit::{FakeCommit, FakePullRequest};

use crate::git;
use crate::restarts::demo;
use crate::stage::Stage;

/// A disk of 32 MiB, of which a quarter is kept free.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where mounting is not permitted.
    fn mount(path: &Path) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", "size=32m", "tmpfs"]).arg(path);
        if !mount.output().is_ok_and(|output| output.status.success()) {
            say("a small disk cannot be mounted: left out");
            return None;
        }
        Some(Self(path.to_owned()))
    }

    /// Leaves so many MiB free, or nothing.
    fn fill(&self, left: usize) {
        const MIB: usize = 1024 * 1024;
        let mut filler = fs::File::create(self.0.join("filler")).unwrap();
        let mut written = 0;
        // Larger pieces leave a rest, which smaller ones take.
        for piece in [MIB, 64 * 1024, 4 * 1024] {
            let bytes = vec![b'x'; piece];
            while filler.write_all(&bytes).is_ok() {
                written += piece;
            }
        }
        filler.set_len(written.saturating_sub(left * MIB) as u64).unwrap();
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn say(text: &str) {
    eprintln!("{text}");
}

fn open(stage: &Stage, branch: &str) -> Sha {
    let commit = FakeCommit::new("Script").file("branch", branch);
    let sha = stage.repository.commit(branch, commit);
    stage.repository.open_pull_request(FakePullRequest::new(branch).head(branch));
    sha
}

/// Waits until GitHub's delivery of a pull request has ended, and says with which number and how.
async fn delivered(stage: &Stage, count: usize) -> (u64, bool) {
    stage
        .until("the delivery", async || {
            let all = stage.github.deliveries();
            let mut opened = all.iter().filter(|it| it.name() == "pull_request.opened");
            opened.nth(count - 1).map(|it| (it.id, it.is_ok()))
        })
        .await
}

#[tokio::test]
async fn a_full_disk_stops_builds_first_and_loses_nothing() {
    if !git::is_there() {
        return;
    }
    let mut stage = Stage::set().await;
    let dir = stage.dir.path().to_owned();
    let Some(data) = SmallDisk::mount(&dir.join("data")) else { return };
    let Some(work) = SmallDisk::mount(&dir.join("work")) else { return };
    stage.configure(&format!("work = \"work\"\n{}", demo("echo built")));
    stage.start().await;
    stage.repository.create_hook(stage.hook());
    let first = open(&stage, "first");
    assert_eq!(stage.verdict(&first, "ci/test").await.state, StatusState::Success);

    // Where builds are made less is free than is kept free: none begins, and all else goes on.
    work.fill(5);
    let second = open(&stage, "second");
    assert!(delivered(&stage, 2).await.1, "{}", stage.github);
    stage.build(2, "queued").await;
    stage
        .until("the log to say why", async || {
            stage.log_of_server().contains("no build begins").then_some(())
        })
        .await;
    assert_eq!(stage.log(1).await, "built\n");
    assert!(!stage.json("/journal.json?build=2").await["entries"].as_array().unwrap().is_empty());

    // The database's disk is full, too: what cannot be kept is refused, so that GitHub knows, and the pages are there.
    data.fill(0);
    let client = HttpClient::new(&stage.url).unwrap();
    stage
        .until("the server to see it", async || {
            (client.get("/readyz").await.ok()?.status() == 503).then_some(())
        })
        .await;
    let third = open(&stage, "third");
    let (delivery, is_kept) = delivered(&stage, 3).await;
    assert!(!is_kept, "{}", stage.github);
    assert!(client.get("/livez").await.unwrap().status().is_success());
    assert_eq!(client.get("/readyz").await.unwrap().status(), 503);
    assert_eq!(stage.log(1).await, "built\n");

    // With room again everything is done.
    data.empty();
    work.empty();
    stage.github.redeliver(delivery);
    for sha in [&second, &third] {
        assert_eq!(stage.verdict(sha, "ci/test").await.state, StatusState::Success);
    }
    for number in [2, 3] {
        assert_eq!(stage.log(number).await, "built\n");
    }
    stage.kill().await;
}
