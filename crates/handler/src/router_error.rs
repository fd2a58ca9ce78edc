use std::fmt;

/// Two registrations of a [`Router`](crate::Router) are in each other's way, or one contradicts itself.
/// Its text names them, and says what to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouterError {
    problem: String,
}

impl RouterError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into() }
    }
}

impl fmt::Display for RouterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.problem)
    }
}

impl std::error::Error for RouterError {}
