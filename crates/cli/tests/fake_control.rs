//! The calls that control `hookstead fake`.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use support::fake::{Fake, REPOSITORY};
use support::http::send;

#[tokio::test]
async fn people_act_and_a_program_reports() {
    let fake = Fake::start().await;
    let opened = fake.act("open-pull-request", json!({ "title": "Add a flag" })).await.expect(200);
    assert_eq!((&opened["number"], &opened["state"]), (&json!(1), &json!("open")));
    let sha = opened["head_sha"].as_str().unwrap();

    // Who waits for a status gets it as soon as it is reported.
    let wanted = json!({ "commit": "feature", "context": "ci/demo", "state": "success" });
    let reported = json!({ "state": "success", "context": "ci/demo", "description": "Good" });
    let path = format!("/repos/octocat/hello-world/statuses/{sha}");
    let (waited, made) =
        tokio::join!(fake.act("wait-for-status", wanted), fake.call("POST", &path, reported));
    assert_eq!(made.status, 201, "{made:?}");
    let status = waited.expect(200);
    assert_eq!((&status["description"], &status["sha"]), (&json!("Good"), &json!(sha)));

    fake.act("comment", json!({ "number": 1, "body": "Nice", "login": "monalisa" }))
        .await
        .expect(200);
    let comment =
        fake.act("wait-for-comment", json!({ "number": 1, "text": "ic" })).await.expect(200);
    assert_eq!(comment["author"], "monalisa");
    let approval = json!({ "number": 1, "verdict": "approve", "login": "hubot" });
    fake.act("review", approval).await.expect(200);
    fake.act("set-labels", json!({ "number": 1, "labels": ["bug"] })).await.expect(200);
    let merged = fake.act("merge-pull-request", json!({ "number": 1 })).await.expect(200);
    assert_eq!((&merged["merged"], &merged["labels"]), (&json!(true), &json!(["bug"])));

    let pushed = fake.act("push", json!({ "branch": "later" })).await.expect(200);
    let body = json!({ "ref": "later", "environment": "staging", "payload": { "by": "chat" } });
    let deployment = fake.act("create-deployment", body).await.expect(200);
    assert_eq!(deployment["sha"], pushed["sha"]);
    let body = json!({ "deployment": deployment["id"], "state": "success" });
    fake.act("create-deployment-status", body.clone()).await.expect(200);
    fake.act("wait-for-deployment-status", body).await.expect(200);
    fake.act("wait-for-deployment", json!({ "environment": "staging" })).await.expect(200);

    let state = fake.get("/state").await.expect(200);
    let repository = &state["repositories"][0];
    assert_eq!(repository["statuses"][0]["creator"], "hookstead-ci");
    assert_eq!(repository["reviews"][0]["state"], "APPROVED");
    assert_eq!(repository["deployments"][0]["statuses"][0]["state"], "success");
    assert_eq!(fake.get(REPOSITORY).await.expect(200), *repository);
    // The API says the same, and what controls the fake is none of its calls.
    let shown =
        fake.call("GET", "/repos/octocat/hello-world/pulls/1", Value::Null).await.expect(200);
    assert_eq!(shown["merged"], true);
    let calls = fake.get("/calls").await.expect(200);
    let paths: Vec<_> = calls.as_array().unwrap().iter().map(|it| it["path"].clone()).collect();
    assert_eq!(paths, [json!(path), json!("/repos/octocat/hello-world/pulls/1")]);
    assert!(!calls.to_string().contains("any\""), "{calls}");
    fake.post("/calls/clear", json!({})).await.expect(200);
    assert_eq!(fake.get("/calls").await.expect(200), json!([]));
}

#[tokio::test]
async fn faults_hit_the_calls_that_they_are_meant_for() {
    const HELLO: &str = "/repos/octocat/hello-world";
    let fake = Fake::start().await;
    let said =
        json!({ "kind": "status", "status": 502, "method": "get", "path": "/hello", "times": 2 });
    let said = fake.post("/faults/inject", said).await.expect(200);
    assert_eq!(said["fault"], "502, on GET /hello, 2 times");
    for status in [502, 502, 200] {
        assert_eq!(fake.call("GET", HELLO, Value::Null).await.status, status);
    }
    fake.post("/faults/inject", json!({ "kind": "dropped_connection", "skip": 1 }))
        .await
        .expect(200);
    for status in [200, 0, 200] {
        assert_eq!(fake.call("GET", HELLO, Value::Null).await.status, status);
    }
    let limit = json!({ "kind": "rate_limit", "seconds": 90, "status": 429, "times": "always" });
    fake.post("/faults/inject", limit).await.expect(200);
    let limited = fake.call("GET", HELLO, Value::Null).await;
    assert!(
        limited.status == 429 && limited.head.contains("x-ratelimit-remaining: 0"),
        "{limited:?}"
    );
    assert_eq!(fake.get("/faults").await.expect(200).as_array().unwrap().len(), 1);
    fake.post("/faults/clear", json!({})).await.expect(200);
    assert_eq!(fake.get("/faults").await.expect(200), json!([]));
    assert_eq!(fake.call("GET", HELLO, Value::Null).await.status, 200);
    // All that the list names can be made.
    let index = fake.get("").await.expect(200);
    let calls = index["calls"].as_array().unwrap();
    let inject = calls.iter().find(|it| it["path"] == "/_fake/faults/inject").unwrap();
    let kinds = inject["fields"][0]["one_of"].as_array().unwrap();
    assert!(kinds.len() > 20, "{kinds:?}");
    for kind in kinds {
        let mut body = json!({ "kind": kind });
        match kind.as_str().unwrap() {
            "status" => body["status"] = json!(500),
            "latency" => body["seconds"] = json!(0.01),
            "redirect" => body["location"] = json!("http://127.0.0.1:1/"),
            _ => {}
        }
        fake.post("/faults/inject", body).await.expect(200);
    }
    assert_eq!(fake.get("/faults").await.expect(200).as_array().unwrap().len(), kinds.len());
}

