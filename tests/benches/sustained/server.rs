//! The server: a process of its own, which is asked for its figures by lines on its input.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookstead::events::{DecodeError, Event, EventName, PullRequestEvent, decode_json};
use hookstead::inbox::{PostgresStore, SqliteStore, Store};
use hookstead::{
    Attempt, Handler, HandlerError, Registration, Router, Server, WebhookSecret, async_trait,
};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::letters::SECRET;
use crate::memory::memory;
use crate::sender::moment_in;
use crate::waits::{Percentiles, Waits};

/// What a server tells when it is asked.
#[derive(Debug)]
pub(crate) struct Told {
    /// From the moment at which deliveries were to be sent to the starts of their handlers.
    pub(crate) waits: Percentiles,
    /// Handled so far: tasks of pull requests, and retries.
    pub(crate) handled: u64,
    pub(crate) retried: u64,
    /// Tasks that are open. The store stops counting at 10,000 for each handler and state.
    pub(crate) open: u64,
    /// Resident memory in KiB.
    pub(crate) memory: u64,
}

impl Told {
    pub(crate) fn parse(line: &str) -> Result<Self, Box<dyn Error>> {
        let numbers: Result<Vec<u64>, _> = line.split_whitespace().map(str::parse).collect();
        let numbers = numbers.map_err(|_| format!("the server said {line:?}"))?;
        let [half, most, nearly_all, all, handled, retried, open, memory] = numbers[..] else {
            return Err(format!("the server said {line:?}").into());
        };
        let waits = [half, most, nearly_all, all].map(|it| u32::try_from(it).unwrap_or(u32::MAX));
        Ok(Self { waits: Percentiles(waits), handled, retried, open, memory })
    }
}

/// Serves until its parent closes its input.
pub(crate) fn be(store: &str) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store: Arc<dyn Store> = match store.split_once(' ') {
            Some((schema, url)) => {
                Arc::new(PostgresStore::options().schema(schema).connect(url).await?)
            }
            None => Arc::new(SqliteStore::open(store)?),
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        say(&listener.local_addr()?)?;
        let counts = Arc::new(Counts::default());
        let secret = WebhookSecret::new(SECRET)?;
        let server =
            Server::new("/event_handler", secret, router(&counts)).inbox(Arc::clone(&store));
        tokio::select! {
            ended = server.serve_until(listener, std::future::pending()) => Ok(ended?),
            told = tell(&counts, &*store) => told,
        }
    })
}

/// Answers each line with the figures.
async fn tell(counts: &Counts, store: &dyn Store) -> Result<(), Box<dyn Error>> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while lines.next_line().await?.is_some() {
        let depth = store.depth().await?;
        let open = |name: &hookstead::inbox::NameDepth| {
            name.ready + name.leased + name.delayed + name.blocked
        };
        let open: u64 = depth.names.iter().map(open).sum();
        let [half, most, nearly_all, all] = counts.waits.take().0;
        let handled = counts.handled.load(Ordering::Relaxed);
        let retried = counts.retried.load(Ordering::Relaxed);
        let memory = memory("VmRSS")?;
        say(&format_args!("{half} {most} {nearly_all} {all} {handled} {retried} {open} {memory}"))?;
    }
    Ok(())
}

fn say(what: &dyn std::fmt::Display) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what}")?;
    Ok(out.flush()?)
}

#[derive(Default)]
struct Counts {
    waits: Waits,
    handled: AtomicU64,
    retried: AtomicU64,
}

fn router(counts: &Arc<Counts>) -> Router {
    let is_named = |name| move |it: Registration<PullRequestEvent>| it.name(name);
    Router::new()
        .program("bench")
        .on_with(Watches(Arc::clone(counts)), is_named("alone"))
        .on_with(Watches(Arc::clone(counts)), move |it: Registration<PullRequestEvent>| {
            is_named("in_lane")(it).lane(|event| event.number.to_string())
        })
        .on::<Later>(Retries(Arc::clone(counts)))
}

/// Notes when it starts.
struct Watches(Arc<Counts>);

#[async_trait]
impl Handler<PullRequestEvent> for Watches {
    async fn handle(&self, _: &PullRequestEvent, attempt: &Attempt) -> Result<(), HandlerError> {
        if let Some(moment) = moment_in(attempt.delivery().id.as_str()) {
            self.0.waits.add(moment.elapsed().unwrap_or_default());
        }
        self.0.handled.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// A push that says when its second attempt is due.
struct Later(SystemTime);

impl Event for Later {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        let payload: Value = decode_json(name, payload)?;
        let due = payload["due"].as_u64().unwrap_or_default();
        Ok(Self(UNIX_EPOCH + Duration::from_millis(due)))
    }
}

/// Has its second attempt at the moment that it is told. A failure that asks for a pause gets some more by
/// chance; what waits does not.
struct Retries(Arc<Counts>);

#[async_trait]
impl Handler<Later> for Retries {
    async fn handle(&self, later: &Later, attempt: &Attempt) -> Result<(), HandlerError> {
        if attempt.number() == 1 {
            return Err(HandlerError::wait(later.0, "not yet"));
        }
        self.0.retried.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
