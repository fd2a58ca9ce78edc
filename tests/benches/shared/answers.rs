use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Reads one answer. They are short, and come in one piece nearly always.
pub(crate) async fn expect_success(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut bytes = Vec::with_capacity(512);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() < length.and_then(|it| it.parse().ok()).unwrap_or(0) {
            continue;
        }
        return if head.starts_with("HTTP/1.1 20") {
            Ok(())
        } else {
            Err(std::io::Error::other(text.into_owned()))
        };
    }
}
