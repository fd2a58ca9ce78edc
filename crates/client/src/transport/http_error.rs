use std::error::Error;
use std::fmt;
use std::time::Duration;

use hookstead_types::Outage;

use crate::transport::cause::root_cause;
use crate::transport::transport::BoxError;

/// Why an [`HttpClient`](crate::HttpClient) got no answer. Its text names the server and no path: that of
/// an incoming webhook is its secret.
///
/// Where no connection came about, one broke, or no answer came in time,
/// [`Outage`](hookstead_types::Outage) is among its sources, so that the worker of an inbox is patient.
pub struct HttpError {
    origin: String,
    kind: Kind,
}

pub(crate) enum Kind {
    /// The request cannot be made.
    InvalidRequest(&'static str),
    /// No connection came about, so nothing was sent.
    Connect { is_timeout: bool, is_lasting: bool, source: BoxError },
    /// The connection broke before the answer was whole.
    Exchange(BoxError),
    /// The deadline passed.
    Timeout(Duration),
    /// The answer is longer than the limit.
    TooLarge(usize),
}

impl HttpError {
    pub(crate) fn new(origin: String, kind: Kind) -> Self {
        Self { origin, kind }
    }

    /// Whether no connection came about: nothing was sent.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.kind, Kind::Connect { .. })
    }

    /// Whether a deadline passed: that of the connection or that of the request.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind, Kind::Timeout(_) | Kind::Connect { is_timeout: true, .. })
    }

    /// Whether the answer was longer than the limit.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.kind, Kind::TooLarge(_))
    }

    /// Whether the server was out of reach, or did not answer in time: nothing says that the request is at
    /// fault.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        Outage::in_chain(self)
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        match &self.kind {
            Kind::InvalidRequest(problem) => {
                write!(formatter, "cannot send a request to {origin}: {problem}")
            }
            Kind::Connect { is_lasting, source, .. } => {
                let advice = if *is_lasting { ", and trying again would not help" } else { "" };
                write!(formatter, "cannot connect to {origin}{advice}: {}", root_cause(&**source))
            }
            Kind::Exchange(source) => {
                write!(formatter, "the connection to {origin} broke: {}", root_cause(&**source))
            }
            Kind::Timeout(limit) => {
                write!(formatter, "no whole answer from {origin} within {limit:?}")
            }
            Kind::TooLarge(limit) => {
                write!(formatter, "the answer from {origin} has more than {limit} bytes")
            }
        }
    }
}

impl fmt::Debug for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("HttpError").field(&self.to_string()).finish()
    }
}

static OUTAGE: Outage = Outage::new();

impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            // An outage of this source.
            Kind::Connect { source, .. } | Kind::Exchange(source) => Some(&**source),
            Kind::Timeout(_) => Some(&OUTAGE),
            Kind::InvalidRequest(_) | Kind::TooLarge(_) => None,
        }
    }
}
