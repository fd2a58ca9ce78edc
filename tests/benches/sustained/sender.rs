//! Sends deliveries, each at its moment.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::answers::expect_success;
use crate::letters::{Letter, new_id};
use crate::waits::Waits;

/// So many connections send. More deliveries than that wait for one, and their waits count.
const CONNECTIONS: usize = 256;

/// What was sent.
#[derive(Default)]
pub(crate) struct Sent {
    /// From the moment at which a delivery was to be sent to its answer.
    pub(crate) answers: Waits,
    pub(crate) accepted: AtomicUsize,
    pub(crate) failed: AtomicUsize,
    pub(crate) is_over: AtomicBool,
}

/// Sends so many a second until it is over.
pub(crate) fn start(
    to: SocketAddr,
    letters: Arc<Vec<Letter>>,
    rate: u32,
    sent: &Arc<Sent>,
) -> JoinSet<()> {
    let (begin, begin_clock) = (Instant::now(), SystemTime::now());
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (letters, sent, next) = (Arc::clone(&letters), Arc::clone(sent), Arc::clone(&next));
        connections.spawn(async move {
            let mut stream = None;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let after = Duration::from_secs_f64(number as f64 / f64::from(rate));
                sleep_until(begin + after).await;
                if sent.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let id = id_at(begin_clock + after);
                let letter = letters[number % letters.len()].with_id(&id);
                match deliver(&mut stream, to, &letter).await {
                    Ok(()) => {
                        sent.answers.add((begin + after).elapsed());
                        sent.accepted.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(_) => {
                        stream = None;
                        sent.failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        });
    }
    connections
}

/// Sends so many whose second attempts are all due at this moment.
pub(crate) async fn send_retries(
    to: SocketAddr,
    count: usize,
    due: SystemTime,
) -> Result<(), Box<dyn std::error::Error>> {
    let due = u64::try_from(due.duration_since(UNIX_EPOCH)?.as_millis())?;
    let letter = Arc::new(Letter::of("push", &json!({ "due": due }))?);
    let left = Arc::new(AtomicUsize::new(count));
    let mut connections = JoinSet::new();
    for _ in 0..32 {
        let (letter, left) = (Arc::clone(&letter), Arc::clone(&left));
        connections.spawn(async move {
            let mut stream = None;
            let take = |left: usize| left.checked_sub(1);
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                deliver(&mut stream, to, &letter.with_id(&new_id())).await?;
            }
            std::io::Result::Ok(())
        });
    }
    while let Some(ended) = connections.join_next().await {
        ended??;
    }
    Ok(())
}

/// An id that tells when the delivery was to be sent.
fn id_at(moment: SystemTime) -> String {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:016x}{:016x}", since.as_micros(), fastrand::u64(..))
}

/// The moment in an id.
pub(crate) fn moment_in(id: &str) -> Option<SystemTime> {
    let microseconds = u64::from_str_radix(id.get(..16)?, 16).ok()?;
    Some(UNIX_EPOCH + Duration::from_micros(microseconds))
}

async fn deliver(
    stream: &mut Option<TcpStream>,
    to: SocketAddr,
    letter: &[u8],
) -> std::io::Result<()> {
    let stream = match stream {
        Some(stream) => stream,
        None => {
            let new = TcpStream::connect(to).await?;
            new.set_nodelay(true)?;
            stream.insert(new)
        }
    };
    stream.write_all(letter).await?;
    expect_success(stream).await
}
