use hookstead::events::Timestamp;
use hookstead::inbox::{Entry, EntryState};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::text::{ago, cut, printable, printable_json};

/// The column of events is at most so wide. GitHub's longest fit; some actions are chosen by strangers.
const EVENT_WIDTH: usize = 40;

/// So many lines of a body are shown to people.
const BODY_LINES: usize = 200;

/// A delivery in an inbox as people and machines read it.
#[derive(Debug, Serialize)]
pub struct EntryView<'a> {
    id: &'a str,
    event: &'a str,
    action: Option<&'a str>,
    state: &'static str,
    attempts: u32,
    received_at: &'a Timestamp,
    due_at: Option<&'a Timestamp>,
    settled_at: Option<&'a Timestamp>,
    last_error: Option<&'a str>,
    superseded_by: Option<&'a str>,
    hook: Option<u64>,
    target: Option<Target<'a>>,
    installation: Option<u64>,
    enterprise_host: Option<&'a str>,
    lane: Option<Lane<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Option<&'a RawValue>>,
    #[serde(skip)]
    entry: &'a Entry,
}

#[derive(Debug, Serialize)]
struct Target<'a> {
    kind: &'a str,
    id: u64,
}

#[derive(Debug, Serialize)]
struct Lane<'a> {
    key: &'a str,
    version: Option<i64>,
}

impl<'a> EntryView<'a> {
    /// A view without the body.
    #[must_use]
    pub fn new(entry: &'a Entry) -> Self {
        let delivery = &entry.delivery;
        Self {
            id: delivery.id.as_str(),
            event: delivery.event.as_str(),
            action: delivery.action.as_deref(),
            state: entry.state.as_str(),
            attempts: delivery.attempt,
            received_at: &delivery.received_at,
            due_at: entry.due_at.as_ref(),
            settled_at: entry.settled_at.as_ref(),
            last_error: entry.last_error.as_deref(),
            superseded_by: entry.superseded_by.as_ref().map(|id| id.as_str()),
            hook: delivery.hook,
            target: delivery.target.as_ref().map(|it| Target { kind: &it.kind, id: it.id }),
            installation: delivery.installation,
            enterprise_host: delivery.enterprise_host.as_deref(),
            lane: delivery.lane.as_ref().map(|it| Lane { key: &it.key, version: it.version }),
            body: None,
            entry,
        }
    }

    /// With the body; `null` where the inbox has dropped it.
    #[must_use]
    pub fn with_body(mut self) -> Self {
        self.body = Some(serde_json::from_slice(&self.entry.delivery.body).ok());
        self
    }

    /// The header of [`row`](Self::row).
    pub const HEADER: [&'static str; 5] = ["STATE", "EVENT", "TRIES", "RECEIVED", "ID"];

    /// A line in a list. The id comes last, so that it need not be cut.
    #[must_use]
    pub fn row(&self) -> [String; 5] {
        [
            self.state.to_owned(),
            cut(&printable(&self.entry.delivery.event_and_action()), EVENT_WIDTH),
            self.attempts.to_string(),
            ago(self.received_at),
            self.id.to_owned(),
        ]
    }

    /// What there is to say beside the row, in one line of at most this width.
    #[must_use]
    pub fn remark(&self, width: usize) -> Option<String> {
        let mut parts = Vec::new();
        if let Some(newer) = self.superseded_by {
            parts.push(format!("by {newer}"));
        }
        if let Some(due) = self.due_at {
            parts.push(format!("{} {}", self.due_label(), ago(due)));
        }
        parts.extend(self.last_error.map(printable));
        (!parts.is_empty()).then(|| cut(&format!("    {}", parts.join(": ")), width))
    }

    /// Everything that is known, a line for each thing.
    #[must_use]
    pub fn details(&self) -> String {
        let moment = |at: &Timestamp| format!("{at} ({})", ago(at));
        let lines = [
            ("id", Some(self.id.to_owned())),
            ("event", Some(printable(&self.entry.delivery.event_and_action()))),
            ("state", Some(self.state.to_owned())),
            ("superseded by", self.superseded_by.map(str::to_owned)),
            ("attempts", Some(self.attempts.to_string())),
            ("received", Some(moment(self.received_at))),
            (self.due_label(), self.due_at.map(moment)),
            ("settled", self.settled_at.map(moment)),
            ("hook", self.hook.map(|hook| hook.to_string())),
            ("target", self.target.as_ref().map(|it| format!("{} {}", printable(it.kind), it.id))),
            ("installation", self.installation.map(|installation| installation.to_string())),
            ("enterprise host", self.enterprise_host.map(printable)),
            ("lane", self.lane.as_ref().map(Lane::text)),
            ("last error", self.last_error.map(indented)),
        ];
        let mut text = String::new();
        for (label, value) in lines {
            if let Some(value) = value {
                text.push_str(&format!("{label:<17}{value}\n"));
            }
        }
        text.push('\n');
        text.push_str(&self.body_text());
        text
    }

    /// The body as people read it: pretty, and not all of one that is very long.
    fn body_text(&self) -> String {
        let body = &self.entry.delivery.body;
        if body.is_empty() {
            return "The body was dropped when the delivery was settled.\n".to_owned();
        }
        let pretty = serde_json::from_slice::<serde_json::Value>(body)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .map(|pretty| printable_json(&pretty))
            // It was JSON when it was accepted.
            .unwrap_or_else(|_| printable(&String::from_utf8_lossy(body)));
        let mut text = String::new();
        for line in pretty.lines().take(BODY_LINES) {
            text.push_str(line);
            text.push('\n');
        }
        let more = pretty.lines().count().saturating_sub(BODY_LINES);
        if more > 0 {
            text.push_str(&format!("... and {more} more lines; --json prints them all\n"));
        }
        text
    }

    fn due_label(&self) -> &'static str {
        if self.entry.state == EntryState::Leased { "lease ends" } else { "next attempt" }
    }
}

impl Lane<'_> {
    fn text(&self) -> String {
        let key = printable(self.key);
        match self.version {
            Some(version) => format!("{key} (only the latest, this is {version})"),
            None => key,
        }
    }
}

/// A text of several lines beside its label.
fn indented(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join(&format!("\n{:17}", ""))
}