#[tokio::test]
async fn a_wrong_call_is_told_what_is_wrong_and_where() {
    let fake = Fake::start().await;
    let long = "x".repeat(100);
    for (action, body, status, at, said) in [
        ("push", json!({}), 400, "body.branch", "`branch` is missing"),
        ("push", json!({ "branch": null }), 400, "body.branch", "`branch` is missing"),
        ("push", json!({ "branch": 7 }), 400, "body.branch", "must be a text, and is 7"),
        ("push", json!({ "branch": [long] }), 400, "body.branch", "xxx..."),
        ("push", json!({ "brunch": "a" }), 400, "body.brunch", "no field `brunch`, but branch"),
        ("push", json!(["a"]), 400, "body", "must be a JSON object"),
        ("merge-pull-request", json!({ "number": -1 }), 400, "body.number", "a whole number"),
        ("merge-pull-request", json!({ "number": 9 }), 422, "", "octocat/hello-world: "),
        ("close-pull-request", json!({ "number": 9 }), 422, "", "no open pull request 9"),
        ("comment", json!({ "number": 9, "body": "a" }), 422, "", "neither an issue nor"),
        ("delete-branch", json!({ "branch": "main" }), 422, "", "could be deleted"),
        (
            "create-status",
            json!({ "commit": "no", "context": "a", "state": "error" }),
            404,
            "body.commit",
            "no branch \"no\"",
        ),
        (
            "create-status",
            json!({ "commit": "main", "context": "a", "state": "good" }),
            400,
            "body.state",
            "pending, success, failure, error",
        ),
        (
            "create-hook",
            json!({ "url": "https://a.example" }),
            400,
            "body.url",
            "begins with http://",
        ),
        (
            "create-hook",
            json!({ "url": "http://a", "events": ["pul"] }),
            400,
            "body.events",
            "\"pul\" is no event",
        ),
        ("create-hook", json!({ "url": "http://a", "secret": "a " }), 422, "", "ends with a space"),
        ("open-pull-request", json!({ "title": "a", "base": "no" }), 422, "", "no branch `no`"),
        (
            "commit",
            json!({ "branch": "a", "message": "b", "files": { "a": 1 } }),
            400,
            "body.files",
            "an object of paths",
        ),
        (
            "commit",
            json!({ "branch": "a", "message": "b", "files": { "a": "b" } }),
            422,
            "",
            "has no git",
        ),
        (
            "wait-for-status",
            json!({ "commit": "main", "context": "a", "state": "error", "seconds": 0.01 }),
            504,
            "",
            "in vain",
        ),
        (
            "wait-for-comment",
            json!({ "number": 1, "seconds": 601 }),
            400,
            "body.seconds",
            "600 seconds at most",
        ),
        (
            "wait-for-deployment-status",
            json!({ "deployment": 1, "state": "error" }),
            404,
            "body.deployment",
            "no deployment 1",
        ),
        ("rename", json!({ "name": "a/b" }), 422, "", "no name of a repository"),
        ("fly", json!({}), 404, "path", "no such call"),
    ] {
        let (message, place) = fake.act(action, body.clone()).await.refused(status);
        assert!(message.contains(said) && place == at, "{action} {body}: {message} at {place:?}");
    }
    for (path, body, status, at, said) in [
        (
            "/repositories/octocat/none/push",
            json!({ "branch": "a" }),
            404,
            "path",
            "no repository \"octocat/none\"",
        ),
        ("/create-repository", json!({ "name": "octocat" }), 400, "body.name", "owner/name"),
        ("/create-repository", json!({ "name": "Octocat/Hello-World" }), 422, "", "already"),
        ("/faults/inject", json!({ "kind": "fire" }), 400, "body.kind", "one of status, html"),
        ("/faults/inject", json!({ "kind": "status" }), 400, "body.status", "needs `status`"),
        ("/faults/inject", json!({ "kind": "status", "status": 200 }), 422, "", "400 to 599"),
        (
            "/faults/inject",
            json!({ "kind": "forbidden", "seconds": 1 }),
            400,
            "body.seconds",
            "has no `seconds`",
        ),
        ("/faults/inject", json!({ "kind": "forbidden", "times": 0 }), 400, "body.times", "always"),
        (
            "/faults/inject",
            json!({ "kind": "forbidden", "method": "BREW" }),
            400,
            "body.method",
            "no method",
        ),
        ("/clock/advance", json!({ "seconds": -1 }), 400, "body.seconds", "from 0"),
        ("/clock/advance", json!({ "seconds": 1e300 }), 400, "body.seconds", "ten years"),
        ("/clock/set", json!({ "moment": "1999-01-01T00:00:00Z" }), 422, "", "cannot be put to"),
        ("/deliveries/1/redeliver", json!({}), 404, "path", "no finished delivery 1"),
        ("/deliveries/one/redeliver", json!({}), 404, "path", "no number"),
        ("/app/install", json!({}), 400, "body", "either"),
        (
            "/organizations/none/create-hook",
            json!({ "url": "http://a" }),
            404,
            "path",
            "no organization",
        ),
    ] {
        let (message, place) = fake.post(path, body.clone()).await.refused(status);
        assert!(message.contains(said) && place == at, "{path} {body}: {message} at {place:?}");
    }
    let push = fake.control(&format!("{REPOSITORY}/push"));
    let (message, _) = send(&push, "POST", &[], "{").await.refused(400);
    assert!(message.contains("no JSON"), "{message}");
    let reply = send(&push, "DELETE", &[], "").await;
    assert!(reply.status == 405 && reply.head.contains("allow: post"), "{reply:?}");
    assert_eq!(
        send(&format!("{push}?branch=a"), "POST", &[], "{\"branch\":\"a\"}").await.refused(400).1,
        "query"
    );
    // A stranger's page in a browser on this machine.
    let reply = send(&push, "POST", &["origin: http://evil.example"], "{\"branch\":\"a\"}").await;
    assert_eq!(reply.refused(403).1, "header Origin");
    let own = format!("origin: {}", fake.api);
    send(&push, "POST", &[&own], "{\"branch\":\"a\"}").await.expect(200);
    // The fake goes on, and no panic of its own shows.
    fake.act("push", json!({ "branch": "b" })).await.expect(200);
    #[cfg(unix)]
    {
        fake.signal("-INT");
        assert_eq!(fake.ended().await, (Some(0), String::new()));
    }
}

