use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::fake::answer;

/// Why a call was not carried out, in a sentence for whoever made it.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    message: String,
    /// Where in the call the mistake is: `body.title`, for instance.
    at: Option<String>,
    /// The methods that would do.
    allow: Option<String>,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), at: None, allow: None }
    }

    /// The call itself makes no sense; `at` is the place of the mistake.
    pub(crate) fn bad(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: Some(at.into()), ..Self::new(StatusCode::BAD_REQUEST, message) }
    }

    /// What the path or a field names is not there.
    pub(crate) fn missing(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: Some(at.into()), ..Self::new(StatusCode::NOT_FOUND, message) }
    }

    /// The path is known, but not with this method.
    pub(crate) fn wrong_method(allow: String) -> Self {
        let message = format!("this path takes {allow}");
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    /// The call is made by a page of somebody else's.
    pub(crate) fn foreign_page() -> Self {
        let message = "a page of another origin may not control the fake";
        Self { at: Some("header Origin".to_owned()), ..Self::new(StatusCode::FORBIDDEN, message) }
    }

    /// The fake cannot do it as things stand.
    pub(crate) fn impossible(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// What was waited for did not happen in time.
    pub(crate) fn in_vain(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, message)
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let Self { status, message, at, allow } = self;
        let mut body = json!({ "error": message });
        if let Some(at) = at {
            body["at"] = Value::String(at);
        }
        let mut response = answer::json(status, &body);
        if let Some(allow) = allow.and_then(|allow| allow.parse().ok()) {
            response.headers_mut().insert(http::header::ALLOW, allow);
        }
        response
    }
}
