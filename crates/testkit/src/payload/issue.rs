use serde_json::{Value, json};

use super::ids::{node_id, with_links};
use super::{label, user};
use crate::objects::issue::RecordedReaction;
use crate::state::facts::{CommentFacts, IssueFacts, RepositoryFacts};
use crate::state::links::Links;

const LINKS: &[(&str, &str)] = &[
    ("url", ""),
    ("labels_url", "/labels{/name}"),
    ("comments_url", "/comments"),
    ("events_url", "/events"),
    ("timeline_url", "/timeline"),
];

/// An issue, or a pull request as GitHub shows it among the issues.
pub(crate) fn issue(links: &Links, repository: &RepositoryFacts, facts: &IssueFacts) -> Value {
    let IssueFacts { it, association, comments, pull_request } = facts;
    let api = links.api_repository(&repository.name);
    let url = format!("{api}/issues/{}", it.number);
    let kind = if pull_request.is_some() { "pull" } else { "issues" };
    let web = format!("{}/{kind}/{}", links.web_repository(&repository.name), it.number);
    let mut json = json!({
        "id": it.id,
        "node_id": node_id("I_kwDO", it.id),
        "number": it.number,
        "title": it.title,
        "body": it.body,
        "html_url": web,
        "repository_url": api,
        "user": user::user(links, &it.author),
        "author_association": association,
        "labels": it.labels.iter().map(|name| label::named(links, repository, name)).collect::<Vec<_>>(),
        "state": if it.open { "open" } else { "closed" },
        "state_reason": if it.open || pull_request.is_some() { None } else { Some("completed") },
        "locked": false,
        "active_lock_reason": null,
        "assignee": null,
        "assignees": [],
        "milestone": null,
        "comments": comments,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
        "closed_at": it.closed_at,
        "performed_via_github_app": null,
        "reactions": reactions(&url, &[]),
    });
    if let Some(pull_request) = pull_request {
        json["draft"] = json!(pull_request.draft);
        json["pull_request"] = json!({
            "url": format!("{api}/pulls/{}", it.number),
            "html_url": web,
            "diff_url": format!("{web}.diff"),
            "patch_url": format!("{web}.patch"),
            "merged_at": it.closed_at.as_ref().filter(|_| pull_request.merged),
        });
    }
    with_links(json, &url, LINKS)
}

/// A comment on an issue.
pub(crate) fn comment(
    links: &Links,
    repository: &RepositoryFacts,
    facts: &CommentFacts,
    counted: &[&RecordedReaction],
) -> Value {
    let CommentFacts { it, association } = facts;
    let api = links.api_repository(&repository.name);
    let url = format!("{api}/issues/comments/{}", it.id);
    let web = links.web_repository(&repository.name);
    json!({
        "id": it.id,
        "node_id": node_id("IC_kwDO", it.id),
        "url": url,
        "html_url": format!("{web}/issues/{}#issuecomment-{}", it.issue, it.id),
        "issue_url": format!("{api}/issues/{}", it.issue),
        "user": user::user(links, &it.author),
        "author_association": association,
        "body": it.body,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
        "performed_via_github_app": null,
        "reactions": reactions(&url, counted),
    })
}

/// One reaction.
pub(crate) fn reaction(links: &Links, it: &RecordedReaction) -> Value {
    json!({
        "id": it.id,
        "node_id": node_id("REA_lAHO", it.id),
        "user": user::user(links, &it.author),
        "content": it.content,
        "created_at": it.created_at,
    })
}

/// What a reaction can say.
pub(crate) const REACTIONS: [&str; 8] =
    ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

/// How many reactions of each kind there are to what is at this address.
pub(crate) fn reactions(url: &str, counted: &[&RecordedReaction]) -> Value {
    let mut json = json!({
        "url": format!("{url}/reactions"),
        "total_count": counted.len(),
    });
    for content in REACTIONS {
        json[content] = counted.iter().filter(|it| it.content == content).count().into();
    }
    json
}
