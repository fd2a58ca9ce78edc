//! Whether every crate has what the registry and docs.rs show.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::finding::Finding;
use crate::metadata::{list, published, text};

/// Files that each package carries, beside its sources.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

pub fn check(root: &Path, metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in published(metadata) {
        let manifest = Path::new(text(package, "manifest_path"));
        let folder = manifest.parent().unwrap_or(manifest);
        let shown = manifest.strip_prefix(root).unwrap_or(manifest).to_string_lossy().into_owned();
        let mut missing = |what: &str| {
            let message = format!("{} {what}", text(package, "name"));
            findings.push(Finding::new(&shown, 0, message.clone(), message));
        };
        for field in ["description", "license", "rust_version"] {
            if text(package, field).is_empty() {
                missing(&format!("has no `{}`", field.replace('_', "-")));
            }
        }
        for field in ["keywords", "categories"] {
            if !(1..=5).contains(&list(&package[field]).count()) {
                missing(&format!("has none or more than five `{field}`"));
            }
        }
        match package["readme"].as_str() {
            Some(readme) if folder.join(readme).is_file() => {}
            _ => missing("has no README"),
        }
        for licence in LICENCES {
            // The same text as the repository's, by a link or by a copy.
            let ours = fs::read(folder.join(licence)).unwrap_or_default();
            if ours.is_empty() || Some(ours) != fs::read(root.join(licence)).ok() {
                missing(&format!("does not carry the repository's {licence}"));
            }
        }
        let docs = &package["metadata"]["docs"]["rs"];
        if docs["all-features"] != Value::Bool(true) {
            missing("does not show all features on docs.rs");
        }
        if !list(&docs["rustdoc-args"]).any(|argument| argument == "docsrs") {
            missing("does not build its docs with `--cfg docsrs`");
        }
        // Where there are features, the docs say what needs which.
        let features =
            package["features"].as_object().is_some_and(|all| all.keys().any(|f| f != "default"));
        let source = fs::read_to_string(folder.join("src/lib.rs")).unwrap_or_default();
        if features && !source.contains("#![cfg_attr(docsrs, feature(doc_cfg))]") {
            missing("has features, but `lib.rs` does not ask docs.rs for their badges");
        }
    }
    findings
}
