//! A receiver in somebody else's server, with the parts that make it as safe as ours: a host for
//! connections, health, the order of stopping.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::routing::get;
use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Inbox, MemoryStore, Worker};
use hookstead_receiver::{DetailsFor, HealthPages, Host, Limits, Receiver, Shutdown};
use hyper_util::rt::TokioIo;
use support::{Answer, Encoding, Request, secret, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

const HOUR: Duration = Duration::from_secs(3600);

/// Nothing is ever late by itself, and leaving takes until the test is over.
fn patient() -> Limits {
    Limits::default()
        .head_deadline(HOUR)
        .idle_deadline(HOUR)
        .body_deadline(HOUR)
        .drain_deadline(HOUR)
        .leave_delay(HOUR)
}

fn good(number: usize) -> Request {
    Request::delivery("from_the_future", "{}", Encoding::Json)
        .with("X-GitHub-Delivery", &number.to_string())
}

fn ask(path: &'static str) -> Request {
    Request { method: "GET", path, headers: vec![("Host", "x".into())], body: Vec::new() }
}

/// What every such program has.
struct Parts {
    inbox: Inbox,
    receiver: Receiver,
    health: HealthPages,
    shutdown: Shutdown,
    stop: oneshot::Sender<()>,
    handled: mpsc::UnboundedReceiver<()>,
}

fn parts(limits: &Limits) -> Parts {
    let (tell, handled) = mpsc::unbounded_channel();
    let handler = handler_fn(move |_: AnyEvent, _: Attempt| {
        let _ = tell.send(());
        async { Ok(()) }
    });
    let inbox = Inbox::new(MemoryStore::new(), Router::new().on::<AnyEvent>(handler));
    let receiver = Receiver::new(secret(), inbox.clone()).limits(limits.clone());
    let (stop, stopped) = oneshot::channel();
    let shutdown = Shutdown::when(async { stopped.await.unwrap_or_default() }, limits);
    let health = HealthPages::new(&receiver, DetailsFor::Loopback, &shutdown);
    Parts { inbox, receiver, health, shutdown, stop, handled }
}

fn app(parts: &Parts) -> axum::Router {
    axum::Router::new()
        .route("/", get(async || "a page"))
        .route_service("/event_handler", parts.receiver.clone())
        .route_service("/livez", parts.health.livez())
        .route_service("/readyz", parts.health.readyz())
}

async fn send(address: SocketAddr, request: Request) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&request.to_bytes()).await.unwrap();
    Answer::read(&mut stream).await
}

fn host(limits: Limits, app: axum::Router, shutdown: &Shutdown) -> (SocketAddr, JoinHandle<()>) {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = shutdown.clone();
    let serving = async move { Host::new(app).limits(limits).serve(listener, &shutdown).await };
    (address, tokio::spawn(async { serving.await.unwrap() }))
}

/// What holds of each host while it serves, and while it leaves.
async fn receives_and_leaves(address: SocketAddr, mut parts: Parts) {
    parts.inbox.start().await.unwrap();
    let worker = Worker::new(parts.inbox.clone()).run(parts.shutdown.leaving());
    let worker = tokio::spawn(worker);
    send(address, good(1)).await.expect(202, "accepted");
    within(parts.handled.recv()).await.unwrap();
    send(address, ask("/livez")).await.expect(200, "alive");
    send(address, ask("/readyz")).await.expect(200, "ready");
    send(address, Request { method: "POST", ..ask("/readyz") }).await.expect(405, "");
    send(address, ask("/")).await.expect(200, "a page");

    // Asked to stop, it is not ready, and takes deliveries, which nobody handles any more.
    parts.stop.send(()).unwrap();
    within(worker).await.unwrap();
    assert!(parts.shutdown.is_leaving());
    send(address, ask("/readyz")).await.expect(503, "about to stop");
    send(address, ask("/livez")).await.expect(200, "alive");
    send(address, good(2)).await.expect(202, "accepted");
    assert!(parts.handled.try_recv().is_err());
}

