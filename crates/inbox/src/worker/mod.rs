//! [`Worker`] leases deliveries and gives each to an `Attempt`, which runs the handlers, renews the
//! lease and settles the outcome that `Settings` decide on.

mod attempt;
mod settings;
mod task;

use std::error::Error;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::Router;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::time::bounded;
use crate::{BackOff, Inbox, LeaseRequest, Leased, Settlement, own_runtime};
use attempt::Attempt;
use settings::Settings;
use task::Task;

/// The pauses after a failure of the store: short at first, for a lock that is soon given back;
/// later just often enough to notice when it is well again.
const STORE_BACK_OFF: BackOff = BackOff::new(Duration::from_millis(100), Duration::from_secs(5));

/// After so many empty answers to a request for leases there is a short pause before the next, so
/// that a store which is wrong about what is ready does not keep the worker spinning.
const EMPTY_LEASES: u32 = 2;
const EMPTY_PAUSE: Duration = Duration::from_millis(5);

/// An aborted handler gets so long to stop. It takes no time unless it blocks its thread.
const ABORT_TIME: Duration = Duration::from_secs(1);

/// At the end of a shutdown there is so long to give back what was aborted.
const RELEASE_TIME: Duration = Duration::from_secs(5);

/// How often a worker purges. Nobody waits for it.
const PURGE_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Takes deliveries out of an inbox and gives them to the handlers of a router.
///
/// Every delivery is handled in a task of its own, under a lease that is renewed while it runs. If
/// the process dies, the lease ends and another worker (or this program, started again) takes the
/// delivery. So a handler runs *at least once*.
///
/// * All handlers did their work: the delivery is done.
/// * A newer delivery of its lane took its place: the handlers that want only the latest are ended,
///   within two seconds, and the delivery is superseded. See
///   [`Registration`](hookstead_handler::Registration).
/// * A handler failed or panicked: there is another attempt, after the pause that the error asks
///   for (a rate limit of GitHub's does), else after a growing random pause.
/// * All failures are permanent, or the attempts are used up: the delivery is a dead letter. It
///   stays in the inbox and can be revived.
///
/// Failures of the store are logged and tried again; they end neither the worker nor the work.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use std::sync::Arc;
/// use hookstead_events::AnyEvent;
/// use hookstead_handler::{Delivery, Router, handler_fn};
/// use hookstead_inbox::{Inbox, MemoryInbox, Worker};
///
/// let (handled, mut all_handled) = tokio::sync::mpsc::unbounded_channel();
/// let router = Router::new().on::<AnyEvent>(handler_fn(move |_: AnyEvent, delivery: Delivery| {
///     let handled = handled.clone();
///     async move { Ok(handled.send(delivery.id)?) }
/// }));
///
/// let inbox = Arc::new(MemoryInbox::new());
/// inbox.accept(Delivery::new("72d3162e".parse()?, "from_the_future".into(), "{}")).await?;
/// Worker::new(inbox, router)
///     .concurrency(4)
///     .run(async {
///         assert_eq!(all_handled.recv().await.unwrap().as_str(), "72d3162e");
///     })
///     .await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Worker {
    inbox: Arc<dyn Inbox>,
    router: Router,
    settings: Settings,
    handlers: Option<Handle>,
}

impl Worker {
    /// So many deliveries are handled at the same time by default. Handlers mostly wait for GitHub,
    /// which allows 100 calls at a time for everything that shares a token.
    pub const DEFAULT_CONCURRENCY: usize = 32;

    /// A lease lasts so long by default. It is what a crash costs until the work starts again, and
    /// three times as long as between renewals, so that a slow disk does not end it.
    pub const DEFAULT_LEASE: Duration = Duration::from_secs(15);

    /// So many attempts are made by default. With the default back-off the last one comes 17
    /// minutes after the first on average, which most hiccups of others do not last. Pauses that
    /// errors ask for come on top.
    pub const DEFAULT_MAX_ATTEMPTS: u32 = 12;

    /// The pauses between attempts by default: a random time of up to a second, doubling to an
    /// hour.
    pub const DEFAULT_BACK_OFF: BackOff =
        BackOff::new(Duration::from_secs(1), Duration::from_secs(60 * 60));

    /// A pause that a handler's error asks for is cut to this by default. GitHub's limits end
    /// within an hour; more than a day is more likely a wrong clock than a wish.
    pub const DEFAULT_MAX_RETRY_DELAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// The inbox is looked at so often by default, besides whenever it tells of something new: for
    /// what it cannot tell of, as PostgreSQL's inbox while it hears nothing of the others.
    pub const DEFAULT_POLL_INTERVAL: Duration = Duration::from_secs(1);

