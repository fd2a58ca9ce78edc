use bytes::Bytes;
use hookstead_events::Envelope;
use tokio::task::spawn_blocking;

use crate::answer::Answer;
use crate::form;
use crate::request_head::Encoding;

/// A longer body is read on a thread that may be blocked: a mebibyte takes about a millisecond, and
/// meanwhile its thread does nothing else.
const LARGE: usize = 1024 * 1024;

/// The payload in a verified body, of at most so many bytes, and what its envelope says.
pub(crate) async fn read(
    body: Bytes,
    encoding: Encoding,
    longest: usize,
) -> Result<(Bytes, Envelope), Answer> {
    if body.len() <= LARGE {
        return scan(body, encoding, longest);
    }
    let scanning = spawn_blocking(move || scan(body, encoding, longest));
    scanning.await.unwrap_or_else(|_| Err(Answer::unavailable("about to stop")))
}

fn scan(body: Bytes, encoding: Encoding, longest: usize) -> Result<(Bytes, Envelope), Answer> {
    let payload = match encoding {
        Encoding::Json => body,
        Encoding::Form => form::payload(&body).map_err(Answer::no_payload)?,
    };
    if payload.len() > longest {
        return Err(Answer::too_large(longest));
    }
    let envelope = Envelope::scan(&payload).map_err(|error| Answer::not_an_object(&error))?;
    Ok((payload, envelope))
}
