//! A store that does what a test tells it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{DeliveryId, HandlerName, KeptStep};
use hookstead_inbox::{
    AcceptAnswer, Changed, Claim, Depth, Entry, Filter, InboxError, LeaseRequest, LeaseToken,
    Leases, MemoryStore, NameDepth, NewDelivery, NewTask, Numbers, Probe, Process, Purge, Purged,
    RegisteredName, Renewal, Settled, Settlement, Store, TakerId, TaskChange, TaskId, Unplaced,
};
use tokio::sync::Semaphore;

/// The handler that a test's server has, by its full name.
pub(crate) const OWN: &str = "told.any";

/// What becomes of what a store is to accept.
#[derive(Clone, Copy)]
pub(crate) enum Accepting {
    AsToldOfItsDepth,
    /// This one is odd, others are not.
    Refuses,
    NeverAnswers,
    IsFull,
}

/// A store that says of its depth what it is told to; `None` is a failure, of accepting too.
pub(crate) struct Told {
    pub(crate) depth: Mutex<Option<Depth>>,
    /// It answers while there is a permit.
    pub(crate) open: Semaphore,
    /// So often it was asked for its depth, or probed.
    pub(crate) asked: AtomicUsize,
    /// How it accepts, whatever a probe says.
    pub(crate) accepting: Mutex<Accepting>,
    /// Whoever probes it panics.
    pub(crate) panics: AtomicBool,
    /// For how long somebody has held a snapshot.
    pub(crate) oldest_snapshot: Mutex<Option<Duration>>,
    /// It says once that a lease is lost.
    loses: AtomicBool,
    store: MemoryStore,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            depth: Mutex::new(None),
            open: Semaphore::new(1),
            asked: AtomicUsize::new(0),
            accepting: Mutex::new(Accepting::AsToldOfItsDepth),
            panics: AtomicBool::new(false),
            oldest_snapshot: Mutex::new(None),
            loses: AtomicBool::new(false),
            store: MemoryStore::new(),
        }
    }
}

impl Told {
    pub(crate) fn that_loses_a_lease() -> Self {
        let depth = Mutex::new(Some(Depth::default()));
        Self { depth, loses: AtomicBool::new(true), ..Self::default() }
    }

    /// Nothing is in it.
    pub(crate) fn empty() -> Arc<Self> {
        Arc::new(Self { depth: Mutex::new(Some(Depth::default())), ..Self::default() })
    }

    pub(crate) fn accepting(accepting: Accepting) -> Arc<Self> {
        let told = Self::empty();
        *told.accepting.lock().unwrap() = accepting;
        told
    }

    /// This is open of a name.
    pub(crate) fn that(
        name: &str,
        is_alive: bool,
        change: impl FnOnce(&mut NameDepth),
    ) -> Arc<Self> {
        let mut depth = Depth::default();
        let name: HandlerName = name.parse().unwrap();
        let mut open = NameDepth::new(name, is_alive);
        change(&mut open);
        depth.names.push(open);
        Arc::new(Self { depth: Mutex::new(Some(depth)), ..Self::default() })
    }

    fn told(&self, doing: &'static str) -> Result<Depth, InboxError> {
        let depth = self.depth.lock().unwrap().clone();
        depth.ok_or_else(|| InboxError::store(doing, "user bob has no access"))
    }
}

#[async_trait]
impl Store for Told {
    fn kind(&self) -> &'static str {
        "told"
    }
    async fn depth(&self) -> Result<Depth, InboxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let _open = self.open.acquire().await;
        self.told("count its tasks")
    }
    fn committed(&self) {
        self.store.committed();
    }
    async fn probe(&self) -> Result<Probe, InboxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics.load(Ordering::SeqCst), "as the test wants it");
        let _open = self.open.acquire().await;
        let names = self.told("accept anything")?.names;
        let oldest = names.into_iter().filter_map(|it| Some((it.name, it.oldest_ready?)));
        let mut probe = Probe::new(oldest.collect());
        probe.oldest_snapshot = *self.oldest_snapshot.lock().unwrap();
        Ok(probe)
    }
    async fn accept(&self, new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        let accepting = *self.accepting.lock().unwrap();
        match accepting {
            Accepting::AsToldOfItsDepth => {
                self.told("accept a delivery")?;
                self.store.accept(new).await
            }
            Accepting::Refuses => Err(InboxError::store("accept a delivery", "this one is odd")),
            Accepting::NeverAnswers => std::future::pending().await,
            Accepting::IsFull => Err(InboxError::full()),
        }
    }
    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        if !tokens.is_empty() && self.loses.swap(false, Ordering::SeqCst) {
            return Ok(vec![Renewal::Lost; tokens.len()]);
        }
        self.store.renew(tokens, duration).await
    }

    // Everything else is as in memory.
    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        self.store.register(process, claims).await
    }
    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        self.store.registry().await
    }
    async fn leave(&self, process: &Process) -> Result<(), InboxError> {
        self.store.leave(process).await
    }
    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        self.store.lease(request).await
    }
    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        self.store.settle(settlements).await
    }
    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        self.store.keep_step(token, step).await
    }
    async fn expire(&self) -> Result<Vec<TaskId>, InboxError> {
        self.store.expire().await
    }
    async fn unplaced(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        self.store.unplaced(takers, limit).await
    }
    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        self.store.place(places).await
    }
    async fn wait(&self, at_most: Duration) {
        self.store.wait(at_most).await;
    }
    async fn list(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        self.store.list(filter, before).await
    }
    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError> {
        self.store.change(task, change).await
    }
    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError> {
        self.store.purge(purge).await
    }
    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        self.store.known(ids).await
    }
    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        self.store.hold(role, process, duration).await
    }
}
