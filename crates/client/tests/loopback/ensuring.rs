//! A deployment that is safe to ask for twice.

use hookstead_client::{EnsuredDeployment, NewDeployment};
use serde_json::{Value, json};

use crate::support::{Reply, SHA, Server, json as answer, sha};

fn deployment(id: u64, payload: &Value) -> Value {
    json!({"id": id, "sha": SHA, "ref": SHA, "payload": payload})
}

fn list(deployments: &[Value]) -> Reply {
    answer(200, &Value::from(deployments).to_string())
}

fn order() -> Value {
    json!({"deploy_user": "octocat"})
}

fn wanted() -> NewDeployment {
    NewDeployment::new(sha()).environment("staging").task("deploy:fast").payload(order())
}

#[tokio::test]
async fn what_is_there_is_found() {
    let others = [deployment(9, &json!({"deploy_user": "hubot"})), deployment(8, &order())];
    let script = list(&[&others[..], &[deployment(7, &order())]].concat());
    let server = Server::start([script]).await;
    let outcome = server.repo().ensure_deployment(&wanted()).await.unwrap();
    // Of two equal ones the older, whoever asks.
    let EnsuredDeployment::Found(found) = outcome else { panic!("{outcome:?}") };
    assert_eq!(found.id, 7);
    let line = server.request().line;
    let (path, query) = line.split_once('?').unwrap();
    assert_eq!(path, "GET /repos/octocat/hello/deployments");
    for part in [&format!("sha={SHA}"), "environment=staging", "task=deploy%3Afast"] {
        assert!(query.split('&').any(|it| it == part), "{query}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_created() {
    let other = deployment(9, &json!({"deploy_user": "hubot"}));
    let created = answer(201, &deployment(10, &order()).to_string());
    let server = Server::start([list(&[other]), created]).await;
    let outcome = server.repo().ensure_deployment(&wanted()).await.unwrap();
    let EnsuredDeployment::Created(created) = outcome else { panic!("{outcome:?}") };
    assert_eq!(created.id, 10);
    assert_eq!(server.requests()[1].line, "POST /repos/octocat/hello/deployments");
}

/// GitHub's defaults are as good as what is spelled out.
#[tokio::test]
async fn what_is_not_said_is_looked_for_by_its_default() {
    let server = Server::start([list(&[deployment(7, &json!(""))])]).await;
    let outcome = server.repo().ensure_deployment(&NewDeployment::new(sha())).await.unwrap();
    assert!(matches!(outcome, EnsuredDeployment::Found(_)), "{outcome:?}");
    let line = server.request().line;
    assert!(line.contains("environment=production") && line.contains("task=deploy"), "{line}");
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_looked_up() {
    for lost in [
        answer(502, "{}"),
        Reply::BytesThenClose(b"HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{".to_vec()),
        answer(201, "{}"),
    ] {
        let there = list(&[deployment(10, &order())]);
        let server = Server::start([list(&[]), lost, there]).await;
        let outcome = server.repo().ensure_deployment(&wanted()).await.unwrap();
        let EnsuredDeployment::Created(created) = outcome else { panic!("{outcome:?}") };
        assert_eq!(created.id, 10);
        assert_eq!(server.requests().len(), 3);
    }
    // It was not created.
    let server = Server::start([list(&[]), answer(502, "{}"), list(&[])]).await;
    let error = server.repo().ensure_deployment(&wanted()).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 502);
    assert!(error.is_outage());
}

#[tokio::test]
async fn a_refusal_is_an_outcome_and_not_looked_up() {
    let refusal = answer(409, r#"{"message": "Conflict: Commit status checks failed for x."}"#);
    let server = Server::start([list(&[]), refusal]).await;
    let outcome = server.repo().ensure_deployment(&wanted()).await.unwrap();
    assert!(matches!(outcome, EnsuredDeployment::Refused(_)), "{outcome:?}");

    let server = Server::start([list(&[]), answer(422, r#"{"message": "No ref found"}"#)]).await;
    server.repo().ensure_deployment(&wanted()).await.unwrap_err();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn only_a_commit_can_be_found_again() {
    let server = Server::start([]).await;
    let error = server.repo().ensure_deployment(&NewDeployment::new("main")).await.unwrap_err();
    assert!(error.to_string().contains("its ref is none"), "{error}");
    assert!(server.requests().is_empty());
}
