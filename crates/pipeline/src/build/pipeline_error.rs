use std::error::Error;
use std::fmt;

/// Why a pipeline cannot begin, or cannot be asked: a config with mistakes, a secret that cannot be read, a database
/// that cannot be opened, an address in use. It says what the error beneath says, and shows no secret.
pub struct PipelineError(Box<dyn Error + Send + Sync>);

impl PipelineError {
    pub(crate) fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for PipelineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for PipelineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for PipelineError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
