//! `ETag` and `If-None-Match`.

use http::header::{ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use http::{Method, StatusCode};

use super::answer::{Answer, Body};

/// Marks what a read answers with its version, and leaves the body out if the caller has it.
pub(super) fn apply(method: &Method, headers: &HeaderMap, answer: &mut Answer) {
    let (&Method::GET, StatusCode::OK, Body::Json(body)) = (method, answer.status, &answer.body)
    else {
        return;
    };
    let tag = format!("W/\"{:016x}\"", hash(&body.to_string()));
    if headers.get_all(IF_NONE_MATCH).iter().any(|known| names(known, &tag)) {
        answer.status = StatusCode::NOT_MODIFIED;
        answer.body = Body::Empty;
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers.push((ETAG, tag));
    }
}

/// Whether a list of tags has this one; whether they are weak does not matter here.
fn names(list: &HeaderValue, tag: &str) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let list = list.to_str().unwrap_or_default();
    list.split(',').any(|known| known.trim() == "*" || strong(known) == strong(tag))
}

/// Tells bodies apart; nobody tries to deceive.
fn hash(body: &str) -> u64 {
    body.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
