//! One captured delivery, sent again in every way that its signature does not cover.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use hookstead_events::{DecodeError, Event, EventName};
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Entry, Filter, Inbox, MemoryStore, SqliteStore, TaskState};
use hookstead_receiver::Server;
use hookstead_signature::{Verifier, WebhookSecret, sign};
use support::{ENCODINGS, Encoding, GUID, Request, Running, secret, within};

const PAYLOAD: &str = r#"{"action": "opened", "number": 7, "title": "Zoë ☃ + 100 %"}"#;
const REFUSED: &str = "refused as a replay";

/// Every event, whatever is in it.
#[derive(Clone)]
struct Anything;

impl Event for Anything {
    const NAME: Option<EventName> = None;

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

fn router() -> Router {
    Router::new().on::<Anything>(handler_fn(async |_: Anything, _: Attempt| Ok(())))
}

fn server(inbox: &Inbox) -> Server {
    Server::of("/event_handler", secret(), inbox.clone())
}

struct Test {
    running: Running,
    inbox: Inbox,
}

impl Test {
    fn start(change: impl FnOnce(Server) -> Server) -> Self {
        let inbox = Inbox::new(MemoryStore::new(), router());
        let running = Running::start(change(server(&inbox)));
        Self { running, inbox }
    }

    fn refusing() -> Self {
        Self::start(Server::refuse_replays)
    }

    async fn expect(&self, request: &Request, status: u16, text: &str) {
        self.running.send(request).await.expect(status, text);
    }

