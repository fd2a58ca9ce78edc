use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a run is: all that a [`Runner`](super::Runner) needs to find it again.
///
/// Only the runner that made it reads it. It is kept as a step of an attempt, so that the next attempt goes on
/// with the same run. It holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(String);

impl Place {
    /// Wraps what the runner needs: a path, a URL, JSON.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What the runner wrapped.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
