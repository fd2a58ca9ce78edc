//! Dependencies that no source names.

use std::fs;
use std::path::{Path, PathBuf};

use crate::finding::Finding;
use crate::manifest::Manifest;

/// Looks through every package of the workspace: `crates/*`, and the folders that are given.
pub fn check(root: &Path, others: &[&str]) -> Result<Vec<Finding>, String> {
    let mut folders: Vec<PathBuf> = others.iter().map(|other| root.join(other)).collect();
    let crates = fs::read_dir(root.join("crates")).map_err(|error| format!("crates: {error}"))?;
    folders.extend(crates.filter_map(|entry| Some(entry.ok()?.path())));
    folders.retain(|folder| folder.join("Cargo.toml").is_file());
    folders.sort();
    let mut findings = Vec::new();
    for folder in folders {
        let manifest = Manifest::read(&folder.join("Cargo.toml"))?;
        let shown = folder.strip_prefix(root).unwrap_or(&folder).join("Cargo.toml");
        let shown = shown.to_string_lossy().into_owned();
        let mut everything = code_below(&folder);
        // Who publishes nothing need not tell the dependencies of tests from the others.
        let library =
            if manifest.published { code_below(&folder.join("src")) } else { everything.clone() };
        // The facade's examples stand in the repository's README.
        if everything.contains("README.md") {
            everything.push_str(&fs::read_to_string(root.join("README.md")).unwrap_or_default());
        }
        for dependency in &manifest.dependencies {
            let own = dependency.name == manifest.package;
            let ident = dependency.name.replace('-', "_");
            let code = if dependency.dev { &everything } else { &library };
            if !own && !names(code, &ident) {
                let message = format!("no source names the dependency {}", dependency.name);
                let key = format!("{}: {}", manifest.package, dependency.name);
                findings.push(Finding::new(&shown, dependency.line, message, key));
            }
        }
    }
    Ok(findings)
}

/// All Rust below a folder, docs with their examples included; other packages' folders left out.
fn code_below(folder: &Path) -> String {
    let mut code = String::new();
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(|e| Some(e.ok()?.path())).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if !path.join("Cargo.toml").is_file() && !path.ends_with("target") {
                code.push_str(&code_below(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&fs::read_to_string(&path).unwrap_or_default());
        }
    }
    code
}

/// Whether the code has the name as a word of its own, outside of plain comments.
fn names(code: &str, ident: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.lines().filter(|line| !is_plain_comment(line)).any(|line| {
        line.match_indices(ident).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + ident.len()..].chars().next();
            !before.is_some_and(part) && !after.is_some_and(part)
        })
    })
}

fn is_plain_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") && !line.starts_with("///") && !line.starts_with("//!")
}
