//! The example `traces`, with a collector of OpenTelemetry that keeps what it gets; and the documentation, which
//! shows the same lines.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use hookstead::WebhookSecret;
use hookstead_testkit::Sender;
use hookstead_tests::{Program, free_address};

/// Takes what is sent, one request after the other, until the test ends.
fn collector() -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, received) = channel();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let request = read(&mut stream);
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes());
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    (address, received)
}

/// A request with its whole body.
fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = stream.read(&mut part).unwrap();
        request.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let length = text.split("content-length: ").nth(1);
        let length = length.and_then(|it| it.split("\r\n").next()?.parse::<usize>().ok());
        let body = request.windows(4).position(|it| it == b"\r\n\r\n").map(|it| it + 4);
        let is_whole = length.zip(body).is_some_and(|(length, at)| request.len() >= at + length);
        if count == 0 || is_whole {
            return request;
        }
    }
}

#[tokio::test]
async fn an_attempt_is_a_span_at_the_collector() {
    let (endpoint, received) = collector();
    let folder = tempfile::tempdir().unwrap();
    let listen = free_address().to_string();
    let environment = [
        ("WEBHOOK_SECRET", "secret"),
        ("LISTEN", listen.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
    ];
    let mut server = Program::start("traces", folder.path(), &environment);
    server.line("Listening at http://127.0.0.1").await;
    let url = format!("http://{listen}/event_handler");
    let sender = Sender::new(&url, WebhookSecret::new("secret").unwrap()).unwrap();
    let payload = hookstead_testkit::samples::payload(&"push".into()).unwrap();
    assert_eq!(sender.send("push", payload.to_string()).await.unwrap().status, 202);
    server.line("building").await;
    let (status, _) = server.terminate().await;
    assert!(status.success());

    let request = received.recv().unwrap();
    let text = String::from_utf8_lossy(&request);
    assert!(text.starts_with("POST /v1/traces "), "{text}");
    let missing = |it: &&&str| !text.contains(**it);
    let expected = ["attempt", "octo-org/hello-world", "delivery", "handler", "building"];
    let missing: Vec<_> = expected.iter().filter(missing).collect();
    assert!(missing.is_empty(), "{missing:?} are not in {text}");
}

#[test]
fn the_documentation_shows_the_same_lines() {
    let docs = include_str!("../crates/hookstead/src/lib.rs");
    let example = include_str!("../examples/traces.rs");
    let block = docs.split("//! ```ignore\n").nth(1).unwrap().split("//! ```").next().unwrap();
    let lines = block.lines().map(|line| line.trim_start_matches("//!").trim());
    let (mut shown, mut missing) = (0, Vec::new());
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with("//")) {
        shown += 1;
        // The documentation has a server of its own.
        if !example.lines().any(|it| it.trim() == line) && !line.starts_with("server.serve(") {
            missing.push(line);
        }
    }
    assert!(shown > 10 && missing.is_empty(), "{missing:#?} of {shown}");
}
