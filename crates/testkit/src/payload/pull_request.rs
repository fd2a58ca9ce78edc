use serde_json::{Value, json};

use super::ids::node_id;
use super::{label, repository, user};
use crate::objects::pull_request::RecordedPullRequest;
use crate::state::facts::{Mergeability, PullRequestFacts, RepositoryFacts};
use crate::state::links::Links;

const LINKS: &[(&str, &str)] = &[
    ("url", "/pulls/{n}"),
    ("issue_url", "/issues/{n}"),
    ("commits_url", "/pulls/{n}/commits"),
    ("review_comments_url", "/pulls/{n}/comments"),
    ("review_comment_url", "/pulls/comments{/number}"),
    ("comments_url", "/issues/{n}/comments"),
];

/// What a pull request in a list lacks.
const ONLY_IN_FULL: &[&str] = &[
    "merged",
    "mergeable",
    "rebaseable",
    "mergeable_state",
    "merged_by",
    "comments",
    "review_comments",
    "maintainer_can_modify",
    "commits",
    "additions",
    "deletions",
    "changed_files",
];

/// The full shape: a webhook's, and that of a pull request asked for by its number.
pub(crate) fn full(links: &Links, repo: &RepositoryFacts, facts: &PullRequestFacts) -> Value {
    let PullRequestFacts { it, commits, mergeability } = facts;
    let mut json = listed_and_full(links, repo, it);
    let size = it.size;
    let (mergeable, state) = match mergeability {
        Mergeability::Unknown => (None, "unknown"),
        Mergeability::Conflicting => (Some(false), "dirty"),
        Mergeability::Draft => (Some(true), "draft"),
        Mergeability::Blocked => (Some(true), "blocked"),
        Mergeability::Behind => (Some(true), "behind"),
        Mergeability::Unstable => (Some(true), "unstable"),
        Mergeability::Clean => (Some(true), "clean"),
    };
    let rest = json!({
        "merged": it.merged,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": state,
        "merged_by": it.merged_by.as_ref().map(|login| user::user(links, login)),
        "comments": 0,
        "review_comments": 0,
        "maintainer_can_modify": it.fork.is_some(),
        "commits": commits,
        "additions": size.map_or(*commits as u64, |size| size.additions),
        "deletions": size.map_or(0, |size| size.deletions),
        "changed_files": size.map_or(1, |size| size.files),
    });
    if let (Some(json), Value::Object(rest)) = (json.as_object_mut(), rest) {
        json.extend(rest);
    }
    json
}

/// The shape in lists.
pub(crate) fn listed(links: &Links, repo: &RepositoryFacts, facts: &PullRequestFacts) -> Value {
    let mut json = full(links, repo, facts);
    if let Some(object) = json.as_object_mut() {
        object.retain(|key, _| !ONLY_IN_FULL.contains(&key.as_str()));
    }
    json
}

/// The shape in check runs, check suites and workflow runs.
pub(crate) fn minimal(links: &Links, repo: &RepositoryFacts, it: &RecordedPullRequest) -> Value {
    let api = links.api_repository(&repo.name);
    let repository = json!({ "id": repo.id, "url": api, "name": repo.name.name() });
    json!({
        "url": format!("{api}/pulls/{}", it.number),
        "id": it.id,
        "number": it.number,
        "head": { "ref": it.head_ref, "sha": it.head_sha, "repo": repository },
        "base": { "ref": it.base_ref, "sha": it.base_sha, "repo": repository },
    })
}

fn listed_and_full(links: &Links, repo: &RepositoryFacts, it: &RecordedPullRequest) -> Value {
    let number = it.number;
    let api = links.api_repository(&repo.name);
    let web = format!("{}/pull/{number}", links.web_repository(&repo.name));
    let statuses_url = format!("{api}/statuses/{}", it.head_sha);
    let mut json = json!({
        "id": it.id,
        "node_id": node_id("PR_kwDO", it.id),
        "html_url": web,
        "diff_url": format!("{web}.diff"),
        "patch_url": format!("{web}.patch"),
        "number": number,
        "state": if it.open { "open" } else { "closed" },
        "locked": false,
        "title": it.title,
        "user": user::user(links, &it.author),
        "body": it.body,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
        "closed_at": it.closed_at,
        "merged_at": it.closed_at.as_ref().filter(|_| it.merged),
        "merge_commit_sha": it.merge_commit_sha,
        "assignee": it.assignees.first().map(|login| user::user(links, login)),
        "assignees": user::users(links, &it.assignees),
        "requested_reviewers": user::users(links, &it.reviewers),
        "requested_teams": [],
        "labels": it.labels.iter().map(|name| label::named(links, repo, name)).collect::<Vec<_>>(),
        "milestone": null,
        "statuses_url": statuses_url,
        "author_association": association(repo, it),
        "auto_merge": null,
        "active_lock_reason": null,
        "draft": it.draft,
    });
    let address = |rest: &str| format!("{api}{}", rest.replace("{n}", &number.to_string()));
    if let Some(object) = json.as_object_mut() {
        object.insert("head".to_owned(), head(links, repo, it));
        object.insert("base".to_owned(), base(links, repo, it));
        object.extend(LINKS.iter().map(|(key, rest)| ((*key).to_owned(), json!(address(rest)))));
    }
    json["_links"] = json!({
        "self": { "href": json["url"] },
        "html": { "href": web },
        "issue": { "href": json["issue_url"] },
        "comments": { "href": json["comments_url"] },
        "review_comments": { "href": json["review_comments_url"] },
        "review_comment": { "href": json["review_comment_url"] },
        "commits": { "href": json["commits_url"] },
        "statuses": { "href": statuses_url },
    });
    json
}

fn head(links: &Links, repo: &RepositoryFacts, it: &RecordedPullRequest) -> Value {
    let repository = match &it.fork {
        None => repository::full(links, repo),
        Some(fork) if fork.deleted => Value::Null,
        Some(fork) => repository::fork(links, repo, fork),
    };
    json!({
        "label": it.head_label(repo.name.owner()),
        "ref": it.head_ref,
        "sha": it.head_sha,
        "user": match &it.fork {
            None => user::owner(links, repo),
            Some(fork) => user::user(links, &fork.owner),
        },
        "repo": repository,
    })
}

fn base(links: &Links, repo: &RepositoryFacts, it: &RecordedPullRequest) -> Value {
    json!({
        "label": format!("{}:{}", repo.name.owner(), it.base_ref),
        "ref": it.base_ref,
        "sha": it.base_sha,
        "user": user::owner(links, repo),
        "repo": repository::full(links, repo),
    })
}

fn association(repo: &RepositoryFacts, it: &RecordedPullRequest) -> &'static str {
    if repo.name.owner().eq_ignore_ascii_case(&it.author) {
        "OWNER"
    } else if it.fork.is_some() {
        "CONTRIBUTOR"
    } else {
        "COLLABORATOR"
    }
}
