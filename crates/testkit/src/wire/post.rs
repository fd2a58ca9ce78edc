//! One POST over plain HTTP, on a connection of its own: what webhooks and senders need of a
//! client, and no more.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The longest answer that is read: receivers answer with a line or a page, not with files.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum PostError {
    /// Only `http` is spoken here.
    NotHttp,
    /// Nobody listens there.
    Connect(std::io::Error),
    /// The connection broke, or what came is no HTTP.
    Broken(Box<dyn std::error::Error + Send + Sync>),
    /// It took longer than this.
    TimedOut(Duration),
}

impl fmt::Display for PostError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttp => formatter.write_str("the URL is not of the form http://HOST..."),
            Self::Connect(error) => write!(formatter, "failed to connect to host: {error}"),
            Self::Broken(error) => write!(formatter, "the connection broke: {error}"),
            Self::TimedOut(timeout) => write!(formatter, "timed out after {timeout:?}"),
        }
    }
}

/// Sends the body and reads the answer. Redirects are not followed.
pub(crate) async fn post(
    url: &Uri,
    headers: HeaderMap,
    body: Bytes,
    timeout: Duration,
) -> Result<Received, PostError> {
    tokio::time::timeout(timeout, exchange(url, headers, body))
        .await
        .unwrap_or(Err(PostError::TimedOut(timeout)))
}

async fn exchange(url: &Uri, headers: HeaderMap, body: Bytes) -> Result<Received, PostError> {
    let (Some("http"), Some(authority)) = (url.scheme_str(), url.authority()) else {
        return Err(PostError::NotHttp);
    };
    // The brackets of an IPv6 address belong to the URL, not to the address.
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let port = authority.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await.map_err(PostError::Connect)?;
    let (mut requests, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;

    let mut request = Request::new(Full::new(body.clone()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = url.path_and_query().map(|it| Uri::from(it.clone())).unwrap_or_default();
    *request.headers_mut() = headers;
    let host = HeaderValue::from_str(authority.as_str()).map_err(broken)?;
    request.headers_mut().entry(HOST).or_insert(host);
    request.headers_mut().entry(CONTENT_LENGTH).or_insert(body.len().into());

    let answer = async {
        let (head, body) = requests.send_request(request).await.map_err(broken)?.into_parts();
        let body = Limited::new(body, ANSWER_LIMIT).collect().await.map_err(PostError::Broken)?;
        Ok(Received { status: head.status, headers: head.headers, body: body.to_bytes() })
    };
    // The connection does the reading and writing, so both are driven together.
    let mut answer = std::pin::pin!(answer);
    let mut connection = std::pin::pin!(connection);
    let mut open = true;
    std::future::poll_fn(|context| {
        use std::task::Poll;
        if open && connection.as_mut().poll(context).is_ready() {
            open = false;
        }
        match answer.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(answer),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PostError {
    PostError::Broken(error.into())
}
