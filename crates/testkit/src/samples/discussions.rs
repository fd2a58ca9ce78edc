//! Discussions.

use serde_json::{Value, json};

use super::issues::reactions;
use super::story::{OCTOCAT, Story};
use crate::payload::ids::node_id;

const DISCUSSION: u64 = 8_600_100_051;
const CATEGORY: u64 = 8_600_100_052;
const COMMENT: u64 = 8_600_100_053;

pub(super) fn discussion(it: &Story) -> Value {
    json!({ "action": "created", "discussion": the_discussion(it, 0) })
}

pub(super) fn discussion_comment(it: &Story) -> Value {
    json!({
        "action": "created",
        "comment": {
            "id": COMMENT,
            "node_id": node_id("DC_kwDO", COMMENT),
            "html_url": it.web(&format!("/discussions/4#discussioncomment-{COMMENT}")),
            "parent_id": null,
            "child_comment_count": 0,
            // Not an address, unlike everywhere else.
            "repository_url": it.repository().name,
            "discussion_id": DISCUSSION,
            "author_association": "COLLABORATOR",
            "user": it.user(OCTOCAT),
            "created_at": it.now(),
            "updated_at": it.now(),
            "body": "I have so many questions to ask you!",
            "reactions": reactions(&it.api(&format!("/discussions/comments/{COMMENT}"))),
        },
        "discussion": the_discussion(it, 1),
    })
}

fn the_discussion(it: &Story, comments: u64) -> Value {
    json!({
        "repository_url": it.api(""),
        "category": {
            "id": CATEGORY,
            "node_id": node_id("DIC_kwDO", CATEGORY),
            "repository_id": it.repository().id,
            "emoji": ":speech_balloon:",
            "name": "General",
            "description": "Chat about anything and everything here",
            "created_at": it.now(),
            "updated_at": it.now(),
            "slug": "general",
            "is_answerable": false,
        },
        "answer_html_url": null,
        "answer_chosen_at": null,
        "answer_chosen_by": null,
        "html_url": it.web("/discussions/4"),
        "id": DISCUSSION,
        "node_id": node_id("D_kwDO", DISCUSSION),
        "number": 4,
        "title": "Welcome to discussions!",
        "user": it.user(OCTOCAT),
        "labels": [],
        "state": "open",
        "state_reason": null,
        "locked": false,
        "comments": comments,
        "created_at": it.now(),
        "updated_at": it.now(),
        "author_association": "COLLABORATOR",
        "active_lock_reason": null,
        "body": "We're glad to have you here!",
        "reactions": reactions(&it.api("/discussions/4")),
        "timeline_url": it.api("/discussions/4/timeline"),
    })
}
