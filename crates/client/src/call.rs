use std::future::Future;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use serde::Serialize;

use crate::answer::Answer;
use crate::client::Settings;
use crate::error_kind::Kind;
use crate::page::Next;
use crate::path::{Path, UnusableSegment};
use crate::transport::Body;
use crate::{Client, Error};

/// One call, not yet sent.
pub(crate) struct Call {
    /// What it is for, to be read after *cannot* in an error.
    purpose: String,
    method: Method,
    target: Target,
    body: Option<Bytes>,
}

enum Target {
    /// A path below the base URL.
    Path(Path),
    /// A link that GitHub sent.
    Link { from: String, reference: String },
}

impl Call {
    /// A call without a body to the path of these segments.
    pub(crate) fn new(method: Method, purpose: String, segments: &[&str]) -> Result<Self, Error> {
        match Path::of(segments) {
            Ok(path) => Ok(Self { purpose, method, target: Target::Path(path), body: None }),
            Err(UnusableSegment(segment)) => {
                let problem = format!("`{segment}` cannot be part of a path");
                Err(Error::new(&purpose, is_write(&method), Kind::InvalidRequest(problem)))
            }
        }
    }

    /// The call for a next page.
    pub(crate) fn next_page(next: &Next) -> Self {
        Self {
            purpose: next.purpose.clone(),
            method: Method::GET,
            target: Target::Link { from: next.from.clone(), reference: next.reference.clone() },
            body: None,
        }
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.target = match self.target {
            Target::Path(path) => Target::Path(path.query(name, value)),
            link @ Target::Link { .. } => link,
        };
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        // The error's text may show a value, so it is left out.
        let bytes = serde_json::to_vec(body)
            .map_err(|_| self.error(Kind::InvalidRequest("the request is no JSON".to_owned())))?;
        self.body = Some(bytes.into());
        Ok(self)
    }

    pub(crate) fn error(&self, kind: Kind) -> Error {
        Error::new(&self.purpose, is_write(&self.method), kind)
    }

    fn url(&self, settings: &Settings) -> Result<String, Error> {
        match &self.target {
            Target::Path(path) => Ok(settings.base.with_path(path.as_str())),
            Target::Link { from, reference } => {
                settings.base.resolve(from, reference).map_err(|it| self.error(Kind::Astray(it)))
            }
        }
    }

