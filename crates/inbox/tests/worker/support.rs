use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_events::{DecodeError, Event, EventName, decode_json};
use hookstead_handler::{Delivery, Handler, HandlerError, Interruption, Router, handler_fn};
use hookstead_inbox::{BackOff, Depth, Entry, Filter, Inbox, Worker};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Makes a test of each function, for each store. The function gets the inbox.
macro_rules! on_all_stores {
    ($($test:ident)*) => {
        mod memory {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let inbox = hookstead_inbox::MemoryInbox::new();
                    crate::support::patiently(super::$test(std::sync::Arc::new(inbox))).await;
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
                    let inbox = hookstead_inbox::SqliteInbox::open(file).unwrap();
                    crate::support::patiently(super::$test(std::sync::Arc::new(inbox))).await;
                }
            )*
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let Some(schema) = crate::store::Schema::new().await else { return };
                    let inbox = schema.inbox().await;
                    crate::support::patiently(super::$test(std::sync::Arc::new(inbox))).await;
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

/// An event of its own: a push whose payload is a number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub(crate) u32);

impl Event for Number {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload).map(Self)
    }
}

pub(crate) async fn accept(inbox: &Arc<dyn Inbox>, id: &str, payload: &'static str) {
    let delivery = Delivery::new(id.parse().unwrap(), EventName::Push, payload);
    inbox.accept(delivery).await.unwrap();
}

/// What the inbox knows of the one delivery with this id.
pub(crate) async fn entry(inbox: &Arc<dyn Inbox>, id: &str) -> Entry {
    let filter = Filter::default().with_id(id.parse().unwrap()).with_bodies();
    inbox.list(filter).await.unwrap().pop().unwrap()
}

/// Waits until the inbox holds this.
pub(crate) async fn until(inbox: &Arc<dyn Inbox>, holds: impl Fn(Depth) -> bool) {
    while !holds(inbox.depth().await.unwrap()) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A router with this one handler.
pub(crate) fn router<R>(handle: impl Fn(Number, Delivery) -> R + Send + Sync + 'static) -> Router
where
    R: Future<Output = Result<(), HandlerError>> + Send + 'static,
{
    Router::new().on::<Number>(handler_fn(handle))
}

/// A worker that does not make tests wait.
pub(crate) fn worker(inbox: &Arc<dyn Inbox>, router: Router) -> Worker {
    Worker::new(Arc::clone(inbox), router)
        .back_off(BackOff::new(Duration::from_millis(1), Duration::from_millis(1)))
        .poll_interval(Duration::from_millis(10))
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

    /// Drops the future that runs the worker.
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
        handler_fn(move |Number(number), delivery: Delivery| {
            let gate = gate.clone();
            async move {
                let _told_when_dropped = TellDropped { gate: gate.clone(), number, delivery };
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
    delivery: Delivery,
}

impl Drop for TellDropped {
    fn drop(&mut self) {
        let _ = self.gate.why.send(self.delivery.interruption());
        let _ = self.gate.dropped.send(self.number);
    }
}
