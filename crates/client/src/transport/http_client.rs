use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookstead_types::Outage;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body_util::BodyExt as _;
use serde::Serialize;

use crate::transport::base_url::BaseUrl;
use crate::transport::cause::is_lasting;
use crate::transport::http_error::{HttpError, Kind};
use crate::transport::transport::{Body, BoxError, RequestBody, Transport};

/// A small HTTP client for another service than GitHub: a chat, a build server. It is the lower half of
/// [`Client`](crate::Client), with its TLS, proxies, deadlines and limits, and knows nothing of GitHub.
///
/// It calls one server: what is below its base URL, and nothing else, so what is secret goes nowhere else.
/// It does not repeat, and does not follow redirects: whatever is answered is an answer. Cloning is cheap.
///
/// ```no_run
/// use hookstead_client::HttpClient;
/// use serde_json::json;
///
/// # async fn tell(incoming_webhook: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let chat = HttpClient::new(incoming_webhook)?;
/// let answer = chat.post_json("", &json!({"text": "It is deployed"})).await?;
/// println!("{}", answer.status());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) base: BaseUrl,
    /// Sent with each request that has no such header of its own.
    pub(crate) headers: HeaderMap,
    pub(crate) deadline: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) transport: Arc<dyn Transport>,
}

impl HttpClient {
    pub(crate) fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// Gets what is at this path. It begins with a slash and follows the base URL, or is empty, or is a
    /// whole URL below the base URL, such as a `Location` holds.
    ///
    /// # Errors
    ///
    /// Fails as [`send`](Self::send) does.
    pub async fn get(&self, path: &str) -> Result<Response<Bytes>, HttpError> {
        self.call(Method::GET, path, None, Bytes::new()).await
    }

    /// Posts JSON to this path, which is as [`get`](Self::get) takes it.
    ///
    /// # Errors
    ///
    /// Fails when the body has no JSON form, and as [`send`](Self::send) does.
    pub async fn post_json(
        &self,
        path: &str,
        body: &(impl Serialize + ?Sized),
    ) -> Result<Response<Bytes>, HttpError> {
        // The error's text may show a value, so it is left out.
        let body = serde_json::to_vec(body)
            .map_err(|_| self.error(Kind::InvalidRequest("the body is no JSON")))?;
        self.call(Method::POST, path, Some("application/json"), body.into()).await
    }

    /// Posts the fields of a form to this path, which is as [`get`](Self::get) takes it.
    ///
    /// # Errors
    ///
    /// Fails as [`send`](Self::send) does.
    pub async fn post_form(
        &self,
        path: &str,
        fields: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
    ) -> Result<Response<Bytes>, HttpError> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let kind = "application/x-www-form-urlencoded";
        self.call(Method::POST, path, Some(kind), form.finish().into()).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&'static str>,
        body: Bytes,
    ) -> Result<Response<Bytes>, HttpError> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = self.uri(path)?;
        if let Some(kind) = content_type {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        self.exchange(request).await
    }

    /// Sends a request once. Its URI is a path, which follows the base URL, or a whole URL below that.
    /// Whatever its status, an answer that came is returned.
    ///
    /// # Errors
    ///
    /// Fails when the URI leads elsewhere, no connection comes about or it breaks, the deadline passes, or
    /// the answer is too long, see [`HttpError`].
    pub async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        *request.uri_mut() = self.uri(&request.uri().to_string())?;
        self.exchange(request).await
    }

    /// The whole URI of what a caller names.
    fn uri(&self, path: &str) -> Result<Uri, HttpError> {
        let base = &self.inner.base;
        let reference = match path {
            "" => base.to_string(),
            _ if path.starts_with('/') => base.with_path(path),
            _ if path.contains("://") => path.to_owned(),
            _ => return Err(self.error(Kind::InvalidRequest("the path begins with no slash"))),
        };
        // Resolving takes out every `..`, and fails for what leads elsewhere.
        base.resolve(&base.with_path("/"), &reference)
            .ok()
            .and_then(|url| Uri::try_from(url).ok())
            .ok_or_else(|| self.error(Kind::InvalidRequest("the URL is not below the base URL")))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let deadline = self.inner.deadline;
        match tokio::time::timeout(deadline, self.exchange_for_long(request)).await {
            Ok(result) => result,
            Err(_) => Err(self.error(Kind::Timeout(deadline))),
        }
    }

    async fn exchange_for_long(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, HttpError> {
        let (mut head, body) = request.into_parts();
        for (name, value) in &self.inner.headers {
            head.headers.entry(name).or_insert_with(|| value.clone());
        }
        let request = Request::from_parts(head, RequestBody::new(body));
        let response = self.inner.transport.send(request).await.map_err(|error| {
            self.error(if error.is_connect {
                Kind::Connect {
                    is_timeout: error.is_timeout,
                    is_lasting: is_lasting(&*error.source),
                    source: outage(error.source),
                }
            } else {
                Kind::Exchange(outage(error.source))
            })
        })?;
        let (head, body) = response.into_parts();
        Ok(Response::from_parts(head, self.read(body).await?))
    }

    /// Reads a body, as far as the limit lets it come.
    async fn read(&self, mut body: Body) -> Result<Bytes, HttpError> {
        let limit = self.inner.max_response_bytes;
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| self.error(Kind::Exchange(outage(error))))?;
            // A frame that is no data holds trailers, which mean nothing here.
            let Ok(data) = frame.into_data() else { continue };
            if data.len() > limit.saturating_sub(bytes.len()) {
                return Err(self.error(Kind::TooLarge(limit)));
            }
            bytes.extend_from_slice(&data);
        }
        Ok(bytes.into())
    }

    fn error(&self, kind: Kind) -> HttpError {
        HttpError::new(self.inner.base.origin(), kind)
    }
}

/// What broke on the way, as an error of which the call is not at fault.
fn outage(source: BoxError) -> BoxError {
    Outage::of(source).into()
}

/// The header `User-Agent` of this crate.
pub(crate) fn own_user_agent() -> (http::HeaderName, HeaderValue) {
    let name = concat!("hookstead/", env!("CARGO_PKG_VERSION"));
    (USER_AGENT, HeaderValue::from_static(name))
}

/// The path is left out: that of an incoming webhook is its secret.
impl fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpClient")
            .field("origin", &self.inner.base.origin())
            .finish_non_exhaustive()
    }
}
