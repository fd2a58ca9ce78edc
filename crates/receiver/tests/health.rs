//! What the server says of its health, and what the receiver says of signatures.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Depth, Inbox, MemoryStore, Store};
use hookstead_receiver::{DetailsFor, Limits, Receiver, Server};
use hookstead_signature::{Verifier, WebhookSecret, sign};
use support::told::{Accepting, OWN, Told};
use support::{Answer, Encoding, Request, Running, secret, within};
use tower_service::Service as _;

const MINUTE: Duration = Duration::from_secs(60);

/// A day, for what is not to happen during a test.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// A server that takes everything, and shows everything.
fn server(store: impl Store) -> Server {
    around(Inbox::new(store, router()))
}

fn around(inbox: Inbox) -> Server {
    Server::of("/event_handler", secret(), inbox).details_for(DetailsFor::Everybody)
}

fn router() -> Router {
    let handler = handler_fn(async |_: AnyEvent, _: Attempt| Ok(()));
    Router::new().program("told").on::<AnyEvent>(handler)
}

/// Looks every so often.
fn probed_every(interval: Duration) -> Limits {
    Limits::default().probe_interval(interval)
}

const OFTEN: Duration = Duration::from_millis(10);

async fn ask(running: &Running, method: &'static str, path: &'static str) -> Answer {
    let headers = vec![("Host", "x".into())];
    running.send(&Request { method, path, headers, body: vec![] }).await
}

/// Asks `/readyz` until it has this status.
async fn until(running: &Running, status: u16) -> Answer {
    within(async {
        loop {
            let answer = ask(running, "GET", "/readyz").await;
            if answer.status == status {
                return answer;
            }
        }
    })
    .await
}

/// Asks `/readyz` until it has counted.
async fn counted(running: &Running) -> Answer {
    within(async {
        loop {
            let answer = ask(running, "GET", "/readyz").await;
            if answer.text.contains("\ninbox: ") {
                return answer;
            }
        }
    })
    .await
}

async fn ready(inbox: Arc<Told>) -> Answer {
    let running = Running::start(server(inbox));
    let answer = counted(&running).await;
    let head = ask(&running, "HEAD", "/readyz").await;
    assert_eq!((head.status, head.text.as_str()), (answer.status, ""));
    running.stop().await;
    answer
}

#[tokio::test]
async fn a_healthy_server_lives_and_is_ready() {
    let running = Running::start(server(MemoryStore::new()));
    ask(&running, "GET", "/livez").await.expect(200, "alive");
    // From the first moment on.
    ask(&running, "GET", "/readyz").await.expect(200, "ready\n");
    counted(&running).await.expect(200, "ready\ninbox: 0 ready");
    for path in ["/livez", "/readyz"] {
        assert_eq!(ask(&running, "HEAD", path).await.status, 200);
        let answer = ask(&running, "POST", path).await;
        answer.expect(405, "");
        assert!(answer.head.contains("allow: get, head"), "{answer:?}");
    }
}

#[tokio::test]
async fn strangers_see_only_whether_it_is_ready() {
    let busy = |age| {
        Told::that(OWN, true, |open| {
            open.ready = 100;
            open.oldest_ready = Some(age);
        })
    };
    let down = Arc::new(Told::default());
    for (inbox, status, said) in [
        (busy(MINUTE), 200, "ready"),
        (busy(31 * MINUTE), 503, "not ready: deliveries are not handled"),
        (down, 503, "not ready: the inbox does not accept"),
    ] {
        let by_default = server(Arc::clone(&inbox)).details_for(DetailsFor::default());
        let running = Running::start(by_default.limits(probed_every(OFTEN)));
        let answer = until(&running, status).await;
        assert_eq!(answer.text, said);
        // Nobody counts for them either.
        assert_eq!(ask(&running, "GET", "/readyz").await.text, said);

        // The tests' own connections come from this machine.
        let running = Running::start(server(inbox).details_for(DetailsFor::Loopback));
        let answer = until(&running, status).await;
        assert!(answer.text.contains("\nsignatures verified: "), "{answer:?}");
    }
}

