//! Words and links that decorate: each is made to fit, and none costs what it decorates.

use hookstead_client::{
    BranchMergeOutcome, CHECK_TEXT_MAX_BYTES, CONTEXT_MAX_CHARACTERS, CheckAnnotation,
    CheckConclusion, CheckOutput, DeploymentOutcome, MergeOptions, NewCheckRun, NewDeployment,
    NewDeploymentStatus, NewStatus, RequiredContexts,
};
use serde_json::{Value, json as value};

use crate::support::{Reply, SHA, Server, json, sha};

const STATUS: &str = r#"{"id": 1, "state": "failure"}"#;
const RUN: &str = r#"{"id": 4, "name": "build", "status": "completed"}"#;

/// A 422 about these fields.
fn refused(fields: &[&str]) -> Reply {
    let errors: Vec<Value> = fields
        .iter()
        .map(|field| value!({"resource": "Status", "field": field, "code": "custom"}))
        .collect();
    json(422, &value!({"message": "Validation Failed", "errors": errors}).to_string())
}

fn bodies(server: &Server) -> Vec<Value> {
    server.requests().iter().map(|request| request.json()).collect()
}

#[tokio::test]
async fn every_text_and_link_fits() {
    let deployment = r#"{"id": 1, "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "ref": "x"}"#;
    let server = Server::start([
        json(201, STATUS),
        json(201, STATUS),
        json(201, deployment),
        json(201, STATUS),
        json(201, RUN),
        json(200, &format!(r#"{{"sha": "{SHA}"}}"#)),
        json(201, &format!(r#"{{"sha": "{SHA}"}}"#)),
    ])
    .await;
    let repo = server.repo();
    let long = "ci/".to_owned() + &"x".repeat(300);
    let status = NewStatus::failure()
        .context(long.as_str())
        .description("2 tests failed 🐛")
        .target_url("ci.example.com/17");
    repo.create_status(&sha(), &status).await.unwrap();
    let blank = NewStatus::failure().context(" ").target_url("https://ci.example.com/ü");
    repo.create_status(&sha(), &blank).await.unwrap();
    let new = NewDeployment::new("main")
        .description("🚀".repeat(141))
        .required_contexts(RequiredContexts::only([long.as_str(), "ci/demo"]));
    let outcome = repo.create_deployment(&new).await.unwrap();
    assert!(matches!(outcome, DeploymentOutcome::Created(_)));
    let status = NewDeploymentStatus::success()
        .description("up \0🚀")
        .log_url("/var/log/17")
        .environment_url("www.example.com");
    repo.create_deployment_status(7, &status).await.unwrap();
    let annotation =
        CheckAnnotation::failure("a", (1, 1), "ü".repeat(40_000)).title("t".repeat(300));
    let output = CheckOutput::new("t".repeat(300), "ü".repeat(40_000))
        .text("🚀".repeat(40_000))
        .annotation(annotation);
    let run = NewCheckRun::completed(CheckConclusion::Success).details_url("17").output(output);
    repo.create_check_run(&sha(), "build", &run).await.unwrap();
    let options = MergeOptions::new().title("a\0").message("🚀\u{1B}");
    repo.merge_pull_request(7, &sha(), &options).await.unwrap();
    let merged = repo.merge_branch("main", "topic", Some("a\0b")).await.unwrap();
    assert!(matches!(merged, BranchMergeOutcome::Merged { .. }));

    let bodies = bodies(&server);
    let context = bodies[0]["context"].as_str().unwrap();
    assert_eq!(context.chars().count(), CONTEXT_MAX_CHARACTERS);
    assert_eq!(
        bodies[0],
        value!({"state": "failure", "context": context, "description": "2 tests failed \u{FFFD}"})
    );
    let link = "https://ci.example.com/%C3%BC";
    assert_eq!(bodies[1], value!({"state": "failure", "target_url": link}));
    assert_eq!(bodies[2]["description"], "\u{FFFD}".repeat(139) + "…");
    // What a deployment requires is what the status is called.
    assert_eq!(bodies[2]["required_contexts"], value!([context, "ci/demo"]));
    assert_eq!(bodies[3], value!({"state": "success", "description": "up \u{FFFD}\u{FFFD}"}));
    assert_eq!(bodies[4].get("details_url"), None);
    let output = &bodies[4]["output"];
    let texts = [&output["summary"], &output["text"], &output["annotations"][0]["message"]];
    for text in texts.map(|it| it.as_str().unwrap()) {
        assert!(text.len() <= CHECK_TEXT_MAX_BYTES && text.ends_with('…'));
    }
    for title in [&output["title"], &output["annotations"][0]["title"]] {
        assert_eq!(title.as_str().unwrap().chars().count(), 255);
    }
    assert_eq!(bodies[5]["commit_title"], "a\u{FFFD}");
    assert_eq!(bodies[5]["commit_message"], "🚀\u{FFFD}");
    assert_eq!(bodies[6]["commit_message"], "a\u{FFFD}b");
}

#[tokio::test]
async fn a_status_that_is_refused_for_its_decoration_is_sent_without() {
    let whole = || {
        let status = NewStatus::failure().context("🚀 ci").description("text");
        status.target_url("https://ci.example.com/17")
    };
    let link = "https://ci.example.com/17";
    for (refusals, expected) in [
        (
            vec![refused(&["description"])],
            value!({"state": "failure", "context": "🚀 ci", "target_url": link}),
        ),
        (
            vec![refused(&["target_url", "description"])],
            value!({"state": "failure", "context": "🚀 ci"}),
        ),
        (
            vec![refused(&["target_url"]), refused(&["description"])],
            value!({"state": "failure", "context": "🚀 ci"}),
        ),
        (
            vec![json(
                422,
                r#"{"message": "Validation failed: Target url must use http(s) scheme"}"#,
            )],
            value!({"state": "failure", "context": "🚀 ci", "description": "text"}),
        ),
    ] {
        let count = refusals.len();
        let server = Server::start(refusals.into_iter().chain([json(201, STATUS)])).await;
        server.repo().create_status(&sha(), &whole()).await.unwrap();
        let bodies = bodies(&server);
        assert_eq!(bodies.len(), count + 1);
        assert_eq!(bodies[count], expected);
    }
    // A context cannot be left out.
    let server = Server::start([refused(&["context"]), json(201, STATUS)]).await;
    server.repo().create_status(&sha(), &whole()).await.unwrap();
    let context = bodies(&server)[1]["context"].as_str().unwrap().to_owned();
    assert!(context.starts_with("\u{FFFD} ci…"), "{context}");
}

#[tokio::test]
async fn what_is_refused_for_something_else_stays_refused() {
    let status = NewStatus::failure().context("ci").description("text");
    for refusal in [
        refused(&["sha"]),
        refused(&["description", "sha"]),
        // It has none.
        refused(&["target_url"]),
        // A thousand statuses are enough for GitHub.
        refused(&["context"]),
        json(422, r#"{"message": "No commit found for SHA: ec26c3e"}"#),
        json(422, "<html>description"),
        json(403, r#"{"message": "description"}"#),
    ] {
        let server = Server::start([refusal]).await;
        let error = server.repo().create_status(&sha(), &status).await.unwrap_err();
        assert!(error.status().unwrap().is_client_error());
        assert_eq!(server.requests().len(), 1, "{error}");
    }
}

#[tokio::test]
async fn deployments_and_check_runs_come_without_as_well() {
    let deployment = r#"{"id": 1, "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "ref": "x"}"#;
    let server = Server::start([refused(&["description"]), json(201, deployment)]).await;
    let new = NewDeployment::new("main").description("text");
    server.repo().create_deployment(&new).await.unwrap();
    assert_eq!(bodies(&server)[1], value!({"ref": "main", "auto_merge": false}));

    let all = ["description", "target_url", "environment_url"];
    let server = Server::start([refused(&all), json(201, STATUS)]).await;
    let status = NewDeploymentStatus::success().description("text");
    let status = status.log_url("https://a.example").environment_url("https://b.example");
    server.repo().create_deployment_status(7, &status).await.unwrap();
    assert_eq!(bodies(&server)[1], value!({"state": "success"}));

    // GitHub says so when a text has too many characters, and not which.
    let length = "Invalid request.\n\nOnly 65535 characters are allowed; 85289 were supplied.";
    let length = || json(422, &value!({ "message": length }).to_string());
    let server =
        Server::start([length(), length(), refused(&["details_url"]), json(200, RUN)]).await;
    let output = CheckOutput::new("title", "summary").text("text");
    let run = NewCheckRun::completed(CheckConclusion::Success).output(output);
    server.repo().update_check_run(4, &run.details_url("https://a.example")).await.unwrap();
    let sent = bodies(&server);
    assert_eq!(sent[1]["output"], value!({"title": "title", "summary": "summary"}));
    assert_eq!(sent[2].get("output"), None);
    assert_eq!(sent[3], value!({"status": "completed", "conclusion": "success"}));
}

fn annotated(count: usize) -> NewCheckRun {
    let mut output = CheckOutput::new("title", "summary").text("text");
    for line in 1..=count {
        let line = u32::try_from(line).unwrap();
        output = output.annotation(CheckAnnotation::notice("a", (line, line), "m"));
    }
    NewCheckRun::completed(CheckConclusion::Failure).output(output)
}

/// How many annotations came with each request, and the line of the first.
fn annotations(server: &Server) -> Vec<(usize, u64)> {
    let of = |body: Value| {
        let annotations = body["output"]["annotations"].as_array().unwrap().clone();
        (annotations.len(), annotations[0]["start_line"].as_u64().unwrap())
    };
    bodies(server).into_iter().map(of).collect()
}

#[tokio::test]
async fn many_annotations_take_several_calls() {
    let server = Server::start((0..3).map(|_| json(200, RUN))).await;
    let quick = hookstead_client::RateLimitPolicy::new().write_interval(std::time::Duration::ZERO);
    let client = server.builder().rate_limits(quick).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    repo.create_check_run(&sha(), "build", &annotated(101)).await.unwrap();
    assert_eq!(annotations(&server), [(50, 1), (50, 51), (1, 101)]);
    let requests = server.requests();
    assert_eq!(requests[0].line, "POST /repos/octocat/hello/check-runs");
    for request in &requests[1..] {
        assert_eq!(request.line, "PATCH /repos/octocat/hello/check-runs/4");
        // The state came with the first, and the output's words would be gone without being repeated.
        let mut body = request.json();
        body["output"]["annotations"].take();
        let output = value!({
            "title": "title", "summary": "summary", "text": "text", "annotations": null
        });
        assert_eq!(body, value!({ "output": output }));
    }

    // One that does not arrive costs no more than the rest of them.
    let server = Server::start([json(200, RUN), json(500, "{}")]).await;
    server.repo().update_check_run(4, &annotated(200)).await.unwrap();
    assert_eq!(server.requests().len(), 2);

    let server = Server::start((0..30).map(|_| json(200, RUN))).await;
    let client = server.builder().rate_limits(quick).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    repo.update_check_run(4, &annotated(1001)).await.unwrap();
    assert_eq!(server.requests().len(), 20);
}
