//! Which crate may lean on which.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, entries};
use crate::source::House;

/// Compares every manifest's `[dependencies]` with a table of lines `crate: crate crate`.
///
/// What a crate may lean on, those that lean on it may lean on as well.
pub fn check(house: &House, table: &str) -> Vec<Finding> {
    let mut allowed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in entries(table) {
        if let Some((from, to)) = entry.split_once(':') {
            allowed.insert(from.trim(), to.split_whitespace().collect());
        }
    }
    let mut findings = Vec::new();
    for own in &house.crates {
        let file = format!("crates/{}/Cargo.toml", own.folder);
        if !allowed.contains_key(own.folder.as_str()) {
            let message = format!("the table of arrows does not have the crate {}", own.folder);
            findings.push(Finding::new(&file, 0, message.clone(), message));
            continue;
        }
        let mut may = BTreeSet::new();
        let mut open = vec![own.folder.as_str()];
        while let Some(next) = open.pop() {
            for to in allowed.get(next).into_iter().flatten() {
                if may.insert(*to) {
                    open.push(to);
                }
            }
        }
        for dependency in own.manifest.dependencies.iter().filter(|d| !d.dev) {
            let Some(to) = house.by_ident(&dependency.name.replace('-', "_")) else { continue };
            let to = house.crates[to].folder.as_str();
            if !may.contains(to) {
                let message = format!("{} may not lean on {to}", own.folder);
                findings.push(Finding::new(&file, dependency.line, message.clone(), message));
            }
        }
    }
    findings
}
