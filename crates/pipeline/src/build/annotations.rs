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

/// So many problems are said in words, beside the annotations that only a check run can have.
const MOST_IN_WORDS: usize = 10;

/// What the matchers found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) annotations: Vec<CheckAnnotation>,
    /// The first of them in words: `src/a.c:12: unused`.
    words: Vec<String>,
}

impl Found {
    /// Why a build ended, with the first problem that it has.
    pub(super) fn with_first(&self, summary: &str) -> String {
        match self.words.first() {
            None => summary.to_owned(),
            Some(first) if summary.is_empty() => first.clone(),
            Some(first) => format!("{summary}; {first}"),
        }
    }

    /// What the journal says of them; nothing, if there are none.
    pub(super) fn entry(&self) -> Option<String> {
        let words = self.words.join("\n");
        match self.annotations.len() {
            0 => None,
            1 => Some(format!("found a problem: {words}")),
            count if count > self.words.len() => {
                let shown = self.words.len();
                Some(format!("found {count} problems, of which the first {shown} are:\n{words}"))
            }
            count => Some(format!("found {count} problems:\n{words}")),
        }
    }
}

/// Reads a log part by part.
pub(super) struct Finder<'a> {
    matchers: &'a [ProblemMatcher],
    line: Vec<u8>,
    found: Found,
    seen: Vec<FoundProblem>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(matchers: &'a [ProblemMatcher]) -> Self {
        Self { matchers, line: Vec::new(), found: Found::default(), seen: Vec::new() }
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

    pub(super) fn finish(mut self) -> Found {
        let line = mem::take(&mut self.line);
        self.look_at(&line);
        self.found
    }

    fn look_at(&mut self, line: &[u8]) {
        if line.is_empty() || line.len() > LONGEST_LINE || self.found.annotations.len() >= MOST {
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
        if let Some(annotation) = annotation(&problem) {
            self.found.annotations.push(annotation);
            if self.found.words.len() < MOST_IN_WORDS {
                let FoundProblem { file, line, message, .. } = &problem;
                self.found.words.push(format!("{file}:{line}: {message}"));
            }
        }
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
        let found = finder.finish();
        assert_eq!(found.with_first("it exited with 1"), "it exited with 1; src/a.c:12: unused");
        assert_eq!(
            found.entry().as_deref(),
            Some("found 2 problems:\nsrc/a.c:12: unused\n./b.c:7: last")
        );
        assert_eq!(Found::default().entry(), None);
        assert_eq!(Found::default().with_first("it passed"), "it passed");
        let found = serde_json::to_value(found.annotations).unwrap();
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
