//! GitHub's limits, with both halves: the client meets them, the worker sleeps by them.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::net::TcpListener;
use std::time::Duration;

use hookstead::client::{Client, NewStatus, Token};
use hookstead::events::{PullRequestEvent, Timestamp};
use hookstead::inbox::{Filter, MemoryStore, TaskState};
use hookstead::{
    Attempt, Handler, HandlerError, Inbox, Router, Server, WebhookSecret, async_trait,
};
use hookstead_testkit::{FakeGitHub, FakeHook, FakePullRequest, Fault};
use hookstead_tests::within;

struct AlwaysGreen {
    github: Client,
}

#[async_trait]
impl Handler<PullRequestEvent> for AlwaysGreen {
    async fn handle(&self, event: &PullRequestEvent, _: &Attempt) -> Result<(), HandlerError> {
        let repo = self.github.repo(&event.repository.full_name);
        repo.create_status(&event.pull_request.head.sha, &NewStatus::success()).await?;
        Ok(())
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_limit_beyond_the_clients_budget_becomes_the_time_of_the_next_attempt() {
    for fault in [
        Fault::retry_after(3600),
        Fault::retry_after(3600).with_status(429),
        Fault::retry_after_date(HOUR),
        Fault::rate_limit(HOUR),
    ] {
        sleeps_for_an_hour(fault).await;
    }
}

async fn sleeps_for_an_hour(fault: Fault) {
    let github = FakeGitHub::start().await;
    let client = Client::builder(Token::new("any").unwrap()).base_url(github.api_url());
    let handler = AlwaysGreen { github: client.build().unwrap() };
    let router = Router::new().on::<PullRequestEvent>(handler);
    let inbox = Inbox::new(MemoryStore::new(), router);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/event_handler", listener.local_addr().unwrap());
    let secret = WebhookSecret::new("secret").unwrap();
    let server = Server::of("/event_handler", secret, inbox.clone());
    tokio::spawn(server.serve_until(listener, std::future::pending()));

    github.inject(fault.clone());
    let repository = github.create_repository("octocat/hello-world");
    repository.create_hook(FakeHook::new(&url).secret("secret").events(["pull_request"]));
    repository.open_pull_request(FakePullRequest::new("Add a flag"));

    let delayed = within(async {
        loop {
            let delayed = Filter::default().in_state(TaskState::Delayed);
            if let Some(entry) = inbox.list(delayed).next().await.unwrap() {
                break entry;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let due = delayed.due_at.unwrap().instant().unwrap();
    let wait = Duration::try_from(due.duration_since(Timestamp::now().instant().unwrap())).unwrap();
    // Two minutes are this test's patience; two seconds are what whole seconds are rounded by; and a fifth
    // is added by chance, so that not all come back at once.
    let expected = HOUR - Duration::from_secs(120)..=HOUR.mul_f64(1.2) + Duration::from_secs(2);
    assert!(expected.contains(&wait), "{fault:?}: {wait:?}");
    // It is no failure of the handler's.
    assert_eq!((delayed.number, delayed.failures), (1, 0));
    let error = delayed.text.unwrap();
    assert!(error.contains("cannot create a status for octocat/hello-world"), "{error}");
    // Nobody holds a place for it, and nobody asks GitHub in the meantime.
    let depth = inbox.depth().await.unwrap();
    let [name] = &*depth.names else { panic!("{depth:?}") };
    assert_eq!((name.delayed, name.leased), (1, 0));
    assert_eq!(github.requests().len(), 1, "{fault:?}: {:?}", github.requests());
}
