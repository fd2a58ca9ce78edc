//! What becomes of a body that nobody needs any more.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use bytes::Buf;
use http::header::EXPECT;
use http::{Version, request};
use http_body::Body;
use tokio::time::timeout;

use crate::answer::Answer;

/// The rest of a body is waited for as long at most. Who sends it slower is not worth the connection.
const REST_DEADLINE: Duration = Duration::from_secs(2);

/// How a request came, as far as that matters for its unread body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    /// The body is a part of the connection's one stream of bytes (HTTP/1), not a stream of its own.
    shares_stream: bool,
    /// The sender sends the body only after it is told to. It never is, if nobody begins to read.
    waits_to_be_told: bool,
}

impl Arrival {
    pub(crate) fn of(head: &request::Parts) -> Self {
        Self {
            shares_stream: head.version <= Version::HTTP_11,
            waits_to_be_told: head.headers.contains_key(EXPECT),
        }
    }
}

/// Makes an answer true to its connection, when a request may be answered before its body was read:
/// reads off what is left, if that is at most so many bytes, so that the next request on the
/// connection is found where it begins. Else the answer says that the connection closes, so that
/// no proxy puts another request on it.
pub(crate) async fn finish<B: Body>(
    answer: Answer,
    arrival: Arrival,
    body: Pin<&mut B>,
    at_most: usize,
) -> Answer {
    if read_off(arrival, body, at_most).await { answer } else { answer.closing() }
}

/// Reads off what is left of a body, if that is at most so many bytes. `false` if something is left
/// behind on the connection.
pub(crate) async fn read_off<B: Body + ?Sized>(
    arrival: Arrival,
    body: Pin<&mut B>,
    at_most: usize,
) -> bool {
    if body.is_end_stream() {
        return true;
    }
    let reading = async { !arrival.waits_to_be_told && is_all(body, at_most).await };
    let was_read = timeout(REST_DEADLINE, reading).await.unwrap_or(false);
    // Of a stream of its own nothing is left behind for others.
    was_read || !arrival.shares_stream
}

/// Whether that was all.
async fn is_all<B: Body + ?Sized>(mut body: Pin<&mut B>, at_most: usize) -> bool {
    let mut left = at_most;
    loop {
        if body.size_hint().lower() > left as u64 {
            return false;
        }
        match poll_fn(|context| body.as_mut().poll_frame(context)).await {
            None => return true,
            Some(Err(_)) => return false,
            Some(Ok(frame)) => {
                let read = frame.data_ref().map_or(0, Buf::remaining);
                let Some(rest) = left.checked_sub(read) else { return false };
                left = rest;
            }
        }
    }
}
