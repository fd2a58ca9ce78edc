//! Folders of payloads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hookstead_events::EventName;
use serde_json::Value;

/// A payload, and where it is from.
pub(crate) struct Recorded {
    pub(crate) event: EventName,
    pub(crate) payload: Value,
    /// For messages.
    pub(crate) origin: String,
}

/// Every payload of a folder: those of each `*/index.json`, as in the npm package
/// `@octokit/webhooks-examples`; if there is none, the files named `EVENT.json` or
/// `EVENT.ACTION.json`.
pub(crate) fn read(folder: &Path) -> io::Result<Vec<Recorded>> {
    let mut entries = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    entries.sort();
    let mut payloads = Vec::new();
    for entry in &entries {
        let index = entry.join("index.json");
        if index.is_file() {
            index_of(&json(&index)?, &name(entry), &mut payloads);
        }
    }
    if !payloads.is_empty() {
        // Its `package.json` is no `package` event.
        return Ok(payloads);
    }
    for entry in &entries {
        let origin = name(entry);
        if let Some(stem) = origin.strip_suffix(".json") {
            let event = stem.split_once('.').map_or(stem, |(event, _action)| event).into();
            payloads.push(Recorded { event, payload: json(entry)?, origin });
        }
    }
    Ok(payloads)
}

fn index_of(index: &Value, folder: &str, payloads: &mut Vec<Recorded>) {
    for entry in index.as_array().into_iter().flatten() {
        let name = entry["name"].as_str().unwrap_or_default();
        for (number, payload) in entry["examples"].as_array().into_iter().flatten().enumerate() {
            let origin = match entry["origins"][number].as_str() {
                Some(origin) => origin.to_owned(),
                None => format!("{folder}: {name}[{number}]"),
            };
            payloads.push(Recorded { event: name.into(), payload: payload.clone(), origin });
        }
    }
}

fn name(entry: &Path) -> String {
    entry.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn json(file: &Path) -> io::Result<Value> {
    let named = |problem: String| io::Error::other(format!("{}: {problem}", file.display()));
    let text = fs::read(file).map_err(|error| named(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| named(error.to_string()))
}
