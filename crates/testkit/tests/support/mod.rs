//! What the tests talk to the fake with: a raw HTTP client, and a receiver of webhooks that keeps
//! what it got.

#![allow(dead_code, reason = "each test uses the part that it needs")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

pub(crate) mod git;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use bytes::Bytes;
use hookstead_testkit::FakeGitHub;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

/// What was answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }

    /// Fails unless this is the status; gives the JSON.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    #[track_caller]
    pub(crate) fn message(&self, status: u16) -> String {
        self.expect(status)["message"].as_str().unwrap().to_owned()
    }

    /// The address of a relation in the `Link` header.
    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        let header = self.headers.get("link")?.to_str().unwrap();
        let mut links = header.split(", ");
        let link = links.find(|link| link.ends_with(&format!("rel=\"{relation}\"")))?;
        Some(link.split(['<', '>']).nth(1).unwrap().to_owned())
    }
}

/// Why there is no answer, or not all of it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection ended before an answer.
    NoAnswer,
    /// The connection ended within the body; this is what had come.
    Cut(Reply),
}

/// Sends one request on a connection of its own.
pub(crate) async fn exchange(request: Request<Full<Bytes>>) -> Reply {
    attempt(request).await.unwrap()
}

/// As [`exchange`], for those who expect that it fails.
pub(crate) async fn attempt(request: Request<Full<Bytes>>) -> Result<Reply, Failure> {
    let (mut head, body) = request.into_parts();
    let authority = head.uri.authority().unwrap().to_string();
    head.uri = head.uri.path_and_query().unwrap().to_string().parse::<Uri>().unwrap();
    head.headers.entry("host").or_insert(authority.parse().unwrap());
    let stream = TcpStream::connect(&authority).await.unwrap();
    let (mut requests, connection) = client::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::from_parts(head, body);
    let response = requests.send_request(request).await.map_err(|_| Failure::NoAnswer)?;
    let (head, mut body) = response.into_parts();
    let mut text = Vec::new();
    let mut whole = true;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => text.extend_from_slice(&frame.into_data().unwrap_or_default()),
            Err(_) => whole = false,
        }
    }
    let reply = Reply {
        status: head.status.as_u16(),
        headers: head.headers,
        text: String::from_utf8(text).unwrap(),
    };
    if whole { Ok(reply) } else { Err(Failure::Cut(reply)) }
}

/// A caller of the API.
pub(crate) struct Api {
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
}

impl Api {
    pub(crate) fn new(url: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", "tests".parse().unwrap());
        headers.insert("authorization", "Bearer t0ken".parse().unwrap());
        Self { url, headers }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &str) -> Reply {
        exchange(self.request(method, path, body)).await
    }

    pub(crate) fn request(&self, method: Method, path: &str, body: &str) -> Request<Full<Bytes>> {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let mut request = Request::new(Full::new(Bytes::from(body.to_owned())));
        *request.method_mut() = method;
        *request.uri_mut() = url.parse().unwrap();
        *request.headers_mut() = self.headers.clone();
        request
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, &body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, &body.to_string()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, &body.to_string()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, "").await
    }
}

/// A webhook request, as it came.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
    }

    pub(crate) fn payload(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// `event` or `event.action`.
    pub(crate) fn name(&self) -> String {
        let event = self.header("x-github-event");
        match self.payload()["action"].as_str() {
            Some(action) => format!("{event}.{action}"),
            None => event.to_owned(),
        }
    }
}

/// A receiver of webhooks that keeps what it got.
pub(crate) struct Hooked {
    pub(crate) url: String,
    status: Arc<AtomicU16>,
    received: Mutex<mpsc::UnboundedReceiver<Received>>,
}

impl Hooked {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/event_handler?from=github", listener.local_addr().unwrap());
        let status = Arc::new(AtomicU16::new(200));
        let (sender, received) = mpsc::unbounded_channel();
        let answered = Arc::clone(&status);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (sender, answered) = (sender.clone(), Arc::clone(&answered));
                let service =
                    service_fn(move |request| keep(request, sender.clone(), Arc::clone(&answered)));
                tokio::spawn(
                    server::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { url, status, received: Mutex::new(received) }
    }

    pub(crate) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// The next request.
    pub(crate) async fn next(&self) -> Received {
        self.received.lock().await.recv().await.unwrap()
    }

    /// Waits until nothing is under way, and drops what has come.
    pub(crate) async fn settle(&self, github: &FakeGitHub) {
        self.drain(github).await;
    }

    /// Waits until nothing is under way, and gives what has come.
    pub(crate) async fn drain(&self, github: &FakeGitHub) -> Vec<Received> {
        github.wait_until("silence", || (github.pending_deliveries() == 0).then_some(())).await;
        let mut received = self.received.lock().await;
        std::iter::from_fn(|| received.try_recv().ok()).collect()
    }

    /// The next request of this name; others on the way are dropped.
    pub(crate) async fn find(&self, name: &str) -> Received {
        loop {
            let received = self.next().await;
            if received.name() == name {
                return received;
            }
        }
    }
}

async fn keep(
    request: Request<Incoming>,
    sender: mpsc::UnboundedSender<Received>,
    status: Arc<AtomicU16>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    assert_eq!(head.uri, "/event_handler?from=github");
    // The test may be over.
    let _over = sender.send(Received { headers: head.headers, body });
    let mut response = Response::new(Full::new(Bytes::from("seen")));
    *response.status_mut() = StatusCode::from_u16(status.load(Ordering::Relaxed)).unwrap();
    response.headers_mut().insert("location", "http://127.0.0.1:1/".parse().unwrap());
    Ok(response)
}
