//! `kill -9` in the middle of a handler's work: nothing is lost.
//!
//! The work is taken up again when the dead process's lease has ended, so these tests take a lease's
//! length and run side by side.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use hookstead::events::{DeploymentState, StatusState};
use hookstead_testkit::{FakeGitHub, FakeHook, FakePullRequest, FakeRepository};
use hookstead_tests::{Program, free_address};

const SECRET: &str = "It's a Secret to Everybody";

async fn start(example: &str, listen: SocketAddr, folder: &Path, github: &FakeGitHub) -> Program {
    let environment = [
        ("WEBHOOK_SECRET", SECRET),
        ("MY_PERSONAL_TOKEN", "token"),
        ("GITHUB_API_URL", &github.api_url()),
        ("LISTEN", &listen.to_string()),
    ];
    let mut program = Program::start(example, folder, &environment);
    program.line("Listening at").await;
    while tokio::net::TcpStream::connect(listen).await.is_err() {
        tokio::task::yield_now().await;
    }
    program
}

async fn github() -> (FakeGitHub, FakeRepository) {
    // Longer than a lease.
    let github = FakeGitHub::builder().wait_deadline(Duration::from_secs(120)).start().await;
    let repository = github.create_repository("octocat/hello-world");
    (github, repository)
}

async fn ci(encoding: fn(FakeHook) -> FakeHook) {
    let (github, repository) = github().await;
    let folder = tempfile::tempdir().unwrap();
    let listen = free_address();
    let mut server = start("ci_server", listen, folder.path(), &github).await;
    let hook = FakeHook::new(&format!("http://{listen}/event_handler")).secret(SECRET);
    repository.create_hook(encoding(hook.events(["pull_request"])));

    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let sha = repository.pull_request(number).head_sha;
    server.line("Processing pull request...").await;
    repository.wait_for_status(&sha, "ci/hookstead", StatusState::Pending).await;
    server.kill().await;

    let mut server = start("ci_server", listen, folder.path(), &github).await;
    repository.wait_for_status(&sha, "ci/hookstead", StatusState::Success).await;
    server.line("Pull request processed!").await;
    let mut statuses = repository.statuses(&sha);
    statuses.sort_by_key(|status| status.id);
    let states: Vec<_> = statuses.into_iter().map(|status| status.state).collect();
    use StatusState::{Pending, Success};
    assert_eq!(states, [Pending, Success], "the second attempt finds what the first has said");
}

#[tokio::test]
async fn ci_server_killed_and_overtaken() {
    let (github, repository) = github().await;
    let folder = tempfile::tempdir().unwrap();
    let listen = free_address();
    let mut server = start("ci_server", listen, folder.path(), &github).await;
    let hook = FakeHook::new(&format!("http://{listen}/event_handler")).secret(SECRET);
    repository.create_hook(hook.json().events(["pull_request"]));

    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let opened = repository.pull_request(number).head_sha;
    server.line("Processing pull request...").await;
    repository.wait_for_status(&opened, "ci/hookstead", StatusState::Pending).await;
    server.kill().await;

    // The push comes before the lease of the dead process has ended.
    let _server = start("ci_server", listen, folder.path(), &github).await;
    let pushed = repository.push(&repository.pull_request(number).head_ref);
    repository.wait_for_status(&opened, "ci/hookstead", StatusState::Error).await;
    repository.wait_for_status(&pushed, "ci/hookstead", StatusState::Success).await;
    let mut statuses = repository.statuses(&opened);
    statuses.sort_by_key(|status| status.id);
    let states: Vec<_> = statuses.iter().map(|status| status.state.to_string()).collect();
    assert_eq!(states, ["pending", "error"], "the old commit should not be built again");
    let description = statuses.pop().and_then(|status| status.description);
    assert_eq!(description.as_deref(), Some("superseded by a newer one"));
}

async fn deploy(encoding: fn(FakeHook) -> FakeHook) {
    let (github, repository) = github().await;
    let folder = tempfile::tempdir().unwrap();
    let listen = free_address();
    let mut server = start("deploy_server", listen, folder.path(), &github).await;
    let hook = FakeHook::new(&format!("http://{listen}/event_handler")).secret(SECRET);
    let events = ["pull_request", "deployment", "deployment_status"];
    repository.create_hook(encoding(hook.events(events)));

    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let merged = repository.merge_pull_request(number);
    let deployment = repository.wait_for_deployment("of the merge", |it| it.sha == merged).await;
    server.line("Processing 'Deploying my sweet branch'").await;
    repository.wait_for_deployment_status(deployment.id, DeploymentState::InProgress).await;
    server.kill().await;

    let mut server = start("deploy_server", listen, folder.path(), &github).await;
    repository.wait_for_deployment_status(deployment.id, DeploymentState::Success).await;
    server.line(&format!("Deployment status for {} is success", deployment.id)).await;
    let mut statuses = repository.deployment_statuses(deployment.id);
    statuses.sort_by_key(|status| status.id);
    let states: Vec<_> = statuses.into_iter().map(|status| status.state).collect();
    use DeploymentState::{InProgress, Success};
    let why = "the second attempt finds what the first has said";
    assert_eq!(states, [InProgress, Success], "{why}");
    assert_eq!(repository.deployments().len(), 1);
}

#[tokio::test]
async fn ci_server_json() {
    ci(FakeHook::json).await;
}

#[tokio::test]
async fn ci_server_form() {
    ci(FakeHook::form).await;
}

#[tokio::test]
async fn deploy_server_json() {
    deploy(FakeHook::json).await;
}

#[tokio::test]
async fn deploy_server_form() {
    deploy(FakeHook::form).await;
}
