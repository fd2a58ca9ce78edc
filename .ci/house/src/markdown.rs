//! Sentences of Markdown: without code, tables, headings and addresses, each with its line.

/// What a text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Paragraph,
    ListItem,
}

#[derive(Debug, Clone)]
pub struct Block {
    pub kind: Kind,
    pub sentences: Vec<Sentence>,
}

#[derive(Debug, Clone)]
pub struct Sentence {
    pub line: usize,
    /// The words, as they stand in the text; inline code is the one word `CODE`.
    pub words: Vec<String>,
}

/// Stands for a piece of inline code.
pub const CODE: &str = "`";

impl Sentence {
    /// The words that count: those with a letter or a digit, and code.
    pub fn length(&self) -> usize {
        self.words.iter().filter(|w| w.contains(CODE) || w.contains(char::is_alphanumeric)).count()
    }

    /// The first words, to find it by.
    pub fn beginning(&self) -> String {
        let few = self.words.iter().take(9).cloned().collect::<Vec<_>>().join(" ");
        few.replace(CODE, "`..`") + if self.words.len() > 9 { " ..." } else { "" }
    }

    pub fn ends_with(&self, mark: char) -> bool {
        self.words.last().is_some_and(|w| w.trim_end_matches([')', '"', '*', '_']).ends_with(mark))
    }
}

/// Reads lines of Markdown, each with its number.
pub fn blocks(lines: &[(usize, String)]) -> Vec<Block> {
    let mut all = Vec::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut kind = Kind::Paragraph;
    let mut fence: Option<&str> = None;
    let mut in_list = false;
    let mut close = |open: &mut Vec<(usize, String)>, kind: Kind| {
        if !open.is_empty() {
            let sentences = sentences(&std::mem::take(open));
            all.push(Block { kind, sentences });
        }
    };
    for (at, (number, raw)) in lines.iter().enumerate() {
        let line = raw.trim();
        if let Some(mark) = fence {
            if line.starts_with(mark) {
                fence = None;
            }
            continue;
        }
        let blank_before = at == 0 || lines[at - 1].1.trim().is_empty();
        let indented = raw.starts_with("     ") && blank_before && !in_list;
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark)) {
            close(&mut open, kind);
            fence = Some(mark);
        } else if line.is_empty() || indented {
            close(&mut open, kind);
            kind = if in_list && !line.is_empty() { kind } else { Kind::Paragraph };
        } else if is_no_prose(line) {
            close(&mut open, kind);
            in_list = false;
        } else if let Some(item) = list_item(line) {
            close(&mut open, kind);
            (kind, in_list) = (Kind::ListItem, true);
            open.push((*number, item.to_owned()));
        } else {
            if open.is_empty() {
                // After a blank line, what is indented still belongs to the list's item.
                let deeper = raw.starts_with("   ") && in_list;
                kind = if deeper { Kind::ListItem } else { Kind::Paragraph };
                in_list = deeper;
            }
            open.push((*number, line.trim_start_matches("> ").to_owned()));
        }
    }
    close(&mut open, kind);
    all
}

/// Headings, tables, HTML, rules and the targets of links.
fn is_no_prose(line: &str) -> bool {
    let target = line.starts_with('[') && line.contains("]: ");
    target || line.starts_with(['#', '|', '<']) || line.chars().all(|c| "-*_=".contains(c))
}

fn list_item(line: &str) -> Option<&str> {
    let after = line.strip_prefix(['*', '-', '+']).or_else(|| {
        let digits = line.find(|c: char| !c.is_ascii_digit()).filter(|at| (1..4).contains(at))?;
        line[digits..].strip_prefix(['.', ')'])
    })?;
    after.strip_prefix(' ')
}

fn sentences(lines: &[(usize, String)]) -> Vec<Sentence> {
    let text: String = lines.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
    let plain = without_marks(&text);
    let mut words: Vec<(usize, String)> = Vec::new();
    for (at, line) in plain.split('\n').enumerate() {
        let number = lines[at.min(lines.len() - 1)].0;
        words.extend(line.split_whitespace().map(|word| (number, word.to_owned())));
    }
    let mut all = Vec::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    for at in 0..words.len() {
        open.push(words[at].clone());
        if words.get(at + 1).is_none_or(|next| ends(&words[at].1, &next.1)) {
            let line = open[0].0;
            let words = std::mem::take(&mut open).into_iter().map(|(_, word)| word).collect();
            all.push(Sentence { line, words });
        }
    }
    all
}

/// Whether a sentence ends between the two words.
fn ends(word: &str, next: &str) -> bool {
    let bare = word.trim_end_matches([')', '"', '*', '_', '\u{201d}', ']']);
    let next = next.trim_start_matches(['(', '"', '*', '_', '\u{201c}', '[']);
    let begins = next.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '`');
    let abbreviated =
        ["e.g.", "i.e.", "etc.", "cf.", "vs.", "..."].iter().any(|a| bare.ends_with(a));
    bare.ends_with(['.', '!', '?']) && begins && !abbreviated
}

/// Inline code becomes one word, a link its text; lines stay lines.
fn without_marks(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut plain = String::new();
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '`' => {
                let ticks = chars[at..].iter().take_while(|c| **c == '`').count();
                let mut end = at + ticks;
                while end < chars.len() && !chars[end..].starts_with(&vec!['`'; ticks]) {
                    end += 1;
                }
                plain.push_str(CODE);
                plain.extend(chars[at..end.min(chars.len())].iter().filter(|c| **c == '\n'));
                at = end + ticks;
                continue;
            }
            ']' if matches!(chars.get(at + 1), Some('(' | '[')) => {
                let close = if chars[at + 1] == '(' { ')' } else { ']' };
                let mut end = at + 2;
                let mut depth = 1;
                while end < chars.len() {
                    depth +=
                        i32::from(chars[end] == chars[at + 1]) - i32::from(chars[end] == close);
                    if depth == 0 {
                        break;
                    }
                    end += 1;
                }
                plain.extend(chars[at..end.min(chars.len())].iter().filter(|c| **c == '\n'));
                at = end + 1;
                continue;
            }
            '[' | ']' | '*' => {}
            '<' if chars[at + 1..].starts_with(&['h', 't', 't', 'p']) => {
                let end = chars[at..].iter().position(|c| *c == '>').unwrap_or(0);
                plain.push_str(CODE);
                at += end + 1;
                continue;
            }
            other => plain.push(other),
        }
        at += 1;
    }
    plain
}
