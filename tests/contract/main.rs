//! The contract with GitHub: its own OpenAPI descriptions, against the client and against the fake.
//!
//! The descriptions come from the npm package `@octokit/openapi`, cut by `cut.mjs` to the calls that the
//! client declares; `prism` reads them. As a mock it plays GitHub for every call of the client; as a proxy
//! in front of [`FakeGitHub`](hookstead_testkit::FakeGitHub) it compares both sides with the descriptions.
//!
//! `.ci/contract` installs all this and runs the test. Without it this test says so and passes.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod description;
mod fake;
mod fake_checks;
mod fake_code;
mod fake_conversation;
mod mock;
mod mock_checks;
mod mock_code;
mod mock_conversation;
mod prism;
mod recorder;

use std::time::Duration;

use hookstead::client::{
    Client, Credentials, Method, NewStatus, RateLimitPolicy, RetryPolicy, StatusState, Token,
};
use hookstead_testkit::FakeGitHub;
use serde_json::{Value, json};

use description::Description;
use fake::Story;
use prism::Place;
use recorder::Recorder;

const GITHUB: &str = "github.json";
const ENTERPRISE: &str = "enterprise.json";

/// The path of the API on an Enterprise Server.
const ENTERPRISE_PATH: &str = "/api/v3";

/// A client whose every request is sent once and at once.
fn client(credentials: impl Into<Credentials>, base_url: &str, recorder: &Recorder) -> Client {
    Client::builder(credentials)
        .base_url(base_url)
        .retries(RetryPolicy::never())
        .rate_limits(RateLimitPolicy::new().write_interval(Duration::ZERO))
        .transport(recorder.clone())
        .build()
        .unwrap()
}

fn token() -> Token {
    Token::new("ghp_contract").unwrap()
}

/// Fails with everything that was wrong at once.
fn check(recorder: &Recorder) {
    let complaints = recorder.complaints();
    assert!(complaints.is_empty(), "the contract is broken:\n{complaints}");
    assert_eq!(recorder.not_called(), [""; 0]);
}

#[tokio::test]
async fn the_client_keeps_to_the_description_of_github_com() {
    let Some(place) = Place::find() else { return };
    let file = place.description(GITHUB);
    let recorder = Recorder::of_mock(Description::read(&file));
    let prism = place.mock(&file).await;
    let client = client(token(), &prism.origin, &recorder);
    mock::call_everything(&client, &recorder).await;
    mock::call_what_only_github_com_has(&client, &recorder).await;
    check(&recorder);
}

#[tokio::test]
async fn the_client_keeps_to_the_description_of_an_enterprise_server() {
    let Some(place) = Place::find() else { return };
    let file = place.description(ENTERPRISE);
    let recorder = Recorder::of_mock(Description::read(&file));
    let prism = place.mock(&file).await;
    let client = client(token(), &format!("{}{ENTERPRISE_PATH}", prism.origin), &recorder);
    mock::call_everything(&client, &recorder).await;
    check(&recorder);
}

#[tokio::test]
async fn the_fake_keeps_to_the_description_of_github_com() {
    let Some(place) = Place::find() else { return };
    let file = place.description(GITHUB);
    let recorder = Recorder::of_proxy(Description::read(&file));
    let github = FakeGitHub::start().await;
    let prism = place.proxy(&file, &github.api_url()).await;
    let connect = |credentials: Credentials| client(credentials, &prism.origin, &recorder);
    Story { github, connect, merges_later: true }.play().await;
    check(&recorder);
}

#[tokio::test]
async fn the_fake_keeps_to_the_description_of_an_enterprise_server() {
    let Some(place) = Place::find() else { return };
    let file = place.description(ENTERPRISE);
    let recorder = Recorder::of_proxy(Description::read(&file));
    let github = FakeGitHub::builder().enterprise_server("github.example.com").start().await;
    // The proxy's paths have the prefix already.
    let upstream = github.api_url();
    let upstream = upstream.strip_suffix(ENTERPRISE_PATH).unwrap();
    let prism = place.proxy(&file, upstream).await;
    let base_url = format!("{}{ENTERPRISE_PATH}", prism.origin);
    let connect = |credentials: Credentials| client(credentials, &base_url, &recorder);
    Story { github, connect, merges_later: false }.play().await;
    check(&recorder);
}

/// Whatever could be wrong with a request is found, or the tests above would prove nothing.
#[tokio::test]
async fn a_broken_contract_is_noticed() {
    let Some(place) = Place::find() else { return };
    let file = place.description(GITHUB);
    let prism = place.mock(&file).await;
    let statuses = "/repos/octocat/hello-world/statuses/ec26c3e57ca3a959ca5aad62de7213c562f8c821";
    let hooks = "/repos/octocat/hello-world/hooks";
    for (method, path, body, expected) in [
        (Method::POST, statuses, Some(json!({"state": "succes"})), "allowed values"),
        (Method::POST, statuses, Some(json!({"context": "ci"})), "required property 'state'"),
        (Method::POST, statuses, Some(json!({"state": "error", "text": ""})), "found 'text'"),
        (Method::POST, statuses, None, "has a body: false"),
        // These two have an answer of their own to a wrong request, so they look as if GitHub refused.
        (Method::POST, hooks, Some(json!({"active": "yes"})), "active must be boolean"),
        (
            Method::GET,
            "/repos/octocat/hello-world/hooks?per_page=x",
            None,
            "per_page must be integer",
        ),
        (Method::GET, "/repos/octocat/hello-world/hooks?size=1", None, "`size` is not described"),
        (Method::GET, "/repos/octocat/hello-world/hook", None, "does not have it"),
        (Method::PUT, hooks, Some(json!({})), "does not have it"),
    ] {
        let recorder = Recorder::of_mock(Description::read(&file));
        let client = client(token(), &prism.origin, &recorder);
        let mut request = client.request(method, path);
        if let Some(body) = body {
            request = request.json(&body).unwrap();
        }
        let _whatever = request.send::<Value>().await;
        let complaints = recorder.complaints();
        assert!(complaints.contains(expected), "{expected} is not in: {complaints}");
    }

    let recorder = Recorder::of_mock(Description::read(&file));
    let client = client(token(), &prism.origin, &recorder);
    let repo = client.repo(&"octocat/hello-world".parse().unwrap());
    let sha = "ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse().unwrap();
    let unknown = NewStatus::new(StatusState::from("finished"));
    repo.create_status(&sha, &unknown).await.unwrap_err();
    assert!(recorder.complaints().contains("allowed values"));
    assert!(!recorder.not_called().is_empty());
}
