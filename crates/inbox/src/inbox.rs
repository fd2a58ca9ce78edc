use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use hookstead_handler::Router;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::error::InboxError;
use crate::names::Names;
use crate::pools::Pools;
use crate::store::contract::Store;
use crate::store::registry::Process;
use crate::timed::Timed;

/// Where deliveries are put, and what is done with them: a store, the handlers of a program, and the
/// rules.
///
/// What is accepted is written down as a *task* for each handler that takes it, and survives a crash. A
/// [`Worker`](crate::Worker) does the tasks; a receiver accepts the deliveries. Both work on one inbox,
/// which is cheap to clone: all clones are the same.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use hookstead_events::PushEvent;
/// use hookstead_handler::{Attempt, Delivery, Router, handler_fn};
/// use hookstead_inbox::{Accepted, Filter, Inbox, MemoryStore};
///
/// let router = Router::new().program("ci_server").on::<PushEvent>(handler_fn(
///     async |push: PushEvent, _: Attempt| {
///         println!("{} commits", push.commits.len());
///         Ok(())
///     },
/// ));
/// let inbox = Inbox::new(MemoryStore::new(), router);
///
/// let delivery = Delivery::new("72d3162e".parse()?, "push".into(), "{}");
/// assert_eq!(inbox.accept(delivery.clone()).await?, Accepted::New { tasks: 1 });
/// assert_eq!(inbox.accept(delivery).await?, Accepted::Duplicate { at_work: 1, tasks: 1 });
///
/// let mut tasks = inbox.list(Filter::default());
/// let task = tasks.next().await?.unwrap();
/// assert_eq!(task.name.as_str(), "ci_server.push");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Names
///
/// A task belongs to the full name of its handler, `program.name`, and only a process whose router has
/// that name takes it. [`start`](Self::start) writes the names of this process into the registry of
/// the store. So several programs, and several versions of one, may share a store: each does its own.
///
/// # Several of them
///
/// An inbox is for one router. Where one process runs two programs, each has an inbox of its own; the
/// store may be one (an `Arc` of a store is a store).
#[derive(Clone)]
pub struct Inbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) timed: Timed,
    pub(crate) settings: Settings,
}

/// What all clones of an inbox share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) router: Router,
    pub(crate) process: Process,
    pub(crate) pools: Arc<Pools>,
    /// When room was made last, and whether some was found. Locked while somebody makes some.
    pub(crate) room: Mutex<Option<(Instant, bool)>>,
    /// The names of this process, once it is registered.
    names: RwLock<Option<(Arc<Names>, Instant)>>,
    /// What runs beside; ended when the last clone is dropped. Locked while it registers.
    pub(crate) background: Mutex<JoinSet<()>>,
    pub(crate) has_told_start: AtomicBool,
    pub(crate) has_told_of_recovery: AtomicBool,
}

/// What an inbox was told about how to work.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) accept_deadline: Duration,
    pub(crate) store_deadline: Duration,
    pub(crate) keep_bodies: Duration,
    pub(crate) keep_settled: Duration,
    #[cfg(feature = "metrics")]
    pub(crate) gauge_interval: Duration,
    pub(crate) background_on: Option<Handle>,
}

impl Inbox {
    /// Accepting takes at most so long by default. GitHub waits for ten seconds, and the way there and
    /// back is part of them; what was not accepted by then is refused while GitHub still listens.
    pub const DEFAULT_ACCEPT_DEADLINE: Duration = Duration::from_secs(5);

    /// Every other call of the store takes at most so long by default. That is longer than a lease, so
    /// what was leased by a call that was given up has come back by itself. A store that hangs is an error
    /// that is logged, and tried again.
    pub const DEFAULT_STORE_DEADLINE: Duration = Duration::from_secs(30);

    /// Bodies are kept so long by default after the last task of their delivery was settled: as long as
    /// GitHub keeps its own, which is how long it redelivers.
    pub const DEFAULT_KEEP_BODIES: Duration = Duration::from_secs(3 * 24 * 60 * 60);

    /// Settled tasks, and the ids of deliveries, are kept so long by default. GitHub offers redelivery for 3
    /// to 7 days, and older texts of it say 30; after that no duplicate can come.
    pub const DEFAULT_KEEP_SETTLED: Duration = Duration::from_secs(35 * 24 * 60 * 60);

    /// The gauges of the feature `metrics` are refreshed so often by default: as often as Prometheus is
    /// usually told to look.
    #[cfg(feature = "metrics")]
    pub const DEFAULT_GAUGE_INTERVAL: Duration = Duration::from_secs(15);

    /// An inbox that keeps what it accepts in this store, for the handlers of this router.
    #[must_use]
    pub fn new(store: impl Store, router: Router) -> Self {
        Self::of_shared(Arc::new(store), router)
    }

