use serde_json::{Value, json};

use super::ids::{node_id, with_links};
use super::{commit, pull_request, repository, user};
use crate::objects::pull_request::RecordedPullRequest;
use crate::state::facts::RepositoryFacts;
use crate::state::history::Commit;
use crate::state::links::Links;

const RUN_LINKS: &[(&str, &str)] = &[
    ("url", ""),
    ("jobs_url", "/jobs"),
    ("logs_url", "/logs"),
    ("artifacts_url", "/artifacts"),
    ("cancel_url", "/cancel"),
    ("rerun_url", "/rerun"),
];

/// The ids of the sample's workflow run.
#[derive(Debug)]
pub(crate) struct Ids {
    pub(crate) workflow: u64,
    pub(crate) run: u64,
    pub(crate) suite: u64,
}

/// A workflow.
pub(crate) fn workflow(links: &Links, repo: &RepositoryFacts, ids: &Ids) -> Value {
    let web = links.web_repository(&repo.name);
    json!({
        "id": ids.workflow,
        "node_id": node_id("W_kwDO", ids.workflow),
        "name": "CI",
        "path": ".github/workflows/ci.yml",
        "state": "active",
        // Workflows, unlike their runs, have milliseconds.
        "created_at": "2025-10-02T12:42:30.000Z",
        "updated_at": "2025-10-03T19:24:48.000Z",
        "url": workflow_url(links, repo, ids),
        "html_url": format!("{web}/blob/{}/.github/workflows/ci.yml", repo.default_branch),
        "badge_url": format!("{web}/workflows/CI/badge.svg"),
    })
}

/// A completed run of that workflow for a pull request's head.
pub(crate) fn run(
    links: &Links,
    repo: &RepositoryFacts,
    it: &RecordedPullRequest,
    head: &Commit,
    ids: &Ids,
) -> Value {
    let api = links.api_repository(&repo.name);
    let run = json!({
        "id": ids.run,
        "node_id": node_id("WFR_kwLO", ids.run),
        "name": "CI",
        "display_title": it.title,
        "path": ".github/workflows/ci.yml",
        "head_branch": it.head_ref,
        "head_sha": it.head_sha,
        "run_number": 163,
        "run_attempt": 1,
        "event": "pull_request",
        "status": "completed",
        "conclusion": "success",
        "workflow_id": ids.workflow,
        "workflow_url": workflow_url(links, repo, ids),
        "check_suite_id": ids.suite,
        "check_suite_node_id": node_id("CS_kwDO", ids.suite),
        "check_suite_url": format!("{api}/check-suites/{}", ids.suite),
        "html_url": format!("{}/actions/runs/{}", links.web_repository(&repo.name), ids.run),
        "pull_requests": [pull_request::minimal(links, repo, it)],
        "created_at": it.created_at,
        "updated_at": it.updated_at,
        "run_started_at": it.created_at,
        "previous_attempt_url": null,
        "referenced_workflows": [],
        "actor": user::user(links, &it.author),
        "triggering_actor": user::user(links, &it.author),
        "head_commit": commit::short(head),
        "repository": repository::minimal(links, repo),
        "head_repository": repository::minimal(links, repo),
    });
    with_links(run, &format!("{api}/actions/runs/{}", ids.run), RUN_LINKS)
}

fn workflow_url(links: &Links, repo: &RepositoryFacts, ids: &Ids) -> String {
    format!("{}/actions/workflows/{}", links.api_repository(&repo.name), ids.workflow)
}
