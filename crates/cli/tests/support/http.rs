//! A small HTTP client: one request, one connection.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Fails unless this is the status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    /// Fails unless the call was refused so; gives what is said and where.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) -> (String, String) {
        let body = self.expect(status);
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        (text("error"), text("at"))
    }
}

/// Sends a request to a server on this machine, with these header lines beside the necessary ones.
pub(crate) async fn send(url: &str, method: &str, headers: &[&str], body: &str) -> Reply {
    let rest = url.strip_prefix("http://").unwrap();
    let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!("{method} /{path} HTTP/1.1\r\nhost: {address}\r\n");
    for header in headers {
        request += &format!("{header}\r\n");
    }
    request += &format!("content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A fault may cut the connection.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return Reply { status: 0, head: answer, body: String::new() };
    };
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head: head.to_lowercase(), body: body.to_owned() }
}
