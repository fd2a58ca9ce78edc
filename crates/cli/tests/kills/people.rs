//! What people do: pull requests, pushes, a closed one, *Cancel*, *Run again*; until there were 200 builds.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fastrand::Rng;
use hookstead_pipeline::build::ask_servers;
use hookstead_pipeline::plan::Request;
use hookstead_pipeline::record::{Build, BuildCause, BuildState};
use hookstead_testkit::{FakeCommit, FakePullRequest};
use tokio::time::{Instant, sleep};

use crate::world::{JOBS, PATIENCE, World};

/// So many builds there are at least.
pub(crate) const BUILDS: usize = 200;

/// So many pull requests, all together. Each is two builds; every third is pushed to again.
const PULL_REQUESTS: usize = 66;

/// Between two deeds at most.
const PAUSE: u64 = 250;

/// What people have done.
#[derive(Debug, Default)]
pub(crate) struct Asked200 {
    /// How often each build was asked for again.
    pub(crate) again: BTreeMap<i64, usize>,
    pub(crate) cancels: usize,
    pub(crate) pull_requests: usize,
    pub(crate) pushes: usize,
    pub(crate) closed: usize,
}

pub(crate) struct People<'a> {
    world: &'a World,
    random: Rng,
    done: Asked200,
    commits: usize,
}

impl<'a> People<'a> {
    pub(crate) fn new(world: &'a World, random: Rng) -> Self {
        Self { world, random, done: Asked200::default(), commits: 0 }
    }

    pub(crate) async fn live(mut self) -> Asked200 {
        for number in 0..PULL_REQUESTS {
            let repository = &self.world.repositories[number % self.world.repositories.len()];
            let branch = format!("topic-{number}");
            repository.commit(&branch, self.commit());
            let opened = FakePullRequest::new(&branch).head(&branch);
            let pull_request = repository.open_pull_request(opened);
            self.done.pull_requests += 1;
            self.pause().await;
            if number % 3 == 0 {
                repository.commit(&branch, self.commit());
                self.done.pushes += 1;
                self.pause().await;
            }
            if number % 6 == 1 {
                repository.commit("main", self.commit());
                self.done.pushes += 1;
            }
            if number % 11 == 5 {
                repository.close_pull_request(pull_request);
                self.done.closed += 1;
            }
            match number % 4 {
                1 => self.cancel_one().await,
                3 => self.ask_again(|it| it.state == BuildState::Failed).await,
                _ => {}
            }
        }
        self.world.is_all_asked.store(true, Ordering::SeqCst);
        let until = Instant::now() + PATIENCE;
        loop {
            let builds = self.world.builds().await.len();
            let asked: usize = self.done.again.values().sum();
            let repeated = self.world.builds().await.iter().filter(|it| is_again(it)).count();
            if builds >= BUILDS {
                return self.done;
            }
            // What was asked for and is not there yet comes.
            if builds + asked.saturating_sub(repeated) < BUILDS {
                self.ask_again(|it| it.state.is_final()).await;
            }
            assert!(Instant::now() < until, "there are only {builds} builds");
            sleep(Duration::from_millis(100)).await;
        }
    }

    async fn pause(&mut self) {
        sleep(Duration::from_millis(self.random.u64(..PAUSE))).await;
    }

    /// Files that no other commit has. One in five fails, and some take their time.
    fn commit(&mut self) -> FakeCommit {
        self.commits += 1;
        let mut commit = FakeCommit::new(&format!("Commit {}", self.commits));
        for job in JOBS {
            let pause = match self.random.u8(..10) {
                0 => "2",
                1..4 => "0.5",
                _ => "0.05",
            };
            let code = u8::from(self.random.u8(..5) == 0);
            let how = format!("pause={pause} code={code} number={}\n", self.commits);
            commit = commit.file(&format!("how.{job}"), how);
        }
        commit
    }

    async fn ask_again(&mut self, is_one: impl Fn(&Build) -> bool) {
        let builds = self.world.builds().await;
        let mut found: Vec<_> = builds.iter().filter(|it| is_one(it)).collect();
        // One that is at work for the same commit would only make it unclear whose status counts.
        found.retain(|it| {
            let same =
                |other: &&Build| (&other.what.sha, &other.what.job) == (&it.what.sha, &it.what.job);
            let again = self.done.again.get(&it.number).copied().unwrap_or_default();
            again == 0 && builds.iter().filter(same).all(|other| other.state.is_final())
        });
        if let Some(build) = self.random.choice(found) {
            self.ask(Request::Again(build.number)).await;
            *self.done.again.entry(build.number).or_default() += 1;
        }
    }

    async fn cancel_one(&mut self) {
        let builds = self.world.builds().await;
        let found: Vec<_> = builds.iter().filter(|it| !it.state.is_final()).collect();
        if let Some(build) = self.random.choice(found) {
            self.ask(Request::Cancel(build.number)).await;
            self.done.cancels += 1;
        }
    }

    async fn ask(&self, what: Request) {
        let until = Instant::now() + PATIENCE;
        while let Err(error) = ask_servers(&self.world.journal, "anna", what.clone()).await {
            assert!(Instant::now() < until, "{error}: {:?}", std::error::Error::source(&error));
            sleep(Duration::from_millis(200)).await;
        }
    }
}

fn is_again(build: &Build) -> bool {
    matches!(build.what.cause, BuildCause::Again { .. } | BuildCause::Asked { .. })
}
