use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use hookstead_handler::HandlerName;

/// Why an inbox could not do what it was asked for.
///
/// What lies beneath (the database's own error) is its [`source`](Error::source).
#[derive(Debug)]
pub struct InboxError {
    kind: Kind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Debug)]
enum Kind {
    Store(&'static str),
    Full,
    Open(String),
    NameTaken { name: String, program: String },
    AnotherUnderTheId(String),
    Router,
    TooLate { doing: &'static str, after: Duration },
    Reserved(String),
    NobodyTakes { event: String, program: String },
    SeveralHandlers { id: String, handlers: String },
}

impl InboxError {
    /// The store failed to do this, for instance to `accept a delivery`.
    pub fn store(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Store(doing), source: Some(source.into()) }
    }

    /// The inbox holds as much as it may.
    #[must_use]
    pub fn full() -> Self {
        Self { kind: Kind::Full, source: None }
    }

    /// The store has no room left, says this error of its own.
    pub fn full_because(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Full, source: Some(source.into()) }
    }

    /// The store in this file cannot be opened.
    pub fn open(path: &Path, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::open_at(&path.display().to_string(), source)
    }

    /// The store in this place cannot be opened. The place is shown: no passwords.
    pub fn open_at(place: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Open(place.to_owned()), source: Some(source.into()) }
    }

    /// A process that is alive has this name, for another program.
    #[must_use]
    pub fn name_taken(name: &str, program: &str) -> Self {
        let (name, program) = (name.to_owned(), program.to_owned());
        Self { kind: Kind::NameTaken { name, program }, source: None }
    }

    /// What was submitted has the id of something else.
    #[must_use]
    pub fn another_under_the_id(id: &str) -> Self {
        Self { kind: Kind::AnotherUnderTheId(id.to_owned()), source: None }
    }

    /// The router cannot be used.
    pub fn router(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Router, source: Some(source.into()) }
    }

    /// The store took longer than this to do this, and may have done it nevertheless.
    pub(crate) fn too_late(doing: &'static str, after: Duration) -> Self {
        Self { kind: Kind::TooLate { doing, after }, source: None }
    }

    /// An event of this name comes from nobody but the program itself.
    pub(crate) fn reserved(event: &str) -> Self {
        Self { kind: Kind::Reserved(event.to_owned()), source: None }
    }

    /// No process of this program that was seen lately takes this event.
    pub(crate) fn nobody_takes(event: &str, program: &str) -> Self {
        let (event, program) = (event.to_owned(), program.to_owned());
        Self { kind: Kind::NobodyTakes { event, program }, source: None }
    }

    /// Several handlers have a task of the delivery with this id, and none was named.
    pub(crate) fn several_handlers(id: &str, handlers: &[HandlerName]) -> Self {
        let handlers: Vec<&str> = handlers.iter().map(HandlerName::as_str).collect();
        let (id, handlers) = (id.to_owned(), handlers.join(", "));
        Self { kind: Kind::SeveralHandlers { id, handlers }, source: None }
    }

    /// Whether the answer did not come within the deadline. What was asked for may have been done.
    #[must_use]
    pub fn is_too_late(&self) -> bool {
        matches!(self.kind, Kind::TooLate { .. })
    }

    /// Whether an event was refused because its name begins with `hookstead.`: such ones are
    /// [submitted](crate::Inbox::submit), and never come from outside.
    #[must_use]
    pub fn is_reserved_event(&self) -> bool {
        matches!(self.kind, Kind::Reserved(_))
    }

    /// Whether it will be the same until somebody changes the program or what surrounds it: its router
    /// cannot be used, its names belong to another program, its store cannot be opened.
    #[must_use]
    pub fn needs_a_person(&self) -> bool {
        matches!(self.kind, Kind::Router | Kind::NameTaken { .. } | Kind::Open(_))
    }

    /// Whether the inbox holds as much as it may, so that waiting for the worker helps.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.kind, Kind::Full)
    }
}

impl fmt::Display for InboxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Store(doing) => write!(formatter, "the inbox failed to {doing}"),
            Kind::Full => formatter.write_str("the inbox is full"),
            Kind::NameTaken { name, program } => {
                write!(
                    formatter,
                    "the handler name {name} belongs to the program {program}, which runs"
                )
            }
            Kind::AnotherUnderTheId(id) => {
                write!(formatter, "other work was submitted under the id {id}")
            }
            Kind::TooLate { doing, after } => {
                write!(formatter, "the inbox took longer than {} s to {doing}", after.as_secs_f64())
            }
            Kind::Reserved(event) => {
                let event = event.escape_debug();
                write!(formatter, "the event {event} never comes from outside")
            }
            Kind::NobodyTakes { event, program } => {
                write!(formatter, "no process of the program {program} takes {event}")
            }
            Kind::SeveralHandlers { id, handlers } => {
                write!(
                    formatter,
                    "several handlers have a task of the delivery {id}, name one: {handlers}"
                )
            }
            Kind::Router => match &self.source {
                Some(source) => write!(formatter, "the router cannot be used: {source}"),
                None => formatter.write_str("the router cannot be used"),
            },
            // Met once, at the start, by somebody who wants one line that says it all.
            Kind::Open(place) => match &self.source {
                Some(source) => write!(formatter, "cannot open the inbox {place}: {source}"),
                None => write!(formatter, "cannot open the inbox {place}"),
            },
        }
    }
}

impl Error for InboxError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
