use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::value::Value;
use crate::config::keys::{self, Key, KeyKind, LIMITATIONS};
use crate::config::problem::{Report, nearest, quoted};

/// A table of the file whose keys are in the list of all keys.
#[derive(Debug, Clone)]
pub(super) struct Section<'a> {
    /// Its path in the list of all keys: `projects.NAME.jobs.NAME`.
    path: String,
    /// Its path in the file: `projects.blog.jobs.test`.
    pub(super) shown: String,
    /// Where it stands, or where its name does.
    pub(super) span: Range<usize>,
    table: &'a DeTable<'a>,
    pub(super) report: &'a Report<'a>,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub(super) fn top(table: &'a DeTable<'a>, report: &'a Report<'a>) -> Self {
        Self::new(String::new(), String::new(), 0..0, table, report)
    }

    pub(super) fn new(
        path: String,
        shown: String,
        span: Range<usize>,
        table: &'a DeTable<'a>,
        report: &'a Report<'a>,
    ) -> Self {
        let section = Self { path, shown, span, table, report };
        section.check_keys();
        section
    }

    /// Says which keys are none.
    fn check_keys(&self) {
        for (name, value) in self.table {
            let is_known = keys::children(&self.path).any(|key| key.name() == name.get_ref());
            if is_known {
                continue;
            }
            let key = self.path_of(&shown_name(name.get_ref()));
            if self.report.is_full() {
                // It is only counted, and finding out what was meant takes time.
                self.report.error(name.span(), &key, "");
                continue;
            }
            let known = || keys::children(&self.path);
            let near = nearest(name.get_ref(), known().map(Key::name));
            let hint = match (near, keys::home_of(name.get_ref())) {
                (Some(near), _) => format!("; did you mean `{near}`?"),
                (None, Some(home)) => format!(" here; it belongs in {home}"),
                (None, None) => {
                    format!(
                        "; known are `{}`",
                        known().map(Key::name).collect::<Vec<_>>().join("`, `")
                    )
                }
            };
            // It may be a misspelt secret.
            if near
                .and_then(|near| known().find(|key| key.name() == near))
                .is_none_or(|key| key.kind.holds_secrets())
            {
                self.report.hide(value.span());
            }
            self.report.error(name.span(), &key, format!("is no key{hint}"));
        }
    }

    /// Whether the key is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// A text that was read before.
    pub(super) fn text_of(&self, name: &str) -> Option<&'a str> {
        self.table.get(name)?.get_ref().as_str()
    }

    /// Whether the key is there and has a table.
    pub(super) fn is_table(&self, name: &str) -> bool {
        self.table.get(name).is_some_and(|value| value.get_ref().is_table())
    }

    /// Whether the key is there and has an empty list.
    pub(super) fn is_empty_list(&self, name: &str) -> bool {
        let items = self.table.get(name).and_then(|value| value.get_ref().as_array());
        items.is_some_and(|items| items.is_empty())
    }

    /// The path of a key in the file.
    pub(super) fn path_of(&self, name: &str) -> String {
        if self.shown.is_empty() { name.to_owned() } else { format!("{}.{name}", self.shown) }
    }

    /// The key in the list of all keys.
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        let path =
            if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        let key = keys::find(&path);
        debug_assert!(key.is_some(), "{path} is read and not in the list of keys");
        key
    }

    /// The value of a key. Says if it is needed and not there, and what this version cannot do.
    pub(super) fn value(&self, name: &str) -> Option<Value<'a>> {
        let key = self.key(name)?;
        let Some((_, value)) = self.table.get_key_value(name) else {
            if key.is_required {
                self.missing(name, "");
            }
            return None;
        };
        let value = Value {
            shown: self.path_of(name),
            span: value.span(),
            value: value.get_ref(),
            report: self.report,
        };
        let text = value.value.as_str().unwrap_or_default();
        let is_asked_for = |value: &str| value.is_empty() || text.starts_with(value);
        for limitation in LIMITATIONS.iter().filter(|it| it.key == key.path) {
            if !is_asked_for(limitation.value) {
                continue;
            }
            let span =
                if limitation.value.is_empty() { self.span_of(name) } else { value.span.clone() };
            if limitation.refuses {
                self.report.error(span, &value.shown, limitation.text);
            } else {
                self.report.notice(span, &value.shown, limitation.text);
            }
        }
        Some(value)
    }

    /// Says that a key is not there, and why it is needed.
    pub(super) fn missing(&self, name: &str, why: &str) {
        let about = self.key(name).map_or("", |key| key.about);
        let why = if why.is_empty() { about } else { why };
        // It goes on in the middle of a sentence.
        let why = why.trim_end_matches('.');
        let mut letters = why.chars();
        let why: String = match letters.next() {
            Some(first) if !why.starts_with("GitHub") => {
                first.to_lowercase().chain(letters).collect()
            }
            _ => why.to_owned(),
        };
        self.report.error(self.span.clone(), &self.path_of(name), format!("is missing: {why}"));
    }

    /// Says that something is wrong with a key, at the key itself.
    pub(super) fn fails(&self, name: &str, text: impl Into<String>) {
        self.report.error(self.span_of(name), &self.path_of(name), text);
    }

    /// Where a key stands, or else the table.
    pub(super) fn span_of(&self, name: &str) -> Range<usize> {
        self.table.get_key_value(name).map_or(self.span.clone(), |(key, _)| key.span())
    }

    /// The table below a key.
    pub(super) fn section(&self, name: &str) -> Option<Section<'a>> {
        let value = self.value(name)?;
        let table = value.table()?;
        let path = self.key(name)?.path.to_owned();
        Some(Self::new(path, value.shown, self.span_of(name), table, self.report))
    }

    /// The tables in a list.
    pub(super) fn list_of_sections(&self, name: &str) -> Vec<Section<'a>> {
        let (Some(value), Some(key)) = (self.value(name), self.key(name)) else {
            return Vec::new();
        };
        let items = value.items().into_iter().flatten().filter_map(|item| {
            let table = item.table()?;
            Some(Self::new(key.path.to_owned(), item.shown, item.span, table, self.report))
        });
        items.collect()
    }

    /// The tables whose names the user chooses, in the order of the file.
    pub(super) fn named(&self, name: &str) -> Vec<(String, Section<'a>)> {
        let (Some(value), Some(key)) = (self.value(name), self.key(name)) else {
            return Vec::new();
        };
        let Some(table) = value.table() else { return Vec::new() };
        let mut sections = Vec::new();
        for (name, inner) in in_order(table) {
            let shown = format!("{}.{}", value.shown, shown_name(name.get_ref()));
            let inner =
                Value { shown, span: inner.span(), value: inner.get_ref(), report: self.report };
            let Some(table) = inner.table() else { continue };
            let path = format!("{}.NAME", key.path);
            let section = Self::new(path, inner.shown, name.span(), table, self.report);
            sections.push((name.get_ref().to_string(), section));
        }
        sections
    }

    /// What holds if a key is not there.
    pub(super) fn default(&self, name: &str) -> &'static str {
        self.key(name).map_or("", |key| key.default)
    }

    /// What may be the value of a key.
    pub(super) fn kind(&self, name: &str) -> Option<KeyKind> {
        self.key(name).map(|key| key.kind)
    }
}

/// The entries of a table in the order of the file.
pub(super) fn in_order<'a>(
    table: &'a DeTable<'a>,
) -> Vec<(&'a toml::Spanned<std::borrow::Cow<'a, str>>, &'a toml::Spanned<DeValue<'a>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A part of a key's path as TOML writes it: in quotes if it has to be.
pub(super) fn shown_name(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= 100 && name.chars().all(is_bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}
