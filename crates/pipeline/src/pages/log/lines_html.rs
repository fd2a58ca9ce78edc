use std::fmt::Write as _;

use super::converter::{LineKind, LogLine};
use super::groups::Groups;
use super::screen_line::escape;

/// Writes lines as they stand on a page: an element for each, groups around them.
#[derive(Debug, Default)]
pub(super) struct LinesHtml {
    html: String,
    groups: Groups,
    /// For each group that is open: where ` open` goes, if it is not folded at its end.
    open_at: Vec<Option<usize>>,
    /// The same for the group that ended last.
    last_folded: Option<usize>,
}

impl LinesHtml {
    pub(super) fn add(&mut self, line: &LogLine) {
        for name in &line.ended {
            self.end_groups(name);
        }
        match &line.kind {
            LineKind::Text => self.line("span", "line", line.number, &line.html),
            // Nothing to read, but a link to it leads here.
            LineKind::End => {
                // Writing into a string does not fail.
                let _ =
                    write!(self.html, "<span class=\"line end\" id=\"L{}\"></span>", line.number);
            }
            LineKind::Group { name, is_folded } if self.groups.begin(name) => {
                self.html.push_str("<details class=\"group\" data-group=\"");
                name.chars().for_each(|char| escape(char, &mut self.html));
                self.html.push('"');
                let at = self.html.len();
                if !is_folded {
                    self.html.push_str(" open");
                }
                self.html.push('>');
                self.open_at.push(is_folded.then_some(at));
                self.heading(line, name);
            }
            LineKind::Group { name, .. } => {
                let html = if line.html.is_empty() { name } else { &line.html };
                self.line("span", "line", line.number, html);
            }
        }
    }

    /// The line that has not ended yet.
    pub(super) fn rest(&mut self, line: &LogLine) {
        self.line("span", "line rest", line.number, &line.html);
    }

    /// All of it. Groups that are not ended stay open; and the last one, where it says what went wrong.
    pub(super) fn finish(mut self, shows_last: bool) -> String {
        let depth = self.groups.depth();
        let mut open_at: Vec<usize> = self.open_at.iter().flatten().copied().collect();
        open_at.extend(self.last_folded.filter(|_| shows_last && depth == 0));
        for at in open_at.iter().rev() {
            self.html.insert_str(*at, " open");
        }
        self.html.push_str(&"</details>".repeat(depth));
        self.html
    }

    fn end_groups(&mut self, name: &str) {
        for _ in 0..self.groups.end(name) {
            self.html.push_str("</details>");
            self.last_folded = self.open_at.pop().flatten();
        }
    }

    fn heading(&mut self, line: &LogLine, name: &str) {
        let named = match (line.html.is_empty(), name.is_empty()) {
            (false, _) => &line.html,
            (true, false) => name,
            (true, true) => "Group",
        };
        self.line("summary", "line", line.number, named);
    }

    fn line(&mut self, element: &str, class: &str, number: u64, html: &str) {
        let _ = write!(self.html, "<{element} class=\"{class}\" id=\"L{number}\">");
        // What folds a group is pressed itself, and holds no link.
        let _ = match element {
            "summary" => writeln!(self.html, "<span>{number}</span>{html}"),
            _ => writeln!(self.html, "<a href=\"#L{number}\" tabindex=\"-1\">{number}</a>{html}"),
        };
        let _ = write!(self.html, "</{element}>");
    }
}
