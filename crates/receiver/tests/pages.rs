//! Pages beside the hook: what they can do, and that they get in no delivery's way.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc as blocking};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_receiver::{IncomingBody, Limits, Server};
use http_body::Frame;
use http_body_util::BodyExt as _;
use support::{Answer, Encoding, Request, Running, secret, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::sleep;

const HOUR: Duration = Duration::from_secs(3600);

fn server() -> Server {
    let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
    Server::new("/event_handler", secret(), router)
}

/// Nothing is ever late by itself.
fn patient() -> Limits {
    Limits::default()
        .head_deadline(HOUR)
        .idle_deadline(HOUR)
        .write_deadline(HOUR)
        .body_deadline(HOUR)
        .drain_deadline(HOUR)
        .leave_delay(Duration::ZERO)
}

fn good(number: usize) -> Request {
    Request::delivery("push", r#"{"ref": "refs/heads/main"}"#, Encoding::Json)
        .with("X-GitHub-Delivery", &number.to_string())
}

fn ask(method: &'static str, path: &'static str) -> Request {
    Request { method, path, headers: vec![("Host", "x".into())], body: Vec::new() }
}

/// A body whose parts a test sends when it likes.
struct Told(mpsc::UnboundedReceiver<Bytes>);

impl http_body::Body for Told {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| Ok(Frame::data(part))))
    }
}

/// A page at `/stream`, of this type; each visit hands over what its parts are sent with.
fn streams(
    content_type: &'static str,
) -> (axum::Router, mpsc::UnboundedReceiver<mpsc::UnboundedSender<Bytes>>) {
    let (visits, visited) = mpsc::unbounded_channel();
    let page = move || {
        let (parts, told) = mpsc::unbounded_channel();
        visits.send(parts).unwrap();
        ready(([("content-type", content_type)], Body::new(Told(told))))
    };
    (axum::Router::new().route("/stream", get(page)), visited)
}

/// Asks for a page on a connection that stays open, and reads the answer's head.
async fn visit(running: &Running, path: &'static str) -> TcpStream {
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(&ask("GET", path).keep_alive()).await.unwrap();
    until(&mut stream, "\r\n\r\n").await;
    stream
}

/// Reads until this was sent.
async fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = Vec::new();
    while !read.ends_with(text.as_bytes()) {
        read.push(within(stream.read_u8()).await.unwrap());
    }
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn the_fallback_answers_every_other_path_and_nothing_else() {
    async fn page(
        Extension(address): Extension<IpAddr>,
        request: axum::extract::Request,
    ) -> impl IntoResponse {
        ([("x-page", "1")], format!("{} {} {address}", request.method(), request.uri()))
    }
    let running = Running::start(server().fallback(axum::Router::new().fallback(page)));
    let send = async |request: Request| running.send(&request).await;
    for (method, path) in [
        ("GET", "/"),
        ("POST", "/builds?page=2"),
        ("DELETE", "/event_handlers"),
        ("GET", "/livezz"),
    ] {
        let answer = send(ask(method, path)).await;
        answer.expect(200, &format!("{method} {path} 127.0.0.1"));
        assert!(
            answer.head.contains("x-page") && answer.head.contains("content-length"),
            "{answer:?}"
        );
    }
    send(good(1)).await.expect(202, "accepted");
    send(ask("GET", "/event_handler")).await.expect(405, "");
    send(ask("GET", "/event_handler/")).await.expect(405, "");
    send(good(2).without("X-Hub-Signature-256")).await.expect(401, "");
    send(ask("GET", "/livez")).await.expect(200, "alive");
    send(ask("POST", "/livez")).await.expect(405, "");
    send(ask("GET", "/readyz")).await.expect(200, "ready");
    let head = send(ask("HEAD", "/")).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    running.stop().await;
}

#[tokio::test]
async fn parts_arrive_as_they_are_sent() {
    let (pages, mut visited) = streams("text/event-stream");
    let running = Running::start(server().limits(patient()).fallback(pages));
    let mut stream = visit(&running, "/stream").await;
    let parts = within(visited.recv()).await.unwrap();
    for text in ["data: one\n\n", "data: two\n\n"] {
        parts.send(text.into()).unwrap();
        assert!(until(&mut stream, &format!("{text}\r\n")).await.ends_with("\n\n\r\n"));
    }
    drop(parts);
    until(&mut stream, "0\r\n\r\n").await;
    // The connection serves the next request.
    stream.write_all(&good(1).to_bytes()).await.unwrap();
    Answer::read(&mut stream).await.expect(202, "accepted");
    running.stop().await;
}

