//! The webhooks that the fake sends, received over real sockets.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::time::Duration;

use hookstead_signature::{Signature, Verifier, WebhookSecret};
use hookstead_testkit::{FakeDeployment, FakeGitHub, FakeHook, FakePullRequest, FakeRepository};
use hookstead_types::{DeploymentState, StatusState};
use serde_json::{Value, json};
use support::{Hooked, Received};

const SECRET: &str = "It's a Secret to Everybody";

fn verify(received: &Received) {
    let signature: Signature = received.header("x-hub-signature-256").parse().unwrap();
    let verifier = Verifier::new(WebhookSecret::new(SECRET).unwrap());
    verifier.verify(&received.body, &signature).unwrap();
    let older =
        hookstead_signature::sign_sha1(&WebhookSecret::new(SECRET).unwrap(), &received.body);
    assert_eq!(received.header("x-hub-signature"), older);
}

/// A repository with a JSON hook for everything, already pinged.
async fn hooked(github: &FakeGitHub) -> (FakeRepository, Hooked) {
    hooked_for(github, &["*"]).await
}

/// As `hooked`, for these events.
async fn hooked_for(github: &FakeGitHub, events: &[&str]) -> (FakeRepository, Hooked) {
    let receiver = Hooked::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let hook = FakeHook::new(&receiver.url).secret(SECRET).json();
    repository.create_hook(hook.events(events.iter().copied()));
    assert_eq!(receiver.next().await.name(), "ping");
    (repository, receiver)
}

#[tokio::test]
async fn a_json_delivery_has_all_headers_and_a_good_signature() {
    let github = FakeGitHub::start().await;
    let receiver = Hooked::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let hook = FakeHook::new(&receiver.url).secret(SECRET).json().events(["push"]);
    let hook = repository.create_hook(hook);
    let ping = receiver.next().await;
    verify(&ping);
    assert_eq!(ping.header("x-github-event"), "ping");
    assert_eq!(ping.header("x-github-hook-id"), hook.to_string());
    assert_eq!(ping.header("content-type"), "application/json");
    assert_eq!(ping.header("accept"), "*/*");
    assert!(ping.header("user-agent").starts_with("GitHub-Hookshot/"));
    assert_eq!(ping.header("x-github-hook-installation-target-type"), "repository");
    let payload = ping.payload();
    assert_eq!(
        ping.header("x-github-hook-installation-target-id"),
        payload["repository"]["id"].to_string()
    );
    let parts: Vec<usize> = ping.header("x-github-delivery").split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert!(!ping.headers.contains_key("x-github-enterprise-host"));
    assert_eq!(payload["hook"]["config"]["secret"], "********");
    assert_eq!(payload["hook_id"], hook);
}

#[tokio::test]
async fn a_form_delivery_is_one_encoded_field_signed_as_it_travels() {
    let github = FakeGitHub::start().await;
    let receiver = Hooked::start().await;
    let repository = github.create_repository("octocat/hello-world");
    repository.create_hook(FakeHook::new(&receiver.url).secret(SECRET));
    let ping = receiver.next().await;
    verify(&ping);
    assert_eq!(ping.header("content-type"), "application/x-www-form-urlencoded");
    let fields: Vec<(String, String)> = form_urlencoded::parse(&ping.body).into_owned().collect();
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[0].0, "payload");
    let payload: Value = serde_json::from_str(&fields[0].1).unwrap();
    assert_eq!(payload["zen"], "Keep it logically awesome.");
}

#[tokio::test]
async fn without_a_secret_there_is_no_signature() {
    let github = FakeGitHub::start().await;
    let receiver = Hooked::start().await;
    let repository = github.create_repository("octocat/hello-world");
    repository.create_hook(FakeHook::new(&receiver.url).json());
    assert!(!receiver.next().await.headers.contains_key("x-hub-signature-256"));
}

#[tokio::test]
async fn enterprise_server_names_itself() {
    let github = FakeGitHub::builder().enterprise_server("github.example.com").start().await;
    let (_repository, receiver) = {
        let receiver = Hooked::start().await;
        let repository = github.create_repository("octocat/hello-world");
        repository.create_hook(FakeHook::new(&receiver.url).json());
        (repository, receiver)
    };
    let ping = receiver.next().await;
    assert_eq!(ping.header("x-github-enterprise-host"), "github.example.com");
    assert!(ping.headers.contains_key("x-github-enterprise-version"));
    let url = ping.payload()["repository"]["url"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("{}/repos/octocat/hello-world", github.api_url()));
    assert!(url.contains("/api/v3/repos/"));
}

