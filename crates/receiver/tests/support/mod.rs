//! A running server and a client that says exactly what it is told to, over real sockets.

pub(crate) mod told;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use hookstead_receiver::Server;
use hookstead_signature::{WebhookSecret, sign};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const GUID: &str = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

pub(crate) fn secret() -> WebhookSecret {
    WebhookSecret::new("It's a Secret to Everybody").unwrap()
}

/// A server on a free port of loopback.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Running {
    pub(crate) fn start(server: Server) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            server
                .serve_until(listener, async { stopped.await.unwrap_or_default() })
                .await
                .unwrap();
        });
        Self { address, stop, server }
    }

    /// Asks the server to stop and waits until it has.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        within(self.server).await.unwrap();
    }

    pub(crate) async fn send(&self, request: &Request) -> Answer {
        self.send_raw(&request.to_bytes()).await
    }

    /// Sends these bytes and reads the one answer.
    pub(crate) async fn send_raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        Answer::read(&mut stream).await
    }
}

/// Waits for something that must happen; the time is only there to fail a broken test.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future)
        .await
        .expect("nothing happened for a minute")
}

/// How a payload is wrapped into a body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoding {
    Json,
    Form,
}

pub(crate) const ENCODINGS: [Encoding; 2] = [Encoding::Json, Encoding::Form];

impl Encoding {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
        }
    }

    pub(crate) fn body(self, payload: &[u8]) -> Vec<u8> {
        match self {
            Self::Json => payload.to_vec(),
            Self::Form => {
                let mut body = b"payload=".to_vec();
                body.extend(payload.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()));
                body
            }
        }
    }
}

/// A request that can be wrong in every way.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A good delivery of this payload.
    pub(crate) fn delivery(event: &str, payload: &str, encoding: Encoding) -> Self {
        let body = encoding.body(payload.as_bytes());
        Self {
            method: "POST",
            path: "/event_handler",
            headers: vec![
                ("Host", "localhost".to_owned()),
                ("Content-Type", encoding.content_type().to_owned()),
                ("Content-Length", body.len().to_string()),
                ("X-GitHub-Event", event.to_owned()),
                ("X-GitHub-Delivery", GUID.to_owned()),
                ("X-GitHub-Hook-ID", "292430182".to_owned()),
                ("X-GitHub-Hook-Installation-Target-Type", "repository".to_owned()),
                ("X-GitHub-Hook-Installation-Target-ID", "79929171".to_owned()),
                ("X-Hub-Signature-256", sign(&secret(), &body).to_string()),
            ],
            body,
        }
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| *header != name);
        self
    }

    pub(crate) fn with(self, name: &'static str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// The header once more, beside the one that is there.
    pub(crate) fn and(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.head();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    pub(crate) fn head(&self) -> Vec<u8> {
        self.head_with("Connection: close\r\n")
    }

    /// The head of a request after which the connection stays open.
    pub(crate) fn keep_alive_head(&self) -> Vec<u8> {
        self.head_with("")
    }

    /// The whole request; the connection stays open.
    pub(crate) fn keep_alive(&self) -> Vec<u8> {
        let mut bytes = self.keep_alive_head();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn head_with(&self, more: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(more);
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        within(stream.read_to_end(&mut bytes)).await.unwrap();
        let answer = String::from_utf8(bytes).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_lowercase(), text: text.to_owned() }
    }

    /// Reads one answer of a connection that may stay open; an error if it broke off.
    pub(crate) async fn read_one(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(within(stream.read_u8()).await?);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap();
        let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
        let mut text = vec![0; length];
        within(stream.read_exact(&mut text)).await?;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Ok(Self { status, head, text: String::from_utf8(text).unwrap() })
    }

    /// No other request may follow on the connection.
    pub(crate) fn closes(&self) -> bool {
        self.head.contains("connection: close")
    }

    #[track_caller]
    pub(crate) fn expect(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.text.contains(text), "{text:?} is not in {self:?}");
    }
}
