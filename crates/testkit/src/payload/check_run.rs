use serde_json::{Value, json};

use super::{Links, app, node_id, pull_request};
use crate::RecordedCheckRun;
use crate::state::RepositoryState;

/// A check run, as the REST API shows it.
pub(crate) fn check_run(
    links: &Links,
    repository: &RepositoryState,
    it: &RecordedCheckRun,
) -> Value {
    let url = format!("{}/check-runs/{}", links.api_repository(&repository.name), it.id);
    let web = format!("{}/runs/{}", links.web_repository(&repository.name), it.id);
    json!({
        "id": it.id,
        "node_id": node_id("CR_kwDO", it.id),
        "name": it.name,
        "head_sha": it.sha,
        "external_id": it.external_id.as_deref().unwrap_or_default(),
        "url": url,
        "html_url": web,
        "details_url": it.details_url.as_ref().unwrap_or(&web),
        "status": it.status,
        "conclusion": it.conclusion,
        "started_at": it.started_at,
        "completed_at": it.completed_at,
        "output": {
            "title": it.title,
            "summary": it.summary,
            "text": it.text,
            "annotations_count": it.annotations,
            "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": { "id": it.suite },
        "app": app::app(links),
        "pull_requests": pull_requests(links, repository, it),
    })
}

/// A check run in a webhook, which shows more of the check suite.
pub(crate) fn sent(links: &Links, repository: &RepositoryState, it: &RecordedCheckRun) -> Value {
    let mut json = check_run(links, repository, it);
    let api = links.api_repository(&repository.name);
    let mut branches = repository.own_branches().filter(|(_, branch)| branch.head == it.sha);
    let parents = repository.history.get(it.sha.as_str()).map(|commit| &commit.parents);
    json["check_suite"] = json!({
        "id": it.suite,
        "node_id": node_id("CS_kwDO", it.suite),
        "head_branch": branches.next().map(|(name, _)| name),
        "head_sha": it.sha,
        "status": it.status,
        "conclusion": it.conclusion,
        "url": format!("{api}/check-suites/{}", it.suite),
        "before": parents.and_then(|parents| parents.first()),
        "after": it.sha,
        "pull_requests": pull_requests(links, repository, it),
        "app": app::app(links),
        "created_at": it.started_at,
        "updated_at": it.completed_at.as_ref().unwrap_or(&it.started_at),
    });
    json
}

/// The pull requests whose head it is about; none of those from forks.
fn pull_requests(links: &Links, repository: &RepositoryState, it: &RecordedCheckRun) -> Vec<Value> {
    let all = repository.pull_requests.iter();
    all.filter(|pull| pull.open && pull.fork.is_none() && pull.head_sha == it.sha)
        .map(|pull| pull_request::minimal(links, repository, pull))
        .collect()
}
