//! Who belongs to the organization, its teams and its repositories.

use serde_json::{Value, json};

use super::story::{MONALISA, ORGANIZATION, Story};
use crate::payload::ids::{node_id, with_links};
use crate::state::account;

const TEAM: u64 = 8_600_100_081;

pub(super) fn member(it: &Story) -> Value {
    json!({
        "action": "added",
        "member": it.user(MONALISA),
        "changes": { "permission": { "to": "write" }, "role_name": { "to": "write" } },
    })
}

pub(super) fn membership(it: &Story) -> Value {
    json!({
        "action": "added",
        "scope": "team",
        "member": it.user(MONALISA),
        "team": team(it),
    })
}

pub(super) fn organization(it: &Story) -> Value {
    let url = it.api_root(&format!("/orgs/{ORGANIZATION}"));
    json!({
        "action": "member_added",
        "membership": {
            "url": format!("{url}/memberships/{MONALISA}"),
            "state": "active",
            "role": "member",
            "organization_url": url,
            "user": it.user(MONALISA),
        },
    })
}

pub(super) fn org_block(it: &Story) -> Value {
    json!({ "action": "blocked", "blocked_user": it.user("spammer") })
}

pub(super) fn team_event(it: &Story) -> Value {
    json!({ "action": "created", "team": team(it) })
}

pub(super) fn team_add(it: &Story) -> Value {
    json!({ "team": team(it) })
}

/// The team that keeps the repository.
pub(super) fn team(it: &Story) -> Value {
    let organization = account::id(ORGANIZATION);
    let team = json!({
        "name": "Crew",
        "id": TEAM,
        "node_id": node_id("T_kwDO", TEAM),
        "slug": "crew",
        "description": "Keeps the ship afloat",
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "type": "organization",
        "organization_id": organization,
        "html_url": it.web_root(&format!("/orgs/{ORGANIZATION}/teams/crew")),
        "permission": "pull",
        "parent": null,
    });
    let links = [("url", ""), ("members_url", "/members{/member}"), ("repositories_url", "/repos")];
    with_links(team, &it.api_root(&format!("/organizations/{organization}/team/{TEAM}")), &links)
}
