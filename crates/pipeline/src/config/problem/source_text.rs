use std::ops::Range;

/// The text of a file, with the places of its lines.
#[derive(Debug)]
pub(crate) struct SourceText<'a> {
    text: &'a str,
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
}

/// A part of a line, and which part of it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line, or a part of it that is short enough for people.
    pub(crate) text: String,
    /// How many characters stand before what is meant.
    pub(crate) offset: usize,
    /// How many characters are meant, at least 1.
    pub(crate) width: usize,
}

/// Of a longer line only the part around what is meant is shown.
const MAX_SHOWN: usize = 160;

/// What stands in place of characters that are not shown.
const HIDDEN: char = '…';

impl<'a> SourceText<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The line and the column of a byte, both from 1 on. Columns are characters.
    pub(crate) fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..at.min(self.text.len())).unwrap_or_default();
        // The mark at the beginning of a file is no character that an editor counts.
        let is_mark = start == 0 && before.starts_with('\u{feff}');
        (line, before.chars().count() + 1 - usize::from(is_mark))
    }

    /// The line of a span without its end, where it begins in bytes.
    pub(crate) fn line(&self, at: usize) -> (usize, &'a str) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..end).unwrap_or_default();
        (start, text.trim_end_matches(['\n', '\r']))
    }

    /// The line in which a span begins, for people. What lies in one of the hidden spans is left out; these are
    /// sorted, and none overlaps another.
    pub(crate) fn excerpt(&self, span: &Range<usize>, hidden: &[Range<usize>]) -> Excerpt {
        let (mut start, mut line) = self.line(span.start);
        if line.chars().nth(MAX_SHOWN).is_some() {
            let before = line.get(..span.start.saturating_sub(start)).unwrap_or(line);
            let nearest = before.char_indices().rev().nth(MAX_SHOWN / 4 - 1);
            let from = nearest.map_or(0, |(from, _)| from);
            start += from;
            line = line.get(from..).unwrap_or_default();
        }
        let is_hidden = |at: usize| {
            let next = hidden.partition_point(|hidden| hidden.end <= at);
            hidden.get(next).is_some_and(|hidden| hidden.contains(&at))
        };
        let (mut text, mut offset, mut width) = (String::new(), 0, 0);
        for (at, character) in line.char_indices().map(|(at, it)| (start + at, it)).take(MAX_SHOWN)
        {
            let is_mark = at == 0 && character == '\u{feff}';
            if is_mark || (is_hidden(at) && text.ends_with(HIDDEN)) {
                continue;
            }
            if at < span.start {
                offset += 1;
            } else if at < span.end {
                width += 1;
            }
            text.push(match character {
                _ if is_hidden(at) => HIDDEN,
                '\t' => ' ',
                // Whatever could command the terminal.
                it if it.is_control() || is_direction(it) => char::REPLACEMENT_CHARACTER,
                it => it,
            });
        }
        Excerpt { text, offset, width: width.max(1) }
    }
}

/// Marks that turn text around.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = SourceText::new("ab\r\ncdé\nfg");
        for (at, place) in
            [(0, (1, 1)), (1, (1, 2)), (4, (2, 1)), (8, (2, 4)), (9, (3, 1)), (99, (3, 3))]
        {
            assert_eq!(text.place(at), place, "{at}");
        }
        assert_eq!(SourceText::new("").place(0), (1, 1));
        assert_eq!(SourceText::new("\u{feff}ab").place(4), (1, 2));
    }

    #[test]
    fn a_line_is_shown_without_what_is_hidden() {
        let line = "a = { b = \"hunter2\", c = 5 }\r\n";
        let text = SourceText::new(line);
        let at = line.find('5').unwrap();
        let secret = line.find('"').unwrap()..line.find(',').unwrap();
        let excerpt = text.excerpt(&(at..at + 1), &[secret]);
        assert_eq!(
            excerpt,
            Excerpt { text: "a = { b = …, c = 5 }".to_owned(), offset: 17, width: 1 }
        );
    }

    #[test]
    fn a_long_line_is_cut_and_harmless() {
        let line = format!("{}\u{1b}x{}", "é".repeat(500_000), "b".repeat(500_000));
        let text = SourceText::new(&line);
        let at = line.find('x').unwrap();
        let excerpt = text.excerpt(&(at..line.len()), &[]);
        assert_eq!(excerpt.text.chars().count(), 160);
        assert_eq!(excerpt.text.chars().nth(excerpt.offset), Some('x'));
        assert!(!excerpt.text.contains('\u{1b}'));
        assert!(excerpt.offset + excerpt.width <= 160);
    }
}
