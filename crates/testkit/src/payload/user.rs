use serde_json::{Value, json};

use super::ids::{node_id, with_links};
use crate::state::account::id;
use crate::state::facts::RepositoryFacts;
use crate::state::links::Links;

const LINKS: &[(&str, &str)] = &[
    ("url", ""),
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

/// A person, or a bot if the login ends in `[bot]`.
pub(crate) fn user(links: &Links, login: &str) -> Value {
    account(links, login, if login.ends_with("[bot]") { "Bot" } else { "User" })
}

/// A repository's owner.
pub(crate) fn owner(links: &Links, repository: &RepositoryFacts) -> Value {
    let kind = if repository.of_organization { "Organization" } else { "User" };
    account(links, repository.name.owner(), kind)
}

/// Several people.
pub(crate) fn users(links: &Links, logins: &[String]) -> Vec<Value> {
    logins.iter().map(|login| user(links, login)).collect()
}

pub(crate) fn account(links: &Links, login: &str, kind: &str) -> Value {
    let id = id(login);
    let user = json!({
        "login": login,
        "id": id,
        "node_id": node_id("U_kgDOB", id),
        "avatar_url": avatar(links, login),
        "gravatar_id": "",
        "html_url": format!("{}/{login}", links.web),
        "type": kind,
        "user_view_type": "public",
        "site_admin": false,
    });
    with_links(user, &format!("{}/users/{login}", links.api), LINKS)
}

pub(crate) fn avatar(links: &Links, login: &str) -> String {
    format!("{}/avatars/u/{}?v=4", links.web, id(login))
}