#[tokio::test]
async fn all_hooks_of_an_event_share_its_guid_and_get_what_they_asked_for() {
    let github = FakeGitHub::start().await;
    let (repository, everything) = hooked(&github).await;
    let pushes = Hooked::start().await;
    repository.create_hook(FakeHook::new(&pushes.url).json());
    assert_eq!(pushes.next().await.name(), "ping");
    repository.open_pull_request(FakePullRequest::new("Add a flag"));
    repository.push("main");

    let feature = pushes.next().await;
    let main = pushes.next().await;
    assert_eq!((feature.name(), main.name()), ("push".to_owned(), "push".to_owned()));
    assert_ne!(feature.header("x-github-delivery"), main.header("x-github-delivery"));
    let mut guids = Vec::new();
    for _ in 0..3 {
        let received = everything.next().await;
        if received.name() == "push" {
            guids.push(received.header("x-github-delivery").to_owned());
        }
    }
    assert_eq!(guids.len(), 2);
    for push in [&feature, &main] {
        assert!(guids.iter().any(|guid| guid == push.header("x-github-delivery")));
    }
}

#[tokio::test]
async fn the_life_of_a_pull_request() {
    let github = FakeGitHub::start().await;
    let (repository, receiver) = hooked_for(&github, &["push", "pull_request"]).await;

    let main = repository.head("main");
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag").head("feature"));
    let push = receiver.next().await;
    let opened = receiver.next().await;
    let (push, opened) = if push.name() == "push" { (push, opened) } else { (opened, push) };
    let push = push.payload();
    assert_eq!(push["ref"], "refs/heads/feature");
    assert_eq!(push["before"], "0".repeat(40));
    assert_eq!(push["created"], true);
    assert_eq!(push["commits"].as_array().unwrap().len(), 1);
    let opened = opened.payload();
    let head = repository.head("feature");
    assert_eq!(opened["action"], "opened");
    assert_eq!(opened["number"], number);
    assert_eq!(opened["pull_request"]["head"]["sha"], head.as_str());
    assert_eq!(opened["pull_request"]["base"]["sha"], main.as_str());
    assert_eq!(opened["pull_request"]["mergeable"], Value::Null);
    assert_eq!(opened["pull_request"]["mergeable_state"], "unknown");

    let newer = repository.push("feature");
    assert_ne!(newer, head);
    let synchronize = receiver.find("pull_request.synchronize").await.payload();
    assert_eq!(synchronize["before"], head.as_str());
    assert_eq!(synchronize["after"], newer.as_str());
    assert_eq!(synchronize["pull_request"]["head"]["sha"], newer.as_str());
    assert_eq!(synchronize["pull_request"]["commits"], 2);

    repository.close_pull_request(number);
    let closed = receiver.find("pull_request.closed").await.payload();
    assert_eq!(closed["pull_request"]["merged"], false);
    assert_eq!(closed["pull_request"]["state"], "closed");
    assert_eq!(closed["pull_request"]["merged_at"], Value::Null);
    repository.reopen_pull_request(number);
    receiver.find("pull_request.reopened").await;
    receiver.settle(&github).await;

    let merged = repository.merge_pull_request(number);
    assert_eq!(repository.head("main"), merged);
    let one = receiver.next().await;
    let two = receiver.next().await;
    let (closed, push) = if one.name() == "push" { (two, one) } else { (one, two) };
    let closed = closed.payload();
    assert_eq!(closed["action"], "closed");
    assert_eq!(closed["pull_request"]["merged"], true);
    assert_eq!(closed["pull_request"]["merge_commit_sha"], merged.as_str());
    assert_eq!(closed["pull_request"]["merged_by"]["login"], "octocat");
    let push = push.payload();
    assert_eq!(push["ref"], "refs/heads/main");
    assert_eq!(push["before"], main.as_str());
    assert_eq!(push["after"], merged.as_str());
    assert_eq!(push["created"], false);
    assert_eq!(push["commits"].as_array().unwrap().len(), 3);
    assert!(push["repository"]["pushed_at"].is_i64());
    assert!(repository.pull_request(number).merged);
}

#[tokio::test]
async fn a_fork_pushes_without_telling_and_may_be_deleted() {
    let github = FakeGitHub::start().await;
    let (repository, receiver) = hooked(&github).await;
    let number = repository.open_pull_request(FakePullRequest::new("Fix").from_fork("hubot"));
    let opened = receiver.next().await;
    assert_eq!(opened.name(), "pull_request.opened");
    let opened = opened.payload();
    let head = &opened["pull_request"]["head"];
    assert_eq!(head["label"], "hubot:feature");
    assert_eq!(head["repo"]["full_name"], "hubot/hello-world");
    assert_eq!(head["repo"]["fork"], true);
    assert_eq!(opened["sender"]["login"], "hubot");

    repository.delete_fork_of(number);
    repository.push("hubot:feature");
    let synchronize = receiver.next().await;
    assert_eq!(synchronize.name(), "pull_request.synchronize");
    assert_eq!(synchronize.payload()["pull_request"]["head"]["repo"], Value::Null);
}

