//! A small HTTP server that answers what a test scripts, and records what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_client::{Client, ClientBuilder, RateLimitPolicy, Repo, RetryPolicy, Sha, Token};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The token of every test. It must show nowhere but in the header of a request.
pub(crate) const TOKEN: &str = "ghp_s3cretS3cret";

/// The commit of every test.
pub(crate) const SHA: &str = "ec26c3e57ca3a959ca5aad62de7213c562f8c821";

pub(crate) fn sha() -> Sha {
    SHA.parse().unwrap()
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// Sends these bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// Sends these bytes and closes the connection.
    BytesThenClose(Vec<u8>),
    /// Sends these bytes, and nothing more ever.
    BytesThenSilence(Vec<u8>),
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Reply {
    answer(status, &[("content-type", "application/json; charset=utf-8")], body)
}

/// An answer with these headers.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut text = format!("HTTP/1.1 {status} Reason\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    // A 204 has no body and says so by its status.
    if status != 204 {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    Reply::Bytes(format!("{text}\r\n{body}").into_bytes())
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// The method and the target: `POST /repos/o/r`.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} was sent twice");
        value
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Shared {
    script: VecDeque<Reply>,
    requests: Vec<Recorded>,
    connections: usize,
    /// Rings when a request arrives.
    arrived: Arc<tokio::sync::Notify>,
}

/// The server. It plays its script once, whatever the connection.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

impl Server {
    pub(crate) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start_behind(script, |stream| std::future::ready(Some(stream))).await
    }

    /// A server behind something that every connection goes through first, such as TLS.
    pub(crate) async fn start_behind<T, F>(
        script: impl IntoIterator<Item = Reply>,
        prepare: impl Fn(TcpStream) -> F + Send + 'static,
    ) -> Self
    where
        T: AsyncRead + AsyncWrite + Unpin + Send,
        F: Future<Output = Option<T>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = script.into_iter().collect();
        let shared = Arc::new(Mutex::new(Shared { script, ..Shared::default() }));
        let accepting = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepting.lock().unwrap().connections += 1;
                let (shared, prepared) = (accepting.clone(), prepare(stream));
                tokio::spawn(async move {
                    if let Some(stream) = prepared.await {
                        serve(stream, shared).await;
                    }
                });
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Adds to the script what could not be known before the server had a port.
    pub(crate) fn then(&self, reply: Reply) {
        self.shared.lock().unwrap().script.push_back(reply);
    }

    /// Everything that was asked so far.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.shared.lock().unwrap().requests.clone()
    }

    /// Waits until so many requests have arrived.
    pub(crate) async fn wait_for_requests(&self, count: usize) {
        let arrived = self.shared.lock().unwrap().arrived.clone();
        loop {
            let bell = arrived.notified();
            if self.requests().len() >= count {
                return;
            }
            bell.await;
        }
    }

    /// The only request so far.
    pub(crate) fn request(&self) -> Recorded {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.lock().unwrap().connections
    }

    /// A client that sends each call once and waits for nothing; the tests of repeating and waiting
    /// set what they need.
    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder(Token::new(TOKEN).unwrap())
            .base_url(self.url())
            .retries(RetryPolicy::never())
            .rate_limits(RateLimitPolicy::new().longest_wait(Duration::ZERO))
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn repo(&self) -> Repo {
        self.client().repo(&"octocat/hello".parse().unwrap())
    }
}

async fn serve<T: AsyncRead + AsyncWrite + Unpin>(mut stream: T, shared: Arc<Mutex<Shared>>) {
    let mut received = Vec::new();
    while let Some(request) = read(&mut stream, &mut received).await {
        let reply = {
            let mut shared = shared.lock().unwrap();
            shared.requests.push(request);
            shared.arrived.notify_waiters();
            shared.script.pop_front()
        };
        match reply.unwrap_or_else(|| answer(500, &[], "this request is not in the script")) {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await.unwrap(),
            Reply::BytesThenClose(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                return;
            }
            Reply::BytesThenSilence(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Reads one request; `None` when the client has closed the connection.
async fn read<T: AsyncRead + Unpin>(stream: &mut T, received: &mut Vec<u8>) -> Option<Recorded> {
    let end = loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        more(stream, received).await?;
    };
    let head = String::from_utf8(received[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap().strip_suffix(" HTTP/1.1").unwrap().to_owned();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse::<usize>().unwrap());
    let whole = end + 4 + length;
    while received.len() < whole {
        more(stream, received).await?;
    }
    let body = String::from_utf8(received[end + 4..whole].to_vec()).unwrap();
    received.drain(..whole);
    Some(Recorded { line, headers, body })
}

async fn more<T: AsyncRead + Unpin>(stream: &mut T, received: &mut Vec<u8>) -> Option<()> {
    let count = stream.read_buf(received).await.ok()?;
    (count > 0).then_some(())
}

/// The text of an error before it says where the call went, which it must.
pub(crate) fn without_place(error: &hookstead_client::Error) -> String {
    let text = error.to_string();
    let place = format!(" ({} {}", error.method().unwrap(), error.url().unwrap());
    let (before, after) = text.rsplit_once(&place).unwrap();
    assert!(after.ends_with(')'), "{text}");
    before.to_owned()
}

/// Asserts that an error shows neither the token nor this text, in any of its forms.
pub(crate) fn assert_hidden(error: &hookstead_client::Error, secret: &str) {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(!shown.contains(secret), "{shown}");
}
