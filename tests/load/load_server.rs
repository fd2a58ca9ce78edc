//! The server that the load test loads: a plain [`Server`] with its default limits. Its handler
//! writes the id of each delivery into a file, so that the books can be balanced from outside.
//!
//! What it is to do stands in its environment: `WEBHOOK_SECRET`, `LISTEN`, `HANDLED` (the file) and
//! `INBOX` (an SQLite file, or a PostgreSQL schema and URL).

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use hookstead::events::{DecodeError, Event, EventName, decode_json};
use hookstead::inbox::{PostgresStore, SqliteStore, Store};
use hookstead::{Attempt, Handler, HandlerError, Router, Server, WebhookSecret, async_trait};
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;

/// Where the server takes deliveries.
const PATH: &str = "/event_handler";

/// A push, whatever it contains.
#[derive(Debug)]
struct Push(#[expect(dead_code, reason = "decoding is part of the load")] Value);

impl Event for Push {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload).map(Self)
    }
}

/// Writes down what is handled.
struct Scribe {
    file: Mutex<File>,
}

#[async_trait]
impl Handler<Push> for Scribe {
    async fn handle(&self, _: &Push, attempt: &Attempt) -> Result<(), HandlerError> {
        let line = format!("{}\n", attempt.delivery().id);
        // One call for each line, so that a reader never sees half of one.
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())?;
        Ok(())
    }
}

fn variable(name: &str) -> Result<String, Box<dyn Error>> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}

#[tokio::main]
async fn main() -> ExitCode {
    // What a default server logs is measured, too.
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::INFO)
        .with_ansi(false)
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
        Some((schema, url)) => {
            serve(PostgresStore::options().schema(schema).connect(url).await?).await
        }
        None => serve(SqliteStore::open(inbox)?).await,
    }
}

async fn serve(store: impl Store) -> Result<(), Box<dyn Error>> {
    let file = File::options().create(true).append(true).open(variable("HANDLED")?)?;
    let router = Router::new().on::<Push>(Scribe { file: Mutex::new(file) });
    Server::new(PATH, WebhookSecret::from_env("WEBHOOK_SECRET")?, router)
        .inbox(store)
        .serve(variable("LISTEN")?)
        .await?;
    Ok(())
}
