use bytes::Bytes;
use hookstead_types::Timestamp;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::shared::Settings;
use crate::state::rate::RATE_LIMIT;
use crate::state::world::World;
use crate::traffic::route::RouteAnswer;
use crate::wire::envelope::{ENTERPRISE_VERSION, set};

const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// An answer of the API.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Besides those that every answer has.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Body,
    /// Whether it tells how much of the rate limit is left.
    pub(super) is_counted: bool,
}

#[derive(Debug)]
pub(super) enum Body {
    Empty,
    Json(Value),
    Text {
        content_type: &'static str,
        text: String,
    },
    /// A file.
    Raw(Vec<u8>),
}

impl Answer {
    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body), is_counted: true }
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

    /// What a route of the test's own answers.
    pub(super) fn of_route(answer: RouteAnswer) -> Self {
        let RouteAnswer { status, headers, body } = answer;
        let body = body.map_or(Body::Empty, Body::Json);
        Self { status, headers, body, is_counted: true }
    }

    pub(super) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: Vec::new(),
            body: Body::Empty,
            is_counted: true,
        }
    }

    /// A file, byte for byte.
    pub(super) fn raw(bytes: Vec<u8>) -> Self {
        let body = Body::Raw(bytes);
        Self { status: StatusCode::OK, headers: Vec::new(), body, is_counted: true }
    }

    /// An answer that is no JSON.
    pub(super) fn plain(status: StatusCode, text: &'static str) -> Self {
        Self::text(status, "text/plain; charset=utf-8", text)
    }

    /// A page for people.
    pub(super) fn html(status: StatusCode, text: &'static str) -> Self {
        Self::text(status, "text/html; charset=utf-8", text)
    }

    fn text(status: StatusCode, content_type: &'static str, text: &str) -> Self {
        let body = Body::Text { content_type, text: text.to_owned() };
        Self { status, headers: Vec::new(), body, is_counted: true }
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
        Self {
            status: StatusCode::NOT_FOUND,
            headers: Vec::new(),
            body: Body::Empty,
            is_counted: true,
        }
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

    /// Something of this name is there already.
    pub(super) fn taken(resource: &str, field: &str) -> Self {
        let error = json!({ "resource": resource, "code": "already_exists", "field": field });
        Self::unprocessable("Validation Failed").with_errors(json!([error]))
    }

    pub(super) fn with_errors(self, errors: Value) -> Self {
        self.with_field("errors", errors)
    }

    /// Adds a field to the body.
    pub(super) fn with_field(mut self, key: &str, value: Value) -> Self {
        if let Body::Json(body) = &mut self.body {
            body[key] = value;
        }
        self
    }

    /// The head and the body as they are sent. Headers of the answer's own stand in place of those
    /// that every answer has.
    pub(super) fn into_response(self, settings: &Settings, world: &mut World) -> Response<Bytes> {
        let (content_type, body) = match self.body {
            Body::Empty => (None, Bytes::new()),
            Body::Json(body) => {
                (Some("application/json; charset=utf-8"), Bytes::from(body.to_string()))
            }
            Body::Text { content_type, text } => (Some(content_type), Bytes::from(text)),
            Body::Raw(bytes) => {
                (Some("application/vnd.github.raw+json; charset=utf-8"), Bytes::from(bytes))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let content_type = content_type.map(HeaderValue::from_static);
        headers.extend(content_type.map(|value| (CONTENT_TYPE, value)));
        let rate = world.rate.at(world.mint.now_seconds());
        let numbers = [
            ("x-ratelimit-limit", RATE_LIMIT as u64),
            ("x-ratelimit-remaining", rate.remaining() as u64),
            ("x-ratelimit-used", rate.used as u64),
            ("x-ratelimit-reset", rate.reset),
        ];
        if self.is_counted {
            for (name, value) in numbers {
                headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
            }
            headers.insert("x-ratelimit-resource", HeaderValue::from_static("core"));
        }
        headers.insert("x-github-media-type", HeaderValue::from_static("github.v3; format=json"));
        set(headers, "date", &http_date(&world.mint.now()));
        set(headers, "x-github-request-id", &world.mint.guid());
        if settings.enterprise_host.is_some() {
            set(headers, "x-github-enterprise-version", ENTERPRISE_VERSION);
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}

/// A moment as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn http_date(moment: &Timestamp) -> String {
    let written = moment.instant().map(|it| it.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    written.unwrap_or_default()
}
