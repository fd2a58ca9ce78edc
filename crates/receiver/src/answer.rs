//! Every answer there is, in the order of the table in the crate's documentation.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hookstead_events::NotAnObject;
use hookstead_handler::Delivery;
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body::{Frame, SizeHint};

use crate::form::NoPayload;

/// When to try again after a 503. GitHub does not, but proxies and people do.
const TRY_AGAIN: HeaderValue = HeaderValue::from_static("30");

/// An answer: a status, a text for people, and at most one header of its own.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    text: String,
    header: Option<(http::HeaderName, HeaderValue)>,
    closes: bool,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into(), header: None, closes: false }
    }

    pub(crate) fn accepted(delivery: &Delivery) -> Self {
        let text = format!("accepted {} {}", delivery.id, delivery.event_and_action());
        Self::new(StatusCode::ACCEPTED, text)
    }

    /// Of so many tasks, so many wait or run.
    pub(crate) fn duplicate(delivery: &Delivery, at_work: u32, tasks: u32) -> Self {
        let id = &delivery.id;
        let text = format!("duplicate {id}, {at_work} of {} still at work", number_of(tasks));
        Self::new(StatusCode::ACCEPTED, text)
    }

    /// So many tasks begin anew, and for so many others a newer one is known.
    pub(crate) fn accepted_again(delivery: &Delivery, tasks: u32, superseded: u32) -> Self {
        let (id, event) = (&delivery.id, delivery.event_and_action());
        let mut text = format!("accepted again {id} {event}");
        if superseded > 0 {
            let all = number_of(tasks.saturating_add(superseded));
            text += &format!(", but {superseded} of {all} superseded by a newer one");
        }
        Self::new(StatusCode::ACCEPTED, text)
    }

    /// It does not say under which id: whoever replays has that, and nobody else is to learn it.
    pub(crate) fn replay() -> Self {
        let text =
            "refused as a replay: this body came before, under another id or as another event";
        Self::new(StatusCode::CONFLICT, text)
    }

    pub(crate) fn pong() -> Self {
        Self::new(StatusCode::OK, "pong")
    }

    pub(crate) fn ignored(delivery: &Delivery) -> Self {
        let text = format!("ignored {}: no handler", delivery.event_and_action());
        Self::new(StatusCode::OK, text)
    }

    pub(crate) fn method_not_allowed(allowed: &'static str) -> Self {
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            text: format!("allowed here: {allowed}"),
            header: Some((ALLOW, HeaderValue::from_static(allowed))),
            closes: false,
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "nothing here")
    }

    pub(crate) fn missing_header(name: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("the header {name} is missing"))
    }

    pub(crate) fn malformed_header(name: &str, expected: &str) -> Self {
        let text = format!("the header {name} is malformed: expected {expected}");
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    pub(crate) fn internal_event(name: &str) -> Self {
        let text = format!(
            "the header {name} names an event that begins with `hookstead.`: only programs submit \
             these, to their own inbox"
        );
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    pub(crate) fn missing_signature() -> Self {
        let text = "the header X-Hub-Signature-256 is missing: does the hook have a secret?";
        Self::new(StatusCode::UNAUTHORIZED, text)
    }

    pub(crate) fn malformed_signature() -> Self {
        let text =
            "the header X-Hub-Signature-256 is malformed: expected `sha256=` and 64 hex digits";
        Self::new(StatusCode::UNAUTHORIZED, text)
    }

    pub(crate) fn wrong_signature() -> Self {
        let text = "the signature is wrong: is the hook's secret the one configured here?";
        Self::new(StatusCode::UNAUTHORIZED, text)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let text = format!("the body is over the limit of {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, text)
    }

    pub(crate) fn too_slow(deadline: std::time::Duration) -> Self {
        let text = format!("the body took longer than {} s", deadline.as_secs_f64());
        Self::new(StatusCode::REQUEST_TIMEOUT, text)
    }

    pub(crate) fn unsupported_type() -> Self {
        let text =
            "the content type is neither application/json nor application/x-www-form-urlencoded";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
    }

    pub(crate) fn broken_off() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "the body broke off")
    }

    pub(crate) fn not_an_object(error: &NotAnObject) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.to_string())
    }

    pub(crate) fn no_payload(error: NoPayload) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.to_string())
    }

    pub(crate) fn unavailable(text: impl Into<String>) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            text: text.into(),
            header: Some((RETRY_AFTER, TRY_AGAIN)),
            closes: false,
        }
    }

    /// The same answer, after which the connection closes.
    pub(crate) fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The same answer with another text.
    pub(crate) fn with_text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }
}

fn number_of(tasks: u32) -> String {
    format!("{tasks} task{}", if tasks == 1 { "" } else { "s" })
}

impl From<Answer> for Response<AnswerBody> {
    fn from(answer: Answer) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.extend(answer.header);
        if answer.closes {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let mut response = Response::new(AnswerBody(Some(answer.text.into())));
        *response.status_mut() = answer.status;
        *response.headers_mut() = headers;
        response
    }
}

/// The body of an answer: a short text.
#[derive(Debug, Default)]
pub struct AnswerBody(Option<Bytes>);

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|text| Ok(Frame::data(text))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |text| text.len() as u64))
    }
}