    fn request(&self, settings: &Settings, url: &str) -> Result<Request<Full<Bytes>>, Error> {
        let uri = Uri::try_from(url).map_err(|error| {
            self.error(Kind::InvalidRequest(format!("the URL cannot be requested: {error}")))
        })?;
        let mut request = Request::new(Full::new(self.body.clone().unwrap_or_default()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert(AUTHORIZATION, settings.token.authorization());
        headers.insert(USER_AGENT, settings.user_agent.clone());
        headers.insert("x-github-api-version", settings.api_version.clone());
        if self.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(request)
    }
}

fn is_write(method: &Method) -> bool {
    !method.is_safe()
}

impl Client {
    /// Sends a call, follows its redirects and reads the answer. Whatever the status, an answer
    /// that could be read is returned.
    pub(crate) async fn send(&self, call: Call) -> Result<Answer, Error> {
        let started = Instant::now();
        let url = call.url(self.settings())?;
        let answer = self.exchange(&call, url.clone()).await;

        let (status, request_id) = match &answer {
            Ok(answer) => (Some(answer.status), answer.request_id()),
            Err(error) => (error.status(), error.request_id()),
        };
        tracing::debug!(
            method = call.method.as_str(),
            path = self.settings().base.path_of(&url),
            status = status.map(|status| status.as_u16()),
            request_id,
            milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "called GitHub"
        );
        answer
    }

    /// GitHub redirects to the new place of a renamed repository: 301 for good, 302 and 307 for now
    /// (and 308, which it does not use yet), and asks to *repeat the same request* there in each
    /// case. So the method and the body stay, on 301 and 302 too: turning a `POST` into a `GET`, as
    /// browsers do, would make a status silently vanish. The token goes nowhere but below the base
    /// URL, so a redirect to elsewhere is an error.
    async fn exchange(&self, call: &Call, mut url: String) -> Result<Answer, Error> {
        let settings = self.settings();
        let deadline = Deadline::after(settings.timeout);
        for _ in 0..=settings.max_redirects {
            let request = call.request(settings, &url)?;
            let response = match deadline.within(settings.transport.send(request)).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) if error.is_connect => {
                    return Err(call.error(Kind::Connect {
                        to: settings.base.to_string(),
                        is_timeout: error.is_timeout,
                        source: error.source,
                    }));
                }
                Ok(Err(error)) => return Err(call.error(Kind::Exchange(error.source))),
                Err(elapsed) => return Err(call.error(elapsed)),
            };
            let (head, body) = response.into_parts();
            // The body of a redirect is read as well: its connection is needed again at once.
            let (body, problem) = read(body, settings.max_response_bytes, deadline).await;

            if let Some(location) = redirect(head.status, &head.headers) {
                // The next request must not even start when the time is up.
                if let Some(elapsed @ Kind::Timeout(_)) = problem {
                    return Err(call.error(elapsed).with_head(head.status, &head.headers));
                }
                url = settings.base.resolve(&url, location).map_err(|outside| {
                    call.error(Kind::Astray(outside)).with_head(head.status, &head.headers)
                })?;
                continue;
            }
            if let (true, Some(problem)) = (head.status.is_success(), problem) {
                return Err(call.error(problem).with_head(head.status, &head.headers));
            }
            return Ok(Answer {
                status: head.status,
                // An error answer counts even when its body breaks off: its status says most.
                body: if head.status.is_success() {
                    body
                } else {
                    settings.token.redact(String::from_utf8_lossy(&body).into_owned()).into()
                },
                headers: head.headers,
                purpose: call.purpose.clone(),
                is_write: is_write(&call.method),
                url,
            });
        }
        Err(call.error(Kind::TooManyRedirects(settings.max_redirects)))
    }
}

/// Where a redirect leads; `None` for every other answer.
fn redirect(status: StatusCode, headers: &HeaderMap) -> Option<&str> {
    match status {
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => headers.get(LOCATION)?.to_str().ok(),
        _ => None,
    }
}

/// Reads a body, as far as the limit and the deadline let it come.
async fn read(mut body: Body, limit: usize, deadline: Deadline) -> (Bytes, Option<Kind>) {
    let mut bytes = Vec::new();
    loop {
        let frame = match deadline.within(body.frame()).await {
            Ok(None) => return (bytes.into(), None),
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return (bytes.into(), Some(Kind::Body(error))),
            Err(elapsed) => return (bytes.into(), Some(elapsed)),
        };
        // A frame that is no data holds trailers, which mean nothing here.
        if let Ok(data) = frame.into_data() {
            let room = limit.saturating_sub(bytes.len());
            bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
            if data.len() > room {
                return (bytes.into(), Some(Kind::TooLarge(limit)));
            }
        }
    }
}

/// The moment at which a call ends, whatever it is waiting for.
#[derive(Clone, Copy)]
struct Deadline {
    limit: Duration,
    /// None when it is so far ahead that no clock shows it.
    end: Option<tokio::time::Instant>,
}

impl Deadline {
    fn after(limit: Duration) -> Self {
        Self { limit, end: tokio::time::Instant::now().checked_add(limit) }
    }

    async fn within<F: Future>(self, work: F) -> Result<F::Output, Kind> {
        match self.end {
            Some(end) => {
                tokio::time::timeout_at(end, work).await.map_err(|_| Kind::Timeout(self.limit))
            }
            None => Ok(work.await),
        }
    }
}
