use std::fmt;

use crate::wire::post::PostError;

/// The URL is not of the form `http://HOST[:PORT][/PATH]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidUrl;

impl fmt::Display for InvalidUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("invalid URL, expected `http://HOST[:PORT][/PATH]`")
    }
}

impl std::error::Error for InvalidUrl {}

/// A delivery got no answer.
#[derive(Debug)]
pub struct SendError(pub(super) PostError);

impl SendError {
    /// Whether nobody listens at the address.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.0, PostError::Connect(_))
    }

    /// Whether the answer took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0, PostError::TimedOut(_))
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl std::error::Error for SendError {}
