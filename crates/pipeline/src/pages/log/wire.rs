//! What a page that is open gets: server-sent events, and the same as JSON.
//!
//! | event | data |
//! |---|---|
//! | `log` | `{"line": 7, "lines": [...], "rest": "..."}`: the lines from this number on, and the one that has not ended or `null`; the event's id is the byte where that begins |
//! | `change` | the state; the page is to be fetched again |
//! | `reset` | nothing: too much has come since; the page is to be fetched again, with its log |
//! | `end` | `over`: nothing more comes; `leaving`: the server stops, connect again |
//!
//! A line is its HTML, or, where groups begin or end, an object: `{"ended": [names], "kind": "text", "end" or "group",
//! "name": "...", "folded": true, "html": "..."}`. A group of GitHub's has the name `""`.

use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::json;

use super::converter::{LineKind, LogLine};

/// A comment: nobody else notices that a reader is gone.
pub(super) const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// What a stream begins with: who loses the connection comes again so soon.
pub(super) const BEGINNING: Bytes = Bytes::from_static(b"retry: 2000\n\n");

pub(super) const RESET: Bytes = Bytes::from_static(b"event: reset\ndata:\n\n");
pub(super) const OVER: Bytes = Bytes::from_static(b"event: end\ndata: over\n\n");
pub(super) const LEAVING: Bytes = Bytes::from_static(b"event: end\ndata: leaving\n\n");

pub(super) fn change(what: &str) -> Bytes {
    Bytes::from(format!("event: change\ndata: {what}\n\n"))
}

/// A line, as JSON.
pub(super) fn line(line: &LogLine) -> String {
    let (kind, name, is_folded) = match &line.kind {
        LineKind::Text if line.ended.is_empty() => return text(&line.html),
        LineKind::Text => ("text", "", false),
        LineKind::End => ("end", "", false),
        LineKind::Group { name, is_folded } => ("group", name.as_str(), *is_folded),
    };
    let html = &line.html;
    json!({ "ended": line.ended, "kind": kind, "name": name, "folded": is_folded, "html": html })
        .to_string()
}

/// A text, as JSON.
pub(super) fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Lines that follow one another.
#[derive(Debug)]
pub(super) struct LinesJson {
    json: String,
    is_first: bool,
}

impl LinesJson {
    /// The first of them has this number.
    pub(super) fn new(number: u64) -> Self {
        Self { json: format!("{{\"line\":{number},\"lines\":["), is_first: true }
    }

    pub(super) fn add(&mut self, line: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.json.push(',');
        }
        self.json.push_str(line);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.is_first
    }

    pub(super) fn len(&self) -> usize {
        self.json.len()
    }

    /// With the line that has not ended, as JSON.
    pub(super) fn finish(mut self, rest: Option<&str>) -> String {
        // Writing into a string does not fail.
        let _ = write!(self.json, "],\"rest\":{}}}", rest.unwrap_or("null"));
        self.json
    }

    /// The same as an event. It is done at this byte.
    pub(super) fn event(self, rest: Option<&str>, to: u64) -> Bytes {
        Bytes::from(format!("id: {to}\nevent: log\ndata: {}\n\n", self.finish(rest)))
    }
}