#[tokio::test]
async fn a_deleted_branch_has_no_head_commit() {
    let github = FakeGitHub::start().await;
    let (repository, receiver) = hooked_for(&github, &["push", "pull_request"]).await;
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    receiver.settle(&github).await;
    repository.delete_branch("feature");
    let (push, closed) = (receiver.next().await, receiver.next().await);
    let (push, closed) = if push.name() == "push" { (push, closed) } else { (closed, push) };
    assert_eq!(closed.name(), "pull_request.closed");
    assert!(!repository.pull_request(number).open && !repository.pull_request(number).merged);
    let push = push.payload();
    assert_eq!(push["after"], "0".repeat(40));
    assert_eq!((&push["deleted"], &push["head_commit"]), (&json!(true), &Value::Null));
    assert_eq!(push["commits"], json!([]));
}

#[tokio::test]
async fn a_branch_that_is_made_or_deleted_is_told_by_name() {
    let github = FakeGitHub::start().await;
    let (repository, receiver) = hooked_for(&github, &["create", "delete"]).await;
    repository.push("main");
    repository.push("topic/a");
    repository.push("topic/a");
    repository.delete_branch("topic/a");
    let (one, two) = (receiver.next().await, receiver.next().await);
    let (create, delete) = if one.name() == "create" { (one, two) } else { (two, one) };
    assert_eq!((create.name().as_str(), delete.name().as_str()), ("create", "delete"));
    for payload in [create.payload(), delete.payload()] {
        assert_eq!((&payload["ref"], &payload["ref_type"]), (&json!("topic/a"), &json!("branch")));
        assert_eq!(payload["pusher_type"], "user");
    }
    receiver.settle(&github).await;
    assert_eq!(github.deliveries().len(), 3, "and the ping");
}

#[tokio::test]
async fn statuses_and_deployments_are_told_but_not_inactive_ones() {
    let github = FakeGitHub::start().await;
    let (repository, receiver) = hooked(&github).await;
    let head = repository.head("main");
    repository.create_status(&head, "ci/demo", StatusState::Success);
    let status = receiver.find("status").await.payload();
    assert_eq!(status["name"], "octocat/hello-world");
    assert_eq!(status["branches"][0]["name"], "main");
    assert!(status["created_at"].as_str().unwrap().ends_with("+00:00"));

    let new = FakeDeployment::new("main").environment("staging").payload(json!("plain text"));
    let one = repository.create_deployment(new.clone());
    let deployment = receiver.find("deployment.created").await.payload();
    assert_eq!(deployment["deployment"]["payload"], "plain text");
    assert_eq!(deployment["deployment"]["ref"], "main");
    assert_eq!(deployment["workflow"], Value::Null);
    let two = repository.create_deployment(new);
    for id in [one.id, two.id] {
        repository.create_deployment_status(id, DeploymentState::Success);
        let status = receiver.find("deployment_status.created").await.payload();
        assert_eq!(status["deployment_status"]["state"], "success");
        assert_eq!(status["deployment"]["id"], id);
    }
    // The second success made the first inactive. Were that told, it would be under way already,
    // and the deliveries would be one more.
    let last = repository.deployment_statuses(one.id).pop().unwrap();
    assert_eq!(last.state, DeploymentState::Inactive);
    github.wait_until("silence", || (github.pending_deliveries() == 0).then_some(())).await;
    let told = github.deliveries();
    assert_eq!(told.iter().filter(|it| it.event == "deployment_status").count(), 2);
}

#[tokio::test]
async fn failures_are_recorded_and_never_repeated() {
    let github = FakeGitHub::builder().delivery_deadline(Duration::from_millis(200)).start().await;
    let receiver = Hooked::start().await;
    let repository = github.create_repository("octocat/hello-world");
    repository.create_hook(FakeHook::new(&receiver.url).json());
    let ok = github.wait_for_delivery("the ping", |it| it.event == "ping").await;
    assert_eq!((ok.status.as_str(), ok.status_code), ("OK", Some(200)));
    assert_eq!(ok.response_body, "seen");
    assert!(ok.is_ok() && !ok.redelivery);

    for status in [302, 500] {
        receiver.answer(status);
        let sha = repository.push("main");
        let failed =
            github.wait_for_delivery("a push", |it| it.payload["after"] == sha.as_str()).await;
        assert_eq!(failed.status, format!("Invalid HTTP Response: {status}"));
        assert_eq!(failed.status_code, Some(status));
        assert!(!failed.is_ok());
    }

    // Nobody listens there; nobody answers there; and it is no place at all.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_url = format!("http://{}/", silent.local_addr().unwrap());
    for (url, problem) in [
        (closed.as_str(), "failed to connect"),
        (silent_url.as_str(), "timed out"),
        ("https://127.0.0.1/", "not of the form http://"),
        ("nonsense", "not of the form http://"),
    ] {
        let hook = repository.create_hook(FakeHook::new(url));
        let failed = github.wait_for_delivery(url, |it| it.hook_id == hook).await;
        assert!(failed.status.contains(problem), "{failed}");
        assert_eq!(failed.status_code, None);
    }
    assert_eq!(github.deliveries().len(), 7);
    assert_eq!(github.pending_deliveries(), 0);
}

