use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::books::{Fate, Sent};
use crate::good_clients::{join, on_a_thread};
use crate::row::Demand;
use crate::scenario::{Stage, play};
use crate::server::{Files, HOME};
use crate::wire::{self, Answer, PATIENCE};

/// As many clients come through a proxy at once.
const CLIENTS: usize = 8;

/// So many good deliveries come from each.
const DELIVERIES: usize = 50;

/// What a proxy does when the answer comes before it has passed on the whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manners {
    /// Closes the connection, as nginx does.
    Close,
    /// Goes on writing for 50 ms, and keeps the connection if that was enough, as Caddy does.
    WriteOn,
}

/// How long [`Manners::WriteOn`] goes on.
const WRITE_ON: Duration = Duration::from_millis(50);

/// The connections that a proxy keeps, and reuses at once: the last one first.
struct Pool {
    server: SocketAddr,
    manners: Manners,
    kept: Mutex<Vec<TcpStream>>,
}

impl Pool {
    async fn take(&self) -> io::Result<TcpStream> {
        loop {
            let Some(stream) = self.kept.lock().unwrap().pop() else {
                return wire::connect(HOME, self.server).await;
            };
            // A proxy sees when a kept connection was closed, or says what nobody asked for.
            let unasked = stream.try_read(&mut [0]);
            if unasked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
                return Ok(stream);
            }
        }
    }

    /// Passes a request on. It is not sent twice: a proxy does not repeat a POST.
    async fn forward(&self, request: &[u8]) -> io::Result<Answer> {
        let mut stream = self.take().await?;
        let (answer, is_written) = pass(&mut stream, request, self.manners).await?;
        if is_written && !answer.closes {
            self.kept.lock().unwrap().push(stream);
        }
        Ok(answer)
    }
}

/// Sends a request and reads the answer, whichever is ready first; says whether all was sent.
async fn pass(
    stream: &mut TcpStream,
    request: &[u8],
    manners: Manners,
) -> io::Result<(Answer, bool)> {
    let (mut reading, mut writing) = stream.split();
    let mut write = pin!(writing.write_all(request));
    let mut answer = pin!(wire::answer(&mut reading));
    tokio::select! {
        written = &mut write => Ok((answer.await?, written.is_ok())),
        early = &mut answer => {
            let is_written = manners == Manners::WriteOn
                && timeout(WRITE_ON, write).await.is_ok_and(|written| written.is_ok());
            Ok((early?, is_written))
        }
    }
}

/// Requests that are answered before their bodies were read: their heads, but for the length.
const EARLY: [&str; 5] = [
    // No signature.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
     x-github-delivery: bad\r\ncontent-type: application/json\r\n",
    // No path of the server's.
    "POST /wrong HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\n",
    // No method.
    "PUT /event_handler HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\n",
    // No content type.
    "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n",
    "POST /livez HTTP/1.1\r\nhost: load\r\n",
];

const LENGTHS: [usize; 4] = [30_000, 100_000, 300_000, 1_000_000];

/// One of them, of the kind and length that this number says.
fn early(number: usize) -> Vec<u8> {
    let head = EARLY.get(number % EARLY.len()).unwrap();
    let length = *LENGTHS.get(number / EARLY.len() % LENGTHS.len()).unwrap();
    let body = "x".repeat(length);
    if (number / EARLY.len() / LENGTHS.len()).is_multiple_of(2) {
        format!("{head}content-length: {length}\r\n\r\n{body}").into_bytes()
    } else {
        format!("{head}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n")
            .into_bytes()
    }
}

/// Requests that are answered early come through a proxy, mixed with good deliveries, of which
/// none may be lost.
pub(crate) fn behind_a_proxy(name: &str, manners: Manners) {
    play(async |size| {
        let stage = Stage::set(name, Files::Plenty, HOME, None).await;
        let (server, post) = (stage.server.address(), Arc::clone(&stage.post));
        let deliveries = size.of(DELIVERIES);
        let sending = on_a_thread(move || async move {
            let pool = Arc::new(Pool { server, manners, kept: Mutex::default() });
            let mut clients = JoinSet::new();
            for client in 0..CLIENTS {
                let (pool, post) = (Arc::clone(&pool), Arc::clone(&post));
                clients.spawn(async move {
                    let mut sent = Vec::new();
                    for number in 0..deliveries {
                        let bad = early(client * deliveries + number);
                        let _ = timeout(PATIENCE, pool.forward(&bad)).await;
                        let (id, good) = post.next();
                        let begun = Instant::now();
                        let answer = timeout(PATIENCE, pool.forward(&good)).await;
                        let answer = answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
                        let fate = Fate::of(answer);
                        let took = begun.elapsed();
                        sent.push(Sent { id, fate, took, on_new_connection: false });
                    }
                    sent
                });
            }
            clients.join_all().await.concat()
        });
        let sent = join(sending).await;
        stage.close(CLIENTS, sent, Demand::AllAccepted).await
    });
}
