//! What a check finds, and the lists of what does not hold yet.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the repository's root.
    pub file: String,
    /// The line, or 0 where a whole file is meant.
    pub line: usize,
    /// What is wrong, as a sentence.
    pub message: String,
    /// The finding in a list of known ones. It names no line, so that an edit above does not move it.
    pub key: String,
}

impl Finding {
    pub fn new(file: &str, line: usize, message: String, key: String) -> Self {
        Self { file: file.to_owned(), line, message, key }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// The lines of a list: neither blank nor comments, which begin with `# `.
pub fn entries(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && *l != "#" && !l.starts_with("# "))
        .collect()
}

/// The findings that the list does not know, and a finding for each entry that no longer occurs.
///
/// An entry stands for one occurrence: two equal findings take two equal lines.
pub fn beyond(findings: Vec<Finding>, list_name: &str, list: &str) -> Vec<Finding> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries(list) {
        *known.entry(entry).or_default() += 1;
    }
    let mut beyond = Vec::new();
    for finding in findings {
        match known.get_mut(finding.key.as_str()) {
            Some(left) if *left > 0 => *left -= 1,
            _ => beyond.push(finding),
        }
    }
    for (entry, left) in known {
        if left > 0 {
            let line = list.lines().position(|l| l.trim() == entry).map_or(0, |at| at + 1);
            let message =
                format!("this entry no longer occurs; take it out, by `house --forget`: {entry}");
            beyond.push(Finding::new(list_name, line, message, String::new()));
        }
    }
    beyond.sort();
    beyond
}

/// The list without the entries that no longer occur. Nothing is ever added.
pub fn forget(findings: &[Finding], list: &str) -> String {
    let mut occurs: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings {
        *occurs.entry(finding.key.as_str()).or_default() += 1;
    }
    let mut kept = String::new();
    for line in list.lines() {
        let entry = line.trim();
        let stays = match occurs.get_mut(entry) {
            _ if entries(entry).is_empty() => true,
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        if stays {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// The list's text; a list that does not exist is empty.
pub fn read_list(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        other => other,
    }
}
