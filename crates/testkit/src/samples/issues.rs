//! Issues, and what they and pull requests have in common.

use serde_json::{Value, json};

use super::story::{OCTOCAT, Story};
use crate::payload::ids::{node_id, with_links};
use crate::payload::{issue as issue_payload, label};

const LINKS: &[(&str, &str)] = &[
    ("url", ""),
    ("labels_url", "/labels{/name}"),
    ("comments_url", "/comments"),
    ("events_url", "/events"),
    ("timeline_url", "/timeline"),
];

const MILESTONE: u64 = 8_600_100_031;
const COMMENT: u64 = 8_600_100_032;
const SPELLING: Topic = Topic {
    number: 2,
    id: 8_600_100_033,
    title: "Spelling error in the README file",
    body: "It looks like you accidentally spelled 'commit' with two 't's.",
};
const READABLE: Topic =
    Topic { number: 3, id: 8_600_100_034, title: "Make the README readable", body: "All of it." };

/// An issue of the story.
struct Topic {
    number: u64,
    id: u64,
    title: &'static str,
    body: &'static str,
}

pub(super) fn issues(it: &Story) -> Value {
    json!({ "action": "opened", "issue": issue(it, &SPELLING) })
}

pub(super) fn issue_comment(it: &Story) -> Value {
    let number = it.pull_request.number;
    let url = it.api(&format!("/issues/comments/{COMMENT}"));
    json!({
        "action": "created",
        "issue": issue_of_pull_request(it),
        "comment": {
            "id": COMMENT,
            "node_id": node_id("IC_kwDO", COMMENT),
            "url": url,
            "html_url": it.web(&format!("/pull/{number}#issuecomment-{COMMENT}")),
            "issue_url": it.api(&format!("/issues/{number}")),
            "user": it.user(OCTOCAT),
            "author_association": "COLLABORATOR",
            "body": "Ready to be deployed. :shipit:",
            "created_at": it.now(),
            "updated_at": it.now(),
            "performed_via_github_app": null,
            "reactions": reactions(&url),
        },
    })
}

pub(super) fn sub_issues(it: &Story) -> Value {
    json!({
        "action": "sub_issue_added",
        "parent_issue_id": READABLE.id,
        "parent_issue": issue(it, &READABLE),
        "parent_issue_repo": it.repo(),
        "sub_issue_id": SPELLING.id,
        "sub_issue": issue(it, &SPELLING),
        "sub_issue_repo": it.repo(),
    })
}

pub(super) fn issue_dependencies(it: &Story) -> Value {
    json!({
        "action": "blocked_by_added",
        "blocked_issue_id": READABLE.id,
        "blocked_issue": issue(it, &READABLE),
        "blocked_issue_repo": it.repo(),
        "blocking_issue_id": SPELLING.id,
        "blocking_issue": issue(it, &SPELLING),
        "blocking_issue_repo": it.repo(),
    })
}

/// GitHub has not published this event's schema; nothing is made up here.
pub(super) fn issue_relates_to(_: &Story) -> Value {
    json!({ "action": "relates_to_added" })
}

pub(super) fn label(it: &Story) -> Value {
    json!({ "action": "created", "label": label::named(it.links(), it.repository(), "bug") })
}

pub(super) fn milestone_event(it: &Story) -> Value {
    json!({ "action": "created", "milestone": milestone(it) })
}

fn milestone(it: &Story) -> Value {
    let milestone = json!({
        "html_url": it.web("/milestone/1"),
        "id": MILESTONE,
        "node_id": node_id("MI_kwDO", MILESTONE),
        "number": 1,
        "title": "v1.0",
        "description": "The first release",
        "creator": it.user(OCTOCAT),
        "open_issues": 1,
        "closed_issues": 0,
        "state": "open",
        "created_at": it.now(),
        "updated_at": it.now(),
        "due_on": "2026-04-01T07:00:00Z",
        "closed_at": null,
    });
    let links = [("url", ""), ("labels_url", "/labels")];
    with_links(milestone, &it.api("/milestones/1"), &links)
}

fn issue(it: &Story, topic: &Topic) -> Value {
    let url = it.api(&format!("/issues/{}", topic.number));
    let issue = json!({
        "id": topic.id,
        "node_id": node_id("I_kwDO", topic.id),
        "number": topic.number,
        "title": topic.title,
        "body": topic.body,
        "html_url": it.web(&format!("/issues/{}", topic.number)),
        "repository_url": it.api(""),
        "user": it.user(OCTOCAT),
        "author_association": "COLLABORATOR",
        "labels": [label::named(it.links(), it.repository(), "bug")],
        "state": "open",
        "state_reason": null,
        "locked": false,
        "active_lock_reason": null,
        "draft": false,
        "assignee": it.user(OCTOCAT),
        "assignees": [it.user(OCTOCAT)],
        "milestone": milestone(it),
        "comments": 0,
        "created_at": it.now(),
        "updated_at": it.now(),
        "closed_at": null,
        "performed_via_github_app": null,
        "reactions": reactions(&url),
        "sub_issues_summary": { "total": 0, "completed": 0, "percent_completed": 0 },
        "issue_dependencies_summary": {
            "blocked_by": 0,
            "total_blocked_by": 0,
            "blocking": 0,
            "total_blocking": 0,
        },
    });
    with_links(issue, &url, LINKS)
}

/// The pull request, as GitHub shows it among the issues.
fn issue_of_pull_request(it: &Story) -> Value {
    let full = it.pull_request();
    let url = it.api(&format!("/issues/{}", it.pull_request.number));
    let mut issue = json!({
        "repository_url": it.api(""),
        "comments": 1,
        "state_reason": null,
        "performed_via_github_app": null,
        "reactions": reactions(&url),
        "pull_request": {
            "url": full["url"],
            "html_url": full["html_url"],
            "diff_url": full["diff_url"],
            "patch_url": full["patch_url"],
            "merged_at": full["merged_at"],
        },
    });
    for key in [
        "id",
        "node_id",
        "number",
        "title",
        "body",
        "html_url",
        "user",
        "author_association",
        "labels",
        "state",
        "locked",
        "active_lock_reason",
        "draft",
        "assignee",
        "assignees",
        "created_at",
        "updated_at",
        "closed_at",
    ] {
        issue[key] = full[key].clone();
    }
    issue["milestone"] = milestone(it);
    with_links(issue, &url, LINKS)
}

/// No reactions yet to what is at this address.
pub(super) fn reactions(url: &str) -> Value {
    issue_payload::reactions(url, &[])
}
