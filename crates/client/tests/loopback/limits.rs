use std::time::Duration;

use hookstead_client::{Error, NewStatus};

use crate::support::{Reply, Server, answer, assert_hidden, json, sha, without_place};

const SHORT: Duration = Duration::from_millis(100);

/// The error of creating a status with a short deadline.
async fn hasty(server: &Server) -> Error {
    let client = server.builder().deadline(SHORT).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let error = repo.create_status(&sha(), &NewStatus::pending()).await.unwrap_err();
    assert_hidden(&error, "pending\"");
    error
}

#[tokio::test]
async fn a_server_that_never_answers() {
    let server = Server::start([Reply::BytesThenSilence(Vec::new())]).await;
    let error = hasty(&server).await;
    assert!(error.is_timeout());
    assert!(!error.is_connect() && !error.took_effect());
    assert_eq!(error.status(), None);
    assert_eq!(
        without_place(&error),
        "cannot create a status for octocat/hello: no whole answer within 100ms"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_server_that_stops_inside_an_answer() {
    let half = b"HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"id\": 1".to_vec();
    let server = Server::start([Reply::BytesThenSilence(half)]).await;
    let error = hasty(&server).await;
    assert!(error.is_timeout());
    assert!(error.took_effect());
    assert_eq!(error.status().unwrap().as_u16(), 201);

    let half = b"HTTP/1.1 502 Bad\r\ncontent-length: 900\r\n\r\n<h1>".to_vec();
    let server = Server::start([Reply::BytesThenSilence(half)]).await;
    let error = hasty(&server).await;
    assert_eq!(error.status().unwrap().as_u16(), 502);
    assert_eq!(error.response_text(), Some("<h1>"));
}

#[tokio::test]
async fn the_deadline_covers_redirects() {
    let redirect = answer(307, &[("location", "/repositories/1/statuses")], "");
    let server = Server::start([redirect, Reply::BytesThenSilence(Vec::new())]).await;
    assert!(hasty(&server).await.is_timeout());
    assert_eq!(server.requests().len(), 2);

    let half = "HTTP/1.1 307 Moved\r\nlocation: /repositories/1\r\ncontent-length: 9\r\n\r\n{";
    let server = Server::start([Reply::BytesThenSilence(half.into()), json(201, "{}")]).await;
    let error = hasty(&server).await;
    assert!(error.is_timeout() && !error.took_effect());
    assert_eq!(error.status().unwrap().as_u16(), 307);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
async fn the_deadline_for_connecting_covers_tls() {
    // The server takes the connection and waits for a request that never comes.
    let server = Server::start([]).await;
    let secure = server.url().replace("http://", "https://");
    let built = server.builder().base_url(&secure).connect_deadline(SHORT).build();
    let Ok(client) = built else {
        assert!(matches!(built, Err(hookstead_client::BuildError::Tls(_))), "{built:?}");
        return;
    };
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let error = repo.create_status(&sha(), &NewStatus::pending()).await.unwrap_err();
    assert!(error.is_connect() && error.is_timeout(), "{error}");
    assert_eq!(
        without_place(&error),
        format!(
            "cannot create a status for octocat/hello: cannot connect to {secure}: no connection \
             within 100ms"
        )
    );
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn deadlines_beyond_every_clock_are_no_deadlines() {
    let server = Server::start([json(200, "[]")]).await;
    let client = server
        .builder()
        .deadline(Duration::MAX)
        .connect_deadline(Duration::MAX)
        .idle_deadline(Duration::MAX)
        .build()
        .unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    assert!(repo.statuses("main").await.is_ok());
}

#[tokio::test]
async fn an_answer_may_be_just_so_long() {
    let list = format!("[{}]", " ".repeat(998));
    let chunked = |body: &str| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let chunks = body
            .as_bytes()
            .chunks(100)
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)));
        Reply::Bytes(format!("{head}{}0\r\n\r\n", chunks.collect::<String>()).into_bytes())
    };
    let too_long = format!("{list} ");
    for (reply, fits) in [
        (json(200, &list), true),
        (chunked(&list), true),
        (json(200, &too_long), false),
        (chunked(&too_long), false),
    ] {
        let server = Server::start([reply]).await;
        let client = server.builder().max_response_bytes(1000).build().unwrap();
        let repo = client.repo(&"octocat/hello".parse().unwrap());
        let result = repo.statuses("main").await;
        assert_eq!(result.is_ok(), fits);
        if let Err(error) = result {
            assert_eq!(
                without_place(&error),
                "cannot list the statuses of main in octocat/hello: 200 OK: the answer has more \
                 than 1000 bytes"
            );
        }
    }
}

#[tokio::test]
async fn an_endless_error_page_is_cut() {
    let page = "x".repeat(5000);
    let server = Server::start([answer(502, &[], &page)]).await;
    let client = server.builder().max_response_bytes(3000).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let error = repo.statuses("main").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 502);
    assert_eq!(error.response_text().unwrap().len(), 1000);
    assert!(error.to_string().len() < 400);
}

#[tokio::test]
async fn an_idle_connection_that_the_server_closed_does_no_harm() {
    let first = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]".to_vec();
    let server = Server::start([Reply::BytesThenClose(first), json(200, "[]")]).await;
    let repo = server.repo();
    assert!(repo.statuses("main").await.is_ok());
    // The close reaches the client's connection task before this task runs again: both belong to
    // one thread, and a fresh connection of another client has made a whole round since.
    let other = Server::start([json(200, "[]")]).await;
    assert!(other.repo().statuses("main").await.is_ok());
    assert!(repo.statuses("main").await.is_ok());
    assert_eq!(server.requests().len(), 2);
    assert_eq!(server.connections(), 2);
}
