use serde_json::{Value, json};

use super::ids::node_id;
use super::{app, pull_request};
use crate::state::facts::{CheckRunFacts, RepositoryFacts};
use crate::state::links::Links;

/// A check run, as the REST API shows it.
pub(crate) fn check_run(links: &Links, repository: &RepositoryFacts, run: &CheckRunFacts) -> Value {
    let it = &run.it;
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
        "pull_requests": pull_requests(links, repository, run),
    })
}

/// A check run in a webhook, which shows more of the check suite.
pub(crate) fn sent(links: &Links, repository: &RepositoryFacts, run: &CheckRunFacts) -> Value {
    let it = &run.it;
    let mut json = check_run(links, repository, run);
    let api = links.api_repository(&repository.name);
    json["check_suite"] = json!({
        "id": it.suite,
        "node_id": node_id("CS_kwDO", it.suite),
        "head_branch": run.head_branch,
        "head_sha": it.sha,
        "status": it.status,
        "conclusion": it.conclusion,
        "url": format!("{api}/check-suites/{}", it.suite),
        "before": run.before,
        "after": it.sha,
        "pull_requests": pull_requests(links, repository, run),
        "app": app::app(links),
        "created_at": it.started_at,
        "updated_at": it.completed_at.as_ref().unwrap_or(&it.started_at),
    });
    json
}

pub(crate) fn pull_requests(
    links: &Links,
    repository: &RepositoryFacts,
    run: &CheckRunFacts,
) -> Vec<Value> {
    let all = run.pull_requests.iter();
    all.map(|pull| pull_request::minimal(links, repository, pull)).collect()
}
