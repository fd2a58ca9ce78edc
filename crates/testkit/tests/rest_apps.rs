//! A GitHub App over the API: as itself, and where it is installed.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hookstead_events::{CheckRunEvent, PushEvent};
use hookstead_testkit::{FakeGitHub, FakeHook, FakePullRequest, FakeRepository};
use serde_json::{Value, json};
use support::{Api, Hooked};

const REPOSITORY: &str = "/repos/octo-org/hello-world";

async fn setting() -> (FakeGitHub, FakeRepository) {
    let github = FakeGitHub::start().await;
    let organization = github.create_organization("octo-org");
    let repository = organization.create_repository("hello-world");
    (github, repository)
}

fn now(github: &FakeGitHub) -> i64 {
    github.clock().now().instant().unwrap().as_second()
}

/// A JSON web token with these claims. The signature is any: the fake knows no key.
fn jwt(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.{}", part(header), part(claims), BASE64_URL_SAFE_NO_PAD.encode([7; 256]))
}

fn rs256() -> Value {
    json!({ "alg": "RS256", "typ": "JWT" })
}

fn claims(github: &FakeGitHub) -> Value {
    let now = now(github);
    json!({ "iat": now - 60, "exp": now + 540, "iss": github.app().client_id() })
}

fn with_token(github: &FakeGitHub, token: &str) -> Api {
    Api::new(github.api_url()).with("authorization", &format!("Bearer {token}"))
}

/// The App as itself.
fn as_app(github: &FakeGitHub) -> Api {
    with_token(github, &jwt(&rs256(), &claims(github)))
}

/// The App where it is installed.
async fn as_installation(github: &FakeGitHub, installation: u64, body: Value) -> Api {
    let path = format!("/app/installations/{installation}/access_tokens");
    let answer = as_app(github).post(&path, body).await.expect(201);
    with_token(github, answer["token"].as_str().unwrap())
}

#[tokio::test]
async fn a_json_web_token_is_checked() {
    let (github, _repository) = setting().await;
    let app = as_app(&github).get("/app").await.expect(200);
    assert_eq!(app["id"], github.app().id());
    assert_eq!(app["client_id"], github.app().client_id());
    let number = json!(github.app().id());
    for issuer in [number.clone(), json!(number.to_string())] {
        let mut claims = claims(&github);
        claims["iss"] = issuer;
        with_token(&github, &jwt(&rs256(), &claims)).get("/app").await.expect(200);
    }

    let now = now(&github);
    for (key, value, status, words) in [
        ("exp", json!(now + 3600), 401, "too far in the future"),
        ("exp", json!(now - 1), 401, "('exp') must be"),
        ("exp", json!("soon"), 401, "('exp') must be"),
        ("exp", Value::Null, 401, "('exp') must be"),
        ("iat", json!(now + 300), 401, "('iat') must be"),
        ("iat", Value::Null, 401, "('iat') must be"),
        ("iss", Value::Null, 401, "('iss') must be"),
        ("iss", json!("someone"), 404, "Integration not found"),
    ] {
        let mut claims = claims(&github);
        claims[key] = value.clone();
        let reply = with_token(&github, &jwt(&rs256(), &claims)).get("/app").await;
        let message = reply.message(status);
        assert!(message.contains(words), "{key} {value}: {message}");
    }

    let good = jwt(&rs256(), &claims(&github));
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    for bad in [
        jwt(&json!({ "alg": "HS256" }), &claims(&github)),
        jwt(&json!({ "alg": "none" }), &claims(&github)),
        format!("{unsigned}."),
        unsigned.to_owned(),
        "ghp_a_person".to_owned(),
    ] {
        let reply = with_token(&github, &bad).get("/app").await;
        assert_eq!(reply.message(401), "A JSON web token could not be decoded", "{bad}");
    }
    let reply = as_app(&github).get(REPOSITORY).await;
    assert_eq!(reply.message(403), "Resource not accessible by integration");

    github.clock().advance(Duration::from_secs(600));
    let reply = with_token(&github, &good).get("/app").await;
    assert_eq!(reply.status, 401, "it has expired by the clock of the fake");
}

