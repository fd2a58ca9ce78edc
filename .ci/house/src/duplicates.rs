//! Crates that are built in two versions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::finding::Finding;
use crate::metadata::{packages, text};

pub fn check(metadata: &Value) -> Vec<Finding> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages(metadata) {
        versions.entry(text(package, "name")).or_default().insert(text(package, "version"));
    }
    versions
        .into_iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, versions)| {
            let versions: Vec<&str> = versions.into_iter().collect();
            let message = format!(
                "{name} is built in {} versions: {}; `cargo tree -i {name}@VERSION` says for whom",
                versions.len(),
                versions.join(", ")
            );
            // Without the versions' last numbers, so that an update does not touch the list.
            let lines: Vec<&str> = versions.iter().map(|version| compatible(version)).collect();
            Finding::new("Cargo.lock", 0, message, format!("{name} {}", lines.join(" ")))
        })
        .collect()
}

/// The part of a version that says which others it is compatible with: 1, or 0.4.
fn compatible(version: &str) -> &str {
    let mut dots = version.match_indices('.').map(|(at, _)| at);
    let first = dots.next().unwrap_or(version.len());
    if version[..first] == *"0" {
        &version[..dots.next().unwrap_or(version.len())]
    } else {
        &version[..first]
    }
}