#[tokio::test]
async fn red_while_the_inbox_does_not_accept_and_green_again() {
    let inbox = Told::empty();
    let running = Running::start(server(Arc::clone(&inbox)).limits(probed_every(OFTEN)));
    until(&running, 200).await;
    *inbox.depth.lock().unwrap() = None;
    let answer = until(&running, 503).await;
    answer.expect(503, "not ready: the inbox failed to accept anything\n");
    assert!(answer.head.contains("retry-after:"), "{answer:?}");
    assert!(!answer.text.contains("bob"), "{answer:?}");
    ask(&running, "GET", "/livez").await.expect(200, "");

    *inbox.depth.lock().unwrap() = Some(Depth::default());
    until(&running, 200).await;
}

#[tokio::test]
async fn what_is_not_accepted_is_a_reason_to_probe_at_once() {
    let inbox = Told::empty();
    let running = Running::start(server(Arc::clone(&inbox)).limits(probed_every(NEVER)));
    ask(&running, "GET", "/readyz").await.expect(200, "ready");
    *inbox.depth.lock().unwrap() = None;
    running.send(&Request::delivery("push", "{}", Encoding::Json)).await.expect(503, "");
    until(&running, 503).await;
    *inbox.depth.lock().unwrap() = Some(Depth::default());
    // One that is not accepted because of itself, while others are.
    *inbox.accepting.lock().unwrap() = Accepting::Refuses;
    running.send(&Request::delivery("push", "{}", Encoding::Json)).await.expect(503, "");
    until(&running, 200).await;
}

#[tokio::test]
async fn a_full_inbox_is_red() {
    let store = MemoryStore::new().max_deliveries(0);
    let running = Running::start(server(store));
    until(&running, 503).await.expect(503, "not ready: the inbox is full");
}

#[tokio::test]
async fn red_while_the_store_does_not_answer() {
    let inbox = Told::empty();
    let _held = inbox.open.acquire().await.unwrap();
    let inbox = Inbox::new(Arc::clone(&inbox), router()).accept_deadline(Duration::from_millis(50));
    let running = Running::start(around(inbox));
    let answer = ask(&running, "GET", "/readyz").await;
    answer.expect(503, "not ready: the inbox took longer than 0.05 s");
}

#[tokio::test]
async fn red_when_nobody_probes_any_more() {
    // The probe panics, which nobody thought of.
    let inbox = Told::empty();
    inbox.panics.store(true, Ordering::SeqCst);
    let running = Running::start(server(inbox).details_for(DetailsFor::Nobody));
    let answer = ask(&running, "GET", "/readyz").await;
    assert_eq!((answer.status, &*answer.text), (503, "not ready: the inbox does not accept"));
}

#[tokio::test]
async fn red_when_nobody_handles_what_is_ready() {
    let old = |age| {
        Told::that(OWN, true, |open| {
            open.ready = 1;
            open.oldest_ready = Some(age);
        })
    };
    let answer = ready(old(31 * MINUTE)).await;
    answer.expect(503, "not ready: a task of told.any has been due for 1860 s");
    answer.expect(503, "; the limit is 1800 s");
    ready(old(29 * MINUTE)).await.expect(200, "inbox: 1 ready");

    let limits = Limits::default().oldest_ready(MINUTE);
    let running = Running::start(server(old(2 * MINUTE)).limits(limits));
    ask(&running, "GET", "/readyz").await.expect(503, "the limit is 60 s");

    let busy = Told::that(OWN, true, |open| {
        open.ready = Depth::MOST;
        open.oldest_ready = Some(MINUTE);
        open.blocked = 1000;
    });
    busy.depth.lock().unwrap().as_mut().unwrap().dead = 1000;
    ready(busy).await.expect(200, "10000+ ready, 1000 blocked, 0 leased, 0 delayed, 1000 dead");
}

#[tokio::test]
async fn red_while_all_slots_of_a_pool_are_held_for_ever() {
    let never = handler_fn(async |_: AnyEvent, _: Attempt| std::future::pending().await);
    let router = Router::new()
        .program("told")
        .pool("builds", 1)
        .on_with::<AnyEvent>(never, |it| it.pool("builds"));
    let server = around(Inbox::new(MemoryStore::new(), router))
        .limits(probed_every(OFTEN))
        .worker(|worker| worker.slot_warning(OFTEN).drain_deadline(Duration::ZERO));
    let running = Running::start(server);
    until(&running, 200).await;
    running.send(&Request::delivery("of_tomorrow", "{}", Encoding::Json)).await.expect(202, "");
    let answer = until(&running, 503).await;
    answer.expect(503, "not ready: all slots of the pool builds are held");
    running.stop().await;
}

