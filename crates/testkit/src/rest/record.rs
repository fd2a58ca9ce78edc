//! What is kept of a request.

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use http::request::Parts;
use serde_json::Value;

use crate::shared::Settings;
use crate::traffic::request::RecordedRequest;

/// The record of a request that has not been answered yet.
pub(super) fn recorded(settings: &Settings, head: &Parts, body: Option<Value>) -> RecordedRequest {
    RecordedRequest {
        method: head.method.clone(),
        path: path_below(settings, head).to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: without_token(&head.headers),
        body,
        status: None,
        effect: false,
        fault: None,
    }
}

/// The headers, without the token: of that only its scheme.
pub(super) fn without_token(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    if let Some(header) = headers.get_mut(AUTHORIZATION) {
        let scheme = header.to_str().ok().and_then(|header| header.split_once(' '));
        let scheme = scheme.map_or("", |(scheme, _)| scheme);
        *header = HeaderValue::from_str(&format!("{scheme} [redacted]"))
            .unwrap_or(HeaderValue::from_static("[redacted]"));
    }
    headers
}

/// The path without the API's prefix; as it is if it lacks the prefix.
pub(super) fn path_below<'a>(settings: &Settings, head: &'a Parts) -> &'a str {
    let path = head.uri.path();
    path.strip_prefix(&settings.prefix).unwrap_or(path)
}
