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
