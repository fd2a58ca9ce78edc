//! GitHub's limits, with both halves: the client meets them, the worker sleeps by them.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use hookstead::client::{Client, NewStatus, Token};
use hookstead::events::{PullRequestEvent, Timestamp};
use hookstead::inbox::{EntryState, Filter, Inbox, MemoryInbox};
use hookstead::{Delivery, Handler, HandlerError, Router, Server, WebhookSecret, async_trait};
use hookstead_testkit::{FakeGitHub, Fault, NewHook, NewPullRequest};
use hookstead_tests::within;

struct AlwaysGreen {
    github: Client,
}

#[async_trait]
impl Handler<PullRequestEvent> for AlwaysGreen {
    async fn handle(&self, event: &PullRequestEvent, _: &Delivery) -> Result<(), HandlerError> {
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
    let inbox = Arc::new(MemoryInbox::new());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/event_handler", listener.local_addr().unwrap());
    let secret = WebhookSecret::new("secret").unwrap();
    let server =
        Server::new("/event_handler", secret, Router::new().on::<PullRequestEvent>(handler))
            .inbox(Arc::clone(&inbox));
    tokio::spawn(server.serve_until(listener, std::future::pending()));

    github.inject(fault.clone());
    let repository = github.create_repository("octocat/hello-world");
    repository.create_hook(NewHook::new(&url).secret("secret").events(["pull_request"]));
    repository.open_pull_request(NewPullRequest::new("Add a flag"));

    let delayed = within(async {
        loop {
            let delayed = Filter::default().in_state(EntryState::Delayed);
            if let Some(entry) = inbox.list(delayed).await.unwrap().pop() {
                break entry;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let due = delayed.due_at.unwrap().instant().unwrap();
    let wait = Duration::try_from(due.duration_since(Timestamp::now().instant().unwrap())).unwrap();
    // Two minutes are this test's patience; two seconds are what whole seconds are rounded by.
    let expected = HOUR - Duration::from_secs(120)..=HOUR + Duration::from_secs(2);
    assert!(expected.contains(&wait), "{fault:?}: {wait:?}");
    assert_eq!(delayed.delivery.attempt, 1);
    let error = delayed.last_error.unwrap();
    assert!(error.contains("cannot create a status for octocat/hello-world"), "{error}");
    // Nobody holds a place for it, and nobody asks GitHub in the meantime.
    let depth = inbox.depth().await.unwrap();
    assert_eq!((depth.delayed, depth.leased), (1, 0));
    assert_eq!(github.requests().len(), 1, "{fault:?}: {:?}", github.requests());
}
