//! Finds the lines of a comment that people see as its text, by Markdown as GitHub reads it.

use crate::commands::spans;

/// The lines that are neither code nor quoted nor hidden, each with its number, from 1. They begin
/// with at most three spaces.
pub(super) struct ShownLines<'a> {
    lines: Lines<'a>,
    block: Block,
    /// How far the texts of the lists' items are indented that may go on, the outermost first.
    items: Vec<usize>,
    after_blank: bool,
    /// The lines of the paragraph that is read at the moment, and those of one that is.
    paragraph: Vec<Line<'a>>,
    shown: std::vec::IntoIter<(usize, &'a str)>,
}

#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a str,
    /// Indented so little that a command may stand here.
    may_begin: bool,
}

enum Block {
    Text,
    /// A code block between fences.
    Fence {
        mark: char,
        length: usize,
        item: usize,
    },
    /// HTML up to the line that has this.
    Html(&'static str),
}

/// What begins a block of HTML whose text is code or is not shown, and what ends it.
const HIDDEN_HTML: &[(&str, &str)] = &[
    ("<!--", "-->"),
    ("<![cdata[", "]]>"),
    ("<?", "?>"),
    ("<!", ">"),
    ("<pre", "</pre>"),
    ("<script", "</script>"),
    ("<style", "</style>"),
    ("<textarea", "</textarea>"),
];

impl<'a> ShownLines<'a> {
    pub(super) fn of(body: &'a str) -> Self {
        Self {
            lines: Lines { rest: body, number: 0 },
            block: Block::Text,
            items: Vec::new(),
            after_blank: true,
            paragraph: Vec::new(),
            shown: Vec::new().into_iter(),
        }
    }

    fn read(&mut self, number: usize, line: &'a str) {
        match self.block {
            Block::Html(end) => {
                if contains_ignoring_case(line, end) {
                    self.block = Block::Text;
                }
            }
            Block::Fence { mark, length, item } => {
                let is_blank = line.trim_matches([' ', '\t']).is_empty();
                if !is_blank && indentation(line) < item {
                    // The list's item is over, and the code block with it.
                    self.block = Block::Text;
                    self.read_text(number, line);
                } else if closes(line, mark, length, item) {
                    self.block = Block::Text;
                }
            }
            Block::Text => self.read_text(number, line),
        }
    }

    fn read_text(&mut self, number: usize, line: &'a str) {
        let content = line.trim_start_matches([' ', '\t']);
        let indentation = indentation(line);
        if content.is_empty() {
            self.end_paragraph();
            self.after_blank = true;
            return;
        }
        if std::mem::take(&mut self.after_blank) {
            self.items.retain(|item| *item <= indentation);
        }
        // A block may begin behind the marks of lists.
        let (marked, starts) = self.behind_marks(content, indentation);
        let is_item = !starts.is_empty();
        // Four columns more are code, or go on with a paragraph.
        let may_begin = is_item || indentation <= self.item() + 3;
        let content = if is_item { marked } else { content };
        if is_item {
            self.end_paragraph();
            self.items.retain(|item| *item <= indentation);
            self.items.extend(starts);
        }
        if may_begin && content.starts_with('>') {
            return self.end_paragraph();
        }
        if may_begin && let Some((mark, length)) = fence(content) {
            self.end_paragraph();
            if !is_item {
                self.items.retain(|item| *item <= indentation);
            }
            self.block = Block::Fence { mark, length, item: self.item() };
            return;
        }
        if may_begin && let Some(end) = hidden_html(content) {
            self.end_paragraph();
            if !contains_ignoring_case(content.get(2..).unwrap_or_default(), end) {
                self.block = Block::Html(end);
            }
            return;
        }
        if may_begin && stands_alone(content) {
            return self.end_paragraph();
        }
        let may_begin = !is_item && indentation <= 3;
        self.paragraph.push(Line { number, text: line, may_begin });
        if let Some(end) = hidden_html_within(line) {
            self.end_paragraph();
            self.block = Block::Html(end);
        }
    }

    fn item(&self) -> usize {
        self.items.last().copied().unwrap_or_default()
    }

    /// What stands behind the marks of lists (`-`, `*`, `+`, `1.`, `1)`), and the columns of their texts.
    fn behind_marks<'b>(&self, mut content: &'b str, mut column: usize) -> (&'b str, Vec<usize>) {
        let mut starts = Vec::new();
        let may_begin = column <= self.item() + 3;
        let interrupts = !self.paragraph.is_empty() && column >= self.item();
        while let Some((digits, behind)) = mark(content).filter(|_| may_begin) {
            let text = behind.trim_start_matches([' ', '\t']);
            let is_first = digits.is_empty() || digits == "1";
            // What goes on with a paragraph, and only looks like an item.
            if starts.is_empty() && interrupts && (text.is_empty() || !is_first) {
                break;
            }
            let space = indentation(behind);
            // Five columns: the item begins with code.
            let is_code = space > 4;
            column += digits.len() + 1 + if is_code { 1 } else { space };
            starts.push(column);
            content = if is_code { "" } else { text };
        }
        (content, starts)
    }

