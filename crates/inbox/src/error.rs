use std::error::Error;
use std::fmt;
use std::path::Path;

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
