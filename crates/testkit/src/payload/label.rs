use serde_json::{Value, json};

use super::ids::{node_id, with_links};
use crate::state::account;

/// A label of the repository at this address of the API.
pub(crate) fn label(api: &str, name: &str) -> Value {
    let id = account::id(name);
    let label = json!({
        "id": id,
        "node_id": node_id("LA_kwDO", id),
        "name": name,
        "color": "d73a4a",
        "default": false,
        "description": null,
    });
    with_links(label, &format!("{api}/labels/{name}"), &[("url", "")])
}
