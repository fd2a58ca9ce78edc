use serde_json::{Value, json};

use super::ids::node_id;
use super::{commit, repository, user};
use crate::objects::status::RecordedStatus;
use crate::state::facts::RepositoryFacts;
use crate::state::history::Commit;
use crate::state::links::Links;
use hookstead_types::{Sha, StatusState};

/// A status, as it is created and listed.
pub(crate) fn status(
    links: &Links,
    repository: &RepositoryFacts,
    status: &RecordedStatus,
) -> Value {
    let mut json = without_creator(links, repository, status);
    json["creator"] = user::user(links, &status.creator);
    json
}

/// All contexts of a commit together; `shown` are those of the page asked for.
pub(crate) fn combined(
    links: &Links,
    repository: &RepositoryFacts,
    sha: &Sha,
    all: &[&RecordedStatus],
    shown: &[&RecordedStatus],
) -> Value {
    let any = |state: StatusState| all.iter().any(|status| status.state == state);
    let state = if any(StatusState::Failure) || any(StatusState::Error) {
        StatusState::Failure
    } else if any(StatusState::Pending) || all.is_empty() {
        StatusState::Pending
    } else {
        StatusState::Success
    };
    let api = links.api_repository(&repository.name);
    let statuses: Vec<Value> =
        shown.iter().map(|status| without_creator(links, repository, status)).collect();
    json!({
        "state": state,
        "statuses": statuses,
        "sha": sha,
        "total_count": all.len(),
        "repository": repository::minimal(links, repository),
        "commit_url": format!("{api}/commits/{sha}"),
        "url": format!("{api}/commits/{sha}/status"),
    })
}

fn without_creator(links: &Links, repository: &RepositoryFacts, status: &RecordedStatus) -> Value {
    let api = links.api_repository(&repository.name);
    json!({
        "url": format!("{api}/statuses/{}", status.sha),
        "avatar_url": user::avatar(links, &status.creator),
        "id": status.id,
        "node_id": node_id("SC_kwDO", status.id),
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": status.created_at,
        "updated_at": status.created_at,
    })
}

/// A status in a webhook, with the commit and the branches that have it.
pub(super) fn sent(
    links: &Links,
    repository: &RepositoryFacts,
    status: &RecordedStatus,
    branches: &[(String, Sha)],
    of: Option<&Commit>,
) -> Value {
    let api = links.api_repository(&repository.name);
    let branch = |(name, head): &(String, Sha)| {
        json!({
            "name": name,
            "commit": { "sha": head, "url": format!("{api}/commits/{head}") },
            "protected": false,
        })
    };
    // `status` alone writes its own times with an offset instead of `Z`.
    let created_at = status.created_at.to_string().replace('Z', "+00:00");
    json!({
        "id": status.id,
        "sha": status.sha,
        "name": repository.name,
        "avatar_url": user::avatar(links, &status.creator),
        "target_url": status.target_url,
        "context": status.context,
        "description": status.description,
        "state": status.state,
        "commit": of.map(|of| commit::full(links, repository, of)),
        "branches": branches.iter().map(branch).collect::<Vec<_>>(),
        "created_at": created_at,
        "updated_at": created_at,
    })
}
