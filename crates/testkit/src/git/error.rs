use std::fmt;

/// Why the program `git` did not do what it was asked for.
#[derive(Debug)]
pub(crate) struct GitError(String);

impl GitError {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// What git said, if it was that.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.0.contains(words)
    }
}

impl From<std::io::Error> for GitError {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for GitError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for GitError {}
