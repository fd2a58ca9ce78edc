//! The answers of everything beside the API.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};
use maud::Markup;
use serde_json::Value;

/// A page has no script, is in no frame, and takes nothing from elsewhere but its own style.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// JSON. It ends with a line break, for people at a terminal.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response<Bytes> {
    whole(status, "application/json; charset=utf-8", format!("{body:#}\n"))
}

/// A page for people.
pub(crate) fn page(status: StatusCode, markup: Markup) -> Response<Bytes> {
    whole(status, "text/html; charset=utf-8", markup.into_string())
}

/// The style of the pages.
pub(crate) fn style(text: &'static str) -> Response<Bytes> {
    whole(StatusCode::OK, "text/css; charset=utf-8", text)
}

fn whole(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers: [(HeaderName, &'static str); 5] = [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(headers);
    response
}
