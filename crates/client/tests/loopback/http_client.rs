//! The transport by itself: a small HTTP client for other services.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use hookstead_client::{BuildError, HttpClient, HttpError};
use http::Request;
use serde_json::json as value;

use crate::support::{Reply, Server, answer, json};

/// What stands in the path of an incoming webhook.
const SECRET: &str = "T0-s3cret";

fn client(server: &Server, path: &str) -> HttpClient {
    HttpClient::new(format!("{}{path}", server.url())).unwrap()
}

fn assert_hidden(error: &HttpError) {
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn requests_go_below_the_base_url() {
    let server = Server::start((0..5).map(|_| answer(200, &[], "ok"))).await;
    let chat = client(&server, "/services/T0");
    let answered = chat.post_json("", &value!({"text": "Hi"})).await.unwrap();
    assert_eq!((answered.status().as_u16(), &answered.body()[..]), (200, &b"ok"[..]));
    chat.post_form("/build?delay=0", [("a b", "c&d"), ("e", "ü")]).await.unwrap();
    chat.get("/log/../text?start=3").await.unwrap();
    chat.get(&format!("{}/services/T0/queue/1", server.url())).await.unwrap();
    let request = Request::builder().method("PUT").uri("/x").header("x-own", "1");
    chat.send(request.body(Bytes::from("body")).unwrap()).await.unwrap();

    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| &*request.line).collect();
    assert_eq!(
        lines,
        [
            "POST /services/T0",
            "POST /services/T0/build?delay=0",
            "GET /services/T0/text?start=3",
            "GET /services/T0/queue/1",
            "PUT /services/T0/x",
        ]
    );
    assert_eq!(requests[0].json(), value!({"text": "Hi"}));
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[1].body, "a+b=c%26d&e=%C3%BC");
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(requests[1].header("content-type"), form);
    assert_eq!(
        (requests[2].header("content-type"), requests[2].header("authorization")),
        (None, None)
    );
    assert_eq!((requests[4].header("x-own"), &*requests[4].body), (Some("1"), "body"));
    assert!(requests[0].header("user-agent").unwrap().starts_with("hookstead/"));
}

#[tokio::test]
async fn nothing_is_sent_elsewhere() {
    let server = Server::start([]).await;
    let elsewhere = Server::start([]).await;
    let chat = client(&server, &format!("/services/{SECRET}"));
    let absolute = format!("{}/services/{SECRET}", elsewhere.url());
    let above = format!("{}/services/T1", server.url());
    let with_name = absolute.replace("://", "://user:password@");
    for path in [&*absolute, &above, &with_name, "/../T1", "/a/../../T1", "build", "//x/../../.."] {
        let error = chat.get(path).await.unwrap_err();
        assert!(!error.is_outage() && !error.is_connect(), "{path}: {error}");
        assert_hidden(&error);
    }
    let request = Request::builder().uri(absolute).body(Bytes::new()).unwrap();
    assert_hidden(&chat.send(request).await.unwrap_err());
    assert_eq!(server.connections() + elsewhere.connections(), 0);
}

#[tokio::test]
async fn every_answer_is_an_answer_and_nothing_is_repeated() {
    let server = Server::start([
        answer(302, &[("location", "http://127.0.0.1:9/")], ""),
        json(503, "{}"),
        answer(404, &[], "<html>"),
    ])
    .await;
    let jenkins = client(&server, "");
    let moved = jenkins.get("/").await.unwrap();
    assert_eq!(
        (moved.status().as_u16(), &moved.headers()["location"]),
        (302, &"http://127.0.0.1:9/".parse::<http::HeaderValue>().unwrap())
    );
    for status in [503, 404] {
        assert_eq!(jenkins.get("/").await.unwrap().status().as_u16(), status);
    }
    assert_eq!(server.requests().len(), 3);
    assert_eq!(server.connections(), 1, "the connection is kept");
}

#[tokio::test]
async fn headers_of_the_client_give_way_to_those_of_a_request() {
    let server = Server::start([answer(200, &[], ""), answer(200, &[], "")]).await;
    let builder =
        HttpClient::builder(server.url()).header("Authorization", "Basic s3cret").unwrap();
    let builder = builder.header("user-agent", "octo-ci").unwrap();
    assert!(!format!("{builder:?}").contains("s3cret"));
    let jenkins = builder.build().unwrap();
    assert!(!format!("{jenkins:?}").contains("s3cret"));
    jenkins.get("/").await.unwrap();
    let request = Request::builder().uri("/").header("authorization", "Bearer x");
    jenkins.send(request.body(Bytes::new()).unwrap()).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].header("authorization"), Some("Basic s3cret"));
    assert_eq!(requests[0].header("user-agent"), Some("octo-ci"));
    assert_eq!(requests[1].header("authorization"), Some("Bearer x"));
    for (name, text) in [("a b", "x"), ("x", "a\nb")] {
        let error = HttpClient::builder("https://a.example").header(name, text).unwrap_err();
        assert!(matches!(error, BuildError::InvalidHeader), "{error}");
    }
}

#[tokio::test]
async fn what_is_too_late_or_too_long_is_an_error() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nhalf".to_vec();
    for reply in [Reply::BytesThenSilence(Vec::new()), Reply::BytesThenSilence(half.clone())] {
        let server = Server::start([reply]).await;
        let builder = HttpClient::builder(format!("{}/{SECRET}", server.url()));
        let hasty = builder.deadline(Duration::from_millis(100)).build().unwrap();
        let error = hasty.get("").await.unwrap_err();
        assert!(error.is_timeout() && error.is_outage() && !error.is_connect(), "{error}");
        assert_eq!(
            error.to_string(),
            format!("no whole answer from {} within 100ms", server.url())
        );
        assert_hidden(&error);
    }
    for (length, is_too_large) in [(100, false), (101, true)] {
        let server = Server::start([answer(200, &[], &"a".repeat(length))]).await;
        let builder = HttpClient::builder(server.url()).max_response_bytes(100);
        let result = builder.build().unwrap().get("/").await;
        assert_eq!(result.as_ref().is_err_and(HttpError::is_too_large), is_too_large);
        assert!(!result.is_err_and(|error| error.is_outage()));
    }
    for bytes in [Vec::new(), half] {
        let server = Server::start([Reply::BytesThenClose(bytes)]).await;
        let error = client(&server, &format!("/{SECRET}")).get("").await.unwrap_err();
        assert!(error.is_outage() && !error.is_connect() && !error.is_timeout(), "{error}");
        assert_hidden(&error);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn who_is_not_there_is_an_outage() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let chat = HttpClient::new(format!("http://{nobody}/{SECRET}")).unwrap();
    let error = chat.post_json("", &value!({})).await.unwrap_err();
    assert!(error.is_connect() && error.is_outage(), "{error}");
    assert!(
        error.to_string().starts_with(&format!("cannot connect to http://{nobody}: ")),
        "{error}"
    );
    assert_hidden(&error);
    for bad in [
        "http://chat.example",
        "chat.example",
        "https://user:s3cret@chat.example",
        "https://a.example?x",
    ] {
        let error = HttpClient::new(bad).unwrap_err();
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    HttpClient::builder("http://chat.example").allow_plain_http(true).build().unwrap();
}
