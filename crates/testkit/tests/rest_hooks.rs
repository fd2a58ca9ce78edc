//! Hooks and their deliveries over the API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::time::Duration;

use hookstead_testkit::{FakeGitHub, FakeHook, FakeRepository};
use hookstead_types::Timestamp;
use serde_json::{Value, json};
use support::{Api, Hooked};

const HOOKS: &str = "/repos/octocat/hello-world/hooks";

async fn setting() -> (FakeGitHub, Api, FakeRepository, Hooked) {
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
    let hook = repository.create_hook(FakeHook::new(&receiver.url).json());
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
    let hook = repository.create_hook(FakeHook::new(&receiver.url).secret("s3cret").json());
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

#[tokio::test]
async fn the_oldest_come_first_where_a_test_wants_it() {
    let github = FakeGitHub::builder().deliveries_oldest_first().start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    let receiver = Hooked::start().await;
    let hook = repository.create_hook(FakeHook::new(&receiver.url).json());
    for _ in 0..4 {
        repository.push("main");
        receiver.settle(&github).await;
    }
    let mut next = Some(format!("{HOOKS}/{hook}/deliveries?per_page=2"));
    let mut ids = Vec::new();
    while let Some(url) = next {
        let reply = api.get(&url).await;
        let page = reply.expect(200);
        ids.extend(page.as_array().unwrap().iter().map(|it| it["id"].as_u64().unwrap()));
        next = reply.link("next");
    }
    let sent: Vec<u64> = github.deliveries().iter().map(|it| it.id).collect();
    assert_eq!((ids.len(), ids), (5, sent));
}

#[tokio::test]
async fn what_is_too_old_is_not_redelivered() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    for (builder, days) in [
        (FakeGitHub::builder(), 3),
        (FakeGitHub::builder().enterprise_server("github.example.com"), 7),
        (FakeGitHub::builder().delivery_retention(DAY), 1),
    ] {
        let began = (days + 1) * DAY;
        let github = builder.began(began).start().await;
        let api = Api::new(github.api_url());
        let repository = github.create_repository("octocat/hello-world");
        let receiver = Hooked::start().await;
        let hook = repository.create_hook(FakeHook::new(&receiver.url).json());
        receiver.settle(&github).await;
        let item = api.get(&format!("{HOOKS}/{hook}/deliveries")).await.expect(200)[0].clone();
        let attempts = format!("{HOOKS}/{hook}/deliveries/{}/attempts", item["id"]);
        // An hour is more than a slow machine takes.
        let hour = DAY / 24;
        github.clock().advance(began - DAY - hour);
        assert_eq!(api.post(&attempts, json!({})).await.status, 202);
        github.clock().advance(DAY + hour);
        assert_eq!(api.post(&attempts, json!({})).await.status, 422);
        let caught_up = github.clock().now().instant().unwrap();
        let now = Timestamp::now().instant().unwrap();
        assert!(now.duration_since(caught_up).as_secs() < 2, "{caught_up} is not {now}");
        assert_eq!(api.get(&format!("{HOOKS}/{hook}/deliveries/1")).await.status, 404);
    }
}

/// Whether the next push comes with a signature, and where to.
async fn signed(repository: &FakeRepository, receiver: &Hooked) -> bool {
    repository.push("main");
    receiver.find("push").await.headers.contains_key("x-hub-signature-256")
}

#[tokio::test]
async fn an_update_of_the_whole_config_loses_the_secret() {
    let (_github, api, repository, receiver) = setting().await;
    let hook = FakeHook::new(&receiver.url).secret("s3cret").json();
    let path = format!("{HOOKS}/{}", repository.create_hook(hook));
    assert!(signed(&repository, &receiver).await);

    let config = json!({ "content_type": "json" });
    let kept = api.patch(&format!("{path}/config"), config.clone()).await.expect(200);
    assert_eq!(kept["secret"], "********");
    assert_eq!(kept["url"], receiver.url);
    assert_eq!(api.get(&format!("{path}/config")).await.expect(200), kept);
    assert!(signed(&repository, &receiver).await, "one setting changed, the secret stays");

    let config = json!({ "url": receiver.url, "content_type": "json" });
    let lost = api.patch(&path, json!({ "config": config })).await.expect(200);
    assert_eq!(lost["config"].get("secret"), None);
    assert!(!signed(&repository, &receiver).await, "the trap");

    let config = json!({ "secret": "n3w" });
    let config = api.patch(&format!("{path}/config"), config).await.expect(200);
    assert_eq!(config["secret"], "********");
    assert!(signed(&repository, &receiver).await);
}

#[tokio::test]
async fn events_are_replaced_added_and_removed() {
    let (_github, api, repository, receiver) = setting().await;
    let hook = FakeHook::new(&receiver.url).json().events(["push", "status"]);
    let path = format!("{HOOKS}/{}", repository.create_hook(hook));
    for (change, events) in [
        (json!({ "add_events": ["deployment", "push"] }), json!(["push", "status", "deployment"])),
        (json!({ "remove_events": ["push"] }), json!(["status", "deployment"])),
        (json!({ "events": ["pull_request"] }), json!(["pull_request"])),
    ] {
        assert_eq!(api.patch(&path, change).await.expect(200)["events"], events);
    }
    let quiet = api.patch(&path, json!({ "active": false })).await.expect(200);
    assert_eq!((&quiet["active"], &quiet["events"]), (&json!(false), &json!(["pull_request"])));
    assert_eq!(quiet["config"]["url"], receiver.url, "nothing else changed");

    for body in [
        json!({ "events": ["no_such_event"] }),
        json!({ "config": { "content_type": "json" } }),
        json!({ "config": { "url": "http://a", "colour": "red" } }),
        json!({ "colour": "red" }),
    ] {
        assert_eq!(api.patch(&path, body.clone()).await.status, 422, "{body}");
    }
    assert_eq!(api.patch(&format!("{path}/config"), json!({ "url": "" })).await.status, 422);
    repository.create_hook(FakeHook::new(&receiver.url).json().events(["push"]));
    let overlapping = json!({ "add_events": ["push"] });
    assert_eq!(api.patch(&path, overlapping).await.status, 422, "another hook has that");
    assert_eq!(api.patch(&format!("{HOOKS}/1"), json!({})).await.status, 404);
}

