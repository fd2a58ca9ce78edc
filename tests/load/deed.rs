use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::{sleep, timeout};

use crate::server::HOME;
use crate::wire;

/// Who is slow sends a byte so often.
const SLOW: Duration = Duration::from_secs(1);

/// As much of a slow body comes at once.
const FAST_PART: usize = 2 * 1024 * 1024;

/// What a member of a crowd does on its connection, until the server closes it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    /// Asks for `/livez` without end and never reads an answer.
    Pipeline,
    /// Says nothing.
    Silence,
    /// Asks for `/livez` once, then idles.
    Idle,
    /// Sends a head, a byte a second.
    SlowHead,
    /// Announces 25 MiB with a wrong signature, sends 2 MiB at once and then a byte a second.
    SlowBody,
    /// Sends as much of a head as the server takes, and never its end.
    BigHead,
    /// Sends what is refused, as fast as it goes.
    Refused,
}

/// What members of a crowd share.
#[derive(Debug, Default)]
pub(crate) struct Gang {
    /// How many connections have done what they came for, and are open.
    in_place: AtomicUsize,
    /// The members that have been in place or were turned away.
    came: Mutex<HashSet<usize>>,
    /// How much of a head the server takes.
    big_head: OnceCell<usize>,
}

impl Gang {
    pub(crate) fn in_place(&self) -> usize {
        self.in_place.load(Ordering::Relaxed)
    }

    pub(crate) fn how_many_came(&self) -> usize {
        self.came.lock().unwrap().len()
    }

    /// Notes that this member has been in place, or was turned away.
    pub(crate) fn came(&self, member: usize) {
        self.came.lock().unwrap().insert(member);
    }

    fn arrive(&self, member: usize) -> Place<'_> {
        self.came(member);
        self.in_place.fetch_add(1, Ordering::Relaxed);
        Place(self)
    }
}

/// A connection in place.
struct Place<'a>(&'a Gang);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.in_place.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Requests that are refused, or no requests at all.
const REFUSED: [&str; 10] = [
    // No signature.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
     x-github-delivery: bad-1\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
    // A wrong one.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
     x-github-delivery: bad-2\r\ncontent-type: application/json\r\nx-hub-signature-256: \
     sha256=0000000000000000000000000000000000000000000000000000000000000000\r\n\
     content-length: 2\r\n\r\n{}",
    // A malformed one.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
     x-github-delivery: bad-3\r\ncontent-type: application/json\r\nx-hub-signature-256: x\r\n\
     content-length: 2\r\n\r\n{}",
    // No event.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-delivery: bad-4\r\n\
     content-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
    // A content type that nobody takes.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
     content-type: text/plain\r\ncontent-length: 2\r\n\r\n{}",
    // Too much.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
     content-type: application/json\r\ncontent-length: 99999999999\r\n\r\n",
    "PUT /event_handler HTTP/1.1\r\nhost: load\r\ncontent-length: 0\r\n\r\n",
    // What looks like GitHub, at a wrong path.
    "POST /wrong HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\nx-github-delivery: bad-5\r\n\
     content-type: application/json\r\nuser-agent: GitHub-Hookshot/044aadd\r\n\
     x-hub-signature-256: \
     sha256=0000000000000000000000000000000000000000000000000000000000000000\r\n\
     content-length: 2\r\n\r\n{}",
    "NONSENSE\r\n\r\n",
    // Broken off in its body, by a reset.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
     x-github-delivery: bad-6\r\ncontent-type: application/json\r\nx-hub-signature-256: \
     sha256=0000000000000000000000000000000000000000000000000000000000000000\r\n\
     content-length: 2000\r\n\r\n{}",
];

impl Deed {
    /// Finds out what has to be known before anybody comes.
    pub(crate) async fn prepare(self, server: SocketAddr, gang: &Gang) -> io::Result<()> {
        if matches!(self, Self::BigHead) {
            gang.big_head.get_or_try_init(|| largest_head(server)).await?;
        }
        Ok(())
    }

