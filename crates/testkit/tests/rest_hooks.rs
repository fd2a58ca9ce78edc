//! Hooks and their deliveries over the API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::{FakeGitHub, NewHook, Repository};
use serde_json::{Value, json};
use support::{Api, Hooked};

const HOOKS: &str = "/repos/octocat/hello-world/hooks";

async fn setting() -> (FakeGitHub, Api, Repository, Hooked) {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    (github, api, repository, Hooked::start().await)
}

#[tokio::test]
async fn a_hook_is_created_with_githubs_defaults() {
    let (github, api, _repository, receiver) = setting().await;
    let body = json!({ "config": { "url": receiver.url, "secret": "s3cret" } });
    let reply = api.post(HOOKS, body).await;
    let hook = reply.expect(201);
    assert_eq!(reply.header("location"), hook["url"].as_str().unwrap());
    assert_eq!((&hook["name"], &hook["active"]), (&json!("web"), &json!(true)));
    assert_eq!(hook["events"], json!(["push"]));
    assert_eq!(hook["config"]["content_type"], "form");
    assert_eq!(hook["config"]["insecure_ssl"], "0");
    assert_eq!(hook["config"]["secret"], "********");
    assert_eq!(hook["last_response"]["status"], "unused");
    assert_eq!(receiver.next().await.header("x-github-event"), "ping");
    github.wait_for_delivery("the ping", |_| true).await;
    let path = format!("{HOOKS}/{}", hook["id"]);
    let got = api.get(&path).await.expect(200);
    assert_eq!(got["last_response"], json!({ "code": 200, "status": "active", "message": "OK" }));
    assert_eq!(api.get(HOOKS).await.expect(200), json!([got]));

    api.post(&format!("{path}/pings"), json!({})).await.expect(204);
    assert_eq!(receiver.next().await.header("x-github-event"), "ping");
    assert_eq!(api.post(&format!("{HOOKS}/1/pings"), json!({})).await.status, 404);
}

#[tokio::test]
async fn bad_hooks_are_refused() {
    let (_github, api, _repository, receiver) = setting().await;
    let config = json!({ "url": receiver.url });
    for body in [
        json!({}),
        json!({ "config": {} }),
        json!({ "config": { "url": "" } }),
        json!({ "config": { "url": "http://a", "content_type": "xml" } }),
        json!({ "config": { "url": "http://a", "insecure_ssl": true } }),
        json!({ "config": config, "name": "email" }),
        json!({ "config": config, "events": ["no_such_event"] }),
        json!({ "config": config, "colour": "red" }),
    ] {
        assert_eq!(api.post(HOOKS, body.clone()).await.status, 422, "{body}");
    }
    let body = json!({ "config": config, "events": ["push", "status"] });
    api.post(HOOKS, body).await.expect(201);
    let body = json!({ "config": config, "events": ["status", "ping"] });
    let refused = api.post(HOOKS, body).await.expect(422);
    assert_eq!(refused["errors"][0]["message"], "Hook already exists on this repository");
    let body = json!({ "config": config, "events": ["deployment"] });
    api.post(HOOKS, body).await.expect(201);
}

#[tokio::test]
async fn deliveries_are_listed_by_cursor_and_outcome() {
    let (github, api, repository, receiver) = setting().await;
    let hook = repository.create_hook(NewHook::new(&receiver.url).json());
    receiver.settle(&github).await;
    for status in [500, 200, 500, 200] {
        receiver.answer(status);
        repository.push("main");
        receiver.settle(&github).await;
    }
    let path = format!("{HOOKS}/{hook}/deliveries");
    let mut next = Some(format!("{path}?per_page=2"));
    let mut ids = Vec::new();
    let mut pages = 0;
    while let Some(url) = next {
        let reply = api.get(&url).await;
        ids.extend(
            reply.expect(200).as_array().unwrap().iter().map(|it| it["id"].as_u64().unwrap()),
        );
        next = reply.link("next");
        pages += 1;
    }
    assert_eq!((pages, ids.len()), (3, 5));
    assert!(ids.is_sorted_by(|one, two| one > two), "the newest first");
    for (status, count) in [("success", 3), ("failure", 2)] {
        let list = api.get(&format!("{path}?status={status}")).await.expect(200);
        assert_eq!(list.as_array().unwrap().len(), count, "{status}");
    }
    assert_eq!(api.get(&format!("{path}?cursor=x")).await.status, 400);
    assert_eq!(api.get(&format!("{path}?status=x")).await.status, 422);
    assert_eq!(api.get(&format!("{HOOKS}/1/deliveries")).await.status, 404);
}

#[tokio::test]
async fn a_delivery_is_shown_and_redelivered() {
    let (github, api, repository, receiver) = setting().await;
    let hook = repository.create_hook(NewHook::new(&receiver.url).secret("s3cret").json());
    receiver.settle(&github).await;
    receiver.answer(500);
    let sha = repository.push("main");
    let sent = receiver.next().await;
    receiver.settle(&github).await;
    let path = format!("{HOOKS}/{hook}/deliveries");
    let item = api.get(&format!("{path}?per_page=1")).await.expect(200)[0].clone();
    assert_eq!(item["guid"], sent.header("x-github-delivery"));
    assert_eq!((&item["event"], &item["action"]), (&json!("push"), &Value::Null));
    assert_eq!(item["status_code"], 500);
    assert_eq!(item["redelivery"], false);
    assert!(item["duration"].is_f64());
    assert_eq!(item.get("request"), None);

    let path = format!("{path}/{}", item["id"]);
    let whole = api.get(&path).await.expect(200);
    assert_eq!(whole["request"]["payload"]["after"], sha.as_str());
    assert_eq!(whole["request"]["headers"]["x-github-event"], "push");
    assert_eq!(whole["response"]["payload"], "seen");
    assert!(whole["url"].as_str().unwrap().ends_with(&path));

    receiver.answer(200);
    let reply = api.post(&format!("{path}/attempts"), json!({})).await;
    assert_eq!(reply.expect(202), json!({}));
    assert_eq!(receiver.next().await.header("x-github-delivery"), item["guid"].as_str().unwrap());
    let again = github.wait_for_delivery("the redelivery", |it| it.redelivery).await;
    assert!(again.is_ok());
    assert_eq!(
        api.post(&format!("{HOOKS}/{hook}/deliveries/1/attempts"), json!({})).await.status,
        404
    );
}
