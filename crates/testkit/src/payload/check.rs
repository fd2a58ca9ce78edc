use serde_json::{Value, json};

use super::ids::node_id;
use super::{app, commit, pull_request};
use crate::objects::pull_request::RecordedPullRequest;
use crate::state::facts::RepositoryFacts;
use crate::state::history::Commit;
use crate::state::links::Links;

/// The ids of the sample's checks.
#[derive(Debug)]
pub(crate) struct Ids {
    pub(crate) suite: u64,
    pub(crate) run: u64,
}

/// A completed check run of a pull request's head.
pub(crate) fn run(
    links: &Links,
    repository: &RepositoryFacts,
    it: &RecordedPullRequest,
    ids: &Ids,
) -> Value {
    let api = links.api_repository(&repository.name);
    let url = format!("{api}/check-runs/{}", ids.run);
    let web = links.web_repository(&repository.name);
    json!({
        "id": ids.run,
        "node_id": node_id("CR_kwDO", ids.run),
        "name": "octo-checks",
        "head_sha": it.head_sha,
        "external_id": "",
        "url": url,
        "html_url": format!("{web}/runs/{}", ids.run),
        "details_url": "https://checks.example.com",
        "status": "completed",
        "conclusion": "success",
        "started_at": it.created_at,
        "completed_at": it.created_at,
        "output": {
            "title": "All is well",
            "summary": "No problems in 1 file",
            "text": null,
            "annotations_count": 0,
            "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": in_run(links, repository, it, ids),
        "app": app::app(links),
        "pull_requests": [pull_request::minimal(links, repository, it)],
    })
}

/// The check suite, complete.
pub(crate) fn suite(
    links: &Links,
    repository: &RepositoryFacts,
    it: &RecordedPullRequest,
    head: &Commit,
    ids: &Ids,
) -> Value {
    let mut json = in_run(links, repository, it, ids);
    json["latest_check_runs_count"] = json!(1);
    json["check_runs_url"] = json!(format!("{}/check-runs", suite_url(links, repository, ids)));
    json["rerequestable"] = json!(true);
    json["runs_rerequestable"] = json!(true);
    json["head_commit"] = commit::short(head);
    json
}

/// The check suite as it stands in a check run.
fn in_run(
    links: &Links,
    repository: &RepositoryFacts,
    it: &RecordedPullRequest,
    ids: &Ids,
) -> Value {
    json!({
        "id": ids.suite,
        "node_id": node_id("CS_kwDO", ids.suite),
        "head_branch": it.head_ref,
        "head_sha": it.head_sha,
        "status": "completed",
        "conclusion": "success",
        "url": suite_url(links, repository, ids),
        "before": it.base_sha,
        "after": it.head_sha,
        "pull_requests": [pull_request::minimal(links, repository, it)],
        "app": app::app(links),
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}

fn suite_url(links: &Links, repository: &RepositoryFacts, ids: &Ids) -> String {
    format!("{}/check-suites/{}", links.api_repository(&repository.name), ids.suite)
}
