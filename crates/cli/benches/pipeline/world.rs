//! A repository at the fake GitHub, and deliveries for its pull requests that nobody has sent yet.

use hookstead::types::Sha;
use hookstead_testkit::{FakeCommit, FakeGitHub, FakeHook, FakePullRequest, FakeRepository};

use crate::Outcome;
use crate::server::PATIENCE;

pub(crate) const REPOSITORY: &str = "octocat/hello-world";

/// One without git, which makes more pull requests in a second: for builds that do not begin.
pub(crate) const WAITING: &str = "octocat/waiting";

/// A delivery that GitHub would send.
pub(crate) struct Letter {
    pub(crate) sha: Sha,
    pub(crate) body: String,
}

pub(crate) struct World {
    pub(crate) github: FakeGitHub,
    /// With git.
    pub(crate) repository: FakeRepository,
    pub(crate) waiting: FakeRepository,
    opened: usize,
}

impl World {
    /// With these files on the default branch.
    pub(crate) async fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let github = FakeGitHub::builder().wait_deadline(PATIENCE).start().await;
        let repository = github.create_repository(REPOSITORY).with_git();
        let mut commit = FakeCommit::new("Begin");
        for (path, text) in files {
            commit = commit.file(&path, text);
        }
        repository.commit("main", commit);
        let waiting = github.create_repository(WAITING);
        for repository in [&repository, &waiting] {
            // Nobody is there: what it would have sent is read from its record.
            repository.create_hook(FakeHook::new("http://127.0.0.1:9/").events(["pull_request"]));
        }
        Self { github, repository, waiting, opened: 0 }
    }

    /// Opens pull requests, each with a commit of its own that changes a file.
    pub(crate) async fn letters(&mut self, count: usize) -> Outcome<Vec<Letter>> {
        let repository = self.repository.clone();
        self.open(&repository, count, |branch| {
            let commit = FakeCommit::new("Change").file("changed.txt", branch);
            repository.commit(branch, commit);
        })
        .await
    }

    /// The same in the repository without git.
    pub(crate) async fn waiting_letters(&mut self, count: usize) -> Outcome<Vec<Letter>> {
        let repository = self.waiting.clone();
        self.open(&repository, count, |branch| {
            repository.push(branch);
        })
        .await
    }

    async fn open(
        &mut self,
        repository: &FakeRepository,
        count: usize,
        push: impl Fn(&str),
    ) -> Outcome<Vec<Letter>> {
        let opened = || {
            let mut deliveries = self.github.deliveries();
            deliveries.retain(|it| it.name() == "pull_request.opened");
            deliveries
        };
        let before = opened().len();
        let mut number = self.opened;
        for _ in 0..count {
            number += 1;
            let branch = format!("topic-{number}");
            push(&branch);
            repository.open_pull_request(FakePullRequest::new(&branch).head(&branch));
        }
        let what = "each pull request to be told of";
        let deliveries = self.github.wait_until(what, || {
            let deliveries = opened();
            (deliveries.len() >= before + count).then_some(deliveries)
        });
        let mut letters = Vec::new();
        for delivery in deliveries.await.iter().skip(before) {
            let sha = delivery.payload["pull_request"]["head"]["sha"].as_str();
            let sha = sha.ok_or("a payload without a sha")?.parse()?;
            letters.push(Letter { sha, body: delivery.payload.to_string() });
        }
        self.opened = number;
        Ok(letters)
    }
}