    /// The same for a store that others have as well.
    #[must_use]
    pub fn of_shared(store: Arc<dyn Store>, router: Router) -> Self {
        #[cfg(feature = "metrics")]
        crate::metrics::describe();
        let settings = Settings {
            accept_deadline: Self::DEFAULT_ACCEPT_DEADLINE,
            store_deadline: Self::DEFAULT_STORE_DEADLINE,
            keep_bodies: Self::DEFAULT_KEEP_BODIES,
            keep_settled: Self::DEFAULT_KEEP_SETTLED,
            #[cfg(feature = "metrics")]
            gauge_interval: Self::DEFAULT_GAUGE_INTERVAL,
            background_on: None,
        };
        let shared = Shared {
            process: Process::start(router.program_name()),
            store,
            router,
            pools: Arc::default(),
            room: Mutex::default(),
            names: RwLock::default(),
            background: Mutex::default(),
            has_told_start: AtomicBool::new(false),
            has_told_of_recovery: AtomicBool::new(false),
        };
        Self::of(Arc::new(shared), settings)
    }

    fn of(shared: Arc<Shared>, settings: Settings) -> Self {
        let timed = Timed {
            store: Arc::clone(&shared.store),
            accept: settings.accept_deadline,
            others: settings.store_deadline,
        };
        Self { shared, timed, settings }
    }

    /// Accepting, and probing whether it would, takes at most so long. This is the only place where it is
    /// said. Settings are to be made before the inbox is shared: clones from before keep theirs.
    #[must_use]
    pub fn accept_deadline(mut self, deadline: Duration) -> Self {
        self.settings.accept_deadline = deadline;
        Self::of(self.shared, self.settings)
    }

    /// Every other call of the store takes at most so long.
    #[must_use]
    pub fn store_deadline(mut self, deadline: Duration) -> Self {
        self.settings.store_deadline = deadline;
        Self::of(self.shared, self.settings)
    }

    /// Keeps bodies so long after the last task of their delivery was settled. Those of deliveries with
    /// dead tasks are kept as long as [everything that is settled](Self::keep_settled).
    #[must_use]
    pub fn keep_bodies(mut self, duration: Duration) -> Self {
        self.settings.keep_bodies = duration;
        self
    }

    /// Keeps settled tasks and the ids of deliveries so long. Tasks of names that no process takes die
    /// after the same time.
    #[must_use]
    pub fn keep_settled(mut self, duration: Duration) -> Self {
        self.settings.keep_settled = duration;
        self
    }

    /// For how long settled tasks and the ids of deliveries are kept.
    #[must_use]
    pub fn keeps_settled(&self) -> Duration {
        self.settings.keep_settled
    }

    /// Refreshes the gauges so often.
    #[cfg(feature = "metrics")]
    #[must_use]
    pub fn gauge_interval(mut self, interval: Duration) -> Self {
        self.settings.gauge_interval = interval;
        self
    }

    /// What an inbox does beside its work (it says that it is alive, forgets what is old) runs on this
    /// runtime. By default it has [threads of its own](crate::own_runtime), which handlers cannot block. For
    /// tests whose clock is paused: everything there goes by the clock of its runtime.
    #[must_use]
    pub fn background_on(mut self, runtime: Handle) -> Self {
        self.settings.background_on = Some(runtime);
        self
    }

    /// The handlers of this process.
    #[must_use]
    pub fn router(&self) -> &Router {
        &self.shared.router
    }

    /// This process, as the registry of the store knows it.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.shared.process
    }

    /// The kind of the store, for the log: `sqlite`.
    #[must_use]
    pub fn store_kind(&self) -> &'static str {
        self.shared.store.kind()
    }

    /// The store, with a deadline around every call.
    pub(crate) fn store(&self) -> &dyn Store {
        &self.timed
    }

    /// The slots of the worker in this process, and the way to it.
    pub(crate) fn pools(&self) -> &Pools {
        &self.shared.pools
    }

    /// The names of this process. It registers them, if that is not done yet.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub(crate) async fn names(&self) -> Result<Arc<Names>, InboxError> {
        if let Some((names, _)) = self.shared.known_names() {
            return Ok(names);
        }
        let mut background = self.shared.background.lock().await;
        // Somebody else may have done it meanwhile.
        if let Some((names, _)) = self.shared.known_names() {
            return Ok(names);
        }
        self.router().check().map_err(InboxError::router)?;
        let names = self.register().await?;
        self.begin_background(&mut background);
        Ok(names)
    }

    /// For those who wait for their time without keeping the inbox alive.
    pub(crate) fn downgrade(&self) -> WeakInbox {
        WeakInbox { shared: Arc::downgrade(&self.shared), settings: self.settings.clone() }
    }
}

impl Shared {
    /// The names and when they were read, if this process is registered.
    pub(crate) fn known_names(&self) -> Option<(Arc<Names>, Instant)> {
        self.names.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_names(&self, names: Arc<Names>) {
        let names = Some((names, Instant::now()));
        *self.names.write().unwrap_or_else(PoisonError::into_inner) = names;
    }
}

/// An inbox that may be gone.
pub(crate) struct WeakInbox {
    shared: Weak<Shared>,
    settings: Settings,
}

impl WeakInbox {
    pub(crate) fn upgrade(&self) -> Option<Inbox> {
        Some(Inbox::of(self.shared.upgrade()?, self.settings.clone()))
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Inbox")
            .field("store", &self.store_kind())
            .field("process", self.process())
            .field("router", self.router())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