    /// In a lane where only the latest delivery counts, the store is asked so often by default whether
    /// a newer one came: a pointless build goes on for no longer than this. Each time is a write.
    pub const DEFAULT_SUPERSEDED_INTERVAL: Duration = Duration::from_secs(2);

    /// At shutdown the handlers that run have so long to finish by default. It fits into what
    /// Kubernetes (30 s) and systemd (90 s) grant, with time left to give back what did not finish;
    /// under Docker's 10 s, set less.
    pub const DEFAULT_DRAIN_TIME: Duration = Duration::from_secs(10);

    /// Done deliveries and dead letters are kept so long by default. GitHub offers redelivery for
    /// 3 to 7 days, and older texts of it say 30; after that no duplicate can come.
    pub const DEFAULT_RETENTION: Duration = Duration::from_secs(35 * 24 * 60 * 60);

    /// The gauges of the feature `metrics` are refreshed so often by default: as often as Prometheus
    /// is usually told to look. Counting a large inbox is some work for the store.
    #[cfg(feature = "metrics")]
    pub const DEFAULT_GAUGE_INTERVAL: Duration = Duration::from_secs(15);

    /// Of an error's text so many bytes are stored: enough for any message, and not for the HTML
    /// page that some put into theirs.
    pub const MAX_ERROR_LENGTH: usize = 4096;

    /// A worker with the default settings.
    #[must_use]
    pub fn new(inbox: Arc<dyn Inbox>, router: Router) -> Self {
        Self { inbox, router, settings: Settings::default(), handlers: None }
    }

    /// At most so many deliveries are handled at the same time; at least one is.
    #[must_use]
    pub fn concurrency(mut self, deliveries: usize) -> Self {
        self.settings.concurrency = deliveries.max(1);
        self
    }

    /// Leases last so long, and are renewed every third of it.
    #[must_use]
    pub fn lease(mut self, duration: Duration) -> Self {
        self.settings.lease = bounded(duration);
        self
    }

