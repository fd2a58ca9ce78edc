use std::fmt;
use std::time::Duration;

use hookstead_types::RetryAfter;

use crate::engine::decode::DecodeProblem;
use crate::engine::error_body::ErrorBody;
use crate::engine::foreign::ForeignAnswer;
use crate::engine::limiter::Held;
use crate::engine::rate_limit::Limit;
use crate::engine::trail::Endless;
use crate::transport::base_url::Outside;
use crate::transport::cause::root_cause;
use crate::transport::transport::BoxError;

/// What went wrong in a call; an [`Error`](crate::Error) adds where.
pub(crate) enum Kind {
    /// The request cannot be made of these arguments.
    InvalidRequest(String),
    /// No connection came about.
    Connect { to: String, is_timeout: bool, is_lasting: bool, source: BoxError },
    /// The connection broke before an answer came.
    Exchange(BoxError),
    /// The deadline of the whole call passed.
    Timeout(Duration),
    /// The connection broke inside the answer's body.
    Body(BoxError),
    /// The answer is longer than the limit.
    TooLarge(usize),
    /// The answer does not fit its type.
    Decode(DecodeProblem),
    /// Somebody else answered in GitHub's place.
    Foreign(ForeignAnswer),
    /// GitHub refused.
    Refused { body: ErrorBody, is_rate_limit: bool, retry_after: Option<RetryAfter> },
    /// The client did not send it, because a rate limit holds.
    Held(Held),
    /// There is no token to send it with.
    Token(BoxError),
    /// A redirect or a link leads to where the token must not go.
    Astray(Outside),
    /// Redirects without end.
    TooManyRedirects(u32),
    /// A list without an end.
    Endless(Endless),
}

impl Kind {
    /// GitHub refused.
    pub(crate) fn refused(body: ErrorBody, limit: Limit) -> Self {
        Self::Refused {
            body,
            is_rate_limit: limit.is_rate_limit,
            retry_after: limit.retry_after.map(RetryAfter),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(problem) => formatter.write_str(problem),
            Self::Connect { to, is_lasting, source, .. } => {
                let advice = if *is_lasting { ", and trying again would not help" } else { "" };
                write!(formatter, "cannot connect to {to}{advice}: {}", root_cause(&**source))
            }
            Self::Exchange(source) => {
                write!(formatter, "the connection broke: {}", root_cause(&**source))
            }
            Self::Timeout(limit) => write!(formatter, "no whole answer within {limit:?}"),
            Self::Body(source) => {
                write!(formatter, "the answer broke off: {}", root_cause(&**source))
            }
            Self::TooLarge(limit) => write!(formatter, "the answer has more than {limit} bytes"),
            Self::Decode(problem) => write!(formatter, "the answer does not decode: {problem}"),
            Self::Foreign(answer) => fmt::Display::fmt(answer, formatter),
            Self::Refused { body, is_rate_limit, retry_after } => {
                refusal(formatter, body, *is_rate_limit, *retry_after)
            }
            Self::Held(held) => write!(formatter, "{held}"),
            // It may be an error of this crate, whose text says more than its cause.
            Self::Token(source) => write!(formatter, "no token: {source}"),
            Self::Astray(outside) => write!(formatter, "GitHub's answer leads to {outside}"),
            Self::TooManyRedirects(limit) => write!(formatter, "more than {limit} redirects"),
            Self::Endless(endless) => write!(formatter, "{endless}"),
        }
    }
}

/// What follows the status: ` Validation Failed: description is too long`.
fn refusal(
    formatter: &mut fmt::Formatter<'_>,
    body: &ErrorBody,
    is_rate_limit: bool,
    retry_after: Option<RetryAfter>,
) -> fmt::Result {
    /// More would not fit a line of a log.
    const SHOWN_ERRORS: usize = 5;
    const SHOWN_CHARACTERS: usize = 200;

    if let Some(message) = &body.message {
        write!(formatter, " {message}")?;
    }
    for (position, error) in body.errors.iter().take(SHOWN_ERRORS).enumerate() {
        write!(formatter, "{}{error}", if position == 0 { ": " } else { "; " })?;
    }
    if body.errors.len() > SHOWN_ERRORS {
        write!(formatter, "; and {} more", body.errors.len() - SHOWN_ERRORS)?;
    }
    if let Some(text) = &body.text {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        formatter.write_str(": ")?;
        formatter.write_str(&line.chars().take(SHOWN_CHARACTERS).collect::<String>())?;
    }
    match (retry_after, is_rate_limit) {
        (Some(marker), true) => write!(formatter, " (rate limited, {marker})"),
        (Some(marker), false) => write!(formatter, " ({marker})"),
        (None, _) => Ok(()),
    }
}