#[tokio::test]
async fn in_axum_under_a_host() {
    let parts = parts(&patient());
    let (address, serving) = host(patient(), app(&parts), &parts.shutdown);
    // The host tells who asks.
    let answer = send(address, ask("/readyz")).await;
    answer.expect(200, "ready\n");
    receives_and_leaves(address, parts).await;
    serving.abort();
}

#[tokio::test]
async fn in_axum_as_it_is() {
    let parts = parts(&patient());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving =
        axum::serve(listener, app(&parts)).with_graceful_shutdown(parts.shutdown.stopping());
    let serving = tokio::spawn(async { serving.await });
    // Nobody tells who asks, so there are no details.
    assert_eq!(send(address, ask("/readyz")).await.text, "ready");
    receives_and_leaves(address, parts).await;
    serving.abort();
}

#[tokio::test]
async fn in_hyper_as_it_is() {
    let parts = parts(&patient());
    let (app, shutdown) = (app(&parts), parts.shutdown.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        let mut stopping = std::pin::pin!(shutdown.stopping());
        loop {
            let (stream, _) = tokio::select! {
                accepted = listener.accept() => accepted.unwrap(),
                () = &mut stopping => break,
            };
            let service = hyper_util::service::TowerToHyperService::new(app.clone());
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service);
            connections.spawn(connection);
        }
        while connections.join_next().await.is_some() {}
    });
    receives_and_leaves(address, parts).await;
    serving.abort();
}

#[tokio::test]
async fn a_host_ends_once_all_is_answered() {
    let limits = patient().leave_delay(Duration::ZERO);
    let parts = parts(&limits);
    let (finish, finished) = oneshot::channel::<&'static str>();
    let finished = std::sync::Arc::new(tokio::sync::Mutex::new(Some(finished)));
    let slow = get(move || async move { finished.lock().await.take().unwrap().await.unwrap() });
    let (begun, mut beginning) = mpsc::unbounded_channel();
    let slow =
        slow.layer(axum::middleware::from_fn(move |request, next: axum::middleware::Next| {
            begun.send(()).unwrap();
            next.run(request)
        }));
    let (address, serving) = host(limits, app(&parts).route("/slow", slow), &parts.shutdown);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&ask("/slow").to_bytes()).await.unwrap();
    within(beginning.recv()).await.unwrap();

    parts.stop.send(()).unwrap();
    within(parts.shutdown.stopping()).await;
    within(async { while TcpStream::connect(address).await.is_ok() {} }).await;
    assert!(!serving.is_finished());
    finish.send("finished").unwrap();
    Answer::read(&mut stream).await.expect(200, "finished");
    within(serving).await.unwrap();
}

#[tokio::test]
async fn a_host_lets_no_crowd_keep_good_deliveries_out() {
    let slow_head = b"POST /event_handler HTTP/1.1\r\nX-Slow: ".to_vec();
    let slow_body = good(0).with("Content-Length", "1000").keep_alive_head();
    let idle = ask("/").keep_alive();
    for words in [Vec::new(), slow_head, slow_body, idle] {
        let limits = patient().connections(4);
        let parts = parts(&limits);
        let (address, serving) = host(limits, app(&parts), &parts.shutdown);
        // One that was useful stays.
        let mut useful = TcpStream::connect(address).await.unwrap();
        useful.write_all(&good(100).keep_alive()).await.unwrap();
        Answer::read_one(&mut useful).await.unwrap().expect(202, "accepted");
        let mut crowd = Vec::new();
        for number in 0..10 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let _ = stream.write_all(&words).await;
            crowd.push(stream);
            if number % 2 == 0 {
                within(send(address, good(number))).await.expect(202, "accepted");
            }
        }
        useful.write_all(&good(101).keep_alive()).await.unwrap();
        Answer::read_one(&mut useful).await.unwrap().expect(202, "accepted");
        let mut read = Vec::new();
        let _ = within(crowd.first_mut().unwrap().read_to_end(&mut read)).await;
        serving.abort();
    }
}