    /// Does it, as the member of this number.
    pub(crate) async fn run(
        self,
        mut stream: TcpStream,
        member: usize,
        gang: &Gang,
    ) -> io::Result<()> {
        match self {
            Self::Pipeline => {
                let requests = "GET /livez HTTP/1.1\r\nhost: load\r\n\r\n".repeat(64);
                let _place = gang.arrive(member);
                loop {
                    stream.write_all(requests.as_bytes()).await?;
                }
            }
            Self::Silence => {
                let _place = gang.arrive(member);
                until_closed(&mut stream).await
            }
            Self::Idle => {
                wire::ask(&mut stream, b"GET /livez HTTP/1.1\r\nhost: load\r\n\r\n").await?;
                let _place = gang.arrive(member);
                until_closed(&mut stream).await
            }
            Self::SlowHead => {
                let _place = gang.arrive(member);
                stream.write_all(b"GET /livez HTTP/1.1\r\nhost: load\r\nx: ").await?;
                trickle(&mut stream).await
            }
            Self::SlowBody => {
                let head = "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
                            x-github-delivery: bad\r\ncontent-type: application/json\r\n\
                            x-hub-signature-256: sha256=00000000000000000000000000000000000000000\
                            00000000000000000000000\r\ncontent-length: 26214400\r\n\r\n";
                stream.write_all(head.as_bytes()).await?;
                unless_answered(&mut stream, &[b'x'; 64 * 1024], FAST_PART).await?;
                let _place = gang.arrive(member);
                trickle(&mut stream).await
            }
            Self::BigHead => {
                let length = *gang.big_head.get().ok_or(io::ErrorKind::NotFound)?;
                stream.write_all(BIG_HEAD).await?;
                unless_answered(&mut stream, &[b'x'; 8 * 1024], length).await?;
                let _place = gang.arrive(member);
                until_closed(&mut stream).await
            }
            Self::Refused => {
                let request = REFUSED.get(member % REFUSED.len()).unwrap().as_bytes();
                let is_broken_off = member % REFUSED.len() == REFUSED.len() - 1;
                let _place = gang.arrive(member);
                loop {
                    if is_broken_off {
                        stream.write_all(request).await?;
                        return stream.set_zero_linger();
                    }
                    if wire::ask(&mut stream, request).await?.closes {
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// How a big head begins.
const BIG_HEAD: &[u8] = b"GET /livez HTTP/1.1\r\nhost: load\r\nx: ";

/// No server takes a larger head.
const LARGEST_HEAD: usize = 1024 * 1024;

/// How much more of a head than its beginning a server takes before it answers that it is too
/// large.
async fn largest_head(server: SocketAddr) -> io::Result<usize> {
    const STEP: usize = 4 * 1024;
    let mut stream = wire::connect(HOME, server).await?;
    stream.write_all(BIG_HEAD).await?;
    let mut taken = 0;
    while taken < LARGEST_HEAD {
        stream.write_all(&[b'x'; STEP]).await?;
        // It gets some time to answer to each step.
        let answered = timeout(Duration::from_millis(5), until_closed(&mut stream)).await;
        if answered.is_ok() {
            break;
        }
        taken += STEP;
    }
    // What was on its way when it answered is not taken.
    Ok(taken.saturating_sub(4 * STEP))
}

/// Waits until the server says or closes something.
async fn until_closed(stream: &mut TcpStream) -> io::Result<()> {
    let mut scrap = [0; 512];
    stream.read(&mut scrap).await.map(drop)
}

/// Sends a byte a second, until the server says or closes something.
async fn trickle(stream: &mut TcpStream) -> io::Result<()> {
    let (mut reading, mut writing) = stream.split();
    let slowly = async {
        loop {
            sleep(SLOW).await;
            writing.write_all(b"x").await?;
        }
    };
    let mut scrap = [0; 512];
    tokio::select! {
        read = reading.read(&mut scrap) => read.map(drop),
        written = slowly => written,
    }
}

/// Sends so many bytes as fast as it goes; fails when the server says or closes something first.
async fn unless_answered(stream: &mut TcpStream, piece: &[u8], bytes: usize) -> io::Result<()> {
    let (mut reading, mut writing) = stream.split();
    let fast = async {
        let mut left = bytes;
        while left > 0 {
            let next = piece.get(..left).unwrap_or(piece);
            writing.write_all(next).await?;
            left -= next.len();
        }
        Ok(())
    };
    let mut scrap = [0; 512];
    tokio::select! {
        biased;
        _ = reading.read(&mut scrap) => Err(io::ErrorKind::BrokenPipe.into()),
        written = fast => written,
    }
}
