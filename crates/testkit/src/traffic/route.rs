use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::pattern::parameters;
use crate::fail::fail;

/// An API request to a route of the test's own, made with [`FakeGitHub::on`](crate::FakeGitHub::on).
#[derive(Clone)]
#[non_exhaustive]
pub struct RouteRequest {
    /// The method.
    pub method: Method,
    /// The path as it was sent, without the API's prefix.
    pub path: String,
    /// The query as it was sent, perhaps empty.
    pub query: String,
    /// The headers. Of `Authorization` only the scheme is kept, never the token.
    pub headers: HeaderMap,
    /// The body as it was sent, perhaps empty.
    pub body: Bytes,
    pub(crate) parameters: Vec<(String, String)>,
}

impl RouteRequest {
    /// A part of the path that the route's pattern names, percent-decoded: `7` for `issue` in
    /// `/repos/o/r/issues/{issue}`.
    ///
    /// # Panics
    ///
    /// If the pattern has no such part.
    #[track_caller]
    #[must_use]
    pub fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(it, _)| it == name);
        let Some((_, value)) = found else {
            fail(&format!("the route of {} {} names no part `{name}`", self.method, self.path));
        };
        value
    }

    /// The body as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl fmt::Debug for RouteRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// What a route of the test's own answers.
///
/// ```
/// use hookstead_testkit::RouteAnswer;
/// use serde_json::json;
///
/// let found = RouteAnswer::json(200, json!({ "login": "octocat" }));
/// let later = RouteAnswer::empty(503).header("retry-after", "30");
/// ```
#[derive(Debug, Clone)]
#[must_use = "a route returns it"]
pub struct RouteAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<Value>,
}

impl RouteAnswer {
    /// A status with a JSON body.
    ///
    /// # Panics
    ///
    /// If the status is not in 200 to 599.
    #[track_caller]
    pub fn json(status: u16, body: Value) -> Self {
        Self { body: Some(body), ..Self::empty(status) }
    }

    /// A status without a body.
    ///
    /// # Panics
    ///
    /// If the status is not in 200 to 599.
    #[track_caller]
    pub fn empty(status: u16) -> Self {
        match StatusCode::from_u16(status) {
            Ok(code) if (200..=599).contains(&status) => {
                Self { status: code, headers: Vec::new(), body: None }
            }
            _ => fail(&format!("a route cannot answer {status}, only 200 to 599")),
        }
    }

    /// Sets a header, in place of what the fake itself would send.
    ///
    /// # Panics
    ///
    /// If the name or the value is not one that HTTP allows.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => self.headers.push((name, value)),
            _ => fail(&format!("`{name}: {value}` is no header")),
        }
        self
    }
}

type Respond = dyn Fn(&RouteRequest) -> RouteAnswer + Send + Sync;

/// A route of the test's own.
#[derive(Clone)]
pub(crate) struct Route {
    method: Method,
    pattern: String,
    respond: Arc<Respond>,
}

impl Route {
    pub(crate) fn new(
        method: Method,
        pattern: &str,
        respond: impl Fn(&RouteRequest) -> RouteAnswer + Send + Sync + 'static,
    ) -> Self {
        Self { method, pattern: pattern.to_owned(), respond: Arc::new(respond) }
    }

    /// The named parts of the path, if the route is meant for this request.
    pub(crate) fn matches(&self, method: &Method, path: &str) -> Option<Vec<(String, String)>> {
        if self.method != *method {
            return None;
        }
        let found = parameters(&self.pattern, path)?;
        Some(found.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Call it without the lock: the test's function may well look at the fake, and change it.
    pub(crate) fn respond(&self, request: &RouteRequest) -> RouteAnswer {
        // A panic, of an assertion say, would end the connection and leave nothing to read.
        let answer = catch_unwind(AssertUnwindSafe(|| (self.respond)(request)));
        answer.unwrap_or_else(|panic| {
            let message = format!("the test's route panicked: {}", words(&*panic));
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            let body = Some(json!({ "message": message }));
            RouteAnswer { status, headers: Vec::new(), body }
        })
    }
}

/// What a panic said, as far as it is text.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}

impl fmt::Debug for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.pattern)
    }
}
