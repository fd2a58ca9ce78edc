//! Calls to any endpoint: paths of any text, parameters, headers, bytes.

use hookstead_client::Method;
use serde_json::Value;

use crate::support::{Server, TOKEN, answer, assert_hidden, json};

#[tokio::test]
async fn a_path_is_built_of_segments() {
    let server = Server::start([json(200, "{}"), json(200, "{}")]).await;
    let client = server.repo().client().clone();
    let path = ["repos", "octocat", "hello", "labels", "a/b ü?#%"];
    let request = client.request_to(Method::GET, path).unwrap();
    request.query("per page", "1&2").query("page", "2").send::<Value>().await.unwrap();
    let request = client.request(Method::GET, "/search/issues?q=a");
    request.query("sort", "a b").send::<Value>().await.unwrap();
    assert_eq!(
        server.requests()[0].line,
        "GET /repos/octocat/hello/labels/a%2Fb%20%C3%BC%3F%23%25?per%20page=1%262&page=2"
    );
    assert_eq!(server.requests()[1].line, "GET /search/issues?q=a&sort=a%20b");
    for bad in [&["repos", ""][..], &["repos", ".."], &["."], &[]] {
        let error = client.request_to(Method::DELETE, bad).unwrap_err();
        assert_eq!(error.status(), None, "{bad:?}: {error}");
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn headers_are_sent_beside_those_of_every_call() {
    let server = Server::start([json(200, "{}")]).await;
    let client = server.repo().client().clone();
    let request = client
        .request(Method::GET, "/meta")
        .header("X-GitHub-Api-Version", "2026-03-10")
        .unwrap()
        .header("if-none-match", "\"a\"")
        .unwrap();
    request.send::<Value>().await.unwrap();
    let sent = server.request();
    assert_eq!(sent.header("x-github-api-version"), Some("2026-03-10"));
    assert_eq!(sent.header("if-none-match"), Some("\"a\""));
    assert_eq!(sent.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));

    for name in ["Authorization", "host", "content-length", "transfer-encoding", "connection"] {
        let error = client.request(Method::GET, "/meta").header(name, "x").unwrap_err();
        assert!(error.to_string().contains("the client's own"), "{error}");
    }
    let request = || client.request(Method::GET, "/meta");
    assert!(request().header("a b", "x").is_err());
    assert!(request().header("", "x").is_err());
    let error = request().header("x-secret", "hunter2\n").unwrap_err();
    assert_hidden(&error, "hunter2");
}

#[tokio::test]
async fn bytes_come_as_they_are() {
    let diff = "application/vnd.github.diff; charset=utf-8";
    let server = Server::start([
        answer(200, &[("content-type", diff)], "diff --git a b"),
        answer(200, &[("content-type", "text/html")], "<title>Sign in</title>"),
    ])
    .await;
    let client = server.repo().client().clone();
    let get = async || {
        let request = client.request(Method::GET, "/repos/o/r/pulls/7");
        request.header("Accept", "application/vnd.github.diff")?.send_bytes().await
    };
    assert_eq!(get().await.unwrap(), "diff --git a b");
    assert!(get().await.unwrap_err().is_not_github());
    assert_eq!(server.requests()[0].header("accept"), Some("application/vnd.github.diff"));
}
