//! What people say about commits and pull requests.

use serde_json::{Value, json};

use super::issues::reactions;
use super::story::{HUBOT, Story};
use crate::payload::ids::node_id;

const REVIEW: u64 = 8_600_100_041;
const COMMENT: u64 = 8_600_100_042;
const COMMIT_COMMENT: u64 = 8_600_100_043;
const THREAD: u64 = 8_600_100_044;

pub(super) fn review(it: &Story) -> Value {
    let pull_request = it.pull_request();
    let page = it.web(&format!("/pull/{}#pullrequestreview-{REVIEW}", it.pull_request.number));
    json!({
        "action": "submitted",
        "review": {
            "id": REVIEW,
            "node_id": node_id("PRR_kwDO", REVIEW),
            "user": it.user(HUBOT),
            "body": "It waves indeed.",
            "commit_id": it.pull_request.head_sha,
            "submitted_at": it.now(),
            "updated_at": it.now(),
            "state": "approved",
            "html_url": page,
            "pull_request_url": pull_request["url"],
            "author_association": "COLLABORATOR",
            "_links": {
                "html": { "href": page },
                "pull_request": { "href": pull_request["url"] },
            },
        },
        "pull_request": pull_request,
        "sender": it.user(HUBOT),
    })
}

pub(super) fn review_comment(it: &Story) -> Value {
    json!({
        "action": "created",
        "comment": comment(it),
        "pull_request": it.pull_request(),
        "sender": it.user(HUBOT),
    })
}

pub(super) fn review_thread(it: &Story) -> Value {
    json!({
        "action": "resolved",
        "thread": { "node_id": node_id("PRRT_kwDO", THREAD), "comments": [comment(it)] },
        "pull_request": it.pull_request(),
    })
}

pub(super) fn commit_comment(it: &Story) -> Value {
    let sha = &it.pull_request.head_sha;
    let url = it.api(&format!("/comments/{COMMIT_COMMENT}"));
    json!({
        "action": "created",
        "comment": {
            "url": url,
            "html_url": it.web(&format!("/commit/{sha}#commitcomment-{COMMIT_COMMENT}")),
            "id": COMMIT_COMMENT,
            "node_id": node_id("CC_kwDO", COMMIT_COMMENT),
            "user": it.user(HUBOT),
            "position": null,
            "line": null,
            "path": null,
            "commit_id": sha,
            "created_at": it.now(),
            "updated_at": it.now(),
            "author_association": "COLLABORATOR",
            "body": "This is a really good change! :+1:",
            "reactions": reactions(&url),
        },
        "sender": it.user(HUBOT),
    })
}

fn comment(it: &Story) -> Value {
    let pull_request = it.api(&format!("/pulls/{}", it.pull_request.number));
    let url = it.api(&format!("/pulls/comments/{COMMENT}"));
    let page = it.web(&format!("/pull/{}#discussion_r{COMMENT}", it.pull_request.number));
    json!({
        "url": url,
        "pull_request_review_id": REVIEW,
        "id": COMMENT,
        "node_id": node_id("PRRC_kwDO", COMMENT),
        "diff_hunk": "@@ -1 +1 @@\n-# hello-world",
        "path": "README.md",
        "position": 1,
        "original_position": 1,
        "commit_id": it.pull_request.head_sha,
        "original_commit_id": it.pull_request.head_sha,
        "user": it.user(HUBOT),
        "body": "Maybe you should use more emoji on this line.",
        "created_at": it.now(),
        "updated_at": it.now(),
        "html_url": page,
        "pull_request_url": pull_request,
        "author_association": "COLLABORATOR",
        "_links": {
            "self": { "href": url },
            "html": { "href": page },
            "pull_request": { "href": pull_request },
        },
        "reactions": reactions(&url),
        "start_line": null,
        "original_start_line": null,
        "start_side": null,
        "line": 1,
        "original_line": 1,
        "side": "RIGHT",
        "subject_type": "line",
    })
}
