use hookstead::inbox::{Depth, NameDepth};
use serde::Serialize;

use crate::text::{Table, span};

/// How much there is in an inbox, as people and machines read it.
#[derive(Debug, Serialize)]
pub(crate) struct DepthView<'a> {
    handlers: Vec<HandlerView<'a>>,
    done: u64,
    superseded: u64,
    canceled: u64,
    dead: u64,
    /// A number this large means *so many or more*.
    counted_up_to: u64,
}

#[derive(Debug, Serialize)]
struct HandlerView<'a> {
    handler: &'a str,
    is_alive: bool,
    ready: u64,
    blocked: u64,
    leased: u64,
    delayed: u64,
    oldest_ready_seconds: Option<f64>,
    #[serde(skip)]
    name: &'a NameDepth,
}

impl<'a> DepthView<'a> {
    /// A view of this depth.
    #[must_use]
    pub(crate) fn new(depth: &'a Depth) -> Self {
        let handlers = depth.names.iter().map(|name| HandlerView {
            handler: name.name.as_str(),
            is_alive: name.is_alive,
            ready: name.ready,
            blocked: name.blocked,
            leased: name.leased,
            delayed: name.delayed,
            oldest_ready_seconds: name.oldest_ready.map(|age| age.as_secs_f64()),
            name,
        });
        Self {
            handlers: handlers.collect(),
            done: depth.done,
            superseded: depth.superseded,
            canceled: depth.canceled,
            dead: depth.dead,
            counted_up_to: Depth::MOST,
        }
    }

    /// What is open by handler, and what is settled by state.
    #[must_use]
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.handlers.is_empty() {
            let header = ["HANDLER", "READY", "BLOCKED", "LEASED", "DELAYED", "OLDEST READY"];
            let rows: Vec<_> = self.handlers.iter().map(HandlerView::row).collect();
            lines.extend(Table::new(header).lines(&rows));
            lines.push(String::new());
        }
        let states = [
            ("done", self.done),
            ("superseded", self.superseded),
            ("canceled", self.canceled),
            ("dead", self.dead),
        ];
        let rows = states.map(|(state, tasks)| [state.to_owned(), counted(tasks)]);
        lines.extend(Table::new(["SETTLED", "TASKS"]).lines(&rows));
        let untaken = self.handlers.iter().filter(|handler| !handler.is_alive);
        let names: Vec<_> = untaken.map(|handler| handler.handler).collect();
        if !names.is_empty() {
            lines.push(String::new());
            lines.push(format!("No process has the handler {}.", names.join(", nor ")));
        }
        lines
    }
}

impl HandlerView<'_> {
    fn row(&self) -> [String; 6] {
        [
            self.handler.to_owned(),
            counted(self.ready),
            counted(self.blocked),
            counted(self.leased),
            counted(self.delayed),
            self.name.oldest_ready.map(span).unwrap_or_default(),
        ]
    }
}

fn counted(tasks: u64) -> String {
    if tasks < Depth::MOST { tasks.to_string() } else { format!("{tasks}+") }
}
