use std::time::{Duration, Instant};

use maud::{Markup, html};
use serde::Serialize;

use super::converter::Converter;
use crate::journal::{Journal, JournalError};
use crate::record::Build;

/// So many lines are found at most, at a time.
const MOST_FOUND: usize = 200;

/// It is looked for so long at most: 100 MiB take less than a second.
const DEADLINE: Duration = Duration::from_secs(5);

/// What is looked for has so many characters at most.
const LONGEST_TEXT: usize = 200;

/// So much of a line is shown on either side of what was found.
const AROUND: usize = 120;

/// So much is read at once.
const AT_ONCE: u32 = 1024 * 1024;

/// A line longer than this is looked through as far as that.
const LONGEST_LINE: usize = 1024 * 1024;

/// The lines of a log that say something.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct Found {
    text: String,
    lines: Vec<FoundLine>,
    /// The line from which on to look for more; `None` if all was looked through.
    next: Option<u64>,
}

#[derive(Debug, Serialize)]
struct FoundLine {
    line: u64,
    /// What stands before it, what was found, what stands behind it.
    before: String,
    found: String,
    after: String,
}

/// Looks for a text in a log, from this line on, in capitals or not. It is looked for in what the lines show.
pub(in crate::pages) async fn find(
    journal: &Journal,
    build: &Build,
    text: &str,
    from: u64,
) -> Result<Found, JournalError> {
    let text: String = text.chars().take(LONGEST_TEXT).collect();
    let needle = text.to_lowercase();
    let deadline = Instant::now() + DEADLINE;
    let mut found = Found { text, lines: Vec::new(), next: None };
    let mut at = journal.byte_of_line(build.number, from.max(1)).await?;
    let mut number = from.max(1);
    // The line whose end has not been read.
    let mut begun: Vec<u8> = Vec::new();
    loop {
        let part = journal.log(build.number, at, AT_ONCE).await?;
        let mut rest = &part.bytes[..];
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            if begun.is_empty() {
                found.look(number, line, &needle);
            } else {
                extend(&mut begun, line);
                found.look(number, &begun, &needle);
                begun.clear();
            }
            number += 1;
            if found.lines.len() >= MOST_FOUND {
                found.next = Some(number);
                return Ok(found);
            }
        }
        extend(&mut begun, rest);
        if part.bytes.is_empty() {
            found.look(number, &begun, &needle);
            return Ok(found);
        }
        at = part.end();
        if Instant::now() > deadline {
            found.next = Some(number);
            return Ok(found);
        }
    }
}

fn extend(begun: &mut Vec<u8>, bytes: &[u8]) {
    let room = LONGEST_LINE.saturating_sub(begun.len());
    begun.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
}

impl Found {
    fn look(&mut self, number: u64, line: &[u8], needle: &str) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let is_plain = !line.iter().any(|byte| *byte < 0x20 && *byte != b'\t');
        // Most lines are plain and say something else: nothing is copied for them.
        if is_plain && line.is_ascii() && needle.is_ascii() && !contains(line, needle.as_bytes()) {
            return;
        }
        let text = if is_plain {
            String::from_utf8_lossy(line).into_owned()
        } else {
            let mut converter = Converter::new(0, number, false);
            converter.read(line, |_| {});
            converter.text()
        };
        let Some((start, end)) = position(&text, needle) else { return };
        let (before, rest) = text.split_at(start);
        let (found, after) = rest.split_at(end - start);
        self.lines.push(FoundLine {
            line: number,
            before: last(before),
            found: found.to_owned(),
            after: first(after),
        });
    }

    pub(in crate::pages) fn markup(&self, path: &str) -> Markup {
        let address = |line: u64| format!("{path}?line={line}#L{line}");
        html! {
            p #found role="status" {
                @match self.lines.len() {
                    0 => "No line",
                    1 => "One line",
                    count => { (count) " lines" }
                }
                " with " strong { bdi { (self.text) } } ". "
                a href={ (path) "#log-part" } { "Back to the log" }
            }
            ol .found {
                @for line in &self.lines {
                    li {
                        a href=(address(line.line)) { (line.line) }
                        " " code { (line.before) mark { (line.found) } (line.after) }
                    }
                }
            }
            @if let Some(next) = self.next {
                p {
                    a href={ (path) "?find=" (in_query(&self.text)) "&from_line=" (next) "#log-part" } {
                        "Look further, from line " (next) " on"
                    }
                }
            }
        }
    }
}

fn in_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Whether these letters of ASCII contain these small ones.
fn contains(line: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return true };
    let mut rest = line;
    while let Some(at) = rest.iter().position(|byte| byte.to_ascii_lowercase() == *first) {
        let (_, from) = rest.split_at(at);
        match from.get(..needle.len()) {
            Some(part) if part.eq_ignore_ascii_case(needle) => return true,
            Some(_) => rest = from.get(1..).unwrap_or_default(),
            None => return false,
        }
    }
    false
}

/// Where a text says this, in capitals or not, in bytes.
fn position(text: &str, needle: &str) -> Option<(usize, usize)> {
    if needle.is_empty() {
        return None;
    }
    text.char_indices().find_map(|(start, _)| {
        let rest = text.get(start..)?;
        let mut wanted = needle.chars().peekable();
        for (at, char) in rest.char_indices() {
            if wanted.peek().is_none() {
                return Some((start, start + at));
            }
            // Some letters are two when they are small.
            let is_same = char.to_lowercase().all(|char| wanted.next() == Some(char));
            if !is_same {
                return None;
            }
        }
        wanted.peek().is_none().then_some((start, text.len()))
    })
}

fn last(text: &str) -> String {
    let count = text.chars().count();
    let from = text.char_indices().nth(count.saturating_sub(AROUND)).map_or(0, |(at, _)| at);
    let part = text.get(from..).unwrap_or_default();
    if from == 0 { part.to_owned() } else { format!("…{part}") }
}

fn first(text: &str) -> String {
    match text.char_indices().nth(AROUND) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_in_capitals_or_not() {
        assert_eq!(position("An Error", "error"), Some((3, 8)));
        assert_eq!(position("Straße", "sse"), None);
        assert_eq!(position("ÄÖ x", "äö"), Some((0, 4)));
        assert_eq!(position("aab", "ab"), Some((1, 3)));
        assert_eq!(position("", "a"), None);
        assert!(contains(b"xxABc", b"abc") && !contains(b"abab", b"abc") && contains(b"", b""));
    }

    #[test]
    fn what_the_line_shows_is_looked_through() {
        let mut found = Found { text: String::new(), lines: Vec::new(), next: None };
        found.look(1, b"\x1b[31mer\x1b[0mror here\r", "error");
        found.look(2, b"error\rfine \n", "error");
        found.look(
            3,
            &[b"x".repeat(500).as_slice(), b"ERROR", &b"y".repeat(500)].concat(),
            "error",
        );
        let lines: Vec<_> = found.lines.iter().map(|it| (it.line, it.found.as_str())).collect();
        assert_eq!(lines, [(1, "error"), (3, "ERROR")]);
        assert_eq!(found.lines[1].before.chars().count(), AROUND + 1);
    }
}
