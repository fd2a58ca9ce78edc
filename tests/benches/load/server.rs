//! The contenders.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookstead::events::PullRequestEvent;
use hookstead::inbox::{MemoryStore, PostgresStore, SqliteStore, Store};
use hookstead::{
    Attempt, Handler, HandlerError, Registration, Router, Server, WebhookSecret, async_trait,
};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::Notify;

use crate::accounting::processor_time;
use crate::bare::Bare;
use crate::contender::Contender;
use crate::letters::SECRET;
use crate::memory::memory;

/// Serves until its parent says that everything was sent and it is handled, then tells the figures.
pub(crate) fn be(contender: Contender) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        say(&listener.local_addr()?)?;
        let handled = Arc::new(Handled::default());
        let watched = Arc::clone(&handled);
        // Kept until the end: dropping it removes the file.
        let folder = tempfile::tempdir()?;
        let serving = async {
            match contender {
                Contender::Reads | Contender::Verifies | Contender::Decodes | Contender::Writes => {
                    Bare::new(contender, folder.path(), handled)?.serve(listener).await
                }
                Contender::NoHandler => {
                    serve(listener, Router::new().program("bench"), MemoryStore::new()).await
                }
                Contender::Memory => {
                    serve(listener, router(handled, false), MemoryStore::new()).await
                }
                Contender::Sqlite | Contender::SqliteLane => {
                    let store = SqliteStore::open(folder.path().join("bench.db"))?;
                    let in_lanes = contender == Contender::SqliteLane;
                    serve(listener, router(handled, in_lanes), store).await
                }
                Contender::Postgres => {
                    let schema = format!("bench_{:08x}", fastrand::u32(..));
                    let url = std::env::var("HOOKSTEAD_POSTGRES")?;
                    let store = PostgresStore::options().schema(&schema).connect(&url).await?;
                    serve(listener, router(handled, false), store).await
                }
            }
        };
        tokio::select! {
            ended = serving => ended,
            told = tell(contender, &watched) => told,
        }
    })
}

/// Follows the parent: `begin` after the warm-up, `end` when so many deliveries were answered in all.
async fn tell(contender: Contender, handled: &Handled) -> Result<(), Box<dyn Error>> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut next =
        async || lines.next_line().await?.ok_or_else(|| Box::<dyn Error>::from("no more"));
    next().await?;
    let before = processor_time()?;
    let count: usize = next().await?.parse()?;
    if contender.handles() {
        handled.reach(count).await;
    }
    let taken = processor_time()?.saturating_sub(before);
    say(&format_args!("{} {}", taken.as_micros(), memory("VmHWM")?))
}

fn say(what: &dyn std::fmt::Display) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what}")?;
    Ok(out.flush()?)
}

/// How many deliveries were handled.
#[derive(Default)]
pub(crate) struct Handled {
    count: AtomicUsize,
    more: Notify,
}

impl Handled {
    pub(crate) fn one_more(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.more.notify_waiters();
    }

    async fn reach(&self, count: usize) {
        loop {
            let more = self.more.notified();
            if self.count.load(Ordering::Relaxed) >= count {
                return;
            }
            more.await;
        }
    }
}

/// Ours.
async fn serve(
    listener: std::net::TcpListener,
    router: Router,
    store: impl Store,
) -> Result<(), Box<dyn Error>> {
    let secret = WebhookSecret::new(SECRET)?;
    let server = Server::new("/event_handler", secret, router).inbox(store);
    Ok(server.serve_until(listener, std::future::pending()).await?)
}

struct Counts(Arc<Handled>);

#[async_trait]
impl Handler<PullRequestEvent> for Counts {
    async fn handle(&self, _: &PullRequestEvent, _: &Attempt) -> Result<(), HandlerError> {
        self.0.one_more();
        Ok(())
    }
}

fn router(handled: Arc<Handled>, in_lanes: bool) -> Router {
    Router::new().program("bench").on_with(
        Counts(handled),
        |registration: Registration<PullRequestEvent>| match in_lanes {
            false => registration,
            true => registration.lane(|event| format!("{}", event.number)),
        },
    )
}
