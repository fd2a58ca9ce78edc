use hookstead::events::Timestamp;
use hookstead::inbox::{Entry, TaskState};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::text::{ago, cut, printable, printable_json};

/// The column of events is at most so wide. GitHub's longest fit; some actions are chosen by strangers.
const EVENT_WIDTH: usize = 40;

/// So many lines of a body are shown to people.
const BODY_LINES: usize = 200;

/// A task in an inbox as people and machines read it.
#[derive(Debug, Serialize)]
pub(crate) struct EntryView<'a> {
    task: i64,
    id: &'a str,
    event: &'a str,
    action: Option<&'a str>,
    repository: Option<&'a str>,
    handler: &'a str,
    state: &'static str,
    is_ending: bool,
    run: u32,
    attempts: u32,
    failures: u32,
    abandoned: u32,
    steps: &'a [String],
    received_at: &'a Timestamp,
    due_at: Option<&'a Timestamp>,
    settled_at: Option<&'a Timestamp>,
    last_error: Option<&'a str>,
    waits_for: Option<&'a str>,
    superseded_by: Option<&'a str>,
    hook: Option<u64>,
    target: Option<Target<'a>>,
    installation: Option<u64>,
    enterprise_host: Option<&'a str>,
    lane: Option<&'a str>,
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

impl<'a> EntryView<'a> {
    /// A view without the body.
    #[must_use]
    pub(crate) fn new(entry: &'a Entry) -> Self {
        let delivery = &entry.delivery;
        let text = entry.text.as_deref();
        Self {
            task: entry.task.0,
            id: delivery.id.as_str(),
            event: delivery.event.as_str(),
            action: delivery.action.as_deref(),
            repository: delivery.repository.as_deref(),
            handler: entry.name.as_str(),
            state: entry.state.as_str(),
            is_ending: entry.is_ending,
            run: entry.run,
            attempts: entry.number,
            failures: entry.failures,
            abandoned: entry.abandoned,
            steps: &entry.steps,
            received_at: &delivery.received_at,
            due_at: entry.due_at.as_ref(),
            settled_at: entry.settled_at.as_ref(),
            last_error: text.filter(|_| !entry.is_waiting),
            waits_for: text.filter(|_| entry.is_waiting),
            superseded_by: entry.superseded_by.as_ref().map(|id| id.as_str()),
            hook: delivery.hook,
            target: delivery.target.as_ref().map(|it| Target { kind: &it.kind, id: it.id }),
            installation: delivery.installation,
            enterprise_host: delivery.enterprise_host.as_deref(),
            lane: entry.lane.as_deref().map(own_key),
            body: None,
            entry,
        }
    }

    /// With the body; `null` where the inbox has dropped it.
    #[must_use]
    pub(crate) fn with_body(mut self) -> Self {
        self.body = Some(serde_json::from_slice(&self.entry.delivery.body).ok());
        self
    }

    /// The header of [`row`](Self::row).
    pub(crate) const HEADER: [&'static str; 6] =
        ["STATE", "EVENT", "HANDLER", "TRIES", "RECEIVED", "ID"];

    /// A line in a list. The id comes last, so that it need not be cut.
    #[must_use]
    pub(crate) fn row(&self) -> [String; 6] {
        [
            self.state.to_owned(),
            cut(&printable(&self.entry.delivery.event_and_action()), EVENT_WIDTH),
            self.handler.to_owned(),
            self.attempts.to_string(),
            ago(self.received_at),
            self.id.to_owned(),
        ]
    }

    /// What there is to say beside the row, in one line of at most this width.
    #[must_use]
    pub(crate) fn remark(&self, width: usize) -> Option<String> {
        let mut parts = Vec::new();
        if let Some(newer) = self.superseded_by {
            parts.push(format!("by {newer}"));
        }
        if let Some(due) = self.due_at {
            parts.push(format!("{} {}", self.due_label(), ago(due)));
        }
        parts.extend(self.last_error.map(printable));
        parts.extend(self.waits_for.map(|reason| format!("waits for {}", printable(reason))));
        (!parts.is_empty()).then(|| cut(&format!("    {}", parts.join(": ")), width))
    }

    /// Everything that is known, a line for each thing.
    #[must_use]
    pub(crate) fn details(&self) -> String {
        let moment = |at: &Timestamp| format!("{at} ({})", ago(at));
        let steps = self.steps.iter().map(|step| printable(step)).collect::<Vec<_>>().join(", ");
        let attempts = match (self.failures, self.abandoned) {
            (0, 0) => self.attempts.to_string(),
            (failures, 0) => format!("{} ({failures} failed)", self.attempts),
            (failures, abandoned) => {
                format!("{} ({failures} failed, {abandoned} without an end)", self.attempts)
            }
        };
        let lines = [
            ("id", Some(self.id.to_owned())),
            ("task", Some(self.task.to_string())),
            ("event", Some(printable(&self.entry.delivery.event_and_action()))),
            ("repository", self.repository.map(printable)),
            ("handler", Some(self.handler.to_owned())),
            ("state", Some(self.state_text())),
            ("superseded by", self.superseded_by.map(str::to_owned)),
            ("run", Some(self.run.to_string())),
            ("attempts", Some(attempts)),
            ("steps kept", Some(steps).filter(|steps| !steps.is_empty())),
            ("received", Some(moment(self.received_at))),
            (self.due_label(), self.due_at.map(moment)),
            ("settled", self.settled_at.map(moment)),
            ("hook", self.hook.map(|hook| hook.to_string())),
            ("target", self.target.as_ref().map(|it| format!("{} {}", printable(it.kind), it.id))),
            ("installation", self.installation.map(|installation| installation.to_string())),
            ("enterprise host", self.enterprise_host.map(printable)),
            ("lane", self.lane.map(printable)),
            ("last error", self.last_error.map(indented)),
            ("waits for", self.waits_for.map(indented)),
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

    fn state_text(&self) -> String {
        let ending = if self.is_ending { ", its handler is still to be told" } else { "" };
        format!("{}{ending}", self.state)
    }

    /// The body as people read it: pretty, and not all of one that is very long.
    fn body_text(&self) -> String {
        let body = &self.entry.delivery.body;
        if body.is_empty() {
            return "The body is not kept any more.\n".to_owned();
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
        if self.entry.state == TaskState::Leased { "lease ends" } else { "next attempt" }
    }
}

/// The key of a lane as its handler gave it: before it stands whose lane it is.
fn own_key(key: &str) -> &str {
    match key.split_once(':') {
        Some((handler, own)) if handler.bytes().all(|byte| byte.is_ascii_digit()) => own,
        _ => key,
    }
}

/// A text of several lines beside its label.
fn indented(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join(&format!("\n{:17}", ""))
}