#[tokio::test]
async fn installations_are_found() {
    let (github, repository) = setting().await;
    let other = github.create_repository("octocat/spoon-knife");
    let app = as_app(&github);
    let path = format!("{REPOSITORY}/installation");
    app.get(&path).await.expect(404);
    let id = github.app().install("octo-org");
    let found = app.get(&path).await.expect(200);
    assert_eq!((&found["id"], &found["app_id"]), (&json!(id), &json!(github.app().id())));
    assert_eq!(found["account"]["login"], "octo-org");
    assert_eq!(found["target_type"], "Organization");
    assert_eq!(found["repository_selection"], "all");
    assert_eq!(app.get("/orgs/octo-org/installation").await.expect(200), found);
    assert_eq!(app.get(&format!("/app/installations/{id}")).await.expect(200), found);
    app.get("/users/octo-org/installation").await.expect(404);

    let second = github.app().install_on(&other);
    let found = app.get("/users/octocat/installation").await.expect(200);
    assert_eq!(
        (&found["id"], &found["repository_selection"]),
        (&json!(second), &json!("selected"))
    );
    let third = github.create_repository("octocat/git-consortium");
    app.get("/repos/octocat/git-consortium/installation").await.expect(404);
    assert_eq!(github.app().install_on(&third), second);
    app.get("/repos/octocat/git-consortium/installation").await.expect(200);
    let all = app.get("/app/installations").await.expect(200);
    assert_eq!(all.as_array().unwrap().len(), 2);

    repository.rename("hello-earth");
    let moved = app.get(&path).await;
    assert_eq!(moved.status, 301);
    assert_eq!(app.get(moved.header("location")).await.expect(200)["id"], id);
    let person = Api::new(github.api_url()).get(moved.header("location")).await;
    assert_eq!(person.message(401), "A JSON web token could not be decoded");
}

#[tokio::test]
async fn an_installation_has_tokens_for_an_hour() {
    let (github, repository) = setting().await;
    let id = github.app().install("octo-org");
    let path = format!("/app/installations/{id}/access_tokens");
    let answer = as_app(&github).send(http::Method::POST, &path, "").await.expect(201);
    let token = answer["token"].as_str().unwrap();
    assert!(token.starts_with("ghs_") && token.len() > 40, "of no fixed length: {}", token.len());
    assert_eq!(answer["repository_selection"], "all");
    assert_eq!(answer["permissions"]["checks"], "write");
    let expires: hookstead_types::Timestamp = answer["expires_at"].as_str().unwrap().into();
    let left = expires.instant().unwrap().as_second() - now(&github);
    assert!((3570..=3600).contains(&left), "{left}");

    let api = with_token(&github, token);
    let status = format!("{REPOSITORY}/statuses/{}", repository.head("main"));
    let body = json!({ "state": "success" });
    let made = api.post(&status, body.clone()).await.expect(201);
    assert_eq!(made["creator"]["type"], "Bot");
    assert!(!format!("{github} {:?}", github.requests()).contains(token));

    github.clock().advance(Duration::from_secs(3590));
    api.post(&status, body.clone()).await.expect(201);
    github.clock().advance(Duration::from_secs(10));
    assert_eq!(api.post(&status, body.clone()).await.message(401), "Bad credentials");

    let api = as_installation(&github, id, json!({})).await;
    api.post(&status, body.clone()).await.expect(201);
    github.app().revoke_tokens();
    assert_eq!(api.post(&status, body).await.message(401), "Bad credentials");
    let made_up = with_token(&github, "ghs_made_up").get(REPOSITORY).await;
    assert_eq!(made_up.message(401), "Bad credentials");
    with_token(&github, "ghp_a_person").get(REPOSITORY).await.expect(200);
    as_app(&github).post("/app/installations/1/access_tokens", json!({})).await.expect(404);
    let person = Api::new(github.api_url()).post(&path, json!({})).await;
    assert_eq!(person.status, 401);
}

#[tokio::test]
async fn a_token_can_be_for_less() {
    let (github, repository) = setting().await;
    let other = github.organization("octo-org").create_repository("other");
    let foreign = github.create_repository("octocat/foreign");
    let id = github.app().install("octo-org");
    let path = format!("/app/installations/{id}/access_tokens");
    let app = as_app(&github);
    let body = json!({ "repositories": ["Hello-World"], "permissions": { "statuses": "write" } });
    let answer = app.post(&path, body).await.expect(201);
    assert_eq!(answer["repository_selection"], "selected");
    assert_eq!(answer["repositories"][0]["full_name"], "octo-org/hello-world");
    assert_eq!(answer["permissions"], json!({ "statuses": "write" }));

    let api = with_token(&github, answer["token"].as_str().unwrap());
    let report = async |repository: &FakeRepository| {
        let path = format!("/repos/{repository}/statuses/{}", repository.head("main"));
        api.post(&path, json!({ "state": "success" })).await.status
    };
    assert_eq!(report(&repository).await, 201);
    assert_eq!(report(&other).await, 403);
    assert_eq!(report(&foreign).await, 403);
    assert_eq!(api.get("/repos/octocat/foreign").await.status, 200, "everybody may read");

    let number = api.get(REPOSITORY).await.expect(200)["id"].clone();
    app.post(&path, json!({ "repository_ids": [number] })).await.expect(201);
    for body in [
        json!({ "repositories": ["foreign"] }),
        json!({ "repositories": "hello-world" }),
        json!({ "repository_ids": [1] }),
        json!({ "repository_ids": ["x"] }),
        json!({ "permissions": { "metadata": "write" } }),
        json!({ "permissions": { "no_such_thing": "read" } }),
        json!({ "colour": "red" }),
    ] {
        assert_eq!(app.post(&path, body.clone()).await.status, 422, "{body}");
    }
}