#[tokio::test]
async fn what_nobody_takes_is_told_and_never_red() {
    let forgotten = Told::that("told.renamed", false, |open| {
        open.ready = 3;
        open.oldest_ready = Some(600 * MINUTE);
    });
    let answer = ready(Arc::clone(&forgotten)).await;
    answer.expect(200, "ready\n");
    answer.expect(200, "\nwarning: tasks wait for told.renamed, which no process has");
    answer.expect(200, "the oldest for 36000 s");
    // Strangers learn nothing of it.
    let running = Running::start(server(forgotten).details_for(DetailsFor::Nobody));
    assert_eq!(ask(&running, "GET", "/readyz").await.text, "ready");
}

#[tokio::test]
async fn a_snapshot_that_somebody_holds_is_told_and_never_red() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .with_max_level(tracing::Level::WARN)
        .finish();
    // It is probed on threads of its own.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let dumped = Told::empty();
    *dumped.oldest_snapshot.lock().unwrap() = Some(4 * MINUTE);
    let answer = ready(Arc::clone(&dumped)).await;
    answer.expect(200, "ready\n");
    assert!(!answer.text.contains("snapshot"), "{answer:?}");

    let limits = probed_every(OFTEN).oldest_snapshot(3 * MINUTE);
    let running = Running::start(server(Arc::clone(&dumped)).limits(limits));
    let warned = ask(&running, "GET", "/readyz").await;
    warned.expect(200, "\nwarning: somebody has held a snapshot of the inbox's database for 240 s");
    // Once, however often it is probed.
    let asked = dumped.asked.load(Ordering::SeqCst);
    while dumped.asked.load(Ordering::SeqCst) < asked + 10 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let told = log.of("holds a snapshot");
    assert!(told.len() == 1 && told[0].contains("WARN"), "{told:?}");
    assert!(told[0].ends_with("held_for_seconds=240"), "{told:?}");
}

#[tokio::test]
async fn what_another_program_is_slow_with_is_not_this_servers_fault() {
    let store = Told::that("ci_server.push", true, |open| {
        open.ready = 3;
        open.oldest_ready = Some(60 * MINUTE);
    });
    let handler = handler_fn(async |_: AnyEvent, _: Attempt| Ok(()));
    let other =
        Router::new().program("ci_server").on_with::<AnyEvent>(handler, |it| it.name("push"));
    let other = Inbox::new(Arc::clone(&store), other);
    other.start().await.unwrap();
    let answer = ready(store).await;
    answer.expect(200, "ready\n");
    assert!(!answer.text.contains("warning"), "{answer:?}");
}

#[tokio::test]
async fn asking_does_not_touch_the_store_and_takes_no_time() {
    let inbox = Told::empty();
    let running = Running::start(server(Arc::clone(&inbox)).limits(probed_every(NEVER)));
    counted(&running).await;
    let asked = inbox.asked.load(Ordering::SeqCst);
    // A look at the start, a probe, and a count; the gauges count, too.
    assert!(asked <= 3 + usize::from(cfg!(feature = "metrics")), "{asked} times");
    // Were it asked, this would take for ever.
    let _held = inbox.open.acquire().await.unwrap();
    let mut taken = Vec::new();
    for _ in 0..100 {
        let begun = std::time::Instant::now();
        ask(&running, "GET", "/readyz").await.expect(200, "");
        taken.push(begun.elapsed());
    }
    taken.sort();
    assert!(taken[50] < Duration::from_millis(10), "{:?}", taken[50]);
    assert_eq!(inbox.asked.load(Ordering::SeqCst), asked);
}

#[tokio::test]
async fn signatures_are_shown_and_decide_nothing() {
    let previous = WebhookSecret::new("last year's").unwrap();
    let verifier = Verifier::new(secret()).or(previous.clone());
    let server = Server::new("/event_handler", verifier, Router::new());
    let running = Running::start(server.details_for(DetailsFor::Everybody));
    let good = Request::delivery("push", "{}", Encoding::Json);
    let old = good.clone().with("X-Hub-Signature-256", &sign(&previous, b"{}").to_string());
    let other = WebhookSecret::new("rotated").unwrap();
    let wrong = good.clone().with("X-Hub-Signature-256", &sign(&other, b"{}").to_string());

    ask(&running, "GET", "/readyz").await.expect(200, "signatures verified: 0\n");
    for _ in 0..3 {
        running.send(&wrong).await.expect(401, "");
    }
    running.send(&good).await.expect(200, "");
    running.send(&old).await.expect(200, "");
    running.send(&wrong).await.expect(401, "");
    // Nobody's delivery, so nobody's signature.
    running.send(&good.without("X-GitHub-Event")).await.expect(400, "");

    let answer = ask(&running, "GET", "/readyz").await;
    for text in [
        "\nsignatures verified: 2, the last one at 2",
        "\nof these with a previous secret: 1, the last one at 2",
        "\nsignature failures: 4, the last one at 2",
        "\nsignature failures since the last good one: 1",
    ] {
        answer.expect(200, text);
    }
}

