use std::ops::Range;

use crate::config::keys::{KeyKind, all_keys};
use crate::config::problem::{Report, SourceText};

/// Says what is no TOML.
pub(super) fn check_syntax(
    errors: &[toml::de::Error],
    source: &SourceText<'_>,
    report: &Report<'_>,
) {
    // What follows a first error in its line is mostly nonsense.
    let mut lines: Vec<usize> = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let (start, line) = source.line(span.start);
        if lines.contains(&start) {
            continue;
        }
        lines.push(start);
        hide(start, line, report);
        let message = error.message().lines().next().unwrap_or_default();
        let text = match message {
            "duplicate key" => "this is no TOML: this key or table stands a second time".to_owned(),
            message => format!("this is no TOML: {message}"),
        };
        report.error(meant(&span, start, line), "", text);
    }
}

/// A span within its line, of one character at least.
fn meant(span: &Range<usize>, start: usize, line: &str) -> Range<usize> {
    let end = start + line.len();
    span.start..span.end.min(end).max(span.start + 1)
}

/// Hides what may be a secret. Nobody knows what a line means that cannot be read, so only that is shown which
/// surely is none: headers, comments, and values of keys that hold no secrets.
fn hide(start: usize, line: &str, report: &Report<'_>) {
    let text = line.trim_start();
    let is_header = text.starts_with('[')
        && text.len() < 200
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " .-_[]\"'".contains(c));
    if is_header {
        return;
    }
    let Some((key, _)) = line.split_once('=') else {
        report.hide(start..start + line.len());
        return;
    };
    let name = key.trim().rsplit('.').next().unwrap_or_default().trim_matches('"');
    let known: Vec<KeyKind> = all_keys().filter(|it| it.name() == name).map(|it| it.kind).collect();
    if known.is_empty() {
        // Whatever it is, it is no key.
        report.hide(start..start + line.len());
    } else if known.iter().any(|kind| kind.holds_secrets()) {
        report.hide(start + key.len() + 1..start + line.len());
    }
}
