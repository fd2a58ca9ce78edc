use super::marker::{self, SECTION, Section};
use super::screen_line::ScreenLine;
use super::sequences::{Meaning, Sequences};
use super::style::Style;

/// Makes lines of HTML of a log's bytes, as a terminal shows them. How the bytes are cut makes no difference. It keeps
/// one line and no more, and that has a longest length.
///
/// Links of terminals (OSC 8) are read over: nothing that a build says becomes a link.
#[derive(Debug, Clone)]
pub(super) struct Converter {
    /// How many bytes were read.
    at: u64,
    /// The line that is not ended, and where it began.
    number: u64,
    start: u64,
    line: ScreenLine,
    /// What came of the line before is not known.
    is_inside: bool,
    style: Style,
    sequences: Sequences,
    /// The beginning of a character whose end has not come.
    half: Vec<u8>,
    /// What GitLab's markers on this line said.
    ended: Vec<String>,
    begun: Option<(String, bool)>,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogLine {
    /// Its number in the log, from 1 on.
    pub(super) number: u64,
    /// Where it begins and ends in the log, in bytes.
    pub(super) start: u64,
    pub(super) end: u64,
    /// The groups that end before it, by name; GitHub's have none.
    pub(super) ended: Vec<String>,
    pub(super) kind: LineKind,
    /// What it says, as HTML: text and `span` elements, nothing else.
    pub(super) html: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineKind {
    Text,
    /// It is the heading of a group, which goes on until its end.
    Group {
        name: String,
        is_folded: bool,
    },
    /// It said that a group ends, and nothing else.
    End,
}

impl Converter {
    /// One that begins at this byte, which is in the line of this number, and perhaps inside it.
    pub(super) fn new(at: u64, number: u64, is_inside: bool) -> Self {
        Self {
            at,
            number,
            start: at,
            line: ScreenLine::default(),
            is_inside,
            style: Style::PLAIN,
            sequences: Sequences::new(),
            half: Vec::new(),
            ended: Vec::new(),
            begun: None,
        }
    }

    /// Where the line begins that has not ended.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// Its number.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// How many bytes of the log were read.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Reads these bytes, and gives each line that ends.
    pub(super) fn read(&mut self, bytes: &[u8], mut each: impl FnMut(LogLine)) {
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            if *byte == b'\n' {
                self.flush();
                rest = after;
                self.at = self.at.saturating_add(1);
                each(self.end_line());
                continue;
            }
            let length = match self.sequences.is_ground() {
                true => rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len()),
                false => 0,
            };
            let length = if length > 0 {
                let (text, _) = rest.split_at(length);
                self.print(text);
                length
            } else {
                self.flush();
                self.special(*byte);
                1
            };
            rest = rest.get(length..).unwrap_or_default();
            self.at = self.at.saturating_add(length as u64);
        }
    }

    /// The line that has not ended, as it stands; `None` if it says nothing.
    pub(super) fn rest(&self) -> Option<LogLine> {
        (!self.line.is_empty()).then(|| LogLine {
            number: self.number,
            start: self.start,
            end: self.at,
            ended: Vec::new(),
            kind: LineKind::Text,
            html: self.html(),
        })
    }

    /// What that line says, without how it looks.
    pub(super) fn text(&self) -> String {
        self.line.text()
    }

    fn html(&self) -> String {
        let html = self.line.html(0);
        if self.is_inside { format!("<span class=\"cut\">… </span>{html}") } else { html }
    }

    fn special(&mut self, byte: u8) {
        match self.sequences.read(byte) {
            Meaning::Nothing => {}
            Meaning::Text => self.print(&[byte]),
            Meaning::Style => self.style.apply(self.sequences.groups()),
            Meaning::Erase(what) => self.line.erase(what),
            Meaning::Column(column) => self.line.go_to(column),
            Meaning::Control => match byte {
                b'\r' => self.carriage_return(),
                0x08 => self.line.back(),
                b'\t' => self.line.print('\t', self.style),
                _ => {}
            },
        }
    }

    /// Bytes that are text, whole characters or not.
    fn print(&mut self, text: &[u8]) {
        if self.half.is_empty() {
            self.decode(text);
        } else {
            let mut half = std::mem::take(&mut self.half);
            half.extend_from_slice(text);
            self.decode(&half);
        }
    }

    fn decode(&mut self, text: &[u8]) {
        let mut chunks = text.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.line.print_all(chunk.valid(), self.style);
            let invalid = chunk.invalid();
            if invalid.is_empty() {
                continue;
            }
            let is_half = chunks.peek().is_none()
                && std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if is_half {
                self.half.extend_from_slice(invalid);
            } else {
                self.line.print(char::REPLACEMENT_CHARACTER, self.style);
            }
        }
    }

    /// What comes is no more of a character that was begun.
    fn flush(&mut self) {
        if !self.half.is_empty() {
            self.half.clear();
            self.line.print(char::REPLACEMENT_CHARACTER, self.style);
        }
    }

    fn carriage_return(&mut self) {
        if !self.section() {
            self.line.return_to_start();
        }
    }

    /// Takes one of GitLab's markers off the line, if it says nothing else.
    fn section(&mut self) -> bool {
        if !self.line.starts_with(SECTION) {
            return false;
        }
        match Section::of(&self.line.text()) {
            Some(Section::Start { name, is_folded }) => self.begun = Some((name, is_folded)),
            // So many groups are open at most; others that a line ends are not.
            Some(Section::End { name }) if self.ended.len() < super::groups::DEEPEST => {
                self.ended.push(name);
            }
            Some(Section::End { .. }) => {}
            None => return false,
        }
        self.line.clear();
        true
    }

    fn end_line(&mut self) -> LogLine {
        self.sequences.cut();
        self.section();
        let mut ended = std::mem::take(&mut self.ended);
        let line = &self.line;
        let starts_with = |text: &str| line.starts_with(text);
        let (kind, html) = if let Some((name, is_folded)) = self.begun.take() {
            (LineKind::Group { name, is_folded }, line.html(0))
        } else if let Some(length) = marker::begin_of_group(starts_with) {
            (LineKind::Group { name: String::new(), is_folded: true }, line.html(length))
        } else if marker::is_end_of_group(starts_with) {
            ended.push(String::new());
            (LineKind::End, String::new())
        } else if line.is_empty() && !ended.is_empty() {
            (LineKind::End, String::new())
        } else {
            (LineKind::Text, self.html())
        };
        let ended =
            LogLine { number: self.number, start: self.start, end: self.at, ended, kind, html };
        self.line.clear();
        self.is_inside = false;
        self.number = self.number.saturating_add(1);
        self.start = self.at;
        ended
    }
}

/// Whether it may be more than text.
fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == 0x7f
}
