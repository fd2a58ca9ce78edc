use std::time::Duration;

use super::section::Section;
use crate::config::keys::KeyKind;
use crate::config::value::{ByteSize, Patterns, parse_span};

/// What most keys need: their value, or else their default.
impl Section<'_> {
    pub(super) fn flag(&self, name: &str) -> bool {
        let default = self.default(name) == "true";
        self.value(name).and_then(|value| value.flag()).unwrap_or(default)
    }

    pub(super) fn number(&self, name: &str) -> u32 {
        let default = self.default(name).parse().unwrap_or(0);
        self.optional_number(name).unwrap_or(default)
    }

    pub(super) fn optional_number(&self, name: &str) -> Option<u32> {
        let Some(KeyKind::Number { least, most }) = self.kind(name) else { return None };
        self.value(name)?.number(least, most)
    }

    /// The word that was chosen; the first of the choices if there is neither value nor default.
    pub(super) fn choice(&self, name: &str) -> &'static str {
        let Some(KeyKind::Choice(choices)) = self.kind(name) else { return "" };
        let value = self.value(name).and_then(|value| value.choice(choices));
        value.unwrap_or_else(|| self.default(name))
    }

    pub(super) fn span_of_time(&self, name: &str) -> Duration {
        let default = parse_span(self.default(name)).unwrap_or_default();
        self.optional_span(name).unwrap_or(default)
    }

    pub(super) fn optional_span(&self, name: &str) -> Option<Duration> {
        let Some(KeyKind::Span { least, most }) = self.kind(name) else { return None };
        self.value(name)?.span_of_time(least, most)
    }

    pub(super) fn size(&self, name: &str) -> ByteSize {
        let default = self.default(name).parse().unwrap_or(ByteSize::new(0));
        self.optional_size(name).unwrap_or(default)
    }

    pub(super) fn optional_size(&self, name: &str) -> Option<ByteSize> {
        let Some(KeyKind::Size { least, most }) = self.kind(name) else { return None };
        self.value(name)?.size(least, most)
    }

    pub(super) fn patterns(&self, name: &str) -> Option<Patterns> {
        self.value(name)?.patterns()
    }

    /// A list of texts; without one it is empty.
    pub(super) fn lines(&self, name: &str) -> Vec<String> {
        let lines = self.value(name).and_then(|value| value.lines()).unwrap_or_default();
        lines.into_iter().map(|(_, line)| line.to_owned()).collect()
    }
}
