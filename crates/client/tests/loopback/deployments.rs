use std::collections::BTreeMap;

use hookstead_client::{
    DeploymentFilter, DeploymentOutcome, DeploymentState, NewDeployment, NewDeploymentStatus,
    Refusal, RefusalReason, RequiredContexts, StatusState,
};
use serde_json::{Value, json};

use crate::support::{SHA, Server, TOKEN, answer, assert_hidden, json, sha};

fn deployment(id: u64) -> String {
    json!({
        "id": id, "sha": SHA, "ref": "topic-branch", "task": "deploy",
        "payload": {"deploy_user": "octocat"}, "original_environment": "staging",
        "environment": "production", "description": "Deploy request from hubot",
        "creator": {"login": "octocat", "id": 1}, "created_at": "2012-07-20T01:19:13Z",
        "transient_environment": false, "production_environment": true
    })
    .to_string()
}

async fn outcome(status: u16, body: &str) -> DeploymentOutcome {
    let server = Server::start([json(status, body)]).await;
    server.repo().create_deployment(&NewDeployment::new("main")).await.unwrap()
}

async fn refusal(body: Value) -> Refusal {
    let refusal = match outcome(409, &body.to_string()).await {
        DeploymentOutcome::Refused(refusal) => Some(refusal),
        _ => None,
    };
    refusal.unwrap()
}

#[tokio::test]
async fn creating_a_deployment_spells_auto_merge_out() {
    let server = Server::start([json(201, &deployment(7))]).await;
    let outcome = server.repo().create_deployment(&NewDeployment::new(sha())).await.unwrap();
    let DeploymentOutcome::Created(deployment) = outcome else { panic!("{outcome:?}") };
    assert_eq!(deployment.id, 7);
    assert_eq!(deployment.payload["deploy_user"], "octocat");
    assert_eq!(deployment.environment.as_deref(), Some("production"));
    assert!(!format!("{deployment:?}").contains("deploy_user"));

    let request = server.request();
    assert_eq!(request.line, "POST /repos/octocat/hello/deployments");
    assert_eq!(request.json(), json!({"ref": SHA, "auto_merge": false}));
}

#[tokio::test]
async fn every_field_of_a_deployment() {
    let new = NewDeployment::new("main")
        .task("deploy:migrations")
        .auto_merge(true)
        .required_contexts(RequiredContexts::None)
        .payload(json!({"environment": "staging", "deploy_user": "octocat"}))
        .environment("staging")
        .description("ü".repeat(141))
        .transient_environment(true)
        .production_environment(false);
    assert!(!format!("{new:?}").contains("deploy_user"));
    let only = NewDeployment::new("main")
        .required_contexts(RequiredContexts::only(["ci/demo", "ci/other"]))
        .payload("a text");

    let server = Server::start([json(201, &deployment(7)), json(201, &deployment(8))]).await;
    server.repo().create_deployment(&new).await.unwrap();
    server.repo().create_deployment(&only).await.unwrap();
    assert_eq!(
        server.requests()[0].json(),
        json!({
            "ref": "main", "task": "deploy:migrations", "auto_merge": true, "required_contexts": [],
            "payload": {"environment": "staging", "deploy_user": "octocat"},
            "environment": "staging", "description": "ü".repeat(139) + "…",
            "transient_environment": true, "production_environment": false
        })
    );
    assert_eq!(
        server.requests()[1].json(),
        json!({
            "ref": "main", "auto_merge": false, "payload": "a text",
            "required_contexts": ["ci/demo", "ci/other"]
        })
    );
}

#[tokio::test]
async fn an_auto_merge_is_no_deployment() {
    let message = "Auto-merged master into topic-branch on deployment.";
    let outcome = outcome(202, &json!({ "message": message }).to_string()).await;
    assert_eq!(outcome, DeploymentOutcome::AutoMerged { message: message.to_owned() });
}

#[tokio::test]
async fn failing_contexts_are_named() {
    let refusal = refusal(json!({
        "message": "Conflict: Commit status checks failed for topic-branch.",
        "errors": [{
            "contexts": [
                {"context": "ci/demo", "state": "pending"},
                {"context": "ci/other", "state": "cancelled"},
                {"state": "nameless"}
            ],
            "resource": "Deployment", "field": "required_contexts", "code": "invalid"
        }],
        "documentation_url": "https://docs.github.com/x", "status": "409"
    }))
    .await;
    assert!(refusal.is_failing_contexts() && !refusal.is_merge_conflict());
    assert_eq!(refusal.contexts.len(), 2);
    assert_eq!(refusal.contexts[0].context, "ci/demo");
    assert_eq!(refusal.contexts[0].state, StatusState::Pending);
    assert_eq!(refusal.contexts[1].state, "cancelled");
    assert_eq!(
        refusal.to_string(),
        "Conflict: Commit status checks failed for topic-branch. \
         (ci/demo: pending, ci/other: cancelled)"
    );
}

