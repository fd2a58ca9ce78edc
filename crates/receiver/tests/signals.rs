//! What a server does when its process is told to stop; each process is this test once more.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "how the process tells its parent")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::env;
use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_receiver::{Limits, Server};
use support::{Answer, Encoding, Request, secret, within};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Set in a process that is to be a server.
const IS_SERVER: &str = "HOOKSTEAD_TEST_IS_SERVER";

/// Is the server, in a process of its own.
#[tokio::test]
async fn the_server() {
    if env::var_os(IS_SERVER).is_none() {
        return;
    }
    let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
    let limits = Limits::default()
        .body_deadline(Duration::from_secs(3600))
        .drain_deadline(Duration::from_secs(3600));
    Server::new("/event_handler", secret(), router)
        .limits(limits)
        .when_listening(|address| println!("\nlistening at {address}"))
        .serve("127.0.0.1:0")
        .await
        .unwrap();
}

struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts one, and waits until it says that it listens.
    async fn start() -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "the_server", "--nocapture"])
            .env(IS_SERVER, "1")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = within(lines.next_line()).await.unwrap().expect("it ended");
            if let Some(address) = line.strip_prefix("listening at ") {
                break address.parse().unwrap();
            }
        };
        // It must not lose its output.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, address }
    }

    async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(within(sent).await.unwrap().success());
    }

    async fn ended(mut self) -> ExitStatus {
        within(self.child.wait()).await.unwrap()
    }

    /// Waits until it takes no more connections.
    async fn stops(&self) {
        within(async {
            while TcpStream::connect(self.address).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    /// A delivery whose body is not complete, so that the server has something to wait for.
    async fn begin(&self) -> (TcpStream, Vec<u8>) {
        let delivery = Request::delivery("from_the_future", "{}", Encoding::Json)
            .with("Expect", "100-continue");
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(&delivery.head()).await.unwrap();
        let mut told = Vec::new();
        while !told.ends_with(b"\r\n\r\n") {
            told.push(within(stream.read_u8()).await.unwrap());
        }
        assert!(told.starts_with(b"HTTP/1.1 100"));
        (stream, delivery.body)
    }
}

#[tokio::test]
async fn it_listens_when_it_says_so_and_ends_in_order() {
    let process = Process::start().await;
    // The first try is good.
    let (mut stream, body) = process.begin().await;
    process.signal("INT").await;
    process.stops().await;
    stream.write_all(&body).await.unwrap();
    Answer::read(&mut stream).await.expect(202, "accepted");
    assert!(process.ended().await.success());
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    for (second, code) in [("INT", 130), ("TERM", 143)] {
        let process = Process::start().await;
        let _waiting = process.begin().await;
        process.signal("INT").await;
        process.stops().await;
        // It would wait for an hour.
        process.signal(second).await;
        assert_eq!(process.ended().await.code(), Some(code), "{second}");
    }
}

/// A program that takes a moment to begin may listen before: nobody is refused meanwhile.
#[tokio::test]
async fn who_connected_before_it_serves_is_served_then() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let delivery = Request::delivery("from_the_future", "{}", Encoding::Json);
    stream.write_all(&delivery.to_bytes()).await.unwrap();
    let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
    tokio::select! {
        ended = Server::new("/event_handler", secret(), router).serve_on(listener) => {
            panic!("it ended: {ended:?}")
        }
        answer = within(Answer::read(&mut stream)) => answer.expect(202, "accepted"),
    };
}
