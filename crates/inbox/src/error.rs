use std::error::Error;
use std::fmt;

/// Why an inbox could not do what it was asked for.
#[derive(Debug)]
pub struct InboxError {
    kind: Kind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Store(&'static str),
    Full,
}

impl InboxError {
    /// The store failed at this, for instance at `accept`.
    pub fn store(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Store(doing), source: Some(source.into()) }
    }

    /// The inbox holds as much as it may.
    #[must_use]
    pub fn full() -> Self {
        Self { kind: Kind::Full, source: None }
    }

    /// Whether the inbox holds as much as it may, so that waiting for the worker helps.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.kind, Kind::Full)
    }
}

impl fmt::Display for InboxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Store(doing) => write!(formatter, "the inbox failed to {doing}"),
            Kind::Full => formatter.write_str("the inbox is full"),
        }
    }
}

impl Error for InboxError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
