use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use crate::config::problem::{Report, nearest, quoted};
use crate::config::value::{ByteSize, Patterns, parse_span, show_span};

/// A value of the file, with its place.
#[derive(Debug, Clone)]
pub(super) struct Value<'a> {
    pub(super) shown: String,
    pub(super) span: Range<usize>,
    pub(super) value: &'a DeValue<'a>,
    pub(super) report: &'a Report<'a>,
}

impl<'a> Value<'a> {
    /// Says that something is wrong with the value.
    pub(super) fn fails(&self, text: impl Into<String>) {
        self.report.error(self.span.clone(), &self.shown, text);
    }

    /// Says that the value is of the wrong type.
    fn is_no(&self, wanted: &str) {
        self.fails(format!("is {}, and has to be {wanted}", type_words(self.value)));
    }

    pub(super) fn table(&self) -> Option<&'a DeTable<'a>> {
        match self.value {
            DeValue::Table(table) => Some(table),
            _ => {
                // Somebody may have put a secret where a table for it belongs.
                self.report.hide(self.span.clone());
                // A table in a list has no header of its own.
                let header = match self.shown.contains('[') {
                    true => String::new(),
                    false => format!(", as below `[{}]`", self.shown),
                };
                self.is_no(&format!("a table{header}"));
                None
            }
        }
    }

    /// The values of a list.
    pub(super) fn items(&self) -> Option<Vec<Value<'a>>> {
        let DeValue::Array(items) = self.value else {
            self.is_no("a list");
            return None;
        };
        let items = items.iter().enumerate().map(|(index, item)| Value {
            shown: format!("{}[{index}]", self.shown),
            span: item.span(),
            value: item.get_ref(),
            report: self.report,
        });
        Some(items.collect())
    }

    /// A text that is not empty.
    pub(super) fn text(&self) -> Option<&'a str> {
        let text = self.any_text("a text")?;
        if text.trim().is_empty() {
            self.fails("is empty");
            return None;
        }
        Some(text)
    }

    /// A text in one line.
    pub(super) fn line(&self) -> Option<&'a str> {
        let text = self.text()?;
        if text.contains(char::is_control) {
            self.fails("has a control character, or more than one line");
            return None;
        }
        if text.trim() != text {
            self.fails("begins or ends with white space");
            return None;
        }
        Some(text)
    }

    /// A text that may be empty. No program takes a NUL, in whatever it is.
    pub(super) fn any_text(&self, wanted: &str) -> Option<&'a str> {
        let DeValue::String(text) = self.value else {
            self.is_no(wanted);
            return None;
        };
        if text.contains('\0') {
            self.fails("has a NUL character");
            return None;
        }
        Some(text)
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                self.is_no("`true` or `false`");
                None
            }
        }
    }

    /// A whole number. No number here needs another base than ten.
    pub(super) fn number(&self, least: u32, most: u32) -> Option<u32> {
        let DeValue::Integer(number) = self.value else {
            self.is_no(&format!("a number from {least} to {most}"));
            return None;
        };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let number = number.and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.fails(format!("has to be a number from {least} to {most}"));
        }
        number
    }

    /// Hundredths of a number that may have a fraction.
    pub(super) fn hundredths(&self) -> Option<u32> {
        let text = match self.value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => {
                self.is_no("a number such as `2` or `1.5`");
                return None;
            }
        };
        let hundredths = text.parse::<f64>().ok().map(|number| (number * 100.0).round());
        match hundredths.filter(|it| (1.0..=102_400.0).contains(it)) {
            // It is a whole number between the two.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked above"
            )]
            Some(hundredths) => Some(hundredths as u32),
            None => {
                self.fails("has to be a number from 0.01 to 1024");
                None
            }
        }
    }

    /// One of these words, by its place among them.
    pub(super) fn choice(&self, choices: &[&'static str]) -> Option<&'static str> {
        let listed = format!("\"{}\"", choices.join("\", \""));
        let word = self.any_text(&format!("one of {listed}"))?;
        let choice = choices.iter().find(|choice| **choice == word).copied();
        if choice.is_none() {
            let near = nearest(word, choices.iter().copied());
            let hint = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
            self.fails(format!("is {}, and has to be one of {listed}{hint}", quoted(word)));
        }
        choice
    }

    pub(super) fn span_of_time(&self, least: u64, most: u64) -> Option<Duration> {
        let text = self.any_text("a span of time, in quotes, such as \"20m\"")?;
        let span = match parse_span(text) {
            Ok(span) => span,
            Err(error) => {
                self.fails(format!("is {}: it {error}", quoted(text)));
                return None;
            }
        };
        if !(least..=most).contains(&span.as_secs()) {
            let (least, most) = (Duration::from_secs(least), Duration::from_secs(most));
            let (least, most) = (show_span(least), show_span(most));
            self.fails(format!("is {}, and has to be from {least} to {most}", quoted(text)));
            return None;
        }
        Some(span)
    }

    pub(super) fn size(&self, least: u64, most: u64) -> Option<ByteSize> {
        let text = self.any_text("a size, in quotes, such as \"64 MiB\"")?;
        let size: ByteSize = match text.parse() {
            Ok(size) => size,
            Err(error) => {
                self.fails(format!("is {}: it {error}", quoted(text)));
                return None;
            }
        };
        if !(least..=most).contains(&size.bytes()) {
            let (least, most) = (ByteSize::new(least), ByteSize::new(most));
            self.fails(format!("is {}, and has to be from {least} to {most}", quoted(text)));
            return None;
        }
        Some(size)
    }

    /// A list of texts in one line each, none twice.
    pub(super) fn lines(&self) -> Option<Vec<(Value<'a>, &'a str)>> {
        let mut lines: Vec<(Value<'a>, &'a str)> = Vec::new();
        for item in self.items()? {
            let Some(line) = item.line() else { continue };
            if lines.iter().any(|(_, other)| *other == line) {
                item.fails(format!("is {}, which the list has already", quoted(line)));
            } else {
                lines.push((item, line));
            }
        }
        Some(lines)
    }

    pub(super) fn patterns(&self) -> Option<Patterns> {
        let lines = self.lines()?;
        if matches!(self.value, DeValue::Array(items) if items.is_empty()) {
            self.fails(
                "is an empty list, so nothing would match; leave the key out to match everything",
            );
            return None;
        }
        for (item, pattern) in &lines {
            if let Err(error) = Patterns::new([*pattern]) {
                item.fails(format!("is {}: it {error}", quoted(pattern)));
            }
        }
        Patterns::new(lines.into_iter().map(|(_, pattern)| pattern)).ok()
    }

    /// A path; a relative one begins at the folder of the config.
    pub(super) fn path(&self, folder: &std::path::Path) -> Option<PathBuf> {
        let text = self.line()?;
        if text.starts_with('~') {
            self.fails(format!("is {}, and only a shell knows what `~` is", quoted(text)));
            return None;
        }
        Some(folder.join(text))
    }
}

/// What a value is, in words.
pub(super) fn type_words(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(true) => "`true`",
        DeValue::Boolean(false) => "`false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
