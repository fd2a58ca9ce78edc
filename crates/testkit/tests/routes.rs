//! Routes of the test's own beside the fake's, and in place of them.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::{FakeGitHub, Fault, RouteAnswer};
use hookstead_types::StatusState;
use http::Method;
use serde_json::json;
use support::Api;

const TOPICS: &str = "/repos/octocat/hello-world/topics";

#[tokio::test]
async fn a_route_of_ones_own_answers_what_the_fake_does_not_know() {
    let github = FakeGitHub::builder().path_prefix("/api/v3").start().await;
    let api = Api::new(github.api_url());
    api.get(TOPICS).await.expect(404);
    github.on(Method::GET, "/repos/{owner}/{repo}/topics", |request| {
        let names = [request.parameter("owner"), request.parameter("repo"), &request.query];
        RouteAnswer::json(200, json!({ "names": names })).header("x-made-by", "a test")
    });
    let reply = api.get(&format!("{TOPICS}?page=2")).await;
    assert_eq!(reply.expect(200), json!({ "names": ["octocat", "hello-world", "page=2"] }));
    assert_eq!(reply.header("x-made-by"), "a test");
    assert!(!reply.header("x-ratelimit-remaining").is_empty());
    // Another method, another path: still unknown.
    api.post(TOPICS, json!({})).await.expect(404);
    api.get(&format!("{TOPICS}/more")).await.expect(404);
}

#[tokio::test]
async fn what_holds_for_every_request_holds_for_those_routes() {
    let github = FakeGitHub::start().await;
    github.on(Method::PUT, TOPICS, |request| {
        assert!(!format!("{:?}", request.headers).contains("t0ken"));
        RouteAnswer::json(201, request.json())
    });
    let api = Api::new(github.api_url());
    Api::new(github.api_url()).without("authorization").put(TOPICS, json!({})).await.expect(401);
    Api::new(github.api_url()).without("user-agent").get(TOPICS).await;
    github.inject(Fault::status(502).on(Method::PUT, "/topics"));
    api.put(TOPICS, json!({ "names": [] })).await.expect(502);
    assert_eq!(api.put(TOPICS, json!({ "names": [] })).await.expect(201), json!({ "names": [] }));
    let effects: Vec<bool> = github.requests().iter().map(|request| request.effect).collect();
    assert_eq!(effects, [false, false, false, true]);
}

#[tokio::test]
async fn the_last_route_wins_and_may_use_the_fake() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let head = repository.head("main");
    let path = "/repos/{owner}/{repo}/statuses/{sha}";
    github.on(Method::POST, path, |_| RouteAnswer::empty(204));
    let (fake, sha) = (repository.clone(), head.clone());
    github.on(Method::POST, path, move |request| {
        // This changes the fake while it answers.
        fake.create_status(&sha, "by/route", StatusState::Success);
        RouteAnswer::json(201, json!({ "sha": request.parameter("sha") }))
    });
    let api = Api::new(github.api_url());
    let made = api.post(&format!("/repos/octocat/hello-world/statuses/{head}"), json!({})).await;
    assert_eq!(made.expect(201)["sha"], head.as_str());
    assert_eq!(repository.statuses(&head).len(), 1);
}

#[tokio::test]
async fn a_route_that_panics_says_so() {
    let github = FakeGitHub::start().await;
    github.on(Method::GET, TOPICS, |request| {
        RouteAnswer::json(200, json!(request.parameter("nobody")))
    });
    let reply = Api::new(github.api_url()).get(TOPICS).await;
    let message = reply.message(500);
    assert!(message.contains("names no part `nobody`"), "{message}");
    assert_eq!(github.requests().len(), 1);
}
