//! Deployments and their statuses over the API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::{FakeDeployment, FakeGitHub, FakeRepository};
use hookstead_types::{DeploymentState, StatusState};
use serde_json::{Value, json};
use support::{Api, Reply};

const DEPLOYMENTS: &str = "/repos/octocat/hello-world/deployments";

async fn setting() -> (Api, FakeRepository) {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    (api, github.create_repository("octocat/hello-world"))
}

async fn status(api: &Api, deployment: &Value, body: Value) -> Reply {
    api.post(&format!("{DEPLOYMENTS}/{}/statuses", deployment["id"]), body).await
}

#[tokio::test]
async fn a_deployment_has_githubs_defaults() {
    let (api, repository) = setting().await;
    let reply = api.post(DEPLOYMENTS, json!({ "ref": "main" })).await;
    let made = reply.expect(201);
    assert_eq!(reply.header("location"), made["url"].as_str().unwrap());
    assert_eq!(made["sha"], repository.head("main").as_str());
    assert_eq!((&made["ref"], &made["task"]), (&json!("main"), &json!("deploy")));
    assert_eq!(made["environment"], "production");
    assert_eq!(made["original_environment"], "production");
    assert_eq!(made["production_environment"], true);
    assert_eq!(made["transient_environment"], false);
    assert_eq!(made["payload"], json!({}));
    assert_eq!(made["creator"]["login"], "hookstead-ci");
    let got = api.get(&format!("{DEPLOYMENTS}/{}", made["id"])).await.expect(200);
    assert_eq!(got, made);
    let recorded = repository.wait_for_deployment("ours", |it| it.r#ref == "main").await;
    assert_eq!(made["id"], recorded.id);
}

#[tokio::test]
async fn a_payload_is_kept_as_it_was_posted() {
    let (api, _repository) = setting().await;
    for payload in
        [json!({ "a": [1, { "assignee": null }] }), json!("text"), json!("{\"a\": 1}"), json!("")]
    {
        let body = json!({ "ref": "main", "payload": payload, "environment": "staging" });
        let made = api.post(DEPLOYMENTS, body).await.expect(201);
        assert_eq!(made["payload"], payload);
        assert_eq!(made["production_environment"], false);
    }
    assert_eq!(api.post(DEPLOYMENTS, json!({ "ref": "main", "payload": 7 })).await.status, 422);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let (api, repository) = setting().await;
    for body in [
        json!({}),
        json!({ "ref": 7 }),
        json!({ "ref": "main", "auto_merge": "yes" }),
        json!({ "ref": "main", "required_contexts": "ci" }),
        json!({ "ref": "main", "required_contexts": [1] }),
    ] {
        assert_eq!(api.post(DEPLOYMENTS, body.clone()).await.status, 422, "{body}");
    }
    let message = api.post(DEPLOYMENTS, json!({ "ref": "nothing" })).await.message(422);
    assert_eq!(message, "No ref found for: nothing");
    assert!(repository.deployments().is_empty());
}

#[tokio::test]
async fn a_ref_behind_is_merged_and_not_deployed() {
    let (api, repository) = setting().await;
    let old = repository.push("topic");
    let main = repository.push("main");
    let body = json!({ "ref": "topic" });
    let message = api.post(DEPLOYMENTS, body.clone()).await.message(202);
    assert_eq!(message, "Auto-merged main into topic on deployment.");
    assert!(repository.deployments().is_empty());
    let merged = repository.head("topic");
    assert_ne!(merged, old);
    assert_eq!(api.post(DEPLOYMENTS, body).await.expect(201)["sha"], merged.as_str());

    // Nothing is behind now; a sha cannot be merged into; `auto_merge` can be refused.
    repository.push("main");
    assert_eq!(api.post(DEPLOYMENTS, json!({ "ref": main })).await.status, 201);
    let body = json!({ "ref": "topic", "auto_merge": false });
    assert_eq!(api.post(DEPLOYMENTS, body).await.expect(201)["sha"], merged.as_str());

    repository.make_conflicting("topic");
    let message = api.post(DEPLOYMENTS, json!({ "ref": "topic" })).await.message(409);
    assert_eq!(message, "Conflict merging main into topic.");
}

#[tokio::test]
async fn required_contexts_hold_a_deployment_back() {
    let (api, repository) = setting().await;
    let head = repository.head("main");
    repository.create_status(&head, "ci/one", StatusState::Pending);
    repository.create_status(&head, "ci/two", StatusState::Success);

    let body = api.post(DEPLOYMENTS, json!({ "ref": "main" })).await.expect(409);
    assert_eq!(body["message"], "Conflict: Commit status checks failed for main.");
    assert_eq!(body["status"], "409");
    let failed = json!([{ "context": "ci/one", "state": "pending" }]);
    assert_eq!(
        body["errors"],
        json!([{
            "contexts": failed,
            "resource": "Deployment",
            "field": "required_contexts",
            "code": "invalid",
        }])
    );
    for (contexts, status) in [
        (json!([]), 201),
        (json!(["CI/two"]), 201),
        (json!(["ci/one"]), 409),
        (json!(["ci/two", "ci/unheard-of"]), 409),
        (Value::Null, 409),
    ] {
        let body = json!({ "ref": "main", "required_contexts": contexts });
        assert_eq!(api.post(DEPLOYMENTS, body).await.status, status, "{contexts}");
    }
    repository.create_status(&head, "ci/one", StatusState::Success);
    api.post(DEPLOYMENTS, json!({ "ref": "main" })).await.expect(201);
}

#[tokio::test]
async fn deployments_are_listed_by_what_they_are() {
    let (api, repository) = setting().await;
    let topic = repository.push("topic");
    for new in [
        FakeDeployment::new("main"),
        FakeDeployment::new("topic").environment("staging"),
        FakeDeployment::new("topic").task("migrate"),
    ] {
        repository.create_deployment(new);
    }
    for (query, count) in [
        ("", 3),
        ("?ref=topic", 2),
        ("?environment=production", 2),
        ("?task=migrate", 1),
        (&format!("?sha={topic}&task=deploy"), 1),
        ("?ref=nothing", 0),
    ] {
        let list = api.get(&format!("{DEPLOYMENTS}{query}")).await.expect(200);
        assert_eq!(list.as_array().unwrap().len(), count, "{query}");
    }
    let reply = api.get(&format!("{DEPLOYMENTS}?per_page=1&ref=topic")).await;
    assert_eq!(reply.expect(200)[0]["task"], "migrate", "the newest first");
    assert!(reply.link("next").unwrap().contains("ref=topic"));
}

#[tokio::test]
async fn a_status_changes_environment_and_defaults_to_the_last() {
    let (api, repository) = setting().await;
    let made = api.post(DEPLOYMENTS, json!({ "ref": "main" })).await.expect(201);
    let first = status(&api, &made, json!({ "state": "pending" })).await;
    let body = first.expect(201);
    assert_eq!(first.header("location"), body["url"].as_str().unwrap());
    assert_eq!((&body["description"], &body["log_url"]), (&json!(""), &json!("")));
    assert_eq!(body["environment"], "production");
    let body = json!({
        "state": "in_progress", "environment": "blue", "log_url": "https://a", "target_url": "https://b",
        "environment_url": "https://c",
    });
    let second = status(&api, &made, body).await.expect(201);
    assert_eq!(
        (&second["log_url"], &second["target_url"]),
        (&json!("https://a"), &json!("https://a"))
    );
    assert_eq!(second["environment_url"], "https://c");
    let third = status(&api, &made, json!({ "state": "success", "target_url": "https://b" })).await;
    let third = third.expect(201);
    assert_eq!((&third["log_url"], &third["environment"]), (&json!("https://b"), &json!("blue")));
    let now = api.get(&format!("{DEPLOYMENTS}/{}", made["id"])).await.expect(200);
    assert_eq!(now["environment"], "blue");
    assert_eq!(now["original_environment"], "production");

    let path = format!("{DEPLOYMENTS}/{}/statuses", made["id"]);
    let list = api.get(&path).await.expect(200);
    assert_eq!(list.as_array().unwrap().len(), 3);
    assert_eq!(list[0], third, "the newest first");
    assert_eq!(api.get(&format!("{path}/{}", third["id"])).await.expect(200), third);
    assert_eq!(api.get(&format!("{path}/1")).await.status, 404);
    assert_eq!(api.get(&format!("{DEPLOYMENTS}/1/statuses")).await.status, 404);
    let id = made["id"].as_u64().unwrap();
    repository.wait_for_deployment_status(id, DeploymentState::Success).await;
}

#[tokio::test]
async fn bad_deployment_statuses_are_refused() {
    let (api, repository) = setting().await;
    let made = api.post(DEPLOYMENTS, json!({ "ref": "main" })).await.expect(201);
    for body in [
        json!({}),
        json!({ "state": "done" }),
        json!({ "state": "success", "description": "x".repeat(141) }),
        json!({ "state": "success", "description": "🐛" }),
        json!({ "state": "success", "log_url": "/var/log/17" }),
        json!({ "state": "success", "target_url": "ci.example.com" }),
        json!({ "state": "success", "environment_url": "www.example.com" }),
        json!({ "state": "success", "auto_inactive": "no" }),
    ] {
        assert_eq!(status(&api, &made, body.clone()).await.status, 422, "{body}");
    }
    assert_eq!(status(&api, &json!({ "id": 1 }), json!({ "state": "success" })).await.status, 404);
    for state in ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"] {
        status(&api, &made, json!({ "state": state })).await.expect(201);
    }
    assert_eq!(repository.deployment_statuses(made["id"].as_u64().unwrap()).len(), 7);
    for description in ["x".repeat(141), "🐛".to_owned()] {
        let body = json!({ "ref": "main", "description": description });
        let refused = api.post(DEPLOYMENTS, body).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], "description");
    }
}

