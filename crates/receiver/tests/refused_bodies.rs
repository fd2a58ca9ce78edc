//! Requests that are answered before their body was read: the next request on the connection is
//! served, or nobody is led to send it. For a `Server`, and for a `Receiver` in somebody else's.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Inbox, MemoryStore};
use hookstead_receiver::{Limits, Receiver, Server};
use support::{Answer, Encoding, Request, Running, secret, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Bodies of at most so many bytes are read off.
const READ_OFF: usize = 256 * 1024;

fn limits() -> Limits {
    Limits::default().refused_body(READ_OFF).payload(2 * 1024 * 1024)
}

fn router() -> Router {
    Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())))
}

async fn mounted() -> SocketAddr {
    let inbox = Inbox::new(MemoryStore::new(), router());
    let receiver = Receiver::new(secret(), inbox).limits(limits());
    let app = axum::Router::new().route_service("/event_handler", receiver);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// As proxies do it: sends on, while the answer may come at any moment, and keeps the connection for
/// the next request unless the answer says otherwise.
struct Pool {
    address: SocketAddr,
    kept: Option<(ReadHalf<TcpStream>, WriteHalf<TcpStream>)>,
    /// How often a connection was used again.
    reused: usize,
}

impl Pool {
    fn new(address: SocketAddr) -> Self {
        Self { address, kept: None, reused: 0 }
    }

    async fn send(&mut self, bytes: &[u8]) -> std::io::Result<Answer> {
        self.reused += usize::from(self.kept.is_some());
        let (mut reader, mut writer) = match self.kept.take() {
            Some(kept) => kept,
            None => tokio::io::split(TcpStream::connect(self.address).await?),
        };
        let (written, answer) =
            tokio::join!(within(writer.write_all(bytes)), Answer::read_one(&mut reader));
        let answer = answer?;
        if !answer.closes() && written.is_ok() {
            self.kept = Some((reader, writer));
        }
        Ok(answer)
    }
}

/// Requests that are refused by their head, and one that is refused by its body.
fn refused(length: usize) -> Vec<(Request, u16)> {
    let body = "x".repeat(length);
    let request = Request::delivery("push", &body, Encoding::Json);
    vec![
        (request.clone().without("X-Hub-Signature-256"), 401),
        (request.clone().with("X-Hub-Signature-256", "sha1=00"), 401),
        (request.clone().without("X-GitHub-Event"), 400),
        (request.clone().with("Content-Type", "text/plain"), 415),
        (Request { method: "PUT", ..request.clone() }, 405),
        (Request { path: "/event_handler/of/others", ..request.clone() }, 404),
        (request, 400),
    ]
}

fn good(number: usize) -> Request {
    Request::delivery("push", r#"{"ref": "refs/heads/main"}"#, Encoding::Json)
        .with("X-GitHub-Delivery", &number.to_string())
}

fn chunked(request: &Request) -> Vec<u8> {
    let request = request.clone().without("Content-Length").and("Transfer-Encoding", "chunked");
    let mut bytes = request.keep_alive_head();
    for piece in request.body.chunks(10_000) {
        bytes.extend(format!("{:x}\r\n", piece.len()).into_bytes());
        bytes.extend_from_slice(piece);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

async fn nothing_good_is_lost(address: SocketAddr) {
    let mut pool = Pool::new(address);
    let mut number = 0;
    for length in [10, 30_000, 100_000, READ_OFF, READ_OFF + 1, 1_000_000] {
        for (request, status) in refused(length) {
            for bytes in [request.keep_alive(), chunked(&request)] {
                let answer = pool.send(&bytes).await.unwrap_or_else(|error| {
                    panic!("{status} with {length} bytes: no answer: {error}");
                });
                // (Somebody else's router answers an unknown path in its own way.)
                assert_eq!(answer.status, status, "{length}: {answer:?}");
                let was_read = length <= READ_OFF || request.method == "POST" && status == 400;
                assert!(was_read || answer.closes(), "{length}: {answer:?}");
                number += 1;
                let answer = pool.send(&good(number).keep_alive()).await;
                answer.expect("a good delivery").expect(202, "accepted");
            }
        }
    }
    assert!(pool.reused > number, "{} of {number}", pool.reused);
}

#[tokio::test]
async fn a_server_keeps_its_connections_right() {
    let running =
        Running::start(Server::new("/event_handler", secret(), router()).limits(limits()));
    nothing_good_is_lost(running.address).await;
}

#[tokio::test]
async fn a_mounted_receiver_keeps_its_hosts_connections_right() {
    let address = mounted().await;
    let mut pool = Pool::new(address);
    for number in 0..200 {
        let unsigned = Request::delivery("push", &"x".repeat(100_000), Encoding::Json)
            .without("X-Hub-Signature-256");
        pool.send(&unsigned.keep_alive()).await.unwrap().expect(401, "");
        pool.send(&good(number).keep_alive()).await.unwrap().expect(202, "accepted");
    }
    assert_eq!(pool.reused, 399);
    // A longer one is not read, and the answer says so.
    let unsigned = Request::delivery("push", &"x".repeat(READ_OFF + 1), Encoding::Json)
        .without("X-Hub-Signature-256");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&unsigned.keep_alive_head()).await.unwrap();
    let answer = Answer::read_one(&mut stream).await.unwrap();
    answer.expect(401, "");
    assert!(answer.closes(), "{answer:?}");
}

#[tokio::test]
async fn whoever_waits_to_be_told_to_send_is_not_waited_for() {
    let running = Running::start(Server::new("/event_handler", secret(), router()));
    for address in [running.address, mounted().await] {
        let request = Request::delivery("push", &"x".repeat(100), Encoding::Json)
            .without("X-Hub-Signature-256")
            .and("Expect", "100-continue");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&request.keep_alive_head()).await.unwrap();
        let answer = Answer::read_one(&mut stream).await.unwrap();
        answer.expect(401, "");
        assert!(answer.closes(), "{answer:?}");
        // What is good is told.
        let request = good(1)
            .without("Content-Length")
            .and("Transfer-Encoding", "chunked")
            .and("Expect", "100-continue");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&request.keep_alive_head()).await.unwrap();
        let mut told = [0; 25];
        within(stream.read_exact(&mut told)).await.unwrap();
        assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
        // In chunks, of which nothing announces the end.
        stream.write_all(format!("{:x}\r\n", request.body.len()).as_bytes()).await.unwrap();
        stream.write_all(&request.body).await.unwrap();
        stream.write_all(b"\r\n0\r\n\r\n").await.unwrap();
        let answer = Answer::read_one(&mut stream).await.unwrap();
        answer.expect(202, "");
        assert!(!answer.closes(), "{answer:?}");
    }
}

#[tokio::test]
async fn an_unread_body_that_does_not_come_is_not_waited_for_long() {
    let limits = Limits::default().body_deadline(Duration::from_secs(600));
    let running = Running::start(Server::new("/event_handler", secret(), router()).limits(limits));
    let request =
        Request::delivery("push", &"x".repeat(1000), Encoding::Json).without("X-Hub-Signature-256");
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(&request.keep_alive_head()).await.unwrap();
    let answer = Answer::read_one(&mut stream).await.unwrap();
    answer.expect(401, "");
    assert!(answer.closes(), "{answer:?}");
}
