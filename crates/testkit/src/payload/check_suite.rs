use serde_json::{Value, json};

use super::ids::node_id;
use super::{app, check_run, commit, repository as repositories};
use crate::state::facts::{RepositoryFacts, SuiteFacts};
use crate::state::links::Links;

/// A check suite, as the REST API and its own event show it.
pub(crate) fn check_suite(links: &Links, repository: &RepositoryFacts, it: &SuiteFacts) -> Value {
    let url = format!("{}/check-suites/{}", links.api_repository(&repository.name), it.id);
    json!({
        "id": it.id,
        "node_id": node_id("CS_kwDO", it.id),
        "head_branch": it.about.head_branch,
        "head_sha": it.about.it.sha,
        "status": it.status,
        "conclusion": it.conclusion,
        "url": url,
        "before": it.about.before,
        "after": it.about.it.sha,
        "pull_requests": check_run::pull_requests(links, repository, &it.about),
        "app": app::app(links),
        "repository": repositories::minimal(links, repository),
        "created_at": it.created_at,
        "updated_at": it.updated_at,
        "head_commit": commit::short(&it.commit),
        "latest_check_runs_count": it.count,
        "check_runs_url": format!("{url}/check-runs"),
        "rerequestable": true,
        "runs_rerequestable": true,
    })
}
