//! Hooks and their deliveries, of repositories, organizations and Apps.

use hookstead_client::{HookConfigUpdate, HookContentType, HookUpdate, NewHook};
use serde_json::json as value;

use crate::support::{Server, answer, json};

const HOOK: &str = r#"{"id": 3, "name": "web", "active": true, "events": ["push"],
    "config": {"url": "https://ci.example", "content_type": "form", "secret": "********",
               "insecure_ssl": "0"},
    "last_response": {"code": null, "status": "unused", "message": null}}"#;

fn lines(server: &Server) -> Vec<String> {
    server.requests().into_iter().map(|request| request.line).collect()
}

#[tokio::test]
async fn the_hooks_of_a_repository() {
    let server = Server::start([
        json(201, HOOK),
        json(200, &format!("[{HOOK}]")),
        json(200, HOOK),
        json(200, HOOK),
        json(200, r#"{"url": "https://new.example", "secret": "********"}"#),
        answer(204, &[], ""),
        answer(204, &[], ""),
    ])
    .await;
    let hooks = server.repo().hooks();
    let new = NewHook::new("https://ci.example").secret("s3cret").events(["push"]);
    assert!(!format!("{new:?}").contains("s3cret"));
    let hook = hooks.create(&new).await.unwrap();
    assert!(hook.config.has_secret);
    assert_eq!(hook.config.content_type, Some(HookContentType::Form));
    assert_eq!(hooks.list().await.unwrap().items.len(), 1);
    hooks.get(3).await.unwrap();
    hooks.update(3, &HookUpdate::new().add_event("status").active(false)).await.unwrap();
    let moved = HookConfigUpdate::new().url("https://new.example");
    let config = hooks.update_config(3, &moved).await.unwrap();
    assert!(config.has_secret);
    hooks.ping(3).await.unwrap();
    hooks.delete(3).await.unwrap();

    assert_eq!(
        lines(&server),
        [
            "POST /repos/octocat/hello/hooks",
            "GET /repos/octocat/hello/hooks?per_page=100",
            "GET /repos/octocat/hello/hooks/3",
            "PATCH /repos/octocat/hello/hooks/3",
            "PATCH /repos/octocat/hello/hooks/3/config",
            "POST /repos/octocat/hello/hooks/3/pings",
            "DELETE /repos/octocat/hello/hooks/3",
        ]
    );
    let requests = server.requests();
    assert_eq!(
        requests[0].json(),
        value!({"name": "web", "active": true, "events": ["push"], "config":
            {"url": "https://ci.example", "content_type": "json", "secret": "s3cret"}})
    );
    // A `config` without `secret` would remove the secret, so an update has none.
    assert_eq!(requests[3].json(), value!({"add_events": ["status"], "active": false}));
    assert_eq!(requests[4].json(), value!({"url": "https://new.example"}));
}

/// GitHub has no `add_events` there, so all events are named.
#[tokio::test]
async fn the_events_of_an_organization_s_hook() {
    let hooks = r#"{"id": 3, "events": ["push", "status"]}"#;
    for (update, read, expected) in [
        (
            HookUpdate::new().add_event("status").add_event("star"),
            true,
            value!({"events": ["push", "status", "star"]}),
        ),
        (
            HookUpdate::new().remove_event("push").active(true),
            true,
            value!({"events": ["status"], "active": true}),
        ),
        (HookUpdate::new().events(["*"]).remove_event("star"), true, value!({"events": ["*"]})),
        (HookUpdate::new().events(["star"]), false, value!({"events": ["star"]})),
        (HookUpdate::new().active(false), false, value!({"active": false})),
    ] {
        let server = Server::start([]).await;
        if read {
            server.then(json(200, hooks));
        }
        server.then(json(200, hooks));
        server.client().organization_hooks("octo").update(3, &update).await.unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 1 + usize::from(read));
        let last = requests.last().unwrap();
        assert_eq!(last.line, "PATCH /orgs/octo/hooks/3");
        assert_eq!(last.json(), expected);
    }
}

#[tokio::test]
async fn deliveries_of_every_kind_of_hook() {
    let failed = r#"{"id": 8, "guid": "g", "status": "failed to connect", "status_code": 0,
        "duration": 0.25, "redelivery": false, "throttled_at": null, "repository_id": null}"#;
    let whole = r#"{"id": 9, "guid": "g", "status": "OK", "status_code": 202,
        "request": {"headers": {"X-GitHub-Event": "push", "X-Number": 3},
                    "payload": {"s3cret": "s3cret"}},
        "response": {"headers": null, "payload": null}}"#;
    let server = Server::start([]).await;
    let client = server.client();
    for (deliveries, place) in [
        (server.repo().hooks().deliveries(3), "/repos/octocat/hello/hooks/3/deliveries"),
        (client.organization_hooks("octo").deliveries(3), "/orgs/octo/hooks/3/deliveries"),
        (client.app_hook_deliveries(), "/app/hook/deliveries"),
    ] {
        let asked = lines(&server).len();
        server.then(answer(
            200,
            &[("link", r#"<?cursor=v1_x>; rel="next""#)],
            &format!("[{failed}]"),
        ));
        server.then(json(200, &format!("[{whole}]")));
        server.then(json(200, whole));
        server.then(json(202, "{}"));
        let mut all = client.items(deliveries.list().await.unwrap());
        let mut ok = Vec::new();
        while let Some(delivery) = all.next().await {
            ok.push(delivery.unwrap().is_ok());
        }
        assert_eq!(ok, [false, true]);
        let delivery = deliveries.get(9).await.unwrap();
        assert!(!format!("{delivery:?}").contains("s3cret"));
        let request = delivery.request.unwrap();
        assert_eq!(request.headers.len(), 1);
        assert_eq!(request.payload["s3cret"], "s3cret");
        deliveries.redeliver(8).await.unwrap();
        assert_eq!(
            lines(&server)[asked..],
            [
                format!("GET {place}?per_page=100"),
                format!("GET {place}?cursor=v1_x"),
                format!("GET {place}/9"),
                format!("POST {place}/8/attempts"),
            ]
        );
    }
}

#[tokio::test]
async fn what_no_receiver_would_take_is_not_sent() {
    let server = Server::start([]).await;
    let hooks = server.repo().hooks();
    let secret = NewHook::new("https://ci.example").secret("s3cret\n");
    let address = NewHook::new("https://ci.example\u{200b}").secret("s3cret");
    for (new, problem) in [
        (secret, "the secret ends with a line break (U+000A)"),
        (address, "the address ends with a zero-width character (U+200B)"),
    ] {
        let error = hooks.create(&new).await.unwrap_err();
        assert!(error.to_string().ends_with(problem), "{error}");
    }
    let error =
        hooks.update_config(3, &HookConfigUpdate::new().secret(" s3cret")).await.unwrap_err();
    assert!(error.to_string().ends_with("the secret begins with a space (U+0020)"), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"));
    assert_eq!(server.connections(), 0);
}
