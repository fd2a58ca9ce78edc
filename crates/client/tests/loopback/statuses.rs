use hookstead_client::{NewStatus, StatusState};
use serde_json::json;

use crate::support::{SHA, Server, TOKEN, json, sha};

/// The answer in GitHub's documentation, shortened, with a field that nobody knows.
const STATUS: &str = r#"{
    "url": "https://api.github.com/repos/octocat/hello/statuses/x",
    "avatar_url": "https://github.com/images/error/hubot_happy.gif",
    "id": 9007199254740993, "node_id": "MDY6U3RhdHVzMQ==", "state": "pending",
    "description": null, "target_url": null, "context": "ci/demo",
    "created_at": "2012-07-20T01:19:13Z", "updated_at": "2012-07-20T01:19:13Z",
    "creator": {"login": "octocat", "id": 1, "type": "User", "site_admin": false},
    "brand_new": {"x": [1]}
}"#;

#[tokio::test]
async fn creating_a_status_sends_exactly_this() {
    let server = Server::start([json(201, STATUS)]).await;
    let new = NewStatus::pending().context("ci/demo");
    let status = server.repo().create_status(&sha(), &new).await.unwrap();

    assert_eq!(status.id, 9_007_199_254_740_993);
    assert_eq!(status.state, StatusState::Pending);
    assert_eq!(status.context, "ci/demo");
    assert_eq!(status.creator.unwrap().login, "octocat");
    assert_eq!(status.created_at.unwrap().to_string(), "2012-07-20T01:19:13Z");

    let request = server.request();
    assert_eq!(request.line, format!("POST /repos/octocat/hello/statuses/{SHA}"));
    assert_eq!(request.json(), json!({"state": "pending", "context": "ci/demo"}));
    for (name, value) in [
        ("host", format!("127.0.0.1:{}", server.port())),
        ("accept", "application/vnd.github+json".to_owned()),
        ("authorization", format!("Bearer {TOKEN}")),
        ("user-agent", format!("hookstead/{}", env!("CARGO_PKG_VERSION"))),
        ("x-github-api-version", "2022-11-28".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("content-length", request.body.len().to_string()),
    ] {
        assert_eq!(request.header(name), Some(value.as_str()), "{name}");
    }
}

#[tokio::test]
async fn every_field_and_every_state() {
    let states = [
        (NewStatus::pending(), "pending"),
        (NewStatus::success(), "success"),
        (NewStatus::failure(), "failure"),
        (NewStatus::error(), "error"),
    ];
    let server = Server::start(states.iter().map(|_| json(201, STATUS))).await;
    let repo = server.repo();
    for (new, _) in &states {
        let new = new
            .clone()
            .context("ci/demo")
            .description("ü".repeat(200))
            .target_url("https://ci.example.com/1");
        repo.create_status(&sha(), &new).await.unwrap();
    }
    for (request, (_, state)) in server.requests().iter().zip(&states) {
        let expected = json!({
            "state": state,
            "context": "ci/demo",
            "description": "ü".repeat(139) + "…",
            "target_url": "https://ci.example.com/1",
        });
        assert_eq!(request.json(), expected);
    }
    assert_eq!(server.connections(), 1, "the connection is used again");
}

#[tokio::test]
async fn refs_are_one_segment_of_the_path() {
    let server = Server::start([json(200, "[]"), json(200, r#"{"state": "pending"}"#)]).await;
    let repo = server.repo();
    assert!(repo.statuses("heads/feature/a b#1").await.unwrap().items.is_empty());
    let combined = repo.combined_status(sha()).await.unwrap();
    assert_eq!(combined.state, StatusState::Pending);
    assert!(combined.statuses.is_empty());

    let [list, combined] = &server.requests()[..] else { panic!("two requests") };
    assert_eq!(
        list.line,
        "GET /repos/octocat/hello/commits/heads%2Ffeature%2Fa%20b%231/statuses?per_page=100"
    );
    assert_eq!(
        combined.line,
        format!("GET /repos/octocat/hello/commits/{SHA}/status?per_page=100")
    );
    assert_eq!(list.body, "");
    assert_eq!(list.header("content-type"), None);
    assert_eq!(list.header("content-length"), None);
    assert!(list.header("authorization").is_some());
}

#[tokio::test]
async fn a_combined_status_decodes() {
    let body = format!(
        r#"{{"state": "failure", "sha": "{SHA}", "total_count": 2, "repository": {{"id": 1}},
             "statuses": [
                {{"id": 1, "state": "brand_new", "context": "a", "required": true, "creator": {{}}}},
                {{"id": 2, "state": "error"}}
             ]}}"#
    );
    let server = Server::start([json(200, &body)]).await;
    let combined = server.repo().combined_status("main").await.unwrap();
    assert_eq!(combined.sha.unwrap(), SHA);
    assert_eq!(combined.total_count, Some(2));
    assert_eq!(combined.statuses[0].state, "brand_new");
    assert_eq!(combined.statuses[0].required, Some(true));
    assert_eq!(combined.statuses[0].creator, None);
    assert_eq!(combined.statuses[1].context, "default");
}

#[tokio::test]
async fn a_ref_that_leads_elsewhere_is_not_sent() {
    let server = Server::start([]).await;
    for bad in ["", ".", ".."] {
        let error = server.repo().statuses(bad).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("cannot be part of a path"), "{text}");
        assert_eq!(error.status(), None);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn calls_can_be_moved_to_another_task() {
    let server = Server::start([json(201, STATUS)]).await;
    let repo = server.repo();
    let task = tokio::spawn(async move {
        let new = NewStatus::success().context("ci/demo");
        repo.create_status(&sha(), &new).await.map(|status| status.id)
    });
    assert!(task.await.unwrap().is_ok());
}
