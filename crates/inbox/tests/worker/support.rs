use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_events::{DecodeError, Event, EventName, decode_json};
use hookstead_handler::{
    Attempt, Delivery, DeliveryId, Handler, HandlerError, Interruption, Registration, Router,
    handler_fn,
};
use hookstead_inbox::{BackOff, Depth, Entry, Filter, Inbox, Store, TaskState, Worker};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Makes a test of each function, for each store. The function gets the store.
macro_rules! on_all_stores {
    ($($test:ident)*) => {
        mod memory {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let store = hookstead_inbox::MemoryStore::new();
                    crate::support::patiently(super::$test(std::sync::Arc::new(store))).await;
                }
            )*
        }

        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let directory = tempfile::tempdir().unwrap();
                    let file = directory.path().join("inbox.db");
                    let store = hookstead_inbox::SqliteStore::open(file).unwrap();
                    crate::support::patiently(super::$test(std::sync::Arc::new(store))).await;
                }
            )*
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let Some(schema) = crate::store::Schema::new().await else { return };
                    let store = schema.store().await;
                    crate::support::patiently(super::$test(std::sync::Arc::new(store))).await;
                }
            )*
        }
    };
}
pub(crate) use on_all_stores;

/// Nothing takes this long unless it hangs.
pub(crate) async fn patiently<T>(test: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), test).await.expect("the test hangs")
}

/// The stores of these tests, whichever they are.
pub(crate) type AnyStore = Arc<dyn Store>;

/// An event of its own: a push whose payload is a number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub(crate) u32);

impl Event for Number {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload).map(Self)
    }
}

/// The inbox of a process with these handlers. Another one is another process.
pub(crate) fn inbox(store: &AnyStore, router: Router) -> Inbox {
    Inbox::new(Arc::clone(store), router.program("test"))
}

pub(crate) fn id(id: &str) -> DeliveryId {
    id.parse().unwrap()
}

pub(crate) fn delivery(id: &str, payload: impl Into<String>) -> Delivery {
    Delivery::new(id.parse().unwrap(), EventName::Push, payload.into())
}

pub(crate) async fn accept(inbox: &Inbox, id: &str, payload: impl Into<String>) {
    inbox.accept(delivery(id, payload)).await.unwrap();
}

/// What the inbox knows of the tasks of the delivery with this id, by their names.
pub(crate) async fn entries(inbox: &Inbox, id: &str) -> Vec<Entry> {
    let filter = Filter::default().with_id(id.parse().unwrap()).with_bodies();
    let mut entries = inbox.list(filter).all().await.unwrap();
    entries.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
    entries
}

/// The same where there is one task.
pub(crate) async fn entry(inbox: &Inbox, id: &str) -> Entry {
    let mut entries = entries(inbox, id).await;
    assert_eq!(entries.len(), 1, "the tasks of {id}");
    entries.pop().unwrap()
}

pub(crate) async fn state(inbox: &Inbox, id: &str) -> TaskState {
    entry(inbox, id).await.state
}

/// How many tasks there are, whatever their names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) ready: u64,
    pub(crate) leased: u64,
    pub(crate) delayed: u64,
    pub(crate) blocked: u64,
    pub(crate) done: u64,
    pub(crate) superseded: u64,
    pub(crate) canceled: u64,
    pub(crate) dead: u64,
}

impl Count {
    pub(crate) fn open(&self) -> u64 {
        self.ready + self.leased + self.delayed + self.blocked
    }
}

pub(crate) async fn count(inbox: &Inbox) -> Count {
    let Depth { names, done, superseded, canceled, dead, .. } = inbox.depth().await.unwrap();
    let mut count = Count { done, superseded, canceled, dead, ..Count::default() };
    for name in names {
        count.ready += name.ready;
        count.leased += name.leased;
        count.delayed += name.delayed;
        count.blocked += name.blocked;
    }
    count
}

