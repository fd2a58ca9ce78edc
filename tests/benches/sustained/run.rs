//! One run with one store.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep};

use crate::killed::Killed;
use crate::letters::Letter;
use crate::phase::Phase;
use crate::place::Place;
use crate::sender::{self, Sent};
use crate::server::Told;
use crate::{STORE, report};

/// At least so often a row is printed.
const ROW: Duration = Duration::from_secs(30);

/// How much later the database answers when it lags.
const LAG: Duration = Duration::from_millis(5);

/// About as long as it takes to accept the retries.
const TO_SEND_RETRIES: Duration = Duration::from_secs(10);

/// What is left at the end is handled within this, unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn run(
    place: &Place,
    length: Duration,
    rate: u32,
    retries: usize,
) -> Result<(), Box<dyn Error>> {
    let ended = go_through(place, length, rate, retries).await;
    place.clear().await?;
    ended
}

async fn go_through(
    place: &Place,
    length: Duration,
    rate: u32,
    retries: usize,
) -> Result<(), Box<dyn Error>> {
    let mut server = Running::start(&place.to_server())?;
    report::print_head(place.name(), rate)?;
    let letters = Arc::new(Letter::all()?);
    let phases = Phase::all(place.can_lag());
    let share = length / phases.iter().map(|(_, shares)| shares).sum();
    let until_retries = length - share * phases.last().map_or(0, |(_, shares)| *shares);
    // Within the last phase, however long it takes to send them.
    let due = SystemTime::now() + until_retries + share + TO_SEND_RETRIES;
    sender::send_retries(server.address, retries, due).await?;
    let sent = Arc::new(Sent::default());
    let begun = Instant::now();
    let connections = sender::start(server.address, letters, rate, &sent);
    for (phase, shares) in phases {
        let _snapshot = match phase {
            Phase::Snapshot => Some(place.hold_snapshot().await?),
            _ => None,
        };
        place.lags_by(if phase == Phase::Lag { LAG } else { Duration::ZERO });
        let end = Instant::now() + share * shares;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // The last row of a phase is not a short one.
            let is_last = left < ROW + ROW / 2;
            sleep(if is_last { left } else { ROW }).await;
            let told = server.ask().await?;
            let failed = sent.failed.swap(0, Ordering::Relaxed);
            let (answers, size) = (sent.answers.take(), place.size().await?);
            report::print_row(begun.elapsed(), phase, answers, &told, size, failed)?;
        }
    }
    sent.is_over.store(true, Ordering::Relaxed);
    connections.join_all().await;
    balance(&mut server, &sent, retries).await
}

/// Whatever was accepted has been handled: two tasks a delivery, and the retries.
async fn balance(server: &mut Running, sent: &Sent, retries: usize) -> Result<(), Box<dyn Error>> {
    let accepted = sent.accepted.load(Ordering::Relaxed);
    let since = Instant::now();
    loop {
        let told = server.ask().await?;
        let is_balanced =
            told.handled >= 2 * accepted as u64 && told.retried >= retries as u64 && told.open == 0;
        if is_balanced {
            let seconds = since.elapsed().as_secs_f64();
            return report::say(&format!(
                "\n{accepted} accepted and handled, {retries} retries handled, {seconds:.1} s after \
                 the last was sent"
            ));
        }
        if since.elapsed() > PATIENCE {
            return Err(format!("{accepted} accepted, {retries} to retry; it said {told:?}").into());
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// The server's process.
struct Running {
    address: SocketAddr,
    asking: ChildStdin,
    told: BufReader<ChildStdout>,
    _process: Killed,
}

impl Running {
    fn start(store: &str) -> Result<Self, Box<dyn Error>> {
        let process = Command::new(std::env::current_exe()?)
            .env(STORE, store)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut process = Killed(process);
        let asking = process.0.stdin.take().ok_or("no input")?;
        let mut told = BufReader::new(process.0.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        told.read_line(&mut line)?;
        let address = line.trim().parse().map_err(|_| format!("the server said {line:?}"))?;
        Ok(Self { address, asking, told, _process: process })
    }

    /// Asks for the figures since it was asked last.
    async fn ask(&mut self) -> Result<Told, Box<dyn Error>> {
        writeln!(self.asking)?;
        // It blocks a thread that has others beside it.
        let line = tokio::task::block_in_place(|| {
            let mut line = String::new();
            self.told.read_line(&mut line).map(|_| line)
        });
        Told::parse(&line?)
    }
}
