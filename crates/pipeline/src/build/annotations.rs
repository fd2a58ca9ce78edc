//! Finds in a log what the job's matchers look for.

use std::mem;

use hookstead::client::CheckAnnotation;

use crate::config::{FoundProblem, ProblemMatcher};

/// So much of a log is read at once.
pub(super) const AT_ONCE: u32 = 256 * 1024;

/// So many annotations are made of a build: nobody reads more, and each 50 take a call.
const MOST: usize = 100;

/// A longer line is no tool's.
const LONGEST_LINE: usize = 4096;

/// Reads a log part by part.
pub(super) struct Finder<'a> {
    matchers: &'a [ProblemMatcher],
    line: Vec<u8>,
    found: Vec<CheckAnnotation>,
    seen: Vec<FoundProblem>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(matchers: &'a [ProblemMatcher]) -> Self {
        Self { matchers, line: Vec::new(), found: Vec::new(), seen: Vec::new() }
    }

    pub(super) fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                let line = mem::take(&mut self.line);
                self.look_at(&line);
            } else if self.line.len() <= LONGEST_LINE {
                self.line.push(*byte);
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<CheckAnnotation> {
        let line = mem::take(&mut self.line);
        self.look_at(&line);
        self.found
    }

    fn look_at(&mut self, line: &[u8]) {
        if line.is_empty() || line.len() > LONGEST_LINE || self.found.len() >= MOST {
            return;
        }
        let line = String::from_utf8_lossy(line);
        let line = without_colours(&line);
        let found = self.matchers.iter().find_map(|matcher| matcher.find(line.trim_end()));
        let Some(problem) = found else { return };
        // A tool that says the same again wants no second annotation.
        if self.seen.contains(&problem) {
            return;
        }
        self.found.extend(annotation(&problem));
        self.seen.push(problem);
    }
}

/// None where the file lies outside of the repository, which GitHub would refuse.
fn annotation(problem: &FoundProblem) -> Option<CheckAnnotation> {
    let file = problem.file.strip_prefix("./").unwrap_or(&problem.file);
    if file.starts_with('/') || file.split('/').any(|part| part == "..") {
        return None;
    }
    let line = u32::try_from(problem.line).ok().filter(|line| *line > 0)?;
    let severity = problem.severity.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| severity.starts_with(word));
    let make = if is(&["warn"]) {
        CheckAnnotation::warning
    } else if is(&["note", "info", "help", "hint"]) {
        CheckAnnotation::notice
    } else {
        CheckAnnotation::failure
    };
    Some(make(file.to_owned(), (line, line), problem.message.clone()))
}

/// Leaves out the sequences that paint a terminal: `ESC [ ... letter`.
fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| ('@'..='~').contains(&c));
        rest = end.and_then(|end| after.get(end + 1..)).unwrap_or_default();
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_over_parts_are_found_once_and_without_colours() {
        let gcc = r"^(?<file>[^:]+):(?<line>\d+): (?<severity>\w+): (?<message>.+)$";
        let matchers = [ProblemMatcher::new(gcc).unwrap()];
        let mut finder = Finder::new(&matchers);
        finder.read(b"make all\nsrc/a.c:1");
        finder
            .read(b"2: \x1b[1;35mwarning\x1b[0m: unused\r\n/usr/include/x.h:3: error: not ours\n");
        finder.read(b"src/a.c:12: warning: unused\n../x.c:1: error: outside\n./b.c:7: error: last");
        let found = serde_json::to_value(finder.finish()).unwrap();
        let short: Vec<_> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                format!(
                    "{} {} {} {}",
                    it["path"], it["start_line"], it["annotation_level"], it["message"]
                )
            })
            .collect();
        assert_eq!(short, [r#""src/a.c" 12 "warning" "unused""#, r#""b.c" 7 "failure" "last""#,]);
    }
}
