use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use maud::Markup;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::journal::JournalError;

/// Nothing runs on these pages and nothing is loaded from elsewhere, whatever a log or a title says.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) type Answer = Response<PagesBody>;

/// The body of a page.
pub(crate) enum PagesBody {
    /// It is there.
    Whole(Option<Bytes>),
    /// It comes part by part.
    Parts(mpsc::Receiver<Result<Bytes, JournalError>>),
    /// It comes from a file, so many bytes.
    File(mpsc::Receiver<io::Result<Bytes>>, u64),
}

impl Body for PagesBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Parts(parts) => parts
                .poll_recv(context)
                .map(|part| part.map(|part| part.map(Frame::data).map_err(Into::into))),
            Self::File(parts, left) => parts.poll_recv(context).map(|part| {
                let part = part?.inspect(|part| *left = left.saturating_sub(part.len() as u64));
                Some(part.map(Frame::data).map_err(Into::into))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None) | Self::File(_, 0))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Parts(_) => SizeHint::default(),
            Self::File(_, left) => SizeHint::with_exact(*left),
        }
    }
}

impl fmt::Debug for PagesBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PagesBody").finish_non_exhaustive()
    }
}

pub(super) fn html(status: StatusCode, page: Markup) -> Answer {
    with(status, "text/html; charset=utf-8", page.into_string().into_bytes())
}

pub(super) fn json(value: &impl Serialize) -> Answer {
    match serde_json::to_vec_pretty(value) {
        Ok(mut bytes) => {
            bytes.push(b'\n');
            with(StatusCode::OK, "application/json", bytes)
        }
        Err(error) => {
            tracing::error!(%error, "a page has no JSON form");
            text(StatusCode::INTERNAL_SERVER_ERROR, "The page failed.\n")
        }
    }
}

pub(super) fn text(status: StatusCode, text: &str) -> Answer {
    with(status, "text/plain; charset=utf-8", text.as_bytes().to_vec())
}

pub(super) fn bytes(status: StatusCode, kind: &'static str, bytes: Bytes) -> Answer {
    finished(status, kind, PagesBody::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())))
}

/// A body of this kind, which comes part by part.
pub(super) fn stream(
    kind: &'static str,
    parts: mpsc::Receiver<Result<Bytes, JournalError>>,
) -> Answer {
    finished(StatusCode::OK, kind, PagesBody::Parts(parts))
}

/// Bytes that nobody looks at here: a file of no kind, so long.
pub(super) fn file(
    status: StatusCode,
    parts: mpsc::Receiver<io::Result<Bytes>>,
    length: u64,
) -> Answer {
    finished(status, "application/octet-stream", PagesBody::File(parts, length))
}

/// After a button: the page that shows what came of it.
pub(super) fn see(path: &str) -> Answer {
    let mut answer = text(StatusCode::SEE_OTHER, "");
    if let Ok(path) = HeaderValue::from_str(path) {
        answer.headers_mut().insert(LOCATION, path);
    }
    answer
}

fn with(status: StatusCode, kind: &'static str, bytes: Vec<u8>) -> Answer {
    self::bytes(status, kind, Bytes::from(bytes))
}

fn finished(status: StatusCode, kind: &'static str, body: PagesBody) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        // Other sites hear nothing, and browsers say of our own forms that they are ours.
        ("referrer-policy", "same-origin"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    answer
}
