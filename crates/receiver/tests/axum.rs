//! The receiver mounts in an axum router as it is.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{Inbox, MemoryStore};
use hookstead_receiver::Receiver;
use support::{Answer, ENCODINGS, Request, secret};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn beside_other_routes_and_under_a_prefix() {
    let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
    let inbox = Inbox::new(MemoryStore::new(), router);
    let receiver = Receiver::new(secret(), inbox.clone());
    let app = axum::Router::new()
        .route("/", axum::routing::get(async || "somebody else's page"))
        .route_service("/event_handler", receiver.clone())
        .nest_service("/hooks", receiver);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });

    let send = async |request: Request| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&request.to_bytes()).await.unwrap();
        Answer::read(&mut stream).await
    };
    for (number, encoding) in ENCODINGS.into_iter().enumerate() {
        let delivery = Request::delivery("push", r#"{"ref": "refs/heads/main"}"#, encoding)
            .with("X-GitHub-Delivery", &number.to_string());
        let nested = Request { path: "/hooks/github", ..delivery.clone() };
        let get = Request { method: "GET", ..delivery.clone() };
        send(delivery.clone()).await.expect(202, "accepted");
        send(nested).await.expect(202, "duplicate");
        send(get).await.expect(405, "");
        send(delivery.without("X-Hub-Signature-256")).await.expect(401, "");
    }
    // No worker runs here, so everything is where the receiver put it.
    let depth = inbox.depth().await.unwrap();
    assert_eq!(depth.names.iter().map(|name| name.ready).collect::<Vec<_>>(), [2]);
}
