use std::time::Duration;

use hookstead_client::{Client, RateLimitPolicy, Repo, RetryPolicy, Token};
use hookstead_events::PushEvent;
use hookstead_handler::{Attempt, End, HandlerError};
use hookstead_report::{Reporters, Verdict};
use hookstead_testkit::{FakeDeployment, FakeGitHub, FakeRepository, samples};
use hookstead_types::Sha;
use http::Method;

pub(crate) const CONTEXT: &str = "ci/demo";

/// Longer than any test lasts.
pub(crate) const LONG: Duration = Duration::from_secs(3600);

/// The error of works that have none of their own.
pub(crate) type Outcome = Result<Verdict, HandlerError>;

/// The ways of telling. Most rules hold for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Status,
    Deployment,
    Check,
}

pub(crate) const WAYS: [Way; 3] = [Way::Status, Way::Deployment, Way::Check];

/// A fake GitHub with something to report on.
pub(crate) struct Stage {
    pub(crate) github: FakeGitHub,
    pub(crate) repository: FakeRepository,
    pub(crate) head: Sha,
    pub(crate) deployment: u64,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let github = FakeGitHub::start().await;
        let repository = github.create_repository("octocat/hello-world");
        let head = repository.head("main");
        let deployment = repository.create_deployment(FakeDeployment::new("main")).id;
        Self { github, repository, head, deployment }
    }

    /// A repository as a client sees it that sends each call once and waits for nothing.
    pub(crate) fn repo(&self) -> Repo {
        // An installation's, as only Apps make check runs.
        let client = Client::builder(Token::new("ghs_any").unwrap())
            .base_url(self.github.api_url())
            .retries(RetryPolicy::never())
            .rate_limits(
                RateLimitPolicy::new().longest_wait(Duration::ZERO).write_interval(Duration::ZERO),
            );
        client.build().unwrap().repo(&self.repository.name())
    }

    /// A first attempt of a task of its own.
    pub(crate) fn attempt(&self) -> Attempt {
        samples::attempt::<PushEvent>()
    }

    pub(crate) fn report(&self, attempt: &Attempt) -> Reporters {
        Reporters::new(&self.repo(), attempt)
    }

    /// Reports on work, which says `running` while it runs.
    pub(crate) async fn run<V, E, F, R>(&self, way: Way, attempt: &Attempt, work: F) -> Outcome
    where
        V: Into<Verdict>,
        E: Into<HandlerError>,
        F: FnOnce() -> R + Send,
        R: Future<Output = Result<V, E>> + Send,
    {
        let report = self.report(attempt);
        match way {
            Way::Status => {
                report.status(&self.head, CONTEXT).description("running").run(work).await
            }
            Way::Deployment => {
                report.deployment(self.deployment).description("running").run(work).await
            }
            Way::Check => report.check(&self.head, CONTEXT).description("running").run(work).await,
        }
    }

    /// What a handler does at the end of a run without success.
    pub(crate) async fn ended(
        &self,
        way: Way,
        attempt: &Attempt,
        end: End,
    ) -> Result<(), HandlerError> {
        let report = self.report(attempt);
        match way {
            Way::Status => report.status(&self.head, CONTEXT).ended(end).await,
            Way::Deployment => report.deployment(self.deployment).ended(end).await,
            Way::Check => report.check(&self.head, CONTEXT).ended(end).await,
        }
    }

    /// What GitHub was told so far with success, in the words of statuses: `pending: running`.
    pub(crate) fn told(&self, way: Way) -> Vec<String> {
        let part = match way {
            Way::Status => "/statuses/",
            Way::Deployment => "/deployments/",
            Way::Check => "/check-runs",
        };
        let requests = self.github.requests().into_iter();
        let written = requests.filter(|it| it.effect && it.path.contains(part));
        let bodies = written.filter(|it| it.method != Method::GET).filter_map(|it| it.body);
        bodies
            .map(|body| {
                let state = body.get("conclusion").or(body.get("state")).or(body.get("status"));
                let state = match state.unwrap().as_str().unwrap() {
                    "in_progress" => "pending",
                    state => state,
                };
                let words = body.get("description").or(body["output"].get("title"));
                format!("{state}: {}", words.unwrap().as_str().unwrap())
            })
            .collect()
    }

    /// What GitHub was told when nothing is on its way any more.
    pub(crate) async fn told_in_the_end(&self, way: Way) -> Vec<String> {
        assert!(Reporters::finish(Duration::from_secs(60)).await);
        self.told(way)
    }

    /// How many calls changed something, or tried to.
    pub(crate) fn writes(&self) -> usize {
        self.github.requests().iter().filter(|it| it.method != Method::GET).count()
    }
}

/// Work that must not be begun.
pub(crate) async fn never() -> Outcome {
    panic!("the work was begun")
}

pub(crate) async fn good() -> Outcome {
    Ok(Verdict::success("good"))
}
