//! A whole server over loopback: receiver, inbox, worker, handler, reporter.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use hookstead::events::{Event, PullRequestEvent};
use hookstead::handler::End;
use hookstead::inbox::SqliteStore;
use hookstead::receiver::Limits;
use hookstead::types::BackOff;
use hookstead::{Attempt, Handler, HandlerError, Router, Server, WebhookSecret, async_trait};
use hookstead_client::Repo;
use hookstead_report::Reporters;
use hookstead_testkit::{FakeHook, FakePullRequest, Fault};
use tokio::sync::{Notify, oneshot};

use crate::stage::{CONTEXT, Stage};

/// What the build does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    Passes,
    Fails,
    Panics,
    CannotBeDone,
    Hangs,
}

struct CiServer {
    repo: Repo,
    build: Build,
    begun: Arc<Notify>,
}

#[async_trait]
impl Handler<PullRequestEvent> for CiServer {
    async fn handle(
        &self,
        event: &PullRequestEvent,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        let sha = &event.pull_request.head.sha;
        Reporters::new(&self.repo, attempt).status(sha, CONTEXT).run(|| self.build()).await?;
        Ok(())
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        let delivery = attempt.delivery();
        let event = PullRequestEvent::decode(&delivery.event, &delivery.body)?;
        let sha = &event.pull_request.head.sha;
        Reporters::new(&self.repo, attempt).status(sha, CONTEXT).ended(end).await
    }
}

impl CiServer {
    async fn build(&self) -> Result<bool, HandlerError> {
        self.begun.notify_one();
        match self.build {
            Build::Passes => Ok(true),
            Build::Fails => Ok(false),
            Build::Panics => panic!("s3cret"),
            Build::CannotBeDone => Err(HandlerError::permanent("s3cret")),
            Build::Hangs => std::future::pending().await,
        }
    }
}

/// Serves until it is told to stop. Returns what tells it, and what ends with it.
fn serve(
    stage: &Stage,
    build: Build,
    deadline: Option<Duration>,
) -> (Arc<Notify>, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let begun = Arc::new(Notify::new());
    let ci = CiServer { repo: stage.repo(), build, begun: begun.clone() };
    let router = Router::new().program("ci").on_with::<PullRequestEvent>(ci, |registration| {
        let registration = registration
            .lane(|event| event.number.to_string())
            .latest_by(|event| event.pull_request.updated_at.clone());
        match deadline {
            Some(deadline) => registration.deadline(deadline),
            None => registration,
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/event_handler", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ci.db")).unwrap();
    let server = Server::new("/event_handler", WebhookSecret::new("secret").unwrap(), router)
        .inbox(store)
        .limits(Limits::default().leave_delay(Duration::ZERO))
        .worker(|worker| {
            let short = Duration::from_millis(10);
            worker
                .back_off(BackOff::new(short, short))
                .longest_outage_delay(short)
                .drain_deadline(short)
        });
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(async move {
        let stopped = async { _ = stopped.await };
        server.serve_until(listener, stopped).await.unwrap();
        drop(folder);
    });
    let hook = FakeHook::new(&url).secret("secret").json();
    stage.repository.create_hook(hook.events(["pull_request"]));
    (begun, stop, serving)
}

/// The statuses of a pull request that is opened, once one of them says this.
async fn statuses_until(stage: &Stage, number: u64, last: &str) -> Vec<String> {
    let sha = stage.repository.pull_request(number).head_sha;
    let told = || {
        let mut statuses = stage.repository.statuses(&sha);
        statuses.sort_by_key(|status| status.id);
        let told = statuses
            .into_iter()
            .map(|it| format!("{}: {}", it.state, it.description.unwrap_or_default()));
        let told: Vec<_> = told.collect();
        told.iter().any(|it| it == last).then_some(told)
    };
    stage.github.wait_until("the last status", told).await
}

#[tokio::test]
async fn every_way_in_which_a_build_ends_shows() {
    for (build, last) in [
        (Build::Passes, "success: Succeeded"),
        (Build::Fails, "failure: Failed"),
        (Build::CannotBeDone, "error: Ended by an error"),
        // After a dozen attempts.
        (Build::Panics, "error: given up"),
    ] {
        let stage = Stage::set().await;
        let (_, stop, serving) = serve(&stage, build, None);
        let number = stage.repository.open_pull_request(FakePullRequest::new("Add a flag"));
        let told = statuses_until(&stage, number, last).await;
        assert_eq!(told[0], "pending: Running");
        assert_eq!(told.last().unwrap(), last);
        drop(stop);
        serving.await.unwrap();
    }
}

#[tokio::test]
async fn a_deadline_shows() {
    let stage = Stage::set().await;
    let (_, stop, serving) = serve(&stage, Build::Hangs, Some(Duration::from_millis(50)));
    let number = stage.repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let last = "error: took longer than its deadline";
    let told = statuses_until(&stage, number, last).await;
    assert_eq!(told.last().unwrap(), last);
    drop(stop);
    serving.await.unwrap();
}

#[tokio::test]
async fn a_shutdown_shows() {
    let stage = Stage::set().await;
    let (begun, stop, serving) = serve(&stage, Build::Hangs, None);
    let number = stage.repository.open_pull_request(FakePullRequest::new("Add a flag"));
    begun.notified().await;
    drop(stop);
    serving.await.unwrap();
    assert!(Reporters::finish(Duration::from_secs(60)).await);
    let last = "error: stopped by a shutdown, to be started again";
    assert_eq!(statuses_until(&stage, number, last).await, ["pending: Running", last]);
}

#[tokio::test]
async fn an_outage_in_the_middle_is_outlasted_without_another_build() {
    let stage = Stage::set().await;
    let (begun, stop, serving) = serve(&stage, Build::Passes, None);
    stage.github.inject(Fault::status(502).on(http::Method::POST, "/statuses/").skip(1).times(3));
    let number = stage.repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let told = statuses_until(&stage, number, "success: Succeeded").await;
    assert_eq!(told, ["pending: Running", "success: Succeeded"]);
    begun.notified().await;
    // It was begun once.
    let again = tokio::time::timeout(Duration::ZERO, begun.notified()).await;
    assert!(again.is_err());
    drop(stop);
    serving.await.unwrap();
}
