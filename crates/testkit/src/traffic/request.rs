use std::fmt;

use http::HeaderMap;
use serde_json::Value;

use crate::traffic::fault::Fault;

/// One API request, or one of a client of git's.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method.
    pub method: http::Method,
    /// The path as it was sent, without the API's prefix.
    pub path: String,
    /// The query as it was sent, perhaps empty.
    pub query: String,
    /// The headers. Of `Authorization` only the scheme is kept, never the token.
    pub headers: HeaderMap,
    /// The body, if it was JSON.
    pub body: Option<Value>,
    /// The status that was answered; `None` if a [fault](crate::Fault) cut the connection before.
    pub status: Option<http::StatusCode>,
    /// Whether the request succeeded, and so had its effect, whatever was answered.
    pub effect: bool,
    /// What went wrong on demand.
    pub fault: Option<Fault>,
}

impl fmt::Display for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, query, .. } = self;
        let mark = if query.is_empty() { "" } else { "?" };
        write!(formatter, "{method} {path}{mark}{query}: ")?;
        match self.status {
            Some(status) => write!(formatter, "{}", status.as_u16()),
            None => formatter.write_str("no answer"),
        }?;
        match &self.fault {
            Some(fault) if self.effect => write!(formatter, " ({fault}; it had its effect)"),
            Some(fault) => write!(formatter, " ({fault}; it had no effect)"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