    /// After so many attempts a delivery is dead.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.settings.max_attempts = attempts;
        self
    }

    /// The pauses between attempts, where no error asks for one.
    #[must_use]
    pub fn back_off(mut self, back_off: BackOff) -> Self {
        self.settings.back_off = back_off;
        self
    }

    /// The longest pause that an error may ask for.
    #[must_use]
    pub fn max_retry_delay(mut self, delay: Duration) -> Self {
        self.settings.max_retry_delay = delay;
        self
    }

    /// Looks at the inbox at least so often.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.settings.poll_interval = interval;
        self
    }

    /// While a handler runs in a lane where only the latest counts, asks so often whether it is still
    /// the latest, at least every third of a lease.
    #[must_use]
    pub fn superseded_interval(mut self, interval: Duration) -> Self {
        self.settings.superseded_interval = interval.max(Duration::from_millis(1));
        self
    }

    /// At shutdown, waits so long for the handlers that run.
    #[must_use]
    pub fn drain_time(mut self, duration: Duration) -> Self {
        self.settings.drain_time = bounded(duration);
        self
    }

    /// Keeps done deliveries and dead letters so long.
    #[must_use]
    pub fn retention(mut self, duration: Duration) -> Self {
        self.settings.retention = duration;
        self
    }

    /// Refreshes the gauges of the inbox so often.
    #[cfg(feature = "metrics")]
    #[must_use]
    pub fn gauge_interval(mut self, interval: Duration) -> Self {
        self.settings.gauge_interval = interval;
        self
    }

    /// Runs the handlers on this runtime. By default it is the one in which [`run`](Self::run) is
    /// called. Everything else that a worker does, renewing leases above all, runs on
    /// [threads of its own](crate::own_runtime), so that a handler that blocks cannot stop it.
    #[must_use]
    pub fn handlers_on(mut self, runtime: Handle) -> Self {
        self.handlers = Some(runtime);
        self
    }

    /// Works until `shutdown` completes. Then it takes nothing new, waits for what runs, for at
    /// most the drain time, aborts the rest and gives it back, so that another process can take it
    /// at once.
    ///
    /// Dropping this future aborts everything at once; the leases then run out by themselves.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime, and in one without timers.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(());
        let handlers = self.handlers.clone().unwrap_or_else(Handle::current);
        let mut working = Task::spawn(&own_runtime(), self.work_until(handlers, gone(stopped)));
        let ended = tokio::select! {
            () = shutdown => {
                drop(stop);
                working.ended().await
            }
            ended = working.ended() => ended,
        };
        if let Err(error) = ended {
            tracing::error!(%error, "the worker broke off");
        }
    }

    async fn work_until(self, handlers: Handle, shutdown: impl Future<Output = ()>) {
        let shutdown = pin!(shutdown);
        let here = Handle::current();
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        let purging = Task::spawn(&here, purge(Arc::clone(&self.inbox), self.settings.retention));
        #[cfg(feature = "metrics")]
        let _gauges = {
            crate::metrics::describe();
            let interval = self.settings.gauge_interval;
            Task::spawn(&here, crate::metrics::keep_gauges(Arc::clone(&self.inbox), interval))
        };
        self.work(&handlers, &mut running, stopped, shutdown).await;
        drop(purging);

        if timeout(self.settings.drain_time, all_ended(&mut running)).await.is_ok() {
            return;
        }
        tracing::warn!(running = running.len(), "handlers are still running, aborting them");
        stop.send_replace(true);
        if timeout(RELEASE_TIME, all_ended(&mut running)).await.is_err() {
            let count = running.len();
            tracing::warn!(count, "not given back in time; their leases run out by themselves");
            running.shutdown().await;
        }
    }

    /// Leases and starts attempts until the shutdown.
    async fn work(
        &self,
        handlers: &Handle,
        running: &mut JoinSet<()>,
        stopped: watch::Receiver<bool>,
        mut shutdown: Pin<&mut impl Future<Output = ()>>,
    ) {
        let settings = Arc::new(self.settings.clone());
        let mut failures = 0;
        let mut empty = 0;
        loop {
            while running.try_join_next().is_some() {}
            let free = settings.concurrency.saturating_sub(running.len());
            if free == 0 {
                tokio::select! {
                    () = &mut shutdown => return,
                    _ = running.join_next() => continue,
                }
            }

            let leased_at = Instant::now();
            let request = LeaseRequest::new(free, settings.lease, settings.max_attempts);
            let mut leasing = self.inbox.lease(request);
            let leased = tokio::select! {
                // What is leased at the moment of the shutdown is not begun.
                biased;
                () = &mut shutdown => {
                    // Not dropped: what it is about to lease would be stuck for a lease's length.
                    let leased = timeout(settings.drain_time, leasing).await;
                    self.release(running, leased.unwrap_or(Ok(Vec::new())).unwrap_or_default());
                    return;
                }
                leased = &mut leasing => leased,
            };

            let pause = match leased {
                Ok(leased) => {
                    failures = 0;
                    empty = if leased.is_empty() { empty + 1 } else { 0 };
                    let full = leased.len() >= free;
                    for leased in leased {
                        running.spawn(
                            Attempt {
                                inbox: Arc::clone(&self.inbox),
                                router: self.router.clone(),
                                settings: Arc::clone(&settings),
                                handlers: handlers.clone(),
                                leased,
                                leased_at,
                                stop: stopped.clone(),
                            }
                            .run(),
                        );
                    }
                    if full {
                        continue;
                    }
                    if empty >= EMPTY_LEASES { EMPTY_PAUSE } else { Duration::ZERO }
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn Error, "will try again to lease");
                    failures += 1;
                    STORE_BACK_OFF.delay(failures)
                }
            };
            let pausing = async {
                if !pause.is_zero() {
                    sleep(pause).await;
                }
                if failures == 0 {
                    self.inbox.wait(settings.poll_interval).await;
                }
            };
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = pausing => {}
            }
        }
    }

    /// Gives back what nobody has started on.
    fn release(&self, running: &mut JoinSet<()>, leased: Vec<Leased>) {
        for Leased { token, delivery } in leased {
            let inbox = Arc::clone(&self.inbox);
            running.spawn(async move {
                attempt::settle(&*inbox, token, &delivery, Settlement::Release).await;
            });
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Worker")
            .field("router", &self.router)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Returns when the sender is gone.
async fn gone(mut sender: watch::Receiver<()>) {
    while sender.changed().await.is_ok() {}
}

async fn all_ended(running: &mut JoinSet<()>) {
    while running.join_next().await.is_some() {}
}

/// Forgets what was settled long ago, now and then.
async fn purge(inbox: Arc<dyn Inbox>, retention: Duration) {
    loop {
        match inbox.purge(retention).await {
            Ok(0) => {}
            Ok(purged) => tracing::info!(purged, "forgot deliveries settled long ago"),
            Err(error) => tracing::warn!(error = &error as &dyn Error, "could not purge"),
        }
        sleep(PURGE_INTERVAL).await;
    }
}
