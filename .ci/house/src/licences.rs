//! Whether everything that we build on may be used as we use it.

use serde_json::Value;

use crate::finding::{Finding, entries};
use crate::metadata::{packages, text};

pub fn check(metadata: &Value, allowed: &str) -> Vec<Finding> {
    let allowed = entries(allowed);
    let mut findings = Vec::new();
    for package in packages(metadata) {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        if !holds(licence, &allowed) {
            let shown = if licence.is_empty() { "no licence" } else { licence };
            let message = format!("{name} {} has {shown}", text(package, "version"));
            findings.push(Finding::new("Cargo.lock", 0, message, format!("{name}: {shown}")));
        }
    }
    findings.sort();
    findings
}

/// Whether an SPDX expression can be met by the allowed licences: one of each `OR`, all of each `AND`.
pub fn holds(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let holds = any(&words, &mut at, allowed);
    holds && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut holds = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        holds |= all(words, at, allowed);
    }
    holds
}

fn all(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut holds = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        holds &= one(words, at, allowed);
    }
    holds
}

fn one(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let holds = any(words, at, allowed);
        *at += 1;
        return holds;
    }
    let mut name = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&name.as_str())
}
