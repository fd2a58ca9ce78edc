//! Check runs and suites of a commit, reviews and environments over the API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_events::{
    CheckRunEvent, CheckSuiteEvent, Event as _, EventName, PullRequestReviewEvent,
    PullRequestReviewState,
};
use hookstead_testkit::{FakeDeployment, FakeGitHub, FakeHook, FakePullRequest};
use serde_json::json;
use support::{Api, Hooked};

const REPOSITORY: &str = "/repos/octocat/hello-world";

#[tokio::test]
async fn check_runs_of_a_commit_and_their_suite() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url()).with("authorization", "Bearer ghs_installed");
    let repository = github.create_repository("octocat/hello-world");
    let head = repository.push("topic/one");
    let create = async |name: &str, conclusion: Option<&str>| {
        let mut body = json!({ "name": name, "head_sha": head });
        if let Some(conclusion) = conclusion {
            body["conclusion"] = json!(conclusion);
        }
        api.post(&format!("{REPOSITORY}/check-runs"), body).await.expect(201)
    };
    let list = async |query: &str| {
        let path = format!("{REPOSITORY}/commits/topic/one/check-runs{query}");
        let found = api.get(&path).await.expect(200);
        let runs = found["check_runs"].as_array().unwrap().clone();
        let conclusions = runs.iter().map(|it| it["conclusion"].clone()).collect::<Vec<_>>();
        (found["total_count"].clone(), conclusions)
    };
    let suites = async || {
        let path = format!("{REPOSITORY}/commits/{head}/check-suites");
        api.get(&path).await.expect(200)["check_suites"].clone()
    };
    assert_eq!(list("").await, (json!(0), vec![]));
    assert_eq!(suites().await, json!([]));
    let first = create("unit", Some("failure")).await;
    assert_eq!(suites().await[0]["conclusion"], "failure");
    create("unit", Some("success")).await;
    create("lint", None).await;
    assert_eq!(list("").await, (json!(2), vec![json!(null), json!("success")]));
    assert_eq!(list("?filter=all").await.0, 3);
    assert_eq!(list("?check_name=unit").await, (json!(1), vec![json!("success")]));
    assert_eq!(list("?status=queued").await, (json!(1), vec![json!(null)]));
    // One has not ended.
    let suite = suites().await[0].clone();
    assert_eq!((&suite["status"], &suite["conclusion"]), (&json!("in_progress"), &json!(null)));
    assert_eq!(
        (&suite["id"], &suite["latest_check_runs_count"]),
        (&first["check_suite"]["id"], &json!(2))
    );

    let page = api.get(&format!("{REPOSITORY}/commits/{head}/check-runs?per_page=1")).await;
    assert_eq!(page.expect(200)["check_runs"].as_array().unwrap().len(), 1);
    assert!(page.link("next").is_some());
    api.get(&format!("{REPOSITORY}/commits/nowhere/check-runs")).await.expect(422);
}

#[tokio::test]
async fn what_is_asked_for_again_is_told_to_the_app_alone() {
    let builder = FakeGitHub::builder().token("ghs_installed").token("t0ken");
    let github = builder.start().await;
    let (of_app, of_repository) = (Hooked::start().await, Hooked::start().await);
    let repository = github.create_repository("octocat/hello-world");
    github.app().set_hook(FakeHook::new(&of_app.url).json().events(["check_run", "check_suite"]));
    repository.create_hook(FakeHook::new(&of_repository.url).json().events(["*"]));
    github.app().install_on(&repository);
    let api = Api::new(github.api_url()).with("authorization", "Bearer ghs_installed");
    let head = repository.head("main");
    let body = json!({ "name": "unit", "head_sha": head, "conclusion": "success" });
    let run = api.post(&format!("{REPOSITORY}/check-runs"), body).await.expect(201);
    let (id, suite) = (run["id"].as_u64().unwrap(), run["check_suite"]["id"].clone());

    of_repository.settle(&github).await;
    api.post(&format!("{REPOSITORY}/check-runs/{id}/rerequest"), json!({})).await.expect(201);
    let event = of_app.find("check_run.rerequested").await;
    let event = CheckRunEvent::decode(&EventName::CheckRun, &event.body).unwrap();
    assert_eq!(event.check_run.id, id);
    assert_eq!(event.sender.unwrap().login, "hookstead-ci");
    repository.rerequest_check_run(id);
    assert_eq!(of_app.find("check_run.rerequested").await.payload()["sender"]["login"], "octocat");
    api.post(&format!("{REPOSITORY}/check-suites/{suite}/rerequest"), json!({})).await.expect(201);
    let event = of_app.find("check_suite.rerequested").await;
    let event = CheckSuiteEvent::decode(&EventName::CheckSuite, &event.body).unwrap();
    assert_eq!(json!(event.check_suite.id), suite);
    // The repository's hook heard of none of it: what comes next is the next thing.
    repository.push("main");
    assert_eq!(of_repository.next().await.name(), "push");

    // The run stays as it is, and its suite is queued until the App does something.
    let path = format!("{REPOSITORY}/commits/{head}/check-suites");
    let suite = || async { api.get(&path).await.expect(200)["check_suites"][0].clone() };
    assert_eq!(repository.check_runs(&head)[0].conclusion.as_ref().unwrap().as_str(), "success");
    assert_eq!(
        (&suite().await["status"], &suite().await["conclusion"]),
        (&json!("queued"), &json!(null))
    );
    let change = json!({ "status": "in_progress" });
    api.patch(&format!("{REPOSITORY}/check-runs/{id}"), change).await.expect(200);
    assert_eq!(suite().await["status"], "in_progress");

    api.post(&format!("{REPOSITORY}/check-runs/1/rerequest"), json!({})).await.expect(404);
    let person = Api::new(github.api_url());
    person.post(&format!("{REPOSITORY}/check-runs/{id}/rerequest"), json!({})).await.expect(403);
}

