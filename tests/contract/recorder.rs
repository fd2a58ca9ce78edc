use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use hookstead::client::RequestBody;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tower_service::Service;

use crate::description::Description;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Carries the client's requests to prism, and notes what prism finds wrong with them or their answers.
///
/// Prism writes that into the header `sl-violations` of its answer.
#[derive(Clone)]
pub(crate) struct Recorder {
    http: Client<HttpConnector, RequestBody>,
    description: Arc<Description>,
    /// Whether answers count, too: those of a mock are GitHub's own examples, and some of these do not
    /// fit GitHub's own schemas.
    judges_answers: bool,
    notes: Arc<Mutex<Notes>>,
}

#[derive(Default)]
struct Notes {
    /// What the mock is to answer next.
    wanted: Option<u16>,
    called: BTreeSet<String>,
    complaints: Vec<String>,
}

impl Recorder {
    pub(crate) fn of_mock(description: Description) -> Self {
        Self::new(description, false)
    }

    pub(crate) fn of_proxy(description: Description) -> Self {
        Self::new(description, true)
    }

    fn new(description: Description, judges_answers: bool) -> Self {
        let http = Client::builder(TokioExecutor::new()).build_http();
        let description = Arc::new(description);
        Self { http, description, judges_answers, notes: Arc::default() }
    }

    /// Makes the mock answer the next request with this status, not with the lowest successful one that
    /// is described.
    pub(crate) fn answer_with(&self, status: u16) {
        self.notes.lock().unwrap().wanted = Some(status);
    }

    /// What was wrong, as text; empty if nothing was.
    pub(crate) fn complaints(&self) -> String {
        self.notes.lock().unwrap().complaints.join("\n")
    }

    /// The described operations that were never called.
    pub(crate) fn not_called(&self) -> Vec<String> {
        let notes = self.notes.lock().unwrap();
        self.description.names().filter(|name| !notes.called.contains(name)).collect()
    }

    /// What prism cannot know: it skips parameters that are not described, and content types where
    /// the header is missing.
    fn judge_request(&self, request: &Request<RequestBody>) -> Result<String, String> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        let Some(operation) = self.description.find(method, path) else {
            return Err("GitHub's description does not have it".to_owned());
        };
        for parameter in request.uri().query().unwrap_or_default().split('&') {
            let (name, _) = parameter.split_once('=').unwrap_or_default();
            if !name.is_empty() && !operation.query.iter().any(|known| known == name) {
                return Err(format!("the parameter `{name}` is not described"));
            }
        }
        let form = if operation.path.ends_with("/contents/{path}") { RAW } else { RECOMMENDED };
        if request.headers().get(ACCEPT) != Some(&HeaderValue::from_static(form)) {
            return Err(format!("it does not accept {form}"));
        }
        let has_body = !request.body().is_end_stream();
        if has_body != operation.has_body {
            return Err(format!("it has a body: {has_body}; described: {}", operation.has_body));
        }
        let json = request.headers().get(CONTENT_TYPE).is_some_and(|it| it == "application/json");
        if has_body && !json {
            return Err("its body is not said to be JSON".to_owned());
        }
        Ok(operation.name())
    }

    /// What prism found.
    fn judge_answer(&self, headers: &HeaderMap, body: &[u8]) -> Vec<String> {
        let is_prisms_own =
            headers.get(CONTENT_TYPE).is_some_and(|it| it == "application/problem+json");
        if is_prisms_own {
            return vec![String::from_utf8_lossy(body).into_owned()];
        }
        let Some(header) = headers.get("sl-violations") else {
            return Vec::new();
        };
        let Ok(Value::Array(violations)) = serde_json::from_slice(header.as_bytes()) else {
            return vec![String::from_utf8_lossy(header.as_bytes()).into_owned()];
        };
        let counts = |it: &&Value| {
            let is_request = it["location"][0] == "request";
            // A warning is an error status that an operation is not described with; every one can have any.
            it["severity"] == "Error" && (is_request || self.judges_answers)
        };
        violations.iter().filter(counts).map(Value::to_string).collect()
    }
}

/// The media type that GitHub recommends to ask for.
const RECOMMENDED: &str = "application/vnd.github+json";

/// The one in which a file comes byte for byte.
const RAW: &str = "application/vnd.github.raw+json";

impl Service<Request<RequestBody>> for Recorder {
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        let this = self.clone();
        let shown = format!("{} {}", request.method(), request.uri());
        let judged = this.judge_request(&request);
        let mut notes = this.notes.lock().unwrap();
        match judged {
            Ok(operation) => {
                notes.called.insert(operation);
            }
            Err(problem) => notes.complaints.push(format!("{shown}: {problem}")),
        }
        if let Some(status) = notes.wanted.take() {
            let preference = format!("code={status}").parse().unwrap();
            request.headers_mut().insert("prefer", preference);
        }
        drop(notes);
        Box::pin(async move {
            let (head, body) = this.http.request(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            let found = this.judge_answer(&head.headers, &body);
            let found = found.iter().map(|it| format!("{shown} -> {}: {it}", head.status));
            this.notes.lock().unwrap().complaints.extend(found);
            Ok(Response::from_parts(head, Full::new(body)))
        })
    }
}
