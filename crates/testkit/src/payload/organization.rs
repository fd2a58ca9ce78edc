use serde_json::{Value, json};

use super::ids::{node_id, with_links};
use super::user;
use crate::state::account;
use crate::state::links::Links;

const LINKS: &[(&str, &str)] = &[
    ("url", ""),
    ("repos_url", "/repos"),
    ("events_url", "/events"),
    ("hooks_url", "/hooks"),
    ("issues_url", "/issues"),
    ("members_url", "/members{/member}"),
    ("public_members_url", "/public_members{/member}"),
];

/// An organization, as it stands beside the repository.
pub(crate) fn organization(links: &Links, login: &str) -> Value {
    let id = account::id(login);
    let organization = json!({
        "login": login,
        "id": id,
        "node_id": node_id("O_kgDOB", id),
        "avatar_url": user::avatar(links, login),
        "description": null,
    });
    with_links(organization, &format!("{}/orgs/{login}", links.api), LINKS)
}