#[tokio::test]
async fn a_deleted_hook_hears_of_it_and_of_nothing_more() {
    let (github, api, repository, receiver) = setting().await;
    let hook = repository.create_hook(FakeHook::new(&receiver.url).json().events(["*"]));
    let path = format!("{HOOKS}/{hook}");
    receiver.settle(&github).await;
    api.delete(&path).await.expect(204);
    let last = receiver.next().await;
    assert_eq!(last.name(), "meta.deleted");
    assert_eq!(last.payload()["hook_id"], hook);
    receiver.settle(&github).await;
    repository.push("main");
    assert_eq!(github.pending_deliveries(), 0);
    assert_eq!(api.get(&path).await.status, 404);
    assert_eq!(api.delete(&path).await.status, 404);
}

#[tokio::test]
async fn a_hook_of_an_organization_hears_of_all_its_repositories() {
    let (github, api, other, receiver) = setting().await;
    let organization = github.create_organization("octo-org");
    let repository = organization.create_repository("hello-world");
    let hooks = "/orgs/Octo-Org/hooks";
    let config = json!({ "url": receiver.url, "content_type": "json", "secret": "s3cret" });
    assert_eq!(api.post(hooks, json!({ "config": config })).await.status, 422, "no name");
    let body = json!({ "name": "web", "config": config, "events": ["push"] });
    let hook = api.post(hooks, body.clone()).await.expect(201);
    assert_eq!(api.post(hooks, body).await.status, 422, "there is one");
    assert_eq!(hook["type"], "Organization");
    assert_eq!((hook.get("test_url"), hook.get("last_response")), (None, None));
    let path = format!("/orgs/octo-org/hooks/{}", hook["id"]);
    assert_eq!(hook["url"], format!("{}{path}", github.api_url()));
    let ping = receiver.find("ping").await;
    assert_eq!(ping.payload()["organization"]["login"], "octo-org");

    other.push("main");
    let sha = repository.push("main");
    let sent = receiver.find("push").await;
    assert_eq!(sent.payload()["after"], sha.as_str(), "the other repository is not its business");
    assert_eq!(sent.header("x-github-hook-installation-target-type"), "organization");
    let target = sent.header("x-github-hook-installation-target-id");
    assert_eq!(sent.payload()["organization"]["id"].to_string(), target);
    receiver.settle(&github).await;

    let deliveries = format!("{path}/deliveries");
    let item = api.get(&format!("{deliveries}?per_page=1")).await.expect(200)[0].clone();
    assert_eq!(item["guid"], sent.header("x-github-delivery"));
    assert_eq!(item["repository_id"], sent.payload()["repository"]["id"]);
    let one = format!("{deliveries}/{}", item["id"]);
    assert_eq!(api.get(&one).await.expect(200)["request"]["payload"]["after"], sha.as_str());
    api.post(&format!("{one}/attempts"), json!({})).await.expect(202);
    let again = receiver.find("push").await;
    assert_eq!(again.header("x-github-delivery"), sent.header("x-github-delivery"));
    assert_eq!(again.header("x-github-hook-installation-target-type"), "organization");

    let config = json!({ "url": receiver.url });
    let lost = api.patch(&path, json!({ "name": "web", "config": config })).await.expect(200);
    assert_eq!(lost["config"].get("secret"), None);
    assert_eq!(api.get(&format!("{path}/config")).await.expect(200)["content_type"], "form");
    assert_eq!(api.get(hooks).await.expect(200).as_array().unwrap().len(), 1);
    api.post(&format!("{path}/pings"), json!({})).await.expect(204);
    api.delete(&path).await.expect(204);
    assert_eq!(api.get(&path).await.status, 404);
    assert_eq!(api.get("/orgs/octocat/hooks").await.status, 404, "a person");
}

#[tokio::test]
async fn what_was_got_can_be_sent_back_with_its_name() {
    let github = FakeGitHub::start().await;
    let api = support::Api::new(github.api_url());
    github.create_repository("octocat/hello-world");
    let hooks = "/repos/octocat/hello-world/hooks";
    let config = json!({ "url": "http://127.0.0.1:9/" });
    let hook = api.post(hooks, json!({ "config": config, "active": false })).await.expect(201);
    let path = format!("{hooks}/{}", hook["id"]);
    let sent_back = json!({ "name": hook["name"], "events": hook["events"], "active": true });
    let changed = api.patch(&path, sent_back).await.expect(200);
    assert_eq!((&changed["name"], &changed["active"]), (&json!("web"), &json!(true)));
    let renamed = api.patch(&path, json!({ "name": "email" })).await.expect(200);
    assert_eq!(renamed["name"], "web");
    api.patch(&path, json!({ "name": 7 })).await.expect(422);
    api.patch(&path, json!({ "nmae": "web" })).await.expect(422);
}
