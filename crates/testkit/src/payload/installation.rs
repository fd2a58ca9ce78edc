use serde_json::{Value, json};

use super::ids::node_id;
use super::{app, user};
use crate::state::account;
use crate::state::app::Installation;
use crate::state::facts::{InstallationFacts, RepositoryFacts};
use crate::state::links::Links;

/// An installation of the App, complete.
pub(crate) fn full(links: &Links, installation: &InstallationFacts) -> Value {
    let InstallationFacts { it, of_organization } = installation;
    let app = app::app(links);
    let kind = if *of_organization { "Organization" } else { "User" };
    let settings = if *of_organization {
        format!("{}/organizations/{}/settings/installations/{}", links.web, it.account, it.id)
    } else {
        format!("{}/settings/installations/{}", links.web, it.id)
    };
    json!({
        "id": it.id,
        "node_id": node_id("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u", it.id),
        "account": user::account(links, &it.account, kind),
        "repository_selection": selection(it),
        "access_tokens_url": format!("{}/app/installations/{}/access_tokens", links.api, it.id),
        "repositories_url": format!("{}/installation/repositories", links.api),
        "html_url": settings,
        "app_id": app["id"],
        "app_slug": app["slug"],
        "client_id": app["client_id"],
        "target_id": account::id(&it.account),
        "target_type": kind,
        "permissions": app["permissions"],
        "events": app["events"],
        "created_at": it.created_at,
        "updated_at": it.created_at,
        "single_file_name": null,
        "has_multiple_single_files": false,
        "single_file_paths": [],
        "suspended_at": null,
        "suspended_by": null,
    })
}

/// An installation as it stands in the payloads of other events.
pub(crate) fn reference(id: u64) -> Value {
    json!({ "id": id, "node_id": node_id("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u", id) })
}

pub(crate) fn selection(it: &Installation) -> &'static str {
    if it.repositories.is_some() { "selected" } else { "all" }
}

/// A repository as it stands beside an installation.
pub(crate) fn repository(repository: &RepositoryFacts) -> Value {
    json!({
        "id": repository.id,
        "node_id": node_id("R_kgDO", repository.id),
        "name": repository.name.name(),
        "full_name": repository.name,
        "private": repository.private,
    })
}
