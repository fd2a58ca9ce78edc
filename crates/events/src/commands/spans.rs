//! What hides lines within a paragraph: code, tags, HTML comments, addresses and titles of links.

use std::collections::HashMap;

/// For each line of a paragraph, whether it begins within something that is not shown as text.
pub(super) fn lines_that_begin_within(lines: &[&str]) -> Vec<bool> {
    let text = lines.join("\n");
    let spans = spans(&text);
    let mut spans = spans.into_iter().peekable();
    let mut start = 0;
    lines
        .iter()
        .map(|line| {
            while spans.next_if(|(_, end)| *end <= start).is_some() {}
            let within = spans.peek().is_some_and(|(begin, _)| *begin < start);
            start += line.len() + 1;
            within
        })
        .collect()
}

/// Where such things begin and end, in order. Each is looked for once, so that the time is about
/// linear in the length, whatever the text.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let runs = runs_of_backticks(bytes);
    let lower = text.to_ascii_lowercase();
    let [comment_ends, tag_ends, link_ends, code_ends] =
        ["-->", ">", ")", "</code>"].map(|end| Ends::of(&lower, end));
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let (opening, end) = match byte {
            // It takes the meaning of what follows.
            b'\\' => (2, None),
            b'`' => {
                let length = rest.iter().take_while(|byte| **byte == b'`').count();
                let closing = runs.get(&length).and_then(|starts| first_from(starts, at + length));
                (length, closing.map(|start| start + length))
            }
            b'<' if rest.starts_with(b"<!--") => (4, comment_ends.first_from(at + 4)),
            b'<' if lower.get(at..).is_some_and(|rest| rest.starts_with("<code>")) => {
                (1, code_ends.first_from(at + 1))
            }
            b'<' if rest.get(1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/') => {
                (1, tag_ends.first_from(at + 1))
            }
            b']' if rest.get(1) == Some(&b'(') => (2, link_ends.first_from(at + 2)),
            _ => (1, None),
        };
        if let Some(end) = end {
            spans.push((at, end));
        }
        at = end.unwrap_or(at + opening);
    }
    spans
}

/// Where the runs of each length begin, in order.
fn runs_of_backticks(bytes: &[u8]) -> HashMap<usize, Vec<usize>> {
    let mut runs: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut length = 0;
    for (at, byte) in bytes.iter().chain([&b'\n']).enumerate() {
        if *byte == b'`' {
            length += 1;
        } else if length > 0 {
            runs.entry(length).or_default().push(at - length);
            length = 0;
        }
    }
    runs
}

/// Where each occurrence of a text ends.
struct Ends(Vec<usize>);

impl Ends {
    fn of(text: &str, end: &str) -> Self {
        Self(text.match_indices(end).map(|(at, _)| at + end.len()).collect())
    }

    fn first_from(&self, from: usize) -> Option<usize> {
        first_from(&self.0, from)
    }
}

fn first_from(sorted: &[usize], from: usize) -> Option<usize> {
    sorted.get(sorted.partition_point(|it| *it < from)).copied()
}
