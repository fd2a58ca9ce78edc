//! A server for the tests that torture stores: its handlers report to a [`Ledger`], and its leases
//! are short. What it is to do stands in its environment, and in the payloads:
//!
//! `{"lane": "a", "work": 20, "then": "done"}`: of the lane `a`, works 20 ms, then is done, or is to
//! be tried `again` once, or fails `for ever`, or does `block` its thread for ever. A `push` is
//! handled in any case; of `deployment`s only the latest of a lane.
//!
//! [`Ledger`]: hookstead_tests::Ledger

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use hookstead::events::{DecodeError, Event, EventName, decode_json};
use hookstead::inbox::{BackOff, Inbox, PostgresInbox, SqliteInbox};
use hookstead::receiver::{DetailsFor, Limits};
use hookstead::{
    Delivery, Handler, HandlerError, Registration, Router, Server, WebhookSecret, async_trait,
};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tracing_subscriber::filter::LevelFilter;

/// A handler says so often that it is awake.
const BEAT: Duration = Duration::from_millis(100);

/// How long everything may take where there is no hurry.
const PATIENCE: Duration = Duration::from_secs(100);

/// What a payload asks for.
#[derive(Debug)]
struct Job<const LATEST: bool>(Value);

impl<const LATEST: bool> Event for Job<LATEST> {
    const NAME: Option<EventName> =
        Some(if LATEST { EventName::Deployment } else { EventName::Push });

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload).map(Self)
    }
}

impl<const LATEST: bool> Job<LATEST> {
    fn lane(&self) -> Option<String> {
        self.0["lane"].as_str().map(str::to_owned)
    }
}

/// Does what the payload asks for.
struct Labour {
    ledger: SocketAddr,
}

#[async_trait]
impl<const LATEST: bool> Handler<Job<LATEST>> for Labour {
    async fn handle(&self, job: &Job<LATEST>, delivery: &Delivery) -> Result<(), HandlerError> {
        let mut stream = TcpStream::connect(self.ledger).await?;
        stream.set_nodelay(true)?;
        let (reading, mut writing) = stream.split();
        let mut lines = BufReader::new(reading).lines();
        let lane = job.lane().unwrap_or_else(|| "-".to_owned());
        let (attempt, process) = (delivery.attempt, std::process::id());
        let begin = format!("begin {} {lane} {attempt} {process}\n", delivery.id);
        writing.write_all(begin.as_bytes()).await?;

        if job.0["then"] == "block" {
            loop {
                std::thread::park();
            }
        }
        {
            let work = async {
                if lines.next_line().await?.as_deref() != Some("go") {
                    return Err(HandlerError::retry("the ledger is closed"));
                }
                sleep(Duration::from_millis(job.0["work"].as_u64().unwrap_or(0))).await;
                Ok(())
            };
            let mut work = std::pin::pin!(work);
            loop {
                match timeout(BEAT, &mut work).await {
                    Ok(worked) => break worked?,
                    Err(_) => writing.write_all(b".").await?,
                }
            }
        }
        writing.write_all(b"end\n").await?;
        // Written down before the inbox hears of the end.
        lines.next_line().await?;
        match job.0["then"].as_str() {
            Some("again") if attempt == 1 => {
                Err(HandlerError::retry_after("once more", Duration::from_millis(100)))
            }
            Some("for ever") => Err(HandlerError::permanent("as it was asked for")),
            _ => Ok(()),
        }
    }
}

/// Whether a slow machine may take longer than GitHub waits.
fn is_patient() -> bool {
    std::env::var_os("PATIENT").is_some()
}

fn variable(name: &str) -> Result<String, Box<dyn Error>> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}

#[tokio::main]
async fn main() -> ExitCode {
    // Silent unless somebody looks for the reason of a failure: `HOOKSTEAD_TORTURE_LOG=debug`.
    let level = std::env::var("LOG").ok().and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .with_max_level(level.unwrap_or(LevelFilter::OFF))
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where the test reads it.
            let _ = writeln!(std::io::stdout(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let inbox = variable("INBOX")?;
    match inbox.split_once(' ') {
        // `SCHEMA URL`
        Some((schema, url)) => {
            let mut options = PostgresInbox::options().schema(schema);
            if is_patient() {
                options = options.accept_budget(PATIENCE);
            }
            serve(options.connect(url).await?).await
        }
        None => {
            let mut options = SqliteInbox::options();
            if is_patient() {
                options = options.accept_budget(PATIENCE).lock_timeout(PATIENCE);
            }
            if let Ok(bytes) = std::env::var("MAX_BYTES") {
                options = options.max_bytes(bytes.parse()?);
            }
            serve(options.open(inbox)?).await
        }
    }
}

async fn serve(inbox: impl Inbox) -> Result<(), Box<dyn Error>> {
    fn lane<const LATEST: bool>(it: Registration<Job<LATEST>>) -> Registration<Job<LATEST>> {
        it.lane(Job::lane)
    }
    let ledger = variable("LEDGER")?.parse()?;
    let lease = Duration::from_millis(variable("LEASE")?.parse()?);
    let drain = Duration::from_millis(variable("DRAIN")?.parse()?);
    let router = Router::new()
        .on_with::<Job<false>>(Labour { ledger }, lane)
        .on_with::<Job<true>>(Labour { ledger }, |it| lane(it).latest_only());
    let mut limits = Limits::default();
    if let Ok(delay) = std::env::var("LEAVE_DELAY") {
        limits = limits.leave_delay(Duration::from_millis(delay.parse()?));
    }
    if is_patient() {
        limits = limits.body_deadline(PATIENCE).accept_deadline(PATIENCE);
    }
    Server::new("/", WebhookSecret::from_env("WEBHOOK_SECRET")?, router)
        .limits(limits)
        .details_for(DetailsFor::Everybody)
        .inbox(inbox)
        .worker(move |worker| {
            worker
                .lease(lease)
                .drain_time(drain)
                .concurrency(16)
                // Kills count as attempts; here they must not use them up.
                .max_attempts(1_000_000)
                .back_off(BackOff::new(Duration::from_millis(100), Duration::from_secs(1)))
                .poll_interval(Duration::from_millis(200))
        })
        .serve(variable("LISTEN")?)
        .await?;
    Ok(())
}
