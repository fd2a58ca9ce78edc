//! A server for the tests that torture stores: its handlers report to a [`Ledger`], and its leases
//! are short. What it is to do stands in its environment, and in the payloads: see [`router`].
//!
//! [`Ledger`]: hookstead_tests::Ledger

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use hookstead::inbox::{BackOff, PostgresStore, SqliteStore, Store};
use hookstead::receiver::{DetailsFor, Limits};
use hookstead::{Inbox, Server, WebhookSecret};
use hookstead_tests::{HANDLERS, PROGRAM, router};
use tracing_subscriber::filter::LevelFilter;

/// How long everything may take where there is no hurry.
const PATIENCE: Duration = Duration::from_secs(100);

/// Whether a slow machine may take longer than GitHub waits.
fn is_patient() -> bool {
    std::env::var_os("PATIENT").is_some()
}

fn variable(name: &str) -> Result<String, Box<dyn Error>> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}

fn variable_or(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

#[tokio::main]
async fn main() -> ExitCode {
    // Silent unless somebody looks for the reason of a failure: `LOG=debug` in its environment.
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
            serve(PostgresStore::options().schema(schema).connect(url).await?).await
        }
        None => {
            let mut options = SqliteStore::options();
            if is_patient() {
                options = options.lock_deadline(PATIENCE);
            }
            if let Ok(bytes) = std::env::var("MAX_BYTES") {
                options = options.max_bytes(bytes.parse()?);
            }
            serve(options.open(inbox)?).await
        }
    }
}

async fn serve(store: impl Store) -> Result<(), Box<dyn Error>> {
    let (program, handlers) = (variable_or("PROGRAM", PROGRAM), variable_or("HANDLERS", HANDLERS));
    let router = router(&program, &handlers, variable("LEDGER")?.parse()?)?;
    let mut inbox = Inbox::new(store, router);
    let mut limits = Limits::default();
    if let Ok(delay) = std::env::var("LEAVE_DELAY") {
        limits = limits.leave_delay(Duration::from_millis(delay.parse()?));
    }
    if is_patient() {
        limits = limits.body_deadline(PATIENCE);
        inbox = inbox.accept_deadline(PATIENCE).store_deadline(PATIENCE);
    }
    let lease = Duration::from_millis(variable("LEASE")?.parse()?);
    let drain = Duration::from_millis(variable("DRAIN")?.parse()?);
    Server::of("/", WebhookSecret::from_env("WEBHOOK_SECRET")?, inbox.clone())
        .limits(limits)
        .details_for(DetailsFor::Everybody)
        .worker(move |worker| {
            worker
                .lease(lease)
                .drain_deadline(drain)
                .concurrency(16)
                // Kills are no reason to give up; here they must not use up anything.
                .max_failures(1_000_000)
                .max_abandoned(1_000_000)
                .back_off(BackOff::new(Duration::from_millis(100), Duration::from_secs(1)))
                .poll_interval(Duration::from_millis(200))
        })
        .serve(variable("LISTEN")?)
        .await?;
    if std::env::var_os("LEAVES").is_some() {
        // It does not come back.
        inbox.leave().await?;
    }
    Ok(())
}