#[tokio::test]
async fn a_merge_conflict_is_told_apart() {
    let refusal = refusal(json!({"message": "Conflict merging master into topic-branch."})).await;
    assert_eq!(refusal.reason, RefusalReason::MergeConflict);
    assert!(refusal.is_merge_conflict());
    assert!(refusal.contexts.is_empty());
    assert_eq!(refusal.to_string(), "Conflict merging master into topic-branch.");
}

#[tokio::test]
async fn a_409_of_somebody_else_is_an_error() {
    let server = Server::start([answer(409, &[], "<html>proxy</html>")]).await;
    let error = server.repo().create_deployment(&NewDeployment::new("main")).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 409);
    assert_eq!(error.response_text(), Some("<html>proxy</html>"));
}

#[tokio::test]
async fn a_payload_without_a_json_form_is_not_sent() {
    let server = Server::start([]).await;
    let payload = BTreeMap::from([(vec![1], "s3cret-value")]);
    let new = NewDeployment::new("main").payload(payload);
    let error = server.repo().create_deployment(&new).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot create a deployment of main in octocat/hello: the payload has no JSON form"
    );
    assert_hidden(&error, "s3cret-value");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn what_was_posted_is_in_no_error() {
    let refused = json(
        422,
        r#"{"message": "Validation Failed", "errors": [
        {"resource": "Deployment", "field": "payload", "code": "invalid", "value": "s3cret-value"}]}"#,
    );
    let server = Server::start([refused]).await;
    let new = NewDeployment::new("main").payload(json!({"key": "s3cret-value"}));
    let error = server.repo().create_deployment(&new).await.unwrap_err();
    assert_hidden(&error, "s3cret-value");
    assert_hidden(&error, TOKEN);
}

#[tokio::test]
async fn getting_and_listing_deployments() {
    // An old server's deployment, with the payload as a string.
    let old = format!(r#"{{"id": 1, "sha": "{SHA}", "ref": "main", "payload": "{{\"a\":1}}"}}"#);
    let server = Server::start([
        json(200, &old),
        json(200, &format!("[{},{old}]", deployment(9))),
        json(200, "[]"),
    ])
    .await;
    let repo = server.repo();
    assert_eq!(repo.deployment(1).await.unwrap().payload, r#"{"a":1}"#);
    let page = repo.deployments(&DeploymentFilter::new()).await.unwrap();
    assert_eq!(page.into_iter().map(|deployment| deployment.id).collect::<Vec<_>>(), [9, 1]);
    let filter = DeploymentFilter::new()
        .sha(&sha())
        .git_ref("heads/a")
        .task("deploy")
        .environment("the moon")
        .per_page(1);
    assert!(!repo.deployments(&filter).await.unwrap().has_next());

    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(
        lines,
        [
            "GET /repos/octocat/hello/deployments/1".to_owned(),
            "GET /repos/octocat/hello/deployments?per_page=100".to_owned(),
            format!(
                "GET /repos/octocat/hello/deployments?sha={SHA}&ref=heads%2Fa&task=deploy\
                 &environment=the%20moon&per_page=1"
            ),
        ]
    );
}

#[tokio::test]
async fn deployment_statuses() {
    let status = r#"{"id": 42, "state": "success", "description": "", "environment": "production",
        "log_url": "https://example.com/log", "target_url": "https://example.com/log",
        "environment_url": "", "creator": null, "created_at": "2012-07-20T01:19:13Z"}"#;
    let news = [
        (NewDeploymentStatus::pending(), "pending"),
        (NewDeploymentStatus::queued(), "queued"),
        (NewDeploymentStatus::in_progress(), "in_progress"),
        (NewDeploymentStatus::success(), "success"),
        (NewDeploymentStatus::failure(), "failure"),
        (NewDeploymentStatus::error(), "error"),
        (NewDeploymentStatus::inactive(), "inactive"),
    ];
    let server = Server::start(news.iter().map(|_| json(201, status))).await;
    let repo = server.repo();
    for (new, state) in &news {
        let created = repo.create_deployment_status(7, new).await.unwrap();
        assert_eq!((created.id, created.state), (42, DeploymentState::Success));
        let request = server.requests().pop().unwrap();
        assert_eq!(request.line, "POST /repos/octocat/hello/deployments/7/statuses");
        assert_eq!(request.json(), json!({ "state": state }));
    }

    server.then(json(201, status));
    server.then(json(200, &format!("[{status}]")));
    let full = NewDeploymentStatus::success()
        .description("ü".repeat(141))
        .log_url("https://example.com/log")
        .environment_url("https://example.com")
        .environment("production")
        .auto_inactive(false);
    repo.create_deployment_status(7, &full).await.unwrap();
    let expected = json!({
        "state": "success", "description": "ü".repeat(139) + "…",
        "log_url": "https://example.com/log", "environment_url": "https://example.com",
        "environment": "production", "auto_inactive": false
    });
    assert_eq!(server.requests().pop().unwrap().json(), expected);

    assert_eq!(repo.deployment_statuses(7).await.unwrap().items.len(), 1);
    assert_eq!(
        server.requests().pop().unwrap().line,
        "GET /repos/octocat/hello/deployments/7/statuses?per_page=100"
    );
}
