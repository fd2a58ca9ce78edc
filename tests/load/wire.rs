//! Requests as bytes, and answers from them: whoever measures a server has to be lighter than it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hookstead::WebhookSecret;
use hookstead::signature::sign;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// The hook's secret.
pub(crate) const SECRET: &str = "It's a Secret to Everybody";

/// How the id of each good delivery begins.
pub(crate) const GOOD: &str = "good-";

/// As long as GitHub waits for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Connects from this address.
pub(crate) async fn connect(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    connect_with(TcpSocket::new_v4()?, from, to).await
}

/// Connects this socket from this address.
pub(crate) async fn connect_with(
    socket: TcpSocket,
    from: Ipv4Addr,
    to: SocketAddr,
) -> io::Result<TcpStream> {
    // Left to itself, the system finds a free port faster.
    if from != Ipv4Addr::LOCALHOST {
        socket.bind((from, 0).into())?;
    }
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A good delivery but for its id, which each needs anew.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    before: String,
    after: String,
}

impl Letter {
    /// A small signed push.
    pub(crate) fn push() -> Self {
        let body = format!(r#"{{"ref":"refs/heads/main","text":"{}"}}"#, "x".repeat(2000));
        let signature = sign(&WebhookSecret::new(SECRET).unwrap(), body.as_bytes());
        let before = "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
                      content-type: application/json\r\nx-github-delivery: ";
        let after = format!(
            "\r\nx-hub-signature-256: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        Self { before: before.to_owned(), after }
    }

    pub(crate) fn with_id(&self, id: &str) -> Vec<u8> {
        [&self.before, id, &self.after].concat().into_bytes()
    }
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Whether the server closes the connection.
    pub(crate) closes: bool,
}

/// Sends a request and reads the answer.
pub(crate) async fn ask(stream: &mut TcpStream, request: &[u8]) -> io::Result<Answer> {
    stream.write_all(request).await?;
    answer(stream).await
}

/// Reads an answer to its end.
pub(crate) async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Answer> {
    let mut bytes = Vec::with_capacity(512);
    loop {
        if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
            let length: usize =
                header(&head, "content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
            let mut missing = (end + 4 + length).saturating_sub(bytes.len());
            while missing > 0 {
                let mut scrap = vec![0; missing];
                let read = stream.read(&mut scrap).await?;
                if read == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                missing -= read;
            }
            let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
            let status = status.ok_or(io::ErrorKind::InvalidData)?;
            let closes = header(&head, "connection").is_some_and(|it| it == "close");
            return Ok(Answer { status, closes });
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut values = lines.filter(|(it, _)| it.eq_ignore_ascii_case(name));
    values.next().map(|(_, value)| value.trim())
}
