//! Text for a terminal: tables, spans of time, and nothing that could command the terminal.

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookstead::events::Timestamp;

/// What the outside sent, made harmless: control characters could command the terminal, and others
/// turn the text around. They are written as escapes.
#[must_use]
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmful(character) {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

/// JSON made harmless. serde escapes the old control characters; the newer ones and those that turn
/// text around stand only in strings, where JSON has an escape for them.
#[must_use]
pub(crate) fn printable_json(json: &str) -> String {
    let mut printable = String::with_capacity(json.len());
    for character in json.chars() {
        if is_harmful(character) && !character.is_ascii_whitespace() {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a string does not fail.
                let _ = write!(printable, "\\u{unit:04x}");
            }
        } else {
            printable.push(character);
        }
    }
    printable
}

fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Line and paragraph separators; marks, embeddings and isolates of direction.
            '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// A text cut to so many characters; that it was cut shows.
#[must_use]
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(3)).collect();
    cut.push_str("...");
    cut
}

/// Rows as aligned columns under their header. What is a number stands right.
///
/// Rows may come in portions: columns are as wide as those need that came so far.
#[derive(Debug)]
pub(crate) struct Table<const COLUMNS: usize> {
    header: [String; COLUMNS],
    widths: [usize; COLUMNS],
    are_numbers: [bool; COLUMNS],
    is_begun: bool,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// A table with this header.
    #[must_use]
    pub(crate) fn new(header: [&str; COLUMNS]) -> Self {
        let header = header.map(str::to_owned);
        Self { header, widths: [0; COLUMNS], are_numbers: [true; COLUMNS], is_begun: false }
    }

    /// Makes the columns wide enough for these rows. Returns the header, the first time.
    pub(crate) fn fit(&mut self, rows: &[[String; COLUMNS]]) -> Option<String> {
        for row in std::iter::once(&self.header).chain(rows) {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        for row in rows {
            for (is_number, cell) in self.are_numbers.iter_mut().zip(row) {
                *is_number &= cell.trim_end_matches('+').parse::<u64>().is_ok();
            }
        }
        let is_begun = std::mem::replace(&mut self.is_begun, true);
        (!is_begun).then(|| self.line(&self.header))
    }

    /// A row of the table, which [fits](Self::fit).
    #[must_use]
    pub(crate) fn line(&self, row: &[String; COLUMNS]) -> String {
        let mut line = String::new();
        for ((cell, width), is_number) in row.iter().zip(self.widths).zip(self.are_numbers) {
            // Writing to a string does not fail.
            let _ = match is_number {
                true => write!(line, "{cell:>width$}  "),
                false => write!(line, "{cell:<width$}  "),
            };
        }
        line.truncate(line.trim_end().len());
        line
    }

    /// All lines of a table that is complete.
    #[must_use]
    pub(crate) fn lines(mut self, rows: &[[String; COLUMNS]]) -> Vec<String> {
        let header = self.fit(rows);
        header.into_iter().chain(rows.iter().map(|row| self.line(row))).collect()
    }
}

/// Makes the JSON that is written to it harmless, and writes it on.
#[derive(Debug)]
pub(crate) struct PrintableJson<W> {
    output: W,
    /// The beginning of a character.
    rest: Vec<u8>,
}

impl<W> PrintableJson<W> {
    /// Writes to this output.
    pub(crate) fn new(output: W) -> Self {
        Self { output, rest: Vec::new() }
    }
}

impl<W: io::Write> io::Write for PrintableJson<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let whole = match str::from_utf8(&self.rest) {
            Ok(text) => text,
            Err(error) => {
                let whole = self.rest.get(..error.valid_up_to()).unwrap_or_default();
                str::from_utf8(whole).unwrap_or_default()
            }
        };
        let length = whole.len();
        self.output.write_all(printable_json(whole).as_bytes())?;
        self.rest.drain(..length);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// A span of time as people say it: `3 min`.
#[must_use]
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// How many characters fit a line: what the shell or the terminal says, else 80.
#[must_use]
pub(crate) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or_else(terminal).filter(|width| *width > 0).unwrap_or(80)
}

/// A text in lines of at most so many characters, broken between words. A word that is longer has a line of
/// its own.
#[must_use]
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// How long ago a moment was, or how long until it comes.
#[must_use]
pub(crate) fn ago(moment: &Timestamp) -> String {
    let Some(instant) = moment.instant() else { return moment.to_string() };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let then = u64::try_from(instant.as_second()).unwrap_or(0);
    if then > now {
        format!("in {}", span(Duration::from_secs(then - now)))
    } else {
        format!("{} ago", span(Duration::from_secs(now - then)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(
            printable("a\u{1b}]0;x\u{7}\r\u{9b}\u{202e}é"),
            r"a\u{1b}]0;x\u{7}\r\u{9b}\u{202e}é"
        );
        let json = serde_json::to_string(&"\u{1b}\u{7f}\u{9b}\u{202e}é\n").unwrap_or_default();
        let printable = "\"\\u001b\\u007f\\u009b\\u202eé\\n\"";
        assert_eq!(printable_json(&json), printable);
        let mut output = PrintableJson::new(Vec::new());
        for byte in json.as_bytes() {
            assert!(io::Write::write_all(&mut output, &[*byte]).is_ok());
        }
        assert_eq!(String::from_utf8_lossy(&output.output), printable);
    }

    #[test]
    fn columns_are_aligned_and_numbers_stand_right() {
        let rows = [["ready".to_owned(), "3".to_owned()], ["é".to_owned(), "12".to_owned()]];
        assert_eq!(
            Table::new(["STATE", "NUMBER"]).lines(&rows),
            ["STATE  NUMBER", "ready       3", "é          12"]
        );
        let mut portions = Table::new(["A", "B"]);
        assert_eq!(portions.fit(&rows).as_deref(), Some("A       B"));
        let wider = [["superseded".to_owned(), "many".to_owned()]];
        assert_eq!(portions.fit(&wider), None);
        assert_eq!(portions.line(&wider[0]), "superseded  many");
    }

    #[test]
    fn spans_and_cuts() {
        for (seconds, text) in
            [(0, "0 s"), (119, "119 s"), (180, "3 min"), (7200, "2 h"), (300_000, "3 days")]
        {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
        assert_eq!(cut("éééééé", 5), "éé...");
        assert_eq!(cut("ééééé", 5), "ééééé");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("a bb  ccc\ndddddddd e", 6), ["a bb", "ccc", "dddddddd", "e"]);
        assert_eq!(wrapped("", 6), [""]);
        assert_eq!(wrapped("éé éé", 5), ["éé éé"]);
    }
}
