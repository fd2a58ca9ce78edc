//! Which errors say that the other side is down, so that whoever handles a delivery may be patient.

use std::error::Error as _;
use std::time::Duration;

use hookstead_client::{Error, NewStatus, RateLimitPolicy, Repo};
use hookstead_types::{Outage, RetryAfter};

use crate::support::{Reply, Server, answer, json, sha};

const SHORT: Duration = Duration::from_millis(100);

async fn create_status(repo: &Repo) -> Error {
    repo.create_status(&sha(), &NewStatus::pending()).await.unwrap_err()
}

/// The error of a call that is answered so.
async fn error(reply: Reply) -> Error {
    create_status(&Server::start([reply]).await.repo()).await
}

#[track_caller]
fn assert_outage(error: &Error) {
    // Who looks for it does not know this crate.
    assert!(Outage::in_chain(error) && error.is_outage(), "{error}");
    let wrapped = std::io::Error::other(format!("a wrapper of {error}"));
    assert!(!Outage::in_chain(&wrapped), "a text is no marker");
    assert_eq!(RetryAfter::in_chain(error), error.retry_after(), "{error}");
}

#[track_caller]
fn assert_none(error: &Error) {
    assert!(!Outage::in_chain(error) && !error.is_outage(), "{error}");
}

#[tokio::test]
async fn a_5xx_is_an_outage() {
    for status in [500, 501, 502, 503, 504, 520, 599] {
        assert_outage(&error(json(status, r#"{"message": "Server Error"}"#)).await);
        let page = answer(status, &[("content-type", "text/html")], "<h1>Unicorn!</h1>");
        assert_outage(&error(page).await);
    }
    let with_a_time = error(answer(503, &[("retry-after", "120")], "")).await;
    assert_outage(&with_a_time);
    assert_eq!(with_a_time.retry_after(), Some(Duration::from_secs(120)));
    let half = b"HTTP/1.1 502 Bad\r\ncontent-length: 900\r\n\r\n<h1>cut".to_vec();
    assert_outage(&error(Reply::BytesThenClose(half)).await);
}

#[tokio::test]
async fn a_rate_limit_is_an_outage() {
    let body = r#"{"message": "You have exceeded a secondary rate limit."}"#;
    for status in [403, 429] {
        assert_outage(&error(answer(status, &[("retry-after", "90")], "{}")).await);
        assert_outage(&error(answer(status, &[("x-ratelimit-remaining", "0")], "{}")).await);
        assert_outage(&error(json(status, body)).await);
    }
    assert_outage(&error(json(429, "{}")).await);
    // The next call is not even sent.
    let server = Server::start([answer(429, &[("retry-after", "90")], "{}")]).await;
    let policy = RateLimitPolicy::new().longest_wait(Duration::ZERO);
    let client = server.builder().rate_limits(policy).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    assert_outage(&create_status(&repo).await);
    let held = create_status(&repo).await;
    assert_eq!(held.attempts(), 0);
    assert_outage(&held);
}

#[tokio::test]
async fn no_connection_is_an_outage() {
    let server = Server::start([]).await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody_listens = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let client = server.builder().base_url(&nobody_listens).build().unwrap();
    let error = create_status(&client.repo(&"octocat/hello".parse().unwrap())).await;
    assert!(error.is_connect());
    assert_outage(&error);
    // What is below the marker says what it was.
    let cause = error.source().and_then(|marker| marker.source()).unwrap();
    assert!(cause.is::<std::io::Error>(), "{cause:?}");
}

#[tokio::test]
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
async fn a_name_that_is_not_found_is_an_outage() {
    // No name has a part as long as this, so that nobody is asked for it.
    let nowhere = format!("https://{}.invalid", "a".repeat(64));
    let builder = Server::start([]).await.builder().base_url(&nowhere);
    let Ok(client) = builder.build() else {
        // A machine without trusted roots.
        return;
    };
    let error = create_status(&client.repo(&"octocat/hello".parse().unwrap())).await;
    assert!(error.is_connect() && !error.is_timeout(), "{error}");
    assert_outage(&error);
}

#[tokio::test]
async fn a_connection_that_breaks_is_an_outage() {
    assert_outage(&error(Reply::BytesThenClose(Vec::new())).await);
    let half = b"HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"id\"".to_vec();
    let broken = error(Reply::BytesThenClose(half)).await;
    assert!(broken.took_effect());
    assert_outage(&broken);
}

#[tokio::test]
async fn no_answer_in_time_is_an_outage() {
    let half = b"HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"id\"".to_vec();
    for silent in [Vec::new(), half] {
        let server = Server::start([Reply::BytesThenSilence(silent)]).await;
        let client = server.builder().deadline(SHORT).build().unwrap();
        let late = create_status(&client.repo(&"octocat/hello".parse().unwrap())).await;
        assert!(late.is_timeout());
        assert_outage(&late);
    }
}

#[tokio::test]
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
async fn no_connection_in_time_is_an_outage() {
    // The server takes the connection and waits for a request that never comes.
    let server = Server::start([]).await;
    let secure = server.url().replace("http://", "https://");
    let Ok(client) = server.builder().base_url(&secure).connect_deadline(SHORT).build() else {
        // A machine without trusted roots.
        return;
    };
    let late = create_status(&client.repo(&"octocat/hello".parse().unwrap())).await;
    assert!(late.is_connect() && late.is_timeout());
    assert_outage(&late);
}

#[tokio::test]
async fn what_is_refused_is_no_outage() {
    for status in [400, 401, 403, 404, 405, 408, 409, 410, 415, 422, 451] {
        assert_none(&error(json(status, r#"{"message": "No"}"#)).await);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_no_outage() {
    for body in [r#"{"id": 1}"#, r#"{"id": 1, "sta"#, ""] {
        assert_none(&error(json(201, body)).await);
    }
    let server = Server::start([json(201, &" ".repeat(2048))]).await;
    let client = server.builder().max_response_bytes(1024).build().unwrap();
    assert_none(&create_status(&client.repo(&"octocat/hello".parse().unwrap())).await);
}

#[tokio::test]
async fn what_somebody_else_answers_is_no_outage() {
    let page = "<!doctype html>\n<title>Sign in</title>";
    let foreign = error(answer(200, &[("content-type", "text/html")], page)).await;
    assert!(foreign.is_not_github());
    assert_none(&foreign);
    let astray = error(answer(307, &[("location", "http://example.com/login")], "")).await;
    assert!(astray.is_not_github());
    assert_none(&astray);
    // Nor is a request that cannot be made.
    let client = Server::start([]).await.client();
    assert_none(&client.get::<()>("a").await.unwrap_err());
}
