//! The clock that a test sets: what ages with it.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::time::Duration;

use hookstead_testkit::FakeGitHub;
use hookstead_types::Timestamp;
use serde_json::json;
use support::Api;

#[tokio::test]
async fn the_clock_goes_on_from_where_it_was_put() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    github.clock().set(&Timestamp::from("2040-02-29T23:59:50Z"));
    let set = github.clock().now().instant().unwrap();
    github.clock().advance(Duration::from_secs(20));
    let later = github.clock().now().instant().unwrap();
    assert!(later.duration_since(set).as_secs() >= 20, "{set} to {later}");
    let head = repository.push("feature");
    let made = repository.create_status(&head, "ci/demo", hookstead_types::StatusState::Pending);
    assert!(made.created_at.instant().unwrap() >= later, "{}", made.created_at);
}

#[tokio::test]
async fn limits_age_with_the_clock() {
    let github = FakeGitHub::start().await;
    github.create_repository("octocat/hello-world");
    let api = Api::new(github.api_url());
    let used = async |api: &Api| {
        let limits = api.get("/rate_limit").await.expect(200);
        limits["rate"]["used"].clone()
    };
    api.get("/repos/octocat/hello-world").await.expect(200);
    assert_eq!(used(&api).await, json!(1));
    let moment = github.clock().now().instant().unwrap();
    let next = moment.checked_add(Duration::from_secs(60 * 60 + 1)).unwrap();
    github.clock().set(&Timestamp::from(next));
    assert_eq!(used(&api).await, json!(0));
}

#[tokio::test]
#[should_panic(expected = "cannot be put to 2001-01-01T00:00:00Z")]
async fn the_clock_does_not_go_back() {
    let github = FakeGitHub::start().await;
    github.clock().set(&Timestamp::from("2001-01-01T00:00:00Z"));
}
