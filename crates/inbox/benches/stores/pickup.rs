//! How long a new delivery waits until its handler starts: in one process, and when another process
//! does the work. The benchmark starts itself again as that process.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hookstead_events::PullRequestEvent;
use hookstead_handler::{Attempt, Delivery, Router, handler_fn};
use hookstead_inbox::{Inbox, SqliteStore, Store, Worker};
use tokio::sync::{mpsc, oneshot};

use crate::Context;
use crate::contender::{Contender, Row, Sample, Wait};

/// Set in the process that works: the file, or the schema (and the URL by its own variable).
pub(crate) const CHILD: &str = "HOOKSTEAD_BENCH_WORKER";

const IN_PROCESS: Duration = Duration::from_millis(5);
const ACROSS_PROCESSES: Duration = Duration::from_millis(50);

pub(crate) fn sqlite<'a>(context: &Context<'a>) -> Vec<Contender<'a>> {
    let context = *context;
    let within = context.directory.join("within.db");
    let across = context.directory.join("across.db");
    let within = Contender::new(
        Row::new("SqliteStore: picking up, same process").under(IN_PROCESS),
        move || in_process(&context, Arc::new(SqliteStore::open(&within).unwrap())),
    );
    let across = Contender::new(
        Row::new("SqliteStore: picking up, other process").under(ACROSS_PROCESSES),
        move || {
            let store = SqliteStore::open(&across).unwrap();
            across_processes(&context, store, across.clone().into_os_string())
        },
    );
    vec![within, across]
}

#[cfg(feature = "postgres")]
pub(crate) fn postgres<'a>(
    context: &Context<'a>,
    database: &'a crate::database::Database,
) -> Vec<Contender<'a>> {
    let context = *context;
    let store = move |schema| context.runtime.block_on(database.store(schema, 10));
    let within = Contender::new(
        Row::new("PostgresStore: picking up, same process").under(IN_PROCESS),
        move || in_process(&context, store("within")),
    );
    let across = Contender::new(
        Row::new("PostgresStore: picking up, other process").under(ACROSS_PROCESSES),
        move || {
            let store = store("across");
            across_processes(&context, store, database.schema("across").into())
        },
    );
    vec![within, across]
}

/// Accepts one after the other, each when the one before has been handled for a while.
async fn follow(
    context: &Context<'_>,
    inbox: &Inbox,
    mut handled_at: impl AsyncFnMut(&Delivery) -> SystemTime,
) -> Sample {
    let mut waits = Vec::new();
    let began = Instant::now();
    // The first finds a worker that is still starting.
    for number in 0..=context.sizes.followed {
        let delivery = context.bodies.delivery();
        let start = SystemTime::now();
        inbox.accept(delivery.clone()).await.unwrap();
        let accepted = SystemTime::now();
        let handled = handled_at(&delivery).await;
        if number > 0 {
            waits.push(Wait {
                since_start: handled.duration_since(start).unwrap_or_default(),
                since_accepted: handled.duration_since(accepted).unwrap_or_default(),
            });
        }
        if began.elapsed() > context.sizes.following {
            break;
        }
        // Not in step with anybody who looks every so often.
        tokio::time::sleep(Duration::from_micros(fastrand::u64(2_000..12_000))).await;
    }
    Sample::Waits(waits)
}

fn in_process(context: &Context<'_>, store: impl Store) -> Sample {
    context.runtime.block_on(async {
        let (handled, mut all_handled) = mpsc::unbounded_channel();
        let inbox = Inbox::new(store, telling(handled));
        let worker = Worker::new(inbox.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }));
        let sample = follow(context, &inbox, async |delivery| {
            let (id, at) = all_handled.recv().await.unwrap();
            assert_eq!(id, delivery.id.as_str());
            at
        });
        let sample = sample.await;
        // It settles the last one first.
        drop(stop);
        worker.await.unwrap();
        sample
    })
}

/// A router whose handler tells what it got, and when it began.
fn telling(handled: mpsc::UnboundedSender<(String, SystemTime)>) -> Router {
    let handler = handler_fn(move |_: PullRequestEvent, attempt: Attempt| {
        let now = SystemTime::now();
        let handled = handled.clone();
        async move { Ok(handled.send((attempt.delivery().id.to_string(), now))?) }
    });
    Router::new().program("bench").on::<PullRequestEvent>(handler)
}

fn across_processes(context: &Context<'_>, store: impl Store, place: OsString) -> Sample {
    let mut other = Other::start(place);
    let (handled, _) = mpsc::unbounded_channel();
    let inbox = Inbox::new(store, telling(handled));
    context.runtime.block_on(follow(context, &inbox, async |delivery| {
        // It blocks this thread only, which has nothing else to do.
        loop {
            let (id, at) = other.hear();
            // The last one of the turn before may have lost its worker.
            if id == delivery.id.as_str() {
                return at;
            }
        }
    }))
}

/// The process that works. It is killed when this is dropped.
struct Other {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Other {
    fn start(store: OsString) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .env(CHILD, store)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, output }
    }

    /// What it handled next, and when.
    fn hear(&mut self) -> (String, SystemTime) {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let (id, nanoseconds) = line.trim_end().split_once(' ').unwrap();
        (id.to_owned(), UNIX_EPOCH + Duration::from_nanos(nanoseconds.parse().unwrap()))
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the other process does: it works, and says what it handled.
pub(crate) async fn work_as_child(store: &str) {
    let (handled, mut all_handled) = mpsc::unbounded_channel();
    let inbox = Inbox::of_shared(open(store).await, telling(handled));
    tokio::spawn(Worker::new(inbox).run(std::future::pending()));
    while let Some((id, at)) = all_handled.recv().await {
        let nanoseconds = at.duration_since(UNIX_EPOCH).unwrap().as_nanos();
        // Nobody listens any more when the benchmark was ended.
        if writeln!(std::io::stdout(), "{id} {nanoseconds}").is_err() {
            return;
        }
    }
}

async fn open(store: &str) -> Arc<dyn Store> {
    #[cfg(feature = "postgres")]
    if !std::path::Path::new(store).is_absolute() {
        use hookstead_inbox::PostgresStore;
        let url = std::env::var("HOOKSTEAD_POSTGRES").unwrap();
        return Arc::new(PostgresStore::options().schema(store).connect(&url).await.unwrap());
    }
    Arc::new(SqliteStore::open(store).unwrap())
}
