use std::io;
use std::path::Path;

use serde_json::Value;

/// The events of github.com with the payloads that it sent, as the npm package `@octokit/webhooks-examples` lists
/// them, if `HOOKSTEAD_EXAMPLES` names its folder.
///
/// # Errors
///
/// Fails when that folder has no such list.
pub fn recorded_events() -> io::Result<Option<Vec<Value>>> {
    let Some(folder) = std::env::var_os("HOOKSTEAD_EXAMPLES") else { return Ok(None) };
    let file = Path::new(&folder).join("api.github.com/index.json");
    let list = std::fs::read(&file).and_then(|list| Ok(serde_json::from_slice(&list)?));
    let with_name =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    list.map(Some).map_err(with_name)
}
