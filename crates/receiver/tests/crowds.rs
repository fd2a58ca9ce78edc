//! Connections that are in the way of good ones, a handful of each kind, where there is room for a
//! handful. (The load test of the whole system has them by the thousand.)

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::time::Duration;

use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_receiver::{Limits, Server};
use support::{Answer, Encoding, Request, Running, secret, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

const MEBIBYTE: usize = 1024 * 1024;

/// Nothing is ever late by itself.
fn patient() -> Limits {
    let hour = Duration::from_secs(3600);
    Limits::default()
        .head_deadline(hour)
        .idle_deadline(hour)
        .write_deadline(hour)
        .body_deadline(hour)
        .connections(4)
}

fn start(limits: Limits) -> Running {
    let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
    Running::start(Server::new("/event_handler", secret(), router).limits(limits))
}

fn good(number: usize) -> Request {
    Request::delivery("push", r#"{"ref": "refs/heads/main"}"#, Encoding::Json)
        .with("X-GitHub-Delivery", &number.to_string())
}

/// What a connection of the crowd says before it falls silent.
async fn say(running: &Running, words: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    // It may have to go while it speaks.
    let _ = stream.write_all(words).await;
    stream
}

/// Asks for answers and never reads them, until the server takes nothing more.
async fn never_read(running: &Running) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(running.address).await.unwrap();
    let many = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
    while timeout(Duration::from_millis(200), stream.write_all(&many))
        .await
        .is_ok_and(|it| it.is_ok())
    {}
    stream
}

#[tokio::test]
async fn no_crowd_keeps_good_deliveries_out() {
    let slow_head = b"POST /event_handler HTTP/1.1\r\nX-Slow: ".to_vec();
    let slow_body =
        Request::delivery("push", &"x".repeat(MEBIBYTE), Encoding::Json).keep_alive_head();
    let idle = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".to_vec();
    for words in [Vec::new(), slow_head, slow_body, idle] {
        let running = start(patient());
        let mut crowd = Vec::new();
        for number in 0..20 {
            crowd.push(say(&running, &words).await);
            if number % 2 == 0 {
                within(running.send(&good(number))).await.expect(202, "accepted");
            }
        }
    }
}

#[tokio::test]
async fn whoever_does_not_read_keeps_nobody_out() {
    let running = start(patient());
    let mut crowd = Vec::new();
    for number in 0..8 {
        crowd.push(never_read(&running).await);
        within(running.send(&good(number))).await.expect(202, "accepted");
    }
}

#[tokio::test]
async fn who_was_useful_stays_while_the_crowd_has_to_go() {
    let running = start(patient());
    let mut useful = TcpStream::connect(running.address).await.unwrap();
    useful.write_all(&good(0).keep_alive()).await.unwrap();
    Answer::read_one(&mut useful).await.unwrap().expect(202, "accepted");
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(say(&running, b"").await);
    }
    // All of the crowd was let in, so most of it had to go again.
    within(running.send(&good(1))).await.expect(202, "accepted");
    useful.write_all(&good(2).keep_alive()).await.unwrap();
    Answer::read_one(&mut useful).await.unwrap().expect(202, "accepted");
}

/// A crowd of good clients is no reason to cut one off before it has spoken.
#[tokio::test]
async fn among_those_who_were_useful_a_new_one_does_not_have_to_go() {
    let running = start(patient());
    let mut useful = Vec::new();
    for number in 0..3 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(&good(number).keep_alive()).await.unwrap();
        Answer::read_one(&mut stream).await.unwrap().expect(202, "accepted");
        useful.push(stream);
    }
    // The fourth has begun to speak; the fifth needs a place, and patience with all has run out.
    let mut new = TcpStream::connect(running.address).await.unwrap();
    let request = good(3).keep_alive();
    new.write_all(&request[..10]).await.unwrap();
    within(running.send(&good(4))).await.expect(202, "accepted");
    new.write_all(&request[10..]).await.unwrap();
    Answer::read_one(&mut new).await.unwrap().expect(202, "accepted");
}

#[tokio::test]
async fn the_peer_with_the_largest_crowd_has_to_go_first() {
    let running = start(patient());
    let from = async |ip: &str| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{ip}:0").parse().unwrap()).unwrap();
        socket.connect(running.address).await.unwrap()
    };
    // It was there first, so it has kept the server waiting longest.
    let mut slow = from("127.0.0.2").await;
    let request = good(0).keep_alive();
    slow.write_all(&request[..10]).await.unwrap();
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(from("127.0.0.3").await);
    }
    within(running.send(&good(1))).await.expect(202, "accepted");
    slow.write_all(&request[10..]).await.unwrap();
    Answer::read_one(&mut slow).await.unwrap().expect(202, "accepted");
}

#[tokio::test]
async fn what_is_at_work_never_has_to_go() {
    // Four bodies of which the end is missing wait for the peer; once it has come they wait for us.
    let running = start(patient());
    let mut working = Vec::new();
    for number in 0..4 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(&good(number).keep_alive()).await.unwrap();
        working.push(stream);
    }
    for stream in &mut working {
        Answer::read_one(stream).await.unwrap().expect(202, "accepted");
    }
}

#[tokio::test]
async fn who_is_late_is_cut_off() {
    let soon = Duration::from_millis(100);
    let closed = async |mut stream: TcpStream| {
        let mut rest = Vec::new();
        // Closed, or cut off.
        let _ = within(stream.read_to_end(&mut rest)).await;
        rest
    };
    let running = start(patient().head_deadline(soon));
    closed(say(&running, b"").await).await;
    closed(say(&running, b"POST /event_handler HTTP/1.1\r\n").await).await;
    // An idle connection has a deadline of its own ...
    let idle = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut stream = say(&running, idle).await;
    Answer::read_one(&mut stream).await.unwrap().expect(200, "alive");
    assert!(timeout(4 * soon, stream.read_u8()).await.is_err(), "it stays");
    // ... until the next head begins.
    stream.write_all(b"GET /li").await.unwrap();
    closed(stream).await;

    let running = start(patient().idle_deadline(soon));
    let answered = closed(say(&running, idle).await).await;
    assert!(answered.starts_with(b"HTTP/1.1 200"), "{}", answered.escape_ascii());

    let running = start(patient().write_deadline(soon));
    let mut stream = never_read(&running).await;
    let began = Instant::now();
    let many = idle.repeat(1000);
    within(async { while stream.write_all(&many).await.is_ok() {} }).await;
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn large_bodies_that_never_end_keep_no_small_one_out() {
    let running = start(patient().connections(64).bodies_in_memory(4 * MEBIBYTE));
    let large = Request::delivery("push", &"x".repeat(3 * MEBIBYTE), Encoding::Json);
    let mut crowd = Vec::new();
    for number in 0..8 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(&large.keep_alive_head()).await.unwrap();
        let most = large.body.len() - 1;
        // It may be answered, and cut off, before all of this is sent.
        let _ = within(stream.write_all(&large.body[..most])).await;
        crowd.push(stream);
        within(running.send(&good(number))).await.expect(202, "accepted");
    }
}
