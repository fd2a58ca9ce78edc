//! Starts a contender and loads it.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::ROLE;
use crate::answers::expect_success;
use crate::contender::Contender;
use crate::killed::Killed;
use crate::letters::{Letter, new_id};

/// So many connections send at the same time.
const CONNECTIONS: usize = 64;

/// No round takes longer, unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a round came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// Processor time of the server for each delivery.
    pub(crate) processor: Duration,
    /// The most memory that was resident in it, in KiB.
    pub(crate) memory: u64,
    /// Deliveries answered in a second.
    pub(crate) rate: f64,
}

/// One turn of a contender with so many deliveries, after a tenth as many to warm up.
pub(crate) fn measure(contender: Contender, count: usize) -> Result<Figures, Box<dyn Error>> {
    let server = Command::new(std::env::current_exe()?)
        .env(ROLE, contender.name())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut server = Killed(server);
    let mut told = BufReader::new(server.0.stdout.take().ok_or("no output")?);
    let mut line = String::new();
    told.read_line(&mut line)?;
    let address: SocketAddr = line.trim().parse().map_err(|_| format!("it said {line:?}"))?;

    let mut telling = server.0.stdin.take().ok_or("no input")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let letters = Arc::new(Letter::all()?);
    let send = |count| {
        runtime.block_on(async { timeout(PATIENCE, load(address, &letters, count)).await })?
    };
    let warm_up = count / 10;
    send(warm_up)?;
    writeln!(telling, "begin")?;
    let taken = send(count)?;
    writeln!(telling, "{}", warm_up + count)?;

    // It tells its figures once everything is handled.
    let mut rest = String::new();
    told.read_line(&mut rest)?;
    let mut numbers = rest.split_whitespace().map(str::parse::<u64>);
    let mut next =
        || numbers.next().and_then(Result::ok).ok_or_else(|| format!("it said {rest:?}"));
    let (microseconds, memory) = (next()?, next()?);
    Ok(Figures {
        processor: Duration::from_micros(microseconds) / u32::try_from(count)?,
        memory,
        rate: count as f64 / taken.as_secs_f64(),
    })
}

/// Sends so many deliveries, and says how long that took.
async fn load(
    to: SocketAddr,
    letters: &Arc<Vec<Letter>>,
    count: usize,
) -> Result<Duration, Box<dyn Error>> {
    let begun = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (letters, begun) = (Arc::clone(letters), Arc::clone(&begun));
        connections.spawn(async move {
            let mut stream = TcpStream::connect(to).await?;
            stream.set_nodelay(true)?;
            loop {
                let number = begun.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(());
                }
                let letter = &letters[number % letters.len()];
                stream.write_all(&letter.with_id(&new_id())).await?;
                expect_success(&mut stream).await?;
            }
        });
    }
    while let Some(ended) = connections.join_next().await {
        let ended: std::io::Result<()> = ended?;
        ended?;
    }
    Ok(started.elapsed())
}
