//! The floor: what somebody would write by hand who wants a handful of fields and no more. Each
//! function decodes an event's payload that way, into owned fields.

#![allow(dead_code, reason = "the fields are decoded, which is what is measured")]

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Decodes the few fields of an event's payload.
pub(crate) fn of(event: &str) -> fn(&[u8]) {
    match event {
        "pull_request" => decode::<PullRequestEvent>,
        "push" => decode::<PushEvent>,
        "deployment" => decode::<DeploymentEvent>,
        "deployment_status" => decode::<DeploymentStatusEvent>,
        "status" => decode::<StatusEvent>,
        "check_run" => decode::<CheckRunEvent>,
        _ => decode::<AnyEvent>,
    }
}

fn decode<T: DeserializeOwned>(payload: &[u8]) {
    let event: Result<T, serde_json::Error> = serde_json::from_slice(payload);
    assert!(std::hint::black_box(event).is_ok(), "the few fields are in every payload");
}

#[derive(Deserialize)]
struct User {
    login: String,
    id: u64,
}

#[derive(Deserialize)]
struct Repository {
    id: u64,
    full_name: String,
}

/// 15 fields.
#[derive(Deserialize)]
struct PullRequestEvent {
    action: String,
    number: u64,
    pull_request: PullRequest,
    repository: Repository,
    sender: User,
}

#[derive(Deserialize)]
struct PullRequest {
    id: u64,
    title: String,
    state: String,
    merged: Option<bool>,
    user: User,
    head: Branch,
    base: Branch,
}

#[derive(Deserialize)]
struct Branch {
    r#ref: String,
    sha: String,
}

/// 12 fields and 2 for each commit.
#[derive(Deserialize)]
struct PushEvent {
    r#ref: String,
    before: String,
    after: String,
    created: bool,
    deleted: bool,
    forced: bool,
    compare: String,
    commits: Vec<Commit>,
    repository: Repository,
    sender: User,
}

#[derive(Deserialize)]
struct Commit {
    id: String,
    message: String,
}

/// 13 fields.
#[derive(Deserialize)]
struct DeploymentEvent {
    action: Option<String>,
    deployment: Deployment,
    repository: Repository,
    sender: User,
}

#[derive(Deserialize)]
struct Deployment {
    id: u64,
    sha: String,
    r#ref: String,
    task: String,
    environment: String,
    description: Option<String>,
    creator: User,
}

/// 15 fields.
#[derive(Deserialize)]
struct DeploymentStatusEvent {
    action: Option<String>,
    deployment: StatusDeployment,
    deployment_status: DeploymentStatus,
    repository: Repository,
    sender: User,
}

#[derive(Deserialize)]
struct StatusDeployment {
    id: u64,
    sha: String,
    r#ref: String,
    environment: String,
}

#[derive(Deserialize)]
struct DeploymentStatus {
    id: u64,
    state: String,
    description: Option<String>,
    log_url: Option<String>,
    created_at: String,
    creator: User,
}

/// 12 fields.
#[derive(Deserialize)]
struct StatusEvent {
    id: u64,
    sha: String,
    context: String,
    state: String,
    description: Option<String>,
    target_url: Option<String>,
    created_at: String,
    updated_at: String,
    repository: Repository,
    sender: User,
}

/// 13 fields.
#[derive(Deserialize)]
struct CheckRunEvent {
    action: String,
    check_run: CheckRun,
    repository: Repository,
    sender: User,
}

#[derive(Deserialize)]
struct CheckRun {
    id: u64,
    name: String,
    head_sha: String,
    status: String,
    conclusion: Option<String>,
    html_url: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
}

/// What nearly every event has.
#[derive(Deserialize)]
struct AnyEvent {
    action: Option<String>,
    repository: Option<Repository>,
    sender: Option<User>,
}