    fn end_paragraph(&mut self) {
        let lines = std::mem::take(&mut self.paragraph);
        let Some(first) = lines.first() else { return };
        if is_definition(first.text) {
            return;
        }
        let is_possible = |text: &str| {
            !text.trim_start_matches(' ').starts_with(|it: char| it.is_ascii_alphanumeric())
        };
        if !lines.iter().any(|line| line.may_begin && is_possible(line.text)) {
            return;
        }
        let texts: Vec<&str> = lines.iter().map(|line| line.text).collect();
        let begins_within = spans::lines_that_begin_within(&texts);
        let shown =
            lines.iter().zip(begins_within).filter(|(line, within)| line.may_begin && !within);
        let shown: Vec<_> = shown.map(|(line, _)| (line.number, line.text)).collect();
        self.shown = shown.into_iter();
    }
}

impl<'a> Iterator for ShownLines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(shown) = self.shown.next() {
                return Some(shown);
            }
            let Some((number, line)) = self.lines.next() else {
                self.end_paragraph();
                return self.shown.next();
            };
            self.read(number, line);
        }
    }
}

/// The lines of a text: each ends with LF, CR LF or CR.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.number += 1;
        let Some((line, rest)) = self.rest.split_once(['\n', '\r']) else {
            return Some((self.number, std::mem::take(&mut self.rest)));
        };
        let is_cr = self.rest.as_bytes().get(line.len()) == Some(&b'\r');
        self.rest = rest.strip_prefix('\n').filter(|_| is_cr).unwrap_or(rest);
        Some((self.number, line))
    }
}

/// How many columns the line is indented; a tab goes on to the next multiple of four.
fn indentation(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => break,
        }
    }
    columns
}

/// The digits of a list's mark, if it has some, and what stands behind the mark.
fn mark(content: &str) -> Option<(&str, &str)> {
    let length = content.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = content.split_at_checked(length)?;
    let marks = if length == 0 { ['-', '*', '+'].as_slice() } else { ['.', ')'].as_slice() };
    let behind = rest.strip_prefix(marks)?;
    (length <= 9 && behind.starts_with([' ', '\t'])).then_some((digits, behind))
}

/// The fence that the line opens: its mark and its length.
fn fence(content: &str) -> Option<(char, usize)> {
    let mark = content.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let behind = content.trim_start_matches(mark);
    let length = content.len() - behind.len();
    (length >= 3 && (mark == '~' || !behind.contains('`'))).then_some((mark, length))
}

fn closes(line: &str, mark: char, length: usize, item: usize) -> bool {
    let content = line.trim_matches([' ', '\t']);
    let is_fence = content.len() >= length && content.chars().all(|it| it == mark);
    is_fence && indentation(line) <= item + 3
}

fn hidden_html(content: &str) -> Option<&'static str> {
    let (_, end) = HIDDEN_HTML.iter().find(|(begin, _)| {
        let head = content.get(..begin.len());
        let next = content.get(begin.len()..).and_then(|rest| rest.chars().next());
        head.is_some_and(|head| head.eq_ignore_ascii_case(begin))
            && match *begin {
                "<!" => next.is_some_and(|next| next.is_ascii_alphabetic()),
                "<!--" | "<![cdata[" | "<?" => true,
                _ => next.is_none_or(|next| matches!(next, '>' | ' ' | '\t')),
            }
    })?;
    Some(end)
}

fn contains_ignoring_case(text: &str, end: &str) -> bool {
    text.as_bytes().windows(end.len()).any(|part| part.eq_ignore_ascii_case(end.as_bytes()))
}

/// The same within a line, behind other tags for instance. Between backticks it is a text.
fn hidden_html_within(line: &str) -> Option<&'static str> {
    if !line.contains('<') || line.contains('`') {
        return None;
    }
    let begins = |at: usize| hidden_html(line.get(at..)?).filter(|end| end.starts_with("</"));
    let (at, end) =
        line.match_indices('<').filter_map(|(at, _)| Some((at, begins(at)?))).next_back()?;
    (!contains_ignoring_case(line.get(at..)?, end)).then_some(end)
}

/// Headings and rules: no paragraph goes on beyond them.
fn stands_alone(content: &str) -> bool {
    let behind_hashes = content.trim_start_matches('#');
    let hashes = content.len() - behind_hashes.len();
    let is_heading = (1..=6).contains(&hashes)
        && (behind_hashes.is_empty() || behind_hashes.starts_with([' ', '\t']));
    let is_rule = |mark: char| {
        content.matches(mark).count() >= 3
            && content.chars().all(|it| it == mark || it == ' ' || it == '\t')
    };
    let line = content.trim_end_matches([' ', '\t']);
    let is_underline = |mark: char| line.chars().all(|it| it == mark);
    is_heading
        || ['-', '_', '*'].into_iter().any(is_rule)
        || ['-', '='].into_iter().any(is_underline)
}

/// A paragraph that begins with a link's definition, whose title may go on over several lines.
fn is_definition(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with('[') && line.contains("]:")
}
