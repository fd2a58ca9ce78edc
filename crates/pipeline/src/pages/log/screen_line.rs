use std::fmt::Write as _;

use super::style::Style;

/// A line shows at most so many characters: as many as a terminal lets one type. A page of such lines is 4 MB, and a
/// browser still scrolls it. The raw log has them all.
const LONGEST_LINE: usize = 4096;

/// A line of a terminal, as it stands by now.
#[derive(Debug, Clone, Default)]
pub(super) struct ScreenLine {
    cells: Vec<Cell>,
    /// Where the next character goes.
    at: usize,
    /// So many characters had no room.
    left_out: u64,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    char: char,
    style: Style,
}

const BLANK: Cell = Cell { char: ' ', style: Style::PLAIN };

impl ScreenLine {
    pub(super) fn print(&mut self, char: char, style: Style) {
        // What a terminal would do and not show.
        if char.is_control() && char != '\t' {
            return;
        }
        if self.at >= LONGEST_LINE {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        let cell = Cell { char, style };
        if self.at < self.cells.len() {
            if let Some(known) = self.cells.get_mut(self.at) {
                *known = cell;
            }
        } else {
            self.cells.resize(self.at, BLANK);
            self.cells.push(cell);
        }
        self.at += 1;
    }

    pub(super) fn print_all(&mut self, text: &str, style: Style) {
        for char in text.chars() {
            self.print(char, style);
        }
    }

    /// A carriage return: what comes goes over what is there.
    pub(super) fn return_to_start(&mut self) {
        self.at = 0;
    }

    pub(super) fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    /// Goes to a column, the first being 1.
    pub(super) fn go_to(&mut self, column: u16) {
        self.at = usize::from(column).saturating_sub(1).min(LONGEST_LINE);
    }

    /// Erases to the end of the line (0), from its beginning (1), or all of it (2).
    pub(super) fn erase(&mut self, what: u16) {
        let at = self.at;
        if what == 0 || what == 2 {
            let kept = if what == 0 { at } else { 0 };
            self.cells.truncate(kept);
            if kept < LONGEST_LINE {
                self.left_out = 0;
            }
        }
        if what == 1 {
            for cell in self.cells.iter_mut().take(at.saturating_add(1)) {
                *cell = BLANK;
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
        (self.at, self.left_out) = (0, 0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        let mut cells = self.cells.iter();
        text.chars().all(|char| cells.next().is_some_and(|cell| cell.char == char))
    }

    /// What it says.
    pub(super) fn text(&self) -> String {
        self.cells.iter().map(|cell| cell.char).collect()
    }

    /// What it says from this character on, as HTML: text and `span` elements, nothing else.
    pub(super) fn html(&self, from: usize) -> String {
        let cells = self.cells.get(from..).unwrap_or_default();
        let mut html = String::with_capacity(cells.len() + 16);
        for run in cells.chunk_by(|one, other| one.style == other.style) {
            let style = run.first().map(|cell| cell.style).filter(|style| !style.is_plain());
            if let Some(style) = style {
                html.push_str("<span class=\"");
                style.write_classes(&mut html);
                html.push_str("\">");
            }
            for cell in run {
                escape(cell.char, &mut html);
            }
            if style.is_some() {
                html.push_str("</span>");
            }
        }
        if self.left_out > 0 {
            let left_out = self.left_out;
            // Writing into a string does not fail.
            let _ = write!(html, "<span class=\"cut\"> … {left_out} characters more</span>");
        }
        html
    }
}

/// Writes a character so that it is text in an element and in an attribute.
pub(super) fn escape(char: char, out: &mut String) {
    match char {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '"' => out.push_str("&quot;"),
        char => out.push(char),
    }
}