#[tokio::test]
async fn the_hook_of_the_app_hears_where_it_is_installed() {
    let (github, repository) = setting().await;
    let receiver = Hooked::start().await;
    let app = as_app(&github);
    app.get("/app/hook/config").await.expect(404);
    let hook = FakeHook::new(&receiver.url).json().secret("s3cret").events(["push"]);
    github.app().set_hook(hook);
    let ping = receiver.next().await;
    assert_eq!((ping.name().as_str(), &ping.payload()["hook"]["type"]), ("ping", &json!("App")));
    assert_eq!(ping.header("x-github-hook-installation-target-type"), "integration");
    let target = ping.header("x-github-hook-installation-target-id");
    assert_eq!(target, github.app().id().to_string());

    repository.push("main");
    let id = github.app().install("octo-org");
    let installed = receiver.next().await;
    assert_eq!(installed.name(), "installation.created", "it heard of no push before");
    assert_eq!(installed.payload()["installation"]["id"], id);
    assert_eq!(installed.payload()["repositories"][0]["full_name"], "octo-org/hello-world");
    let sha = repository.push("main");
    let sent = receiver.next().await;
    let push = serde_json::from_slice::<PushEvent>(&sent.body).unwrap();
    assert_eq!((push.after, push.installation.unwrap().id), (sha, id));
    receiver.settle(&github).await;

    let item = app.get("/app/hook/deliveries?per_page=1").await.expect(200)[0].clone();
    assert_eq!((&item["event"], &item["installation_id"]), (&json!("push"), &json!(id)));
    let path = format!("/app/hook/deliveries/{}", item["id"]);
    assert_eq!(app.get(&path).await.expect(200)["guid"], sent.header("x-github-delivery"));
    app.post(&format!("{path}/attempts"), json!({})).await.expect(202);
    let again = receiver.next().await;
    assert_eq!(again.header("x-github-delivery"), sent.header("x-github-delivery"));
    let person = Api::new(github.api_url()).get("/app/hook/deliveries").await;
    assert_eq!(person.status, 401);

    let config = json!({ "insecure_ssl": "1" });
    let config = app.patch("/app/hook/config", config).await.expect(200);
    assert_eq!((&config["secret"], &config["insecure_ssl"]), (&json!("********"), &json!("1")));
    assert_eq!(app.get("/app/hook/config").await.expect(200), config);
}

#[tokio::test]
async fn an_app_makes_check_runs_and_nobody_else() {
    let (github, repository) = setting().await;
    let receiver = Hooked::start().await;
    repository.create_hook(FakeHook::new(&receiver.url).json().events(["check_run"]));
    receiver.settle(&github).await;
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let sha = repository.head("feature");
    let path = format!("{REPOSITORY}/check-runs");
    let body = json!({ "name": "ci", "head_sha": sha });
    let person = Api::new(github.api_url()).post(&path, body.clone()).await;
    assert_eq!(person.message(403), "You must authenticate via a GitHub App.");

    let id = github.app().install_on(&repository);
    let api = as_installation(&github, id, json!({})).await;
    let made = api.post(&path, body).await;
    let run = made.expect(201);
    assert_eq!(made.header("location"), run["url"].as_str().unwrap());
    assert_eq!((&run["status"], &run["conclusion"]), (&json!("queued"), &Value::Null));
    assert_eq!(run["pull_requests"][0]["number"], number);
    assert_eq!(run["app"]["id"], github.app().id());
    let sent = receiver.next().await;
    assert_eq!(sent.name(), "check_run.created");
    let event = serde_json::from_slice::<CheckRunEvent>(&sent.body).unwrap();
    assert_eq!(event.check_run.check_suite.unwrap().head_branch.as_deref(), Some("feature"));

    let one = format!("{path}/{}", run["id"]);
    let annotation = json!({
        "path": "a.rs", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m",
    });
    let output = json!({ "title": "T", "summary": "S", "annotations": [annotation] });
    let change = json!({ "status": "in_progress", "output": output });
    let run = api.patch(&one, change.clone()).await.expect(200);
    assert_eq!((&run["status"], &run["output"]["title"]), (&json!("in_progress"), &json!("T")));
    let run = api.patch(&one, change).await.expect(200);
    assert_eq!(run["output"]["annotations_count"], 2, "annotations are added");
    let run = api.patch(&one, json!({ "conclusion": "success" })).await.expect(200);
    assert_eq!((&run["status"], &run["name"]), (&json!("completed"), &json!("ci")));
    assert!(run["completed_at"].is_string());
    assert_eq!(receiver.next().await.name(), "check_run.completed");
    assert_eq!(api.get(&one).await.expect(200), run);

    let runs = repository.check_runs(&sha);
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].to_string(), format!("{} ci is completed: success", sha.short()));
    assert!(github.to_string().contains("ci is completed: success"));
    api.patch(&format!("{path}/1"), json!({})).await.expect(404);
}