    /// The ids of all that is in the inbox.
    async fn kept(&self) -> Vec<String> {
        kept(&self.inbox).await
    }
}

async fn tasks(inbox: &Inbox) -> Vec<Entry> {
    let mut tasks = Vec::new();
    let mut pages = inbox.list(Filter::default());
    while let Some(task) = pages.next().await.unwrap() {
        tasks.push(task);
    }
    tasks
}

async fn kept(inbox: &Inbox) -> Vec<String> {
    tasks(inbox).await.iter().map(|task| task.delivery.id.to_string()).collect()
}

async fn all_done(inbox: &Inbox) {
    within(async {
        while !tasks(inbox).await.iter().all(|task| task.state == TaskState::Done) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

fn captured(encoding: Encoding) -> Request {
    Request::delivery("pull_request", PAYLOAD, encoding)
}

fn with_id(request: &Request, id: &str) -> Request {
    request.clone().with("X-GitHub-Delivery", id)
}

#[tokio::test]
async fn a_captured_body_is_refused_under_every_other_id() {
    for encoding in ENCODINGS {
        let test = Test::refusing();
        let captured = captured(encoding);
        test.expect(&captured, 202, "accepted 72").await;
        for id in ["1", "81ab4c93-cc78-11e3-81ab-4c9367dc0958", &GUID.to_uppercase()] {
            let replay = with_id(&captured, id);
            test.expect(&replay, 409, REFUSED).await;
            // Nothing else that is not signed makes it another body.
            for header in ["X-GitHub-Hook-ID", "X-GitHub-Hook-Installation-Target-ID"] {
                test.expect(&replay.clone().with(header, "7"), 409, REFUSED).await;
                test.expect(&replay.clone().without(header), 409, REFUSED).await;
            }
            let signature = sign(&secret(), &captured.body).to_string();
            let upper = signature.to_uppercase().replace("SHA256", "sha256");
            test.expect(&replay.with("X-Hub-Signature-256", &upper), 409, REFUSED).await;
        }
        assert_eq!(test.kept().await, [GUID], "{encoding:?}");
        // It is known when it is done, too, and its own redelivery is good.
        all_done(&test.inbox).await;
        test.expect(&with_id(&captured, "1"), 409, REFUSED).await;
        test.expect(&captured, 202, "accepted again 72").await;
        assert_eq!(test.kept().await, [GUID], "{encoding:?}");
    }
}

#[tokio::test]
async fn a_captured_body_is_refused_as_another_event() {
    for encoding in ENCODINGS {
        let test = Test::refusing();
        let captured = captured(encoding);
        test.expect(&captured, 202, "accepted 72").await;
        for event in ["push", "ping", "from_the_future"] {
            let renamed = captured.clone().with("X-GitHub-Event", event);
            test.expect(&renamed, 409, REFUSED).await;
            test.expect(&renamed.clone().with("X-GitHub-Hook-ID", "7"), 409, REFUSED).await;
            test.expect(&with_id(&renamed, "1"), 409, REFUSED).await;
        }
        assert_eq!(test.kept().await, [GUID], "{encoding:?}");
    }
}

#[tokio::test]
async fn a_captured_body_is_refused_as_another_content_type() {
    // The content type is not signed either, and anybody may write a title.
    let title = r#"{"action": "opened", "title": "&payload=%7B%22action%22:%22closed%22%7D&"}"#;
    for change in [Server::refuse_replays, |server| server] {
        let test = Test::start(change);
        for (encoding, other) in ENCODINGS.into_iter().zip(ENCODINGS.into_iter().rev()) {
            let captured = Request::delivery("pull_request", title, encoding);
            let disguised = captured.with("Content-Type", other.content_type());
            test.expect(&disguised, 400, "").await;
        }
        assert_eq!(test.kept().await, [""; 0]);
    }
}

#[tokio::test]
async fn without_the_setting_equal_deliveries_are_accepted() {
    for encoding in ENCODINGS {
        let test = Test::start(|server| server);
        let run = Request::delivery("workflow_dispatch", PAYLOAD, encoding);
        test.expect(&run, 202, "accepted 72").await;
        for id in ["1", "2", "3"] {
            test.expect(&with_id(&run, id), 202, &format!("accepted {id}")).await;
        }
        let renamed = with_id(&run, "4").with("X-GitHub-Event", "push");
        test.expect(&renamed, 202, "accepted 4 push").await;
    }
}

#[tokio::test]
async fn one_event_from_two_hooks_is_no_replay() {
    for encoding in ENCODINGS {
        let test = Test::refusing();
        for hook in ["1", "2"] {
            let of_hook = captured(encoding).with("X-GitHub-Hook-ID", hook);
            test.expect(&of_hook, 202, "accepted 72").await;
        }
        test.expect(&captured(encoding).without("X-GitHub-Hook-ID"), 202, "accepted 72").await;
        assert_eq!(test.kept().await, [GUID; 3], "{encoding:?}");
    }
}

#[tokio::test]
async fn other_bodies_and_other_secrets_are_no_replays() {
    let previous = WebhookSecret::new("last year's").unwrap();
    let inbox = Inbox::new(MemoryStore::new(), router());
    let verifier = Verifier::new(secret()).or(previous.clone());
    let server = Server::of("/event_handler", verifier, inbox.clone());
    let test = Test { running: Running::start(server.refuse_replays()), inbox };
    let old = captured(Encoding::Json);
    let old = old.clone().with("X-Hub-Signature-256", &sign(&previous, &old.body).to_string());
    test.expect(&old, 202, "accepted 72").await;
    test.expect(&with_id(&old, "1"), 409, REFUSED).await;
    // Nobody makes this one without the secret.
    test.expect(&with_id(&captured(Encoding::Json), "2"), 202, "accepted 2").await;
    test.expect(&with_id(&captured(Encoding::Form), "3"), 202, "accepted 3").await;
    let longer = Request::delivery("pull_request", &format!("{PAYLOAD} "), Encoding::Json);
    test.expect(&with_id(&longer, "4"), 202, "accepted 4").await;
}

#[tokio::test]
async fn what_nobody_takes_is_not_remembered() {
    let router = Router::new().on::<hookstead_events::PushEvent>(handler_fn(
        async |_: hookstead_events::PushEvent, _: Attempt| Ok(()),
    ));
    let inbox = Inbox::new(MemoryStore::new(), router);
    let test = Test { running: Running::start(server(&inbox).refuse_replays()), inbox };
    let captured = captured(Encoding::Json);
    test.expect(&captured, 200, "ignored pull_request.opened").await;
    test.expect(&with_id(&captured, "1"), 200, "ignored pull_request.opened").await;
    let renamed = with_id(&captured, "2").with("X-GitHub-Event", "push");
    test.expect(&renamed, 202, "accepted 2").await;
    test.expect(&with_id(&renamed, "3"), 409, REFUSED).await;
}

#[tokio::test]
async fn of_many_replays_at_the_same_moment_one_is_accepted() {
    let test = Test::refusing();
    let mut sending = tokio::task::JoinSet::new();
    for number in 0..20 {
        let bytes = with_id(&captured(Encoding::Json), &number.to_string()).to_bytes();
        let address = test.running.address;
        sending.spawn(async move {
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut stream, &bytes).await.unwrap();
            support::Answer::read(&mut stream).await.status
        });
    }
    let mut statuses = within(sending.join_all()).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 202);
    assert_eq!(statuses[1..], [409; 19]);
}

#[tokio::test]
async fn a_replay_is_refused_after_a_restart_and_by_another_server() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("inbox.db");
    let start = || {
        let inbox = Inbox::new(SqliteStore::open(&file).unwrap(), router());
        (Running::start(server(&inbox).refuse_replays()), inbox)
    };
    let captured = captured(Encoding::Form);
    let (first, inbox) = start();
    first.send(&captured).await.expect(202, "accepted 72");
    all_done(&inbox).await;
    drop(inbox);
    first.stop().await;

    let (second, inbox) = start();
    let (third, _) = start();
    for running in [&second, &third] {
        running.send(&with_id(&captured, "1")).await.expect(409, REFUSED);
    }
    assert_eq!(kept(&inbox).await, [GUID]);
    third.send(&captured).await.expect(202, "accepted again");
}