#[tokio::test]
async fn a_redelivery_is_the_same_event_in_a_new_attempt() {
    let github = FakeGitHub::start().await;
    let (repository, receiver) = hooked(&github).await;
    receiver.answer(503);
    repository.push("main");
    let first = receiver.next().await;
    let failed = github.wait_for_delivery("the push", |it| it.event == "push").await;
    receiver.answer(202);
    github.redeliver(failed.id);
    let second = receiver.next().await;
    assert_eq!(first.header("x-github-delivery"), second.header("x-github-delivery"));
    assert_eq!(first.body, second.body);
    verify(&second);
    let again = github.wait_for_delivery("the redelivery", |it| it.redelivery).await;
    assert_ne!(again.id, failed.id);
    assert_eq!((again.guid, again.status_code), (failed.guid, Some(202)));
    assert_eq!(again.status, "OK");
}

#[tokio::test]
async fn the_fake_stops_with_its_last_handle() {
    let github = FakeGitHub::start().await;
    let address = github.api_url().replace("http://", "");
    let repository = github.create_repository("octocat/hello-world");
    drop(github);
    assert!(tokio::net::TcpStream::connect(&address).await.is_ok(), "a repository is a handle");
    drop(repository);
    // The listener closes when the runtime drops the stopped task, in a moment.
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
#[should_panic(expected = "waited 50ms for the impossible in vain")]
async fn waiting_in_vain_fails_with_what_there_is() {
    let timeout = Duration::from_millis(50);
    let github = FakeGitHub::builder().wait_deadline(timeout).start().await;
    github.wait_until("the impossible", || None::<()>).await;
}

#[tokio::test]
async fn a_fake_tells_what_there_is() {
    let github = FakeGitHub::start().await;
    let (repository, _receiver) = hooked(&github).await;
    repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let text = github.to_string();
    assert!(text.contains("repository octocat/hello-world"), "{text}");
    assert!(text.contains("#1 \"Add a flag\" is open: feature"), "{text}");
    assert!(text.contains("no deployments"), "{text}");
    assert!(!text.contains(SECRET) && !format!("{github:?}").contains(SECRET));
}

#[tokio::test]
async fn who_waits_looks_again_although_nothing_changed_at_github() {
    let github = FakeGitHub::start().await;
    let began = std::time::Instant::now();
    let soon = Duration::from_millis(60);
    let waited = github.wait_until("time to pass", || (began.elapsed() > soon).then_some(7));
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), waited).await.unwrap(), 7);
}

#[tokio::test]
async fn an_unsigned_delivery_has_neither_signature() {
    let github = FakeGitHub::start().await;
    let receiver = Hooked::start().await;
    github.create_repository("octocat/hello-world").create_hook(FakeHook::new(&receiver.url));
    let ping = receiver.next().await;
    assert!(ping.headers.keys().all(|name| !name.as_str().starts_with("x-hub-signature")));
}

#[tokio::test]
async fn a_payload_tells_of_the_moment_when_it_happened() {
    let github = FakeGitHub::start().await;
    let receiver = Hooked::start().await;
    let repository = github.create_repository("octocat/hello-world");
    repository.create_hook(FakeHook::new(&receiver.url).json().events(["push", "pull_request"]));
    // One change pushes the branch first, when nothing is open yet.
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    repository.close_pull_request(number);
    repository.rename("hello-earth");
    let open = async |name: &str| {
        let told = github.wait_for_delivery(name, |it| it.name() == name).await;
        (told.id, told.payload)
    };
    let (pushed, push) = open("push").await;
    assert_eq!(push["repository"]["open_issues"], 0);
    let (_, opened) = open("pull_request.opened").await;
    assert_eq!(opened["repository"]["open_issues"], 1);
    assert_eq!(opened["pull_request"]["state"], "open");
    let (_, closed) = open("pull_request.closed").await;
    assert_eq!(closed["repository"]["open_issues"], 0);
    assert_eq!(closed["repository"]["full_name"], "octocat/hello-world");

    // What is delivered once more is what was delivered, whatever has changed since.
    github.redeliver(pushed);
    let again = github.wait_for_delivery("the push again", |it| it.redelivery).await;
    assert_eq!(again.payload, push);
}