#[tokio::test]
async fn bad_check_runs_are_refused() {
    let (github, repository) = setting().await;
    // Without an installation any token of that sort will do.
    let api = with_token(&github, "ghs_any");
    let path = format!("{REPOSITORY}/check-runs");
    let sha = repository.head("main");
    let output = |output: Value| json!({ "output": output });
    let text = |count: usize| "x".repeat(count);
    let action = json!({ "label": "l", "description": "d", "identifier": "i" });
    let annotation = json!({
        "path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m",
    });
    let noted = |key: &str, value: String| {
        let mut annotation = annotation.clone();
        annotation[key] = value.into();
        json!({ "title": "t", "summary": "s", "annotations": [annotation] })
    };
    for change in [
        json!({ "name": null }),
        json!({ "head_sha": "0".repeat(40) }),
        json!({ "status": "done" }),
        json!({ "status": "waiting" }),
        json!({ "status": "completed" }),
        json!({ "completed_at": "2026-01-01T00:00:00Z" }),
        json!({ "conclusion": "stale" }),
        json!({ "conclusion": "nonsense" }),
        json!({ "started_at": "yesterday" }),
        output(json!({ "summary": "s" })),
        output(json!({ "title": "t" })),
        output(json!({ "title": "t", "summary": text(65_536) })),
        output(json!({ "title": "t", "summary": "s", "text": text(65_536) })),
        // They are counted in bytes.
        output(json!({ "title": "t", "summary": "ü".repeat(32_768) })),
        output(json!({ "title": "t", "summary": "s", "text": "🐛".repeat(16_384) })),
        output(noted("message", text(65_537))),
        output(noted("raw_details", text(65_537))),
        output(noted("title", "ü".repeat(256))),
        json!({ "details_url": "ci.example.com/17" }),
        output(
            json!({ "title": "t", "summary": "s", "annotations": vec![annotation.clone(); 51] }),
        ),
        output(json!({ "title": "t", "summary": "s", "annotations": [{ "path": "a" }] })),
        json!({ "actions": vec![action.clone(); 4] }),
        json!({ "actions": [{ "label": text(21), "description": "d", "identifier": "i" }] }),
    ] {
        let mut body = json!({ "name": "ci", "head_sha": sha });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(api.post(&path, body).await.status, 422, "{change}");
    }
    assert!(repository.check_runs(&sha).is_empty());
    let body = json!({
        "name": "ci",
        "head_sha": sha,
        "status": "completed",
        "conclusion": "neutral",
        "started_at": "2026-01-01T00:00:00Z",
        "completed_at": "2026-01-01T00:00:01Z",
        "output": {
            "title": "t",
            "summary": text(65_535),
            "annotations": vec![annotation; 50],
        },
        "actions": vec![action; 3],
    });
    let run = api.post(&path, body).await.expect(201);
    assert_eq!(run["completed_at"], "2026-01-01T00:00:01Z");
}

#[tokio::test]
async fn a_new_token_is_unknown_for_a_while_on_demand() {
    let (github, repository) = setting().await;
    let installation = github.app().install_on(&repository);
    for status in [401, 403] {
        github.app().new_tokens_unknown_for(Duration::from_secs(3600 / 2), status);
        let api = as_installation(&github, installation, json!({})).await;
        let refused = api.get(REPOSITORY).await;
        let words = if status == 401 { "Bad credentials" } else { "Resource not accessible" };
        assert!(refused.message(status).starts_with(words), "{refused:?}");
        assert!(!refused.headers.contains_key("x-accepted-github-permissions"));
        github.clock().advance(Duration::from_secs(3600 / 2));
        api.get(REPOSITORY).await.expect(200);
    }
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let (github, _repository) = setting().await;
    let other = github.organization("octo-org").create_repository("other");
    let installation = github.app().install_on(&other);
    let api = as_installation(&github, installation, json!({})).await;
    let path = format!("{REPOSITORY}/statuses/{}", "a".repeat(40));
    let refused = api.post(&path, json!({ "state": "success" })).await;
    assert_eq!(refused.message(403), "Resource not accessible by integration");
    assert_eq!(refused.header("x-accepted-github-permissions"), "statuses=write");
}
