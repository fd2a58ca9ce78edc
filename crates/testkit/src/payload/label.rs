use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::ids::{node_id, with_links};
use crate::objects::label::RecordedLabel;
use crate::state::account;
use crate::state::facts::RepositoryFacts;
use crate::state::links::Links;

/// A label of a repository, by its name.
pub(crate) fn named(links: &Links, repository: &RepositoryFacts, name: &str) -> Value {
    let known = repository.labels.iter().find(|it| it.name.eq_ignore_ascii_case(name));
    match known {
        Some(it) => label(links, repository, it),
        None => label(links, repository, &RecordedLabel::new(name, None)),
    }
}

pub(crate) fn label(links: &Links, repository: &RepositoryFacts, it: &RecordedLabel) -> Value {
    let name = &it.name;
    let id = account::id(name);
    let api = links.api_repository(&repository.name);
    let label = json!({
        "id": id,
        "node_id": node_id("LA_kwDO", id),
        "name": name,
        "color": it.color,
        "default": it.default,
        "description": it.description,
    });
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    with_links(label, &format!("{api}/labels/{name}"), &[("url", "")])
}
