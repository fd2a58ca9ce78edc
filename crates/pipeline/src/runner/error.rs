use std::error::Error;
use std::fmt;

/// A runner could not be asked, or could not begin. What became of a run's commands is an
/// [`Outcome`](super::Outcome), never this.
#[derive(Debug)]
pub struct RunnerError {
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl RunnerError {
    /// An error that says `what`: the first part of a sentence, such as `cannot reach Jenkins`.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// The error because of which it happened.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for RunnerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)
    }
}

impl Error for RunnerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
