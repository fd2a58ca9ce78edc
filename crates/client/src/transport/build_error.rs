use std::error::Error;
use std::fmt;

use crate::transport::transport::BoxError;

/// Why no client can be made of these settings.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL cannot be used; the text says why, without repeating it.
    InvalidBaseUrl(String),
    /// Another base URL of the server cannot be used; the text says why, without repeating it.
    InvalidOtherUrl(String),
    /// The base URL is `http://` on another machine.
    PlainHttp {
        /// The host in the base URL.
        host: String,
    },
    /// The user agent is empty or cannot stand in a header.
    InvalidUserAgent,
    /// The API version is empty or cannot stand in a header.
    InvalidApiVersion,
    /// A header's name or value cannot stand in one.
    InvalidHeader,
    /// The base URL is `https://`, and this crate was built with neither of its TLS features.
    NoTlsFeature,
    /// An extra root is no certificate in PEM.
    InvalidRoot,
    /// The proxy's address cannot be used: `http://` and `https://` ones can. Holds the environment
    /// variable that it stands in.
    InvalidProxy(String),
    /// TLS cannot be set up: the machine has no trusted roots.
    Tls(BoxError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidBaseUrl(problem) => {
                write!(formatter, "the base URL is unusable: {problem}")
            }
            Self::InvalidOtherUrl(problem) => {
                write!(formatter, "the other base URL is unusable: {problem}")
            }
            Self::PlainHttp { host } => write!(
                formatter,
                "the base URL would send what is secret to {host} unencrypted: use `https://`, or \
                 `allow_plain_http`"
            ),
            Self::InvalidUserAgent => {
                formatter.write_str("the user agent is empty, ends with white space or cannot stand in a header")
            }
            Self::InvalidApiVersion => {
                formatter.write_str("the API version is empty, ends with white space or cannot stand in a header")
            }
            Self::InvalidHeader => formatter.write_str("a header's name or value is malformed"),
            Self::NoTlsFeature => formatter.write_str(
                "an `https://` base URL needs the feature `aws-lc-rs` or `ring` of hookstead-client",
            ),
            Self::InvalidRoot => formatter.write_str("an extra root is no certificate in PEM"),
            Self::InvalidProxy(place) => {
                write!(formatter, "the proxy is unusable: {place} is no `http://` or `https://` URL")
            }
            Self::Tls(error) => write!(formatter, "TLS cannot be set up: {error}"),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Tls(error) => Some(&**error),
            _ => None,
        }
    }
}