#[tokio::test]
async fn the_world_can_be_furnished() {
    let fake = Fake::start_with(&["--samples", "--user", "robot"], &[]).await;
    assert_eq!(fake.get("/repositories").await.expect(200), json!(["octo-org/hello-world"]));
    fake.post("/create-organization", json!({ "login": "acme" })).await.expect(200);
    let made = json!({ "name": "acme/rocket", "organization": true, "private": true });
    let made = fake.post("/create-repository", made).await.expect(200);
    assert_eq!((&made["private"], &made["git"]), (&json!(true), &json!(false)));
    let url = format!("{}/nowhere", fake.api);
    let hook = json!({ "url": url, "secret": "hunter2", "events": ["*"], "content_type": "form" });
    fake.post("/organizations/ACME/create-hook", hook.clone()).await.expect(200);
    fake.post("/app/set-hook", hook).await.expect(200);
    let installed =
        fake.post("/app/install", json!({ "repository": "acme/rocket" })).await.expect(200);
    assert_eq!(installed["client_id"], fake.get("/app").await.expect(200)["client_id"]);
    fake.post("/app/revoke-tokens", json!({})).await.expect(200);
    let before = fake.get("/clock").await.expect(200);
    fake.post("/clock/advance", json!({ "seconds": 86400.5 })).await.expect(200);
    assert_ne!(fake.get("/clock").await.expect(200), before);
    let moment = json!({ "moment": "2040-01-01T00:00:00Z" });
    let set = fake.post("/clock/set", moment).await.expect(200);
    assert!(set["now"].as_str().unwrap().starts_with("2040-01-01T00:00:"), "{set}");
    let state = fake.get("/state").await.expect(200);
    assert_eq!(state["organizations"].as_array().unwrap().len(), 2);
    let page = send(&fake.page, "GET", &[], "").await;
    assert!(page.body.contains("Organization acme") && page.body.contains("The GitHub App"));

    let path = "/repos/octo-org/hello-world/issues/1/comments";
    let comment = fake.call("POST", path, json!({ "body": "Hello" })).await.expect(201);
    assert_eq!(comment["user"]["login"], "robot");
}