#[tokio::test]
async fn reviews_are_listed_and_told() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let receiver = Hooked::start().await;
    let repository = github.create_repository("octocat/hello-world");
    repository.create_hook(FakeHook::new(&receiver.url).json().events(["pull_request_review"]));
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    repository.request_changes(number, "monalisa", "Which one?");
    let event = receiver.find("pull_request_review.submitted").await;
    let event = PullRequestReviewEvent::decode(&EventName::PullRequestReview, &event.body).unwrap();
    assert_eq!(event.review.state, PullRequestReviewState::ChangesRequested);
    assert_eq!(event.pull_request.number, number);
    let reviewed = repository.head("feature");
    repository.push("feature");
    repository.approve(number, "monalisa");
    let list = api.get(&format!("{REPOSITORY}/pulls/{number}/reviews")).await.expect(200);
    assert_eq!(
        (&list[0]["state"], &list[0]["body"]),
        (&json!("CHANGES_REQUESTED"), &json!("Which one?"))
    );
    assert_eq!((&list[0]["commit_id"], &list[1]["state"]), (&json!(reviewed), &json!("APPROVED")));
    assert_eq!(repository.reviews(number).len(), 2);
    api.get(&format!("{REPOSITORY}/pulls/99/reviews")).await.expect(404);
}

#[tokio::test]
async fn environments_are_those_that_are_deployed_to() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    for environment in ["staging", "production", "staging"] {
        repository.create_deployment(FakeDeployment::new("main").environment(environment));
    }
    let found = api.get(&format!("{REPOSITORY}/environments")).await.expect(200);
    assert_eq!(found["total_count"], 2);
    assert_eq!(found["environments"][1]["name"], "production");
}

#[tokio::test]
async fn a_button_of_a_check_run_is_pressed() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url()).with("authorization", "Bearer ghs_installed");
    let repository = github.create_repository("octocat/hello-world");
    let head = repository.head("main");
    let button =
        |name: &str| json!([{ "label": name, "description": "Does it", "identifier": name }]);
    let body = json!({ "name": "lint", "head_sha": head, "actions": button("format") });
    let run = api.post(&format!("{REPOSITORY}/check-runs"), body).await.expect(201);
    let id = run["id"].as_u64().unwrap();
    let path = format!("{REPOSITORY}/check-runs/{id}");
    api.patch(&path, json!({ "status": "in_progress" })).await.expect(200);
    assert_eq!(repository.check_runs(&head)[0].actions, ["format"]);
    api.patch(&path, json!({ "actions": [] })).await.expect(200);
    assert!(repository.check_runs(&head)[0].actions.is_empty());
    api.patch(&path, json!({ "actions": button("format") })).await.expect(200);

    let (of_app, of_repository) = (Hooked::start().await, Hooked::start().await);
    github.app().set_hook(FakeHook::new(&of_app.url).json().events(["check_run"]));
    repository.create_hook(FakeHook::new(&of_repository.url).json().events(["check_run"]));
    github.app().install("octocat");
    repository.press_check_action(id, "format");
    let told = of_app.find("check_run.requested_action").await.payload();
    assert_eq!(told["requested_action"], json!({ "identifier": "format" }));
    assert_eq!(
        (&told["check_run"]["id"], &told["sender"]["login"]),
        (&json!(id), &json!("octocat"))
    );
    // Nobody else is told.
    let names: Vec<_> =
        of_repository.drain(&github).await.iter().map(support::Received::name).collect();
    assert_eq!(names, ["ping"]);
}