/// Gives a request to a receiver as a server would.
async fn call(receiver: &Receiver, signed_with: &WebhookSecret) -> u16 {
    call_as(receiver, signed_with, "1").await
}

async fn call_as(receiver: &Receiver, signed_with: &WebhookSecret, id: &str) -> u16 {
    let request = http::Request::post("/")
        .header("Content-Type", "application/json")
        .header("X-GitHub-Event", "push")
        .header("X-GitHub-Delivery", id)
        .header("X-Hub-Signature-256", sign(signed_with, b"{}").to_string())
        .body("{}".to_owned());
    let Ok(answer) = receiver.clone().call(request.unwrap()).await;
    answer.status().as_u16()
}

#[tokio::test]
async fn a_wrong_secret_is_told_in_the_log_and_a_flood_of_them_is_not() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .with_max_level(tracing::Level::INFO)
        .finish();
    let _listening = tracing::subscriber::set_default(subscriber);

    let receiver = Receiver::new(secret(), Inbox::new(MemoryStore::new(), Router::new()))
        .limits(Limits::default().log_interval(Duration::from_millis(500)));
    let wrong = WebhookSecret::new("rotated").unwrap();
    for _ in 0..100 {
        assert_eq!(call(&receiver, &wrong).await, 401);
    }
    // The first at once, and then their number.
    let told = log.lines(2).await;
    assert!(told[0].contains("none was ever good"), "{told:?}");
    assert!(told[0].contains("secret is probably another one"), "{told:?}");
    assert!(told[0].ends_with("failed=1"), "{told:?}");
    assert!(told[1].contains("as many more") && told[1].contains("count=99"), "{told:?}");

    assert_eq!(call(&receiver.clone(), &secret()).await, 200);
    assert_eq!(call(&receiver, &wrong).await, 401);
    let told = log.lines(1).await;
    assert!(told[0].contains("since the last good one"), "{told:?}");

    let counts = receiver.limits(Limits::default()).signatures();
    assert_eq!((counts.verified, counts.failed, counts.failed_since_verified), (1, 101, 1));
    assert_eq!((counts.previous_secret, counts.last_previous_secret), (0, None));
    assert!(counts.last_verified.is_some() && counts.last_failed.is_some());
}

#[tokio::test]
async fn a_replay_is_told_in_the_log_and_a_flood_of_them_is_not() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .with_max_level(tracing::Level::INFO)
        .finish();
    let _listening = tracing::subscriber::set_default(subscriber);

    let receiver = Receiver::new(secret(), Inbox::new(MemoryStore::new(), router()))
        .limits(Limits::default().log_interval(Duration::from_millis(500)))
        .refuse_replays();
    assert_eq!(call(&receiver, &secret()).await, 202);
    for number in 2..52 {
        assert_eq!(call_as(&receiver, &secret(), &number.to_string()).await, 409);
    }
    let told = log.lines(3).await;
    assert!(told[0].contains("accepted delivery=1"), "{told:?}");
    assert!(told[1].contains("WARN") && told[1].contains("refused as a replay"), "{told:?}");
    assert!(told[1].ends_with("delivery=2 event=push status=409"), "{told:?}");
    assert!(told[2].contains("as many more") && told[2].contains("count=49"), "{told:?}");
}

/// What was logged, by lines.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The lines so far with this in them.
    fn of(&self, text: &str) -> Vec<String> {
        let bytes = self.0.lock().unwrap();
        let lines = str::from_utf8(&bytes).unwrap().lines();
        lines.filter(|line| line.contains(text)).map(str::to_owned).collect()
    }

    /// Waits for so many lines, and takes them.
    async fn lines(&self, number: usize) -> Vec<String> {
        let lines = || {
            let bytes = self.0.lock().unwrap();
            str::from_utf8(&bytes).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        };
        while lines().len() < number {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let told = lines();
        assert_eq!(told.len(), number, "{told:#?}");
        self.0.lock().unwrap().clear();
        told
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
