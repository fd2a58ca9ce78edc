use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use serde::Serialize;

use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::engine::error_kind::Kind;
use crate::engine::page::Next;
use crate::engine::path::{Path, UnusableSegment, add_query};
use crate::engine::settings::Settings;
use crate::identity::token::Token;
use crate::transport::transport::RequestBody;

/// One call, not yet sent.
pub(crate) struct Call {
    /// What it is for, to be read after *cannot* in an error.
    purpose: String,
    pub(crate) method: Method,
    target: Target,
    body: Option<Bytes>,
    /// Besides those that every request has, or in place of them.
    headers: HeaderMap,
    /// Whether the answer is anything but JSON that GitHub has: a file, a diff.
    pub(crate) is_raw: bool,
    /// Whether doing it twice does no more than doing it once.
    pub(crate) is_harmless: bool,
    /// Whether an event named what it is about a moment ago.
    pub(crate) is_just_named: bool,
    /// Whether it takes its turn among the writes.
    pub(crate) is_paced: bool,
}

enum Target {
    /// A path below the base URL.
    Path(Path),
    /// A path below the base URL, as the user wrote it.
    Written(String),
    /// A link that GitHub sent.
    Link { from: String, reference: String },
}

impl Call {
    /// A call without a body that this crate has a method for. The place is one of the endpoint's; the
    /// values fill the braces in it and in the path, in their order.
    pub(crate) fn of<'a>(
        endpoint: &Endpoint,
        place: &str,
        purpose: String,
        values: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        match Path::fill(&[place, endpoint.path], values) {
            Ok(path) => {
                let call = Self::to(endpoint.method.clone(), purpose, Target::Path(path));
                Ok(Self { is_harmless: endpoint.is_harmless(), ..call })
            }
            Err(UnusableSegment(segment)) => {
                let problem = format!("`{segment}` cannot be part of a path");
                let is_write = is_write(&endpoint.method);
                Err(Error::new(&purpose, is_write, Kind::InvalidRequest(problem)))
            }
        }
    }

    /// A call to a path of these segments, each of any text.
    pub(crate) fn to_segments<'a>(
        method: Method,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        match Path::of_segments(segments) {
            Ok(path) => {
                let purpose = format!("{method} {}", path.as_str());
                Ok(Self::to(method, purpose, Target::Path(path)))
            }
            Err(UnusableSegment(segment)) => {
                let problem = format!("`{segment}` cannot be part of a path");
                let purpose = format!("{method} something");
                Err(Error::new(&purpose, is_write(&method), Kind::InvalidRequest(problem)))
            }
        }
    }

    /// A call to a path that the user wrote.
    pub(crate) fn written(method: Method, path: &str) -> Self {
        // Parameters may hold anything; the path is what the call is about.
        let shown = path.split('?').next().unwrap_or_default();
        let purpose = format!("{method} {shown}");
        Self::to(method, purpose, Target::Written(path.to_owned()))
    }

    /// The call for a next page.
    pub(crate) fn next_page(next: &Next) -> Self {
        let Next { purpose, from, reference, .. } = next.clone();
        Self::to(Method::GET, purpose, Target::Link { from, reference })
    }

    fn to(method: Method, purpose: String, target: Target) -> Self {
        Self {
            purpose,
            // Only reads are harmless of themselves: `PUT` and `DELETE` have the same effect when
            // repeated, but not the same answer.
            is_harmless: method.is_safe(),
            is_paced: is_write(&method),
            method,
            target,
            body: None,
            headers: HeaderMap::new(),
            is_raw: false,
            is_just_named: false,
        }
    }

    /// The call, unless its arguments have a problem.
    pub(crate) fn unless(self, problem: Option<String>) -> Result<Self, Error> {
        match problem {
            Some(problem) => Err(self.error(Kind::InvalidRequest(problem))),
            None => Ok(self),
        }
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.target = match self.target {
            Target::Path(path) => Target::Path(path.query(name, value)),
            Target::Written(mut path) => {
                add_query(&mut path, name, value);
                Target::Written(path)
            }
            link @ Target::Link { .. } => link,
        };
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, body: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        // The error's text may show a value, so it is left out.
        let bytes = serde_json::to_vec(body)
            .map_err(|_| self.error(Kind::InvalidRequest("the request is no JSON".to_owned())))?;
        self.body = Some(bytes.into());
        Ok(self)
    }

    /// Adds a header, or puts it in the place of one that every request has.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Asks for bytes of this media type, and not for JSON.
    pub(crate) fn raw(mut self, media_type: &'static str) -> Self {
        self.is_raw = true;
        self.header(ACCEPT, HeaderValue::from_static(media_type))
    }

    /// It may be repeated even when it may have been done already.
    pub(crate) fn harmless(mut self) -> Self {
        self.is_harmless = true;
        self
    }

    /// It writes nothing that people see, so it takes no turn among the writes.
    pub(crate) fn unpaced(mut self) -> Self {
        self.is_paced = false;
        self
    }

    pub(crate) fn is_write(&self) -> bool {
        is_write(&self.method)
    }

    pub(crate) fn purpose(&self) -> &str {
        &self.purpose
    }

    pub(crate) fn error(&self, kind: Kind) -> Error {
        Error::new(&self.purpose, self.is_write(), kind)
    }

    pub(crate) fn url(&self, settings: &Settings) -> Result<String, Error> {
        let base = &settings.base;
        match &self.target {
            Target::Path(path) => Ok(base.with_path(path.as_str())),
            Target::Written(path) if !path.starts_with('/') => {
                let problem = "the path does not start with a slash".to_owned();
                Err(self.error(Kind::InvalidRequest(problem)))
            }
            // Resolving it takes out every `..`, and fails for a path that leads elsewhere by one.
            Target::Written(path) => {
                base.resolve(&base.with_path("/"), &base.with_path(path)).map_err(|outside| {
                    self.error(Kind::InvalidRequest(format!("the path leads to {outside}")))
                })
            }
            Target::Link { from, reference } => {
                // Where the link stood is what can be said about where.
                let place = settings.place(&self.method, from);
                base.resolve(from, reference)
                    .map_err(|outside| self.error(Kind::Astray(outside)).at(&place))
            }
        }
    }

    /// The request for one attempt. Each has the same bytes for a body.
    pub(crate) fn request(
        &self,
        settings: &Settings,
        token: &Token,
        url: &str,
    ) -> Result<Request<RequestBody>, Error> {
        let uri = Uri::try_from(url).map_err(|error| {
            self.error(Kind::InvalidRequest(format!("the URL cannot be requested: {error}")))
        })?;
        let mut request = Request::new(RequestBody::new(self.body.clone().unwrap_or_default()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert(AUTHORIZATION, token.authorization());
        headers.insert(USER_AGENT, settings.user_agent.clone());
        headers.insert("x-github-api-version", settings.api_version.clone());
        if self.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        Ok(request)
    }
}

fn is_write(method: &Method) -> bool {
    !method.is_safe()
}
