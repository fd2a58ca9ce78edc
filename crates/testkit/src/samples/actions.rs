//! What GitHub Actions and other checks do.

use serde_json::{Value, json};

use super::organizations::team;
use super::story::{HUBOT, OCTOCAT, Story};
use crate::payload::ids::node_id;
use crate::payload::{check, deployment, workflow};

const JOB: u64 = 8_600_100_011;

pub(super) fn check_run(it: &Story) -> Value {
    let run = check::run(it.links(), it.repository(), &it.pull_request, &it.checks);
    json!({ "action": "completed", "check_run": run })
}

pub(super) fn check_suite(it: &Story) -> Value {
    let suite = check::suite(it.links(), it.repository(), &it.pull_request, &it.head, &it.checks);
    json!({ "action": "completed", "check_suite": suite })
}

pub(super) fn workflow_run(it: &Story) -> Value {
    json!({
        "action": "completed",
        "workflow": workflow::workflow(it.links(), it.repository(), &it.runs),
        "workflow_run": run(it),
    })
}

pub(super) fn workflow_job(it: &Story) -> Value {
    json!({
        "action": "completed",
        "workflow_job": {
            "id": JOB,
            "run_id": it.runs.run,
            "workflow_name": "CI",
            "head_branch": it.pull_request.head_ref,
            "run_url": it.api(&format!("/actions/runs/{}", it.runs.run)),
            "run_attempt": 1,
            "node_id": node_id("CR_kwDO", JOB),
            "head_sha": it.pull_request.head_sha,
            "url": it.api(&format!("/actions/jobs/{JOB}")),
            "html_url": it.web(&format!("/actions/runs/{}/job/{JOB}", it.runs.run)),
            "status": "completed",
            "conclusion": "success",
            "created_at": it.now(),
            "started_at": it.now(),
            "completed_at": it.now(),
            "name": "test",
            "steps": [
                step(it, 1, "Set up job"),
                step(it, 2, "Run cargo test"),
                step(it, 3, "Complete job"),
            ],
            "check_run_url": it.api(&format!("/check-runs/{JOB}")),
            "labels": ["ubuntu-latest"],
            "runner_id": 5,
            "runner_name": "GitHub Actions 5",
            "runner_group_id": 2,
            "runner_group_name": "GitHub Actions",
        },
    })
}

pub(super) fn workflow_dispatch(it: &Story) -> Value {
    json!({
        "inputs": { "environment": "production" },
        "ref": format!("refs/heads/{}", it.repository().default_branch),
        "workflow": ".github/workflows/deploy.yml",
    })
}

pub(super) fn repository_dispatch(it: &Story) -> Value {
    json!({
        "action": "deploy",
        "branch": it.repository().default_branch,
        "client_payload": { "environment": "production", "unit": false },
    })
}

pub(super) fn deployment_protection_rule(it: &Story) -> Value {
    let rule = format!("/actions/runs/{}/deployment_protection_rule", it.runs.run);
    json!({
        "action": "requested",
        "environment": it.deployment.environment,
        "event": "pull_request",
        "sha": it.deployment.sha,
        "ref": it.deployment.r#ref,
        "deployment_callback_url": it.api(&rule),
        "deployment": deployment::deployment(it.links(), it.repository(), &it.deployment),
        "pull_requests": [it.full_pull_request()],
    })
}

pub(super) fn deployment_review(it: &Story) -> Value {
    let mut waiting = run(it);
    waiting["status"] = json!("waiting");
    waiting["conclusion"] = Value::Null;
    json!({
        "action": "requested",
        "workflow_run": waiting,
        "since": it.now(),
        "workflow_job_run": {
            "id": JOB,
            "name": "deploy",
            "status": "waiting",
            "conclusion": null,
            "html_url": it.web(&format!("/actions/runs/{}/job/{JOB}", it.runs.run)),
            "created_at": it.now(),
            "updated_at": it.now(),
            "environment": it.deployment.environment,
        },
        "environment": it.deployment.environment,
        "reviewers": [
            { "type": "Team", "reviewer": team(it) },
            { "type": "User", "reviewer": it.user(HUBOT) },
        ],
        "requestor": it.user(OCTOCAT),
    })
}

fn run(it: &Story) -> Value {
    workflow::run(it.links(), it.repository(), &it.pull_request, &it.head, &it.runs)
}

fn step(it: &Story, number: u64, name: &str) -> Value {
    json!({
        "name": name,
        "status": "completed",
        "conclusion": "success",
        "number": number,
        "started_at": it.now(),
        "completed_at": it.now(),
    })
}