/// Waits until the inbox holds this.
pub(crate) async fn until(inbox: &Inbox, holds: impl Fn(Count) -> bool) {
    while !holds(count(inbox).await) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Waits until this is so.
pub(crate) async fn eventually(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A router with this one handler.
pub(crate) fn router<R>(handle: impl Fn(Number, Attempt) -> R + Send + Sync + 'static) -> Router
where
    R: Future<Output = Result<(), HandlerError>> + Send + 'static,
{
    Router::new().on::<Number>(handler_fn(handle))
}

/// Everything in one lane.
pub(crate) fn one_lane(registration: Registration<Number>) -> Registration<Number> {
    registration.lane(|_| "all".to_owned())
}

/// A worker that does not make tests wait.
pub(crate) fn worker(inbox: &Inbox) -> Worker {
    Worker::new(inbox.clone())
        .back_off(BackOff::new(Duration::from_millis(1), Duration::from_millis(1)))
        .longest_outage_delay(Duration::from_millis(5))
        .poll_interval(Duration::from_millis(10))
        .renew_interval(Duration::from_millis(50))
}

/// A worker that runs until it is stopped.
pub(crate) struct Running {
    stop: Option<oneshot::Sender<()>>,
    noticed: Option<oneshot::Receiver<()>>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) fn start(worker: Worker) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (notice, noticed) = oneshot::channel();
        let task = tokio::spawn(worker.run(async move {
            let _ = stopped.await;
            let _ = notice.send(());
        }));
        Self { stop: Some(stop), noticed: Some(noticed), task }
    }

    /// Tells the worker to stop, and waits until it has heard.
    pub(crate) async fn begin_to_stop(&mut self) {
        drop(self.stop.take());
        if let Some(noticed) = self.noticed.take() {
            noticed.await.unwrap();
        }
        // From there the word goes on to the worker's own threads; nothing shows when it is there.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        self.task.await.unwrap();
    }

    /// Drops the future that runs the worker: as far as the store can tell, its process was killed.
    pub(crate) async fn abort(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// A handler that tells when it starts, then waits to be let go, and tells when it is dropped,
/// finished or not.
#[derive(Clone)]
pub(crate) struct Gate {
    started: mpsc::UnboundedSender<u32>,
    dropped: mpsc::UnboundedSender<u32>,
    why: mpsc::UnboundedSender<Option<Interruption>>,
    permits: Arc<tokio::sync::Semaphore>,
    pub(crate) runs: Arc<AtomicUsize>,
}

/// The other end of a [`Gate`].
pub(crate) struct GateKeeper {
    pub(crate) started: mpsc::UnboundedReceiver<u32>,
    pub(crate) dropped: mpsc::UnboundedReceiver<u32>,
    /// Why each of them was interrupted, if it was.
    pub(crate) why: mpsc::UnboundedReceiver<Option<Interruption>>,
}

impl Gate {
    pub(crate) fn new() -> (Self, GateKeeper) {
        let (started, started_receiver) = mpsc::unbounded_channel();
        let (dropped, dropped_receiver) = mpsc::unbounded_channel();
        let (why, why_receiver) = mpsc::unbounded_channel();
        let permits = Arc::new(tokio::sync::Semaphore::new(0));
        let gate = Self { started, dropped, why, permits, runs: Arc::default() };
        let keeper =
            GateKeeper { started: started_receiver, dropped: dropped_receiver, why: why_receiver };
        (gate, keeper)
    }

    pub(crate) fn router(&self) -> Router {
        Router::new().on::<Number>(self.handler())
    }

    pub(crate) fn handler(&self) -> impl Handler<Number> {
        let gate = self.clone();
        handler_fn(move |Number(number), attempt: Attempt| {
            let gate = gate.clone();
            async move {
                let _told_when_dropped = TellDropped { gate: gate.clone(), number, attempt };
                gate.runs.fetch_add(1, Ordering::SeqCst);
                gate.started.send(number)?;
                gate.permits.acquire().await?.forget();
                Ok(())
            }
        })
    }

    /// Lets so many handlers finish.
    pub(crate) fn open(&self, times: usize) {
        self.permits.add_permits(times);
    }

    pub(crate) fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }
}

struct TellDropped {
    gate: Gate,
    number: u32,
    attempt: Attempt,
}

impl Drop for TellDropped {
    fn drop(&mut self) {
        let _ = self.gate.why.send(self.attempt.interruption());
        let _ = self.gate.dropped.send(self.number);
    }
}

/// Of sixty tasks, numbered from 0, forty take no time, and eight hold all slots. The others, leased ahead or not, are
/// there for whoever has a slot, and each is tried once.
pub(crate) async fn what_has_no_slot_is_given_back(
    inbox: &Inbox,
    gate: &Gate,
    mut keeper: GateKeeper,
    running: Running,
) {
    until(inbox, |count| (count.done, count.leased, count.ready) == (40, 8, 12)).await;
    assert_eq!(gate.runs(), 48, "the others are there for whoever has a slot");
    gate.open(20);
    until(inbox, |count| count.done == 60).await;
    running.stop().await;
    let mut begun = Vec::new();
    while let Ok(number) = keeper.started.try_recv() {
        begun.push(number);
    }
    begun.sort_unstable();
    assert_eq!(begun, (0..60).collect::<Vec<u32>>(), "each was tried once");
}