#[tokio::test]
async fn who_leaves_ends_the_page() {
    let (pages, mut visited) = streams("text/event-stream");
    let running = Running::start(server().limits(patient()).fallback(pages));
    drop(visit(&running, "/stream").await);
    let parts = within(visited.recv()).await.unwrap();
    // The system may take a part or two before it knows.
    within(async {
        while parts.send("data\n\n".into()).is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    running.stop().await;
}

#[tokio::test]
async fn a_slow_reader_is_cut_off_and_an_idle_stream_is_not() {
    let endless = axum::body::Bytes::from(vec![b'x'; 1024 * 1024]);
    let (pages, mut visited) = streams("text/event-stream");
    let pages = pages.route("/large", get(move || ready(endless.repeat(64))));
    let deadline = Duration::from_millis(200);
    let running =
        Running::start(server().limits(patient().write_deadline(deadline)).fallback(pages));
    let mut idle = visit(&running, "/stream").await;
    let parts = within(visited.recv()).await.unwrap();

    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut slow = socket.connect(running.address).await.unwrap();
    slow.write_all(&ask("GET", "/large").keep_alive()).await.unwrap();
    // It reads nothing until it is over: then the answer has broken off.
    within(async {
        loop {
            sleep(deadline).await;
            if slow.take_error().unwrap().is_some()
                || slow.ready(tokio::io::Interest::WRITABLE).await.is_err()
            {
                break;
            }
            if slow.write_all(b"GET / HTTP/1.1\r\n").await.is_err() {
                break;
            }
        }
    })
    .await;

    parts.send("still here\n\n".into()).unwrap();
    until(&mut idle, "still here\n\n").await;
    drop(idle);
    running.stop().await;
}

#[tokio::test]
async fn those_who_look_at_pages_make_room_first() {
    let (pages, mut visited) = streams("text/event-stream");
    let (kept, _made) = mpsc::unbounded_channel::<mpsc::UnboundedSender<Bytes>>();
    let never = get(std::future::pending::<&'static str>);
    let pages = pages.route("/never", never);
    let running = Running::start(server().limits(patient().connections(4)).fallback(pages));
    let mut useful = TcpStream::connect(running.address).await.unwrap();
    useful.write_all(&good(0).keep_alive()).await.unwrap();
    Answer::read_one(&mut useful).await.unwrap().expect(202, "accepted");

    let mut crowd = Vec::new();
    for number in 1..20 {
        if number % 2 == 0 {
            crowd.push(visit(&running, "/stream").await);
            kept.send(within(visited.recv()).await.unwrap()).unwrap();
        } else {
            let mut stream = TcpStream::connect(running.address).await.unwrap();
            stream.write_all(&ask("GET", "/never").keep_alive()).await.unwrap();
            crowd.push(stream);
        }
        within(running.send(&good(number))).await.expect(202, "accepted");
    }
    // The first had to go, and not the one that is good for something.
    let mut read = Vec::new();
    let _ = within(crowd.first_mut().unwrap().read_to_end(&mut read)).await;
    useful.write_all(&good(99).keep_alive()).await.unwrap();
    Answer::read_one(&mut useful).await.unwrap().expect(202, "accepted");
    drop((crowd, useful));
    drop(kept);
}

#[tokio::test]
async fn at_the_end_event_streams_end_and_other_answers_are_finished() {
    let (events, mut visited) = streams("text/event-stream; charset=utf-8");
    let running = Running::start(server().limits(patient()).fallback(events));
    let mut stream = visit(&running, "/stream").await;
    let parts = within(visited.recv()).await.unwrap();
    parts.send("data: 1\n\n".into()).unwrap();
    until(&mut stream, "data: 1\n\n\r\n").await;
    // Else it would be drained for an hour.
    running.stop().await;
    let mut rest = String::new();
    within(stream.read_to_string(&mut rest)).await.unwrap();
    assert_eq!(rest, "0\r\n\r\n", "it ends as it should, and is not cut off");

    let (files, mut visited) = streams("application/zip");
    let running = Running::start(server().limits(patient()).fallback(files));
    let mut stream = visit(&running, "/stream").await;
    let parts = within(visited.recv()).await.unwrap();
    let address = running.address;
    let stopping = tokio::spawn(running.stop());
    within(async {
        while TcpStream::connect(address).await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    parts.send("the rest".into()).unwrap();
    drop(parts);
    until(&mut stream, "the rest\r\n0\r\n\r\n").await;
    within(stopping).await.unwrap();
}

#[tokio::test]
async fn a_body_that_a_page_does_not_read_spoils_no_connection() {
    let pages = axum::Router::new().route("/ignored", post(async || "thanks"));
    let running = Running::start(server().fallback(pages));
    for (length, closes) in [(0, false), (100_000, false), (2 * 1024 * 1024, true)] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let request = Request { body: vec![b'x'; length], ..ask("POST", "/ignored") };
        let request = request.with("Content-Length", &length.to_string());
        // It may be answered before all of it is sent.
        let _ = stream.write_all(&request.keep_alive()).await;
        let answer = Answer::read_one(&mut stream).await.unwrap();
        answer.expect(200, "thanks");
        assert_eq!(answer.closes(), closes, "{length}");
        if !closes {
            stream.write_all(&good(length).to_bytes()).await.unwrap();
            Answer::read(&mut stream).await.expect(202, "");
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn the_body_of_a_request_has_limits() {
    async fn count(request: http::Request<Body>) -> String {
        match request.into_body().collect().await {
            Ok(body) => format!("{} bytes", body.to_bytes().len()),
            Err(error) => format!("failed: {error}"),
        }
    }
    let pages = axum::Router::new().route("/count", post(count));
    let limits = Limits::default().payload(1000).body_deadline(Duration::from_millis(200));
    let running = Running::start(server().limits(limits).fallback(pages));
    let request = |length: usize| {
        let request = Request { body: vec![b'x'; length], ..ask("POST", "/count") };
        request.with("Content-Length", &length.to_string())
    };
    running.send(&request(1000)).await.expect(200, "1000 bytes");
    running.send(&request(1001)).await.expect(200, "failed: the body is too large");
    running.send_raw(&request(10).head()).await.expect(200, "failed: the body took too long");
    running.stop().await;
}

/// A service that fails as it is told to by the path.
#[derive(Clone)]
struct Failing;

impl tower_service::Service<http::Request<IncomingBody>> for Failing {
    type Response = http::Response<Told>;
    type Error = String;
    type Future = Ready<Result<Self::Response, String>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<IncomingBody>) -> Self::Future {
        assert_ne!(request.uri().path(), "/panic", "a bug in a page");
        ready(Err("out of order".to_owned()))
    }
}

#[tokio::test]
async fn a_page_that_fails_or_panics_is_answered_with_500() {
    let running = Running::start(server().fallback(Failing));
    for path in ["/fail", "/panic"] {
        let answer = running.send(&ask("GET", path)).await;
        answer.expect(500, "the page failed");
        assert!(!answer.text.contains("order") && !answer.text.contains("bug"), "{answer:?}");
    }
    running.send(&good(1)).await.expect(202, "accepted");
    running.stop().await;
}

/// More of them than the server has threads for deliveries.
#[tokio::test(flavor = "multi_thread", worker_threads = 12)]
async fn pages_that_block_hold_up_no_delivery() {
    let (release, released) = blocking::channel::<()>();
    let released = Arc::new(Mutex::new(released));
    let (begun, mut beginning) = mpsc::unbounded_channel();
    let block = move || {
        begun.send(()).unwrap();
        // All but the first wait for the lock; that blocks as well.
        let _ = released.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
        ready("at last")
    };
    let pages = axum::Router::new().route("/block", get(block));
    let running = Running::start(server().limits(patient()).fallback(pages));
    let mut blocked = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(&ask("GET", "/block").to_bytes()).await.unwrap();
        within(beginning.recv()).await.unwrap();
        blocked.push(stream);
    }
    running.send(&good(1)).await.expect(202, "accepted");
    drop(release);
    for mut stream in blocked {
        Answer::read(&mut stream).await.expect(200, "at last");
    }
    running.stop().await;
}
