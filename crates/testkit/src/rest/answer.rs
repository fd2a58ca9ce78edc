use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::shared::Settings;
use crate::webhook::ENTERPRISE_VERSION;

const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// What a user's token may ask per hour. The fake counts, but does not refuse.
const RATE_LIMIT: usize = 5000;

/// An answer of the API.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Besides those that every answer has.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Empty,
    Json(Value),
    Plain(&'static str),
}

impl Answer {
    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }
    }

    pub(super) fn ok(body: Value) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with the `Location` of what was made.
    pub(super) fn created(body: Value) -> Self {
        let location = body["url"].as_str().and_then(|url| HeaderValue::from_str(url).ok());
        let mut answer = Self::json(StatusCode::CREATED, body);
        if let Some(location) = location {
            answer.headers.push((LOCATION, location));
        }
        answer
    }

    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Body::Empty }
    }

    /// An answer that is no JSON.
    pub(super) fn plain(status: StatusCode, text: &'static str) -> Self {
        Self { status, headers: Vec::new(), body: Body::Plain(text) }
    }

    /// An error with GitHub's error body.
    pub(super) fn error(status: StatusCode, message: &str) -> Self {
        Self::json(
            status,
            json!({
                "message": message,
                "documentation_url": DOCUMENTATION,
                "status": status.as_u16().to_string(),
            }),
        )
    }

    pub(super) fn not_found() -> Self {
        Self::error(StatusCode::NOT_FOUND, "Not Found")
    }

    /// A 404 without a body, where "not found" is the answer to a question and no error.
    pub(super) fn no() -> Self {
        Self { status: StatusCode::NOT_FOUND, headers: Vec::new(), body: Body::Empty }
    }

    pub(super) fn unprocessable(message: &str) -> Self {
        Self::error(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 422 with the field that is wrong.
    pub(super) fn invalid(resource: &str, field: &str, message: &str) -> Self {
        let error = json!({
            "resource": resource,
            "code": "custom",
            "field": field,
            "message": message,
        });
        Self::unprocessable("Validation Failed").with_errors(json!([error]))
    }

    pub(super) fn with_errors(mut self, errors: Value) -> Self {
        if let Body::Json(body) = &mut self.body {
            body["errors"] = errors;
        }
        self
    }

    pub(super) fn into_response(
        self,
        settings: &Settings,
        used: usize,
        request_id: String,
    ) -> Response<Full<Bytes>> {
        let (content_type, body) = match self.body {
            Body::Empty => (None, Bytes::new()),
            Body::Json(body) => {
                (Some("application/json; charset=utf-8"), Bytes::from(body.to_string()))
            }
            Body::Plain(text) => (Some("text/plain; charset=utf-8"), Bytes::from(text)),
        };
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.extend(self.headers);
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        let limit = [
            ("x-ratelimit-limit", RATE_LIMIT),
            ("x-ratelimit-remaining", RATE_LIMIT.saturating_sub(used)),
            ("x-ratelimit-used", used),
        ];
        for (name, value) in limit {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
        let now = hookstead_types::Timestamp::now();
        let hour = now.instant().map_or(0, |now| now.as_second()) + 3600;
        headers.insert("x-ratelimit-reset", HeaderValue::from(hour));
        headers.insert("x-ratelimit-resource", HeaderValue::from_static("core"));
        headers.insert("x-github-media-type", HeaderValue::from_static("github.v3; format=json"));
        if let Ok(request_id) = HeaderValue::from_str(&request_id) {
            headers.insert("x-github-request-id", request_id);
        }
        if settings.enterprise_host.is_some() {
            let version = HeaderValue::from_static(ENTERPRISE_VERSION);
            headers.insert("x-github-enterprise-version", version);
        }
        response
    }
}
