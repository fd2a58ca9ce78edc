//! Commit statuses over the API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::{FakeGitHub, FakeRepository};
use hookstead_types::{Sha, StatusState};
use serde_json::{Value, json};
use support::Api;

const REPOSITORY: &str = "/repos/octocat/hello-world";

struct Setting {
    _github: FakeGitHub,
    api: Api,
    repository: FakeRepository,
    head: Sha,
}

impl Setting {
    async fn new() -> Self {
        let github = FakeGitHub::start().await;
        let api = Api::new(github.api_url());
        let repository = github.create_repository("octocat/hello-world");
        let head = repository.push("topic/one");
        Self { _github: github, api, repository, head }
    }

    async fn create(&self, body: Value) -> support::Reply {
        self.api.post(&format!("{REPOSITORY}/statuses/{}", self.head), body).await
    }

    async fn combined(&self) -> Value {
        self.api.get(&format!("{REPOSITORY}/commits/{}/status", self.head)).await.expect(200)
    }
}

#[tokio::test]
async fn a_status_is_created_listed_and_superseded() {
    let it = Setting::new().await;
    let reply = it.create(json!({ "state": "pending" })).await;
    let status = reply.expect(201);
    assert_eq!(reply.header("location"), status["url"].as_str().unwrap());
    assert_eq!(status["context"], "default");
    assert_eq!((&status["description"], &status["target_url"]), (&Value::Null, &Value::Null));
    assert_eq!(status["creator"]["login"], "hookstead-ci");
    let body = json!({
        "state": "success", "context": "DEFAULT", "description": "All is well",
        "target_url": "https://ci.example.com/1",
    });
    it.create(body).await.expect(201);

    for path in [
        format!("commits/{}/statuses", it.head),
        format!("statuses/{}", it.head),
        "commits/topic%2Fone/statuses".to_owned(),
        "commits/heads/topic/one/statuses".to_owned(),
    ] {
        let list = it.api.get(&format!("{REPOSITORY}/{path}")).await.expect(200);
        let states: Vec<&str> =
            list.as_array().unwrap().iter().map(|it| it["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["success", "pending"], "{path}");
        assert_eq!(list[0]["description"], "All is well");
    }
    // The two contexts differ in case only.
    let combined = it.combined().await;
    assert_eq!(combined["total_count"], 1);
    assert_eq!(combined["state"], "success");
    assert_eq!(combined["statuses"][0].get("creator"), None);
    assert_eq!(combined["sha"], it.head.as_str());
    assert_eq!(combined["repository"]["full_name"], "octocat/hello-world");

    let recorded = it.repository.wait_for_status(&it.head, "default", StatusState::Success).await;
    assert_eq!(recorded.target_url.unwrap(), "https://ci.example.com/1");
    assert_eq!(recorded.creator, "hookstead-ci");
}

#[tokio::test]
async fn the_combined_state_follows_githubs_rules() {
    let it = Setting::new().await;
    assert_eq!(it.combined().await["state"], "pending", "there are none");
    for (context, state, expected) in [
        ("a", "success", "success"),
        ("b", "pending", "pending"),
        ("c", "error", "failure"),
        ("c", "success", "pending"),
        ("b", "failure", "failure"),
        ("b", "success", "success"),
    ] {
        it.create(json!({ "state": state, "context": context })).await.expect(201);
        assert_eq!(it.combined().await["state"], expected, "{context} {state}");
    }
}

#[tokio::test]
async fn what_github_refuses_is_refused() {
    let it = Setting::new().await;
    let limit = "ü".repeat(140);
    it.create(json!({ "state": "success", "description": limit })).await.expect(201);
    let body = it
        .create(json!({ "state": "success", "description": format!("{limit}x") }))
        .await
        .expect(422);
    assert_eq!(body["message"], "Validation Failed");
    assert_eq!(
        body["errors"],
        json!([{
            "resource": "Status",
            "field": "description",
            "code": "custom",
            "message": "description is too long (maximum is 140 characters)",
        }])
    );
    // Rules that no page states.
    for (field, value, message) in [
        ("description", "2 failed 🐛".to_owned(), "description doesn't accept 4-byte Unicode"),
        ("context", "ü".repeat(256), "context is too long (maximum is 255 characters)"),
        ("target_url", "ci.example.com/17".to_owned(), "target_url must use http(s) scheme"),
        ("target_url", "ftp://ci.example.com".to_owned(), "target_url must use http(s) scheme"),
    ] {
        let body = it.create(json!({ "state": "success", field: value })).await.expect(422);
        let error = json!({
            "resource": "Status", "field": field, "code": "custom", "message": message
        });
        assert_eq!(body["errors"], json!([error]));
    }
    for body in [
        json!({}),
        json!({ "state": "done" }),
        json!({ "state": "in_progress" }),
        json!({ "state": 1 }),
        json!({ "state": "success", "context": 7 }),
        json!({ "state": "success", "target_url": [] }),
    ] {
        assert_eq!(it.create(body.clone()).await.status, 422, "{body}");
    }
    let unknown = format!("{REPOSITORY}/statuses/{}", "0".repeat(40));
    let message = it.api.post(&unknown, json!({ "state": "success" })).await.message(422);
    assert_eq!(message, format!("No commit found for SHA: {}", "0".repeat(40)));
    let branch = format!("{REPOSITORY}/statuses/main");
    assert_eq!(it.api.post(&branch, json!({ "state": "success" })).await.status, 422);
    let body = json!({
        "state": "success", "context": "ü".repeat(255), "description": "\u{FFFF}",
        "target_url": "HTTPS://ci.example.com",
    });
    it.create(body).await.expect(201);
    assert_eq!(it.repository.statuses(&it.head).len(), 2);
}

#[tokio::test]
async fn at_most_a_thousand_per_context() {
    let it = Setting::new().await;
    for _ in 0..1000 {
        it.repository.create_status(&it.head, "CI", StatusState::Pending);
    }
    assert_eq!(it.create(json!({ "state": "success", "context": "ci" })).await.status, 422);
    it.create(json!({ "state": "success", "context": "other" })).await.expect(201);
}

#[tokio::test]
async fn lists_are_paged() {
    let it = Setting::new().await;
    for number in 0..7 {
        it.repository.create_status(&it.head, &format!("c{number}"), StatusState::Success);
    }
    let mut next = Some(format!("{REPOSITORY}/commits/{}/statuses?per_page=3", it.head));
    let mut seen = Vec::new();
    let mut pages = 0;
    while let Some(url) = next {
        let reply = it.api.get(&url).await;
        let page = reply.expect(200);
        seen.extend(page.as_array().unwrap().iter().map(|it| it["context"].to_string()));
        pages += 1;
        next = reply.link("next");
        assert_eq!(reply.link("prev").is_some(), pages > 1);
        assert_eq!(reply.link("first").is_some(), pages > 1);
        assert_eq!(reply.link("last").is_some(), pages < 3);
        assert!(next.iter().all(|it| it.contains("per_page=3")), "{next:?}");
    }
    assert_eq!(pages, 3);
    assert_eq!(seen.len(), 7);
    assert_eq!(seen[0], "\"c6\"", "the newest first");

    let whole = it.api.get(&format!("{REPOSITORY}/commits/{}/statuses", it.head)).await;
    assert!(!whole.headers.contains_key("link"), "one page needs no links");
    let path = format!("{REPOSITORY}/commits/{}/status?per_page=2&page=4", it.head);
    let combined = it.api.get(&path).await;
    assert_eq!(combined.expect(200)["statuses"].as_array().unwrap().len(), 1);
    assert_eq!(combined.expect(200)["total_count"], 7);
    assert!(combined.link("next").is_none() && combined.link("prev").is_some());
}