#[tokio::test]
async fn a_success_makes_the_earlier_ones_inactive() {
    let (api, repository) = setting().await;
    let last = |made: &Value| {
        let statuses = repository.deployment_statuses(made["id"].as_u64().unwrap());
        statuses.last().unwrap().state.to_string()
    };
    let mut all = Vec::new();
    for body in [
        json!({ "ref": "main", "environment": "staging" }),
        json!({ "ref": "main", "environment": "staging", "transient_environment": true }),
        json!({ "ref": "main", "environment": "staging", "production_environment": true }),
        json!({ "ref": "main", "environment": "elsewhere" }),
        json!({ "ref": "main", "environment": "staging" }),
    ] {
        let made = api.post(DEPLOYMENTS, body).await.expect(201);
        let body = json!({ "state": "success", "auto_inactive": false });
        status(&api, &made, body).await.expect(201);
        all.push(made);
    }
    assert!(all.iter().all(|made| last(made) == "success"));
    let body = json!({ "ref": "main", "environment": "staging" });
    let newest = api.post(DEPLOYMENTS, body).await.expect(201);
    status(&api, &newest, json!({ "state": "failure" })).await.expect(201);
    assert!(all.iter().all(|made| last(made) == "success"), "a failure replaces nothing");
    status(&api, &newest, json!({ "state": "success" })).await.expect(201);
    let states: Vec<String> = all.iter().map(last).collect();
    assert_eq!(states, ["inactive", "success", "success", "success", "inactive"]);
    assert_eq!(last(&newest), "success");
}

#[tokio::test]
async fn an_active_deployment_is_deleted_only_if_it_is_the_last() {
    let (api, repository) = setting().await;
    let one = api.post(DEPLOYMENTS, json!({ "ref": "main" })).await.expect(201);
    let two = api.post(DEPLOYMENTS, json!({ "ref": "main" })).await.expect(201);
    status(&api, &one, json!({ "state": "success" })).await.expect(201);
    status(&api, &two, json!({ "state": "failure" })).await.expect(201);
    let path = |made: &Value| format!("{DEPLOYMENTS}/{}", made["id"]);
    assert!(api.delete(&path(&one)).await.message(422).contains("active deployment"));
    api.delete(&path(&two)).await.expect(204);
    api.delete(&path(&one)).await.expect(204);
    assert_eq!(api.delete(&path(&one)).await.status, 404);
    assert!(repository.deployments().is_empty());
}
