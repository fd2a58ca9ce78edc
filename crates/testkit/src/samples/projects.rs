//! Projects, the classic ones and today's.

use serde_json::{Value, json};

use super::story::{OCTOCAT, Story};
use crate::payload::ids::{node_id, with_links};

const CLASSIC: u64 = 8_600_100_101;
const COLUMN: u64 = 8_600_100_102;
const CARD: u64 = 8_600_100_103;
const PROJECT: u64 = 8_600_100_104;
const ITEM: u64 = 8_600_100_105;
const UPDATE: u64 = 8_600_100_106;

pub(super) fn project(it: &Story) -> Value {
    let project = json!({
        "owner_url": it.api(""),
        "html_url": it.web("/projects/1"),
        "id": CLASSIC,
        "node_id": node_id("PRO_kwDO", CLASSIC),
        "name": "Ship it",
        "body": "Everything that version 1.0 needs",
        "number": 1,
        "state": "open",
        "creator": it.user(OCTOCAT),
        "created_at": it.now(),
        "updated_at": it.now(),
    });
    let links = [("url", ""), ("columns_url", "/columns")];
    json!({ "action": "created", "project": with_links(project, &classic(it), &links) })
}

pub(super) fn project_column(it: &Story) -> Value {
    let url = it.api_root(&format!("/projects/columns/{COLUMN}"));
    let column = json!({
        "project_url": classic(it),
        "id": COLUMN,
        "node_id": node_id("PC_lADO", COLUMN),
        "name": "Small bugfixes",
        "after_id": null,
        "created_at": it.now(),
        "updated_at": it.now(),
    });
    let links = [("url", ""), ("cards_url", "/cards")];
    json!({ "action": "created", "project_column": with_links(column, &url, &links) })
}

pub(super) fn project_card(it: &Story) -> Value {
    json!({
        "action": "created",
        "project_card": {
            "url": it.api_root(&format!("/projects/columns/cards/{CARD}")),
            "project_url": classic(it),
            "column_url": it.api_root(&format!("/projects/columns/{COLUMN}")),
            "column_id": COLUMN,
            "id": CARD,
            "node_id": node_id("PRC_lALO", CARD),
            "note": null,
            "archived": false,
            "creator": it.user(OCTOCAT),
            "created_at": it.now(),
            "updated_at": it.now(),
            "after_id": null,
            "content_url": it.api("/issues/2"),
        },
    })
}

pub(super) fn projects_v2(it: &Story) -> Value {
    json!({
        "action": "created",
        "projects_v2": {
            "id": PROJECT,
            "node_id": node_id("PVT_kwDO", PROJECT),
            "owner": it.owner(),
            "creator": it.user(OCTOCAT),
            "title": "Ship it",
            "description": "Everything that version 1.0 needs",
            "short_description": null,
            "public": false,
            "is_template": false,
            "state": "open",
            "number": 1,
            "latest_status_update": status_update(it),
            "created_at": it.now(),
            "updated_at": it.now(),
            "closed_at": null,
            "deleted_at": null,
            "deleted_by": null,
        },
    })
}

pub(super) fn projects_v2_item(it: &Story) -> Value {
    json!({
        "action": "created",
        "projects_v2_item": {
            "id": ITEM,
            "node_id": node_id("PVTI_lADO", ITEM),
            "project_node_id": node_id("PVT_kwDO", PROJECT),
            "content_node_id": node_id("PR_kwDO", it.pull_request.id),
            "content_type": "PullRequest",
            "creator": it.user(OCTOCAT),
            "created_at": it.now(),
            "updated_at": it.now(),
            "archived_at": null,
        },
    })
}

pub(super) fn projects_v2_status_update(it: &Story) -> Value {
    json!({ "action": "created", "projects_v2_status_update": status_update(it) })
}

fn status_update(it: &Story) -> Value {
    json!({
        "id": UPDATE,
        "node_id": node_id("PVTSU_lADO", UPDATE),
        "project_node_id": node_id("PVT_kwDO", PROJECT),
        "creator": it.user(OCTOCAT),
        "status": "ON_TRACK",
        "start_date": "2026-03-02",
        "target_date": "2026-04-01",
        "body": "The flag waves.",
        "created_at": it.now(),
        "updated_at": it.now(),
    })
}

fn classic(it: &Story) -> String {
    it.api_root(&format!("/projects/{CLASSIC}"))
}
