//! The rules that hold for every API request.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::FakeGitHub;
use http::Method;
use serde_json::{Value, json};
use support::Api;

const REPOSITORY: &str = "/repos/octocat/hello-world";

async fn github() -> (FakeGitHub, Api) {
    let github = FakeGitHub::start().await;
    github.create_repository("octocat/hello-world");
    let api = Api::new(github.api_url());
    (github, api)
}

#[tokio::test]
async fn a_repository_is_found_in_any_case_and_answers_carry_the_usual_headers() {
    let (_github, api) = github().await;
    let one = api.get("/repos/Octocat/Hello-World").await;
    let body = one.expect(200);
    assert_eq!(body["full_name"], "octocat/hello-world");
    assert_eq!(body["permissions"]["push"], true);
    assert_eq!(one.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(one.header("x-github-media-type"), "github.v3; format=json");
    assert_eq!(one.header("x-ratelimit-limit"), "5000");
    assert_eq!(one.header("x-ratelimit-used"), "1");
    assert_eq!(one.header("x-ratelimit-remaining"), "4999");
    assert_eq!(one.header("x-ratelimit-resource"), "core");
    assert!(one.header("x-ratelimit-reset").parse::<u64>().unwrap() > 1_700_000_000);
    let two = api.get("/repos/octocat/hello-world").await;
    assert_ne!(one.header("x-github-request-id"), two.header("x-github-request-id"));
    assert_eq!(two.header("x-ratelimit-used"), "2");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (_github, api) = github().await;
    for path in [
        "/repos/octocat/hello-world/",
        "/repos/octocat/other",
        "/repos/octocat",
        "/",
        "",
        "/repos/octocat/hello-world/nonsense",
        "/repos/octocat/hello-world/pulls/1",
        "/repos/octocat/hello-world/pulls/x",
        "/repos/octocat/hello-world/commits/nothing/status",
        "/repos/octocat/hello-world/deployments/1",
        "/repos/octocat/hello-world/hooks/1",
    ] {
        let reply = api.get(path).await;
        let body = reply.expect(404);
        assert_eq!(body["message"], "Not Found", "{path}");
        assert_eq!(body["status"], "404", "{path}");
        assert!(body["documentation_url"].is_string(), "{path}");
    }
    assert_eq!(api.delete(REPOSITORY).await.status, 404, "a method that the path has not");
}

#[tokio::test]
async fn agent_token_version_and_body_are_checked() {
    let (github, api) = github().await;
    let status =
        format!("{REPOSITORY}/statuses/{}", github.repository("octocat/hello-world").head("main"));
    let nobody = Api::new(github.api_url()).without("user-agent").get(REPOSITORY).await;
    assert_eq!(nobody.status, 403);
    assert!(nobody.text.contains("User-Agent"), "{}", nobody.text);

    let anonymous = Api::new(github.api_url()).without("authorization").get(REPOSITORY).await;
    assert_eq!(anonymous.message(401), "Requires authentication");
    for bad in ["Bearer", "Bearer ", "Basic abc", "t0ken"] {
        let reply = Api::new(github.api_url()).with("authorization", bad).get(REPOSITORY).await;
        assert_eq!(reply.message(401), "Bad credentials", "{bad}");
    }
    for good in ["token x", "bearer y", "Token z"] {
        let reply = Api::new(github.api_url()).with("authorization", good).get(REPOSITORY).await;
        assert_eq!(reply.status, 200, "{good}");
    }

    assert_eq!(api.send(Method::POST, &status, "{").await.message(400), "Problems parsing JSON");
    for body in ["[]", "1", "null", "\"x\""] {
        let reply = api.send(Method::POST, &status, body).await;
        assert_eq!(reply.message(400), "Body should be a JSON object", "{body}");
    }
    let huge = "x".repeat(2 * 1024 * 1024);
    assert_eq!(api.send(Method::POST, &status, &huge).await.status, 413);
}

#[tokio::test]
async fn only_expected_tokens_pass_if_there_are_any() {
    let github = FakeGitHub::builder().token("one").token("two").start().await;
    github.create_repository("octocat/hello-world");
    for (token, status) in [("one", 200), ("two", 200), ("three", 401), ("on", 401)] {
        let api = Api::new(github.api_url()).with("authorization", &format!("Bearer {token}"));
        assert_eq!(api.get(REPOSITORY).await.status, status, "{token}");
    }
}

#[tokio::test]
async fn enterprise_server_lies_below_its_prefix() {
    let github = FakeGitHub::builder().enterprise_server("github.example.com").start().await;
    github.create_repository("octocat/hello-world");
    let reply = Api::new(github.api_url()).get(REPOSITORY).await;
    assert_eq!(reply.expect(200)["url"], format!("{}{REPOSITORY}", github.api_url()));
    assert!(reply.headers.contains_key("x-github-enterprise-version"));
    let bare = github.api_url().replace("/api/v3", "");
    let bare = Api::new(bare);
    let page = bare.get(REPOSITORY).await;
    // A page for people: there is no API.
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    let page = bare.get("/login").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(github.requests()[0].path, REPOSITORY);
}

#[tokio::test]
async fn links_can_bear_another_name() {
    let server = FakeGitHub::builder().enterprise_server("github.example.com");
    let github = server.known_as("https://github.example.com/").start().await;
    github.create_repository("octocat/hello-world");
    let reply = Api::new(github.api_url()).get(REPOSITORY).await.expect(200);
    assert_eq!(reply["url"], format!("https://github.example.com/api/v3{REPOSITORY}"));
    assert_eq!(reply["html_url"], "https://github.example.com/octocat/hello-world");
    assert!(github.api_url().starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn versions_are_told_apart() {
    let (github, api) = github().await;
    let repository = github.repository("octocat/hello-world");
    repository.open_pull_request(hookstead_testkit::FakePullRequest::new("Add a flag"));
    let path = format!("{REPOSITORY}/pulls/1");
    let today = api.get(&path).await;
    assert_eq!(today.header("x-github-api-version-selected"), "2022-11-28");
    assert!(today.expect(200)["merge_commit_sha"].is_string());
    let api = api.with("x-github-api-version", "2026-03-10");
    let newer = api.get(&path).await.expect(200);
    assert_eq!(newer.get("merge_commit_sha"), None);
    assert_eq!(newer.get("assignee"), None);
    assert!(newer["assignees"].is_array());
    assert_eq!(newer["base"]["repo"].get("has_downloads"), None);
    let api = api.with("x-github-api-version", "1999-12-31");
    assert_eq!(api.get(&path).await.status, 400);
}

#[tokio::test]
async fn every_request_is_recorded_without_its_token() {
    let (github, api) = github().await;
    let repository = github.repository("octocat/hello-world");
    let path = format!("{REPOSITORY}/statuses/{}", repository.head("main"));
    api.post(&path, json!({ "state": "success" })).await.expect(201);
    api.get("/nothing?page=2").await.expect(404);
    let requests = github.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("POST", path.as_str()));
    assert_eq!(requests[0].body.as_ref().unwrap(), &json!({ "state": "success" }));
    assert_eq!(requests[0].status.unwrap().as_u16(), 201);
    assert_eq!(requests[0].headers["authorization"], "Bearer [redacted]");
    assert_eq!(requests[0].headers["user-agent"], "tests");
    assert_eq!((requests[1].query.as_str(), requests[1].status.unwrap().as_u16()), ("page=2", 404));
    assert_eq!(requests[1].body, None::<Value>);
    assert!(!format!("{requests:?}").contains("t0ken"));
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again_and_is_free() {
    let (github, api) = github().await;
    let repository = github.repository("octocat/hello-world");
    repository.open_pull_request(hookstead_testkit::FakePullRequest::new("Add a flag"));
    let head = repository.head("feature");
    for path in [format!("{REPOSITORY}/pulls/1"), format!("{REPOSITORY}/commits/{head}/status")] {
        let first = api.get(&path).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let used = first.header("x-ratelimit-used").to_owned();
        for known in [tag.clone(), tag.replace("W/", ""), format!("\"x\", {tag}")] {
            let api = Api::new(github.api_url()).with("if-none-match", &known);
            let again = api.get(&path).await;
            assert_eq!((again.status, again.text.as_str()), (304, ""), "{known}");
            assert_eq!(again.header("etag"), tag);
            assert_eq!(again.header("x-ratelimit-used"), used, "free");
            assert!(github.requests().pop().unwrap().effect);
        }
        repository.create_status(&head, &path, hookstead_types::StatusState::Failure);
        let api = Api::new(github.api_url()).with("if-none-match", &tag);
        let changed = api.get(&path).await;
        changed.expect(200);
        assert_ne!(changed.header("etag"), tag);
    }
    let api = Api::new(github.api_url()).with("if-none-match", "*");
    let path = format!("{REPOSITORY}/statuses/{head}");
    let created = api.post(&path, json!({ "state": "success" })).await;
    created.expect(201);
    assert!(!created.headers.contains_key("etag"), "no read");
}

#[tokio::test]
async fn asking_for_the_limits_is_free() {
    let (_github, api) = github().await;
    api.get(REPOSITORY).await.expect(200);
    for _ in 0..2 {
        let reply = api.get("/rate_limit").await;
        let limits = reply.expect(200);
        let core = &limits["resources"]["core"];
        assert_eq!((&core["limit"], &core["used"]), (&json!(5000), &json!(1)));
        assert_eq!(core["remaining"], 4999);
        assert_eq!(core["reset"].to_string(), reply.header("x-ratelimit-reset"));
        assert_eq!(limits["rate"], *core);
        assert!(limits["resources"]["search"]["limit"].is_u64());
    }
}
