//! A store of the tests' own, written outside: it keeps everything in a [`MemoryStore`], notes what it was
//! asked for, and does what a test tells it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{DeliveryId, KeptStep};
use hookstead_inbox::{
    AcceptAnswer, Changed, Claim, Depth, Entry, Filter, InboxError, LeaseRequest, LeaseToken,
    Leases, MemoryStore, NewDelivery, NewTask, Numbers, Probe, Process, Purge, Purged,
    RegisteredName, Renewal, Settled, Settlement, Store, TakerId, TaskChange, TaskId, Unplaced,
};
use tokio::sync::{OwnedMutexGuard, Semaphore};

#[derive(Default)]
pub(crate) struct OddStore {
    pub(crate) memory: MemoryStore,
    /// Nothing is answered any more.
    pub(crate) hangs: AtomicBool,
    /// What begins at once comes with its body as it is.
    pub(crate) takes_unpacked: AtomicBool,
    /// Every call panics.
    pub(crate) panics: AtomicBool,
    /// So many times it says that it is full, or until it has forgotten something.
    pub(crate) full: AtomicUsize,
    /// What each purge forgets, the next one first; then nothing.
    pub(crate) forgets: Mutex<Vec<u64>>,
    pub(crate) purges: Mutex<Vec<Purge>>,
    pub(crate) accepted: Mutex<Vec<NewDelivery>>,
    pub(crate) limits: Mutex<Vec<usize>>,
    /// So often a process registered its names.
    pub(crate) registered: AtomicUsize,
    /// So many tasks were leased by asking for them.
    leased: AtomicUsize,
    /// What was accepted is confirmed only when this can be locked.
    answers: Arc<tokio::sync::Mutex<()>>,
    /// So many deliveries came to be accepted, written or not.
    pub(crate) came: AtomicUsize,
    /// If there is one: a delivery is written for each permit.
    pub(crate) may_write: Mutex<Option<Arc<Semaphore>>>,
}

impl OddStore {
    async fn called(&self) {
        assert!(!self.panics.load(Ordering::SeqCst), "the store is broken");
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }

    /// So often a process registered its names.
    pub(crate) fn registered(&self) -> usize {
        self.registered.load(Ordering::SeqCst)
    }

    /// So many tasks were leased by asking for them.
    pub(crate) fn leased(&self) -> usize {
        self.leased.load(Ordering::SeqCst)
    }

    /// Confirms nothing that is accepted until the guard is dropped.
    pub(crate) fn hold_answers(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.answers).try_lock_owned().unwrap()
    }

    /// What was accepted last.
    pub(crate) fn last(&self) -> NewDelivery {
        self.accepted.lock().unwrap().last().unwrap().clone()
    }
}

#[async_trait]
impl Store for OddStore {
    fn kind(&self) -> &'static str {
        "odd"
    }

    fn takes_unpacked(&self) -> bool {
        self.takes_unpacked.load(Ordering::SeqCst)
    }

    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        self.called().await;
        self.registered.fetch_add(1, Ordering::SeqCst);
        // As a database does.
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.memory.register(process, claims).await
    }

    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        self.called().await;
        self.memory.registry().await
    }

    async fn leave(&self, process: &Process) -> Result<(), InboxError> {
        self.called().await;
        self.memory.leave(process).await
    }

    async fn accept(&self, mut new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        self.came.fetch_add(1, Ordering::SeqCst);
        let may_write = self.may_write.lock().unwrap().clone();
        if let Some(may_write) = may_write {
            may_write.acquire().await.unwrap().forget();
        }
        new.hold_slots();
        self.called().await;
        let less = |full: usize| full.checked_sub(1);
        if self.full.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
            return Err(InboxError::full());
        }
        self.accepted.lock().unwrap().push(new.clone());
        let answer = self.memory.accept(new).await;
        drop(self.answers.lock().await);
        answer
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        self.called().await;
        let leases = self.memory.lease(request).await?;
        self.leased.fetch_add(leases.leased.len(), Ordering::SeqCst);
        Ok(leases)
    }

    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        self.called().await;
        self.memory.renew(tokens, duration).await
    }

    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        self.called().await;
        self.memory.settle(settlements).await
    }

    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        self.called().await;
        self.memory.keep_step(token, step).await
    }

    async fn expire(&self) -> Result<Vec<TaskId>, InboxError> {
        self.called().await;
        self.memory.expire().await
    }

    async fn unplaced(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        self.called().await;
        self.memory.unplaced(takers, limit).await
    }

    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        self.called().await;
        self.memory.place(places).await
    }

    async fn wait(&self, at_most: Duration) {
        self.memory.wait(at_most).await;
    }

    fn committed(&self) {
        self.memory.committed();
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.called().await;
        self.memory.probe().await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.called().await;
        self.memory.depth().await
    }

    async fn list(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        self.called().await;
        self.limits.lock().unwrap().push(filter.limit);
        self.memory.list(filter, before).await
    }

    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError> {
        self.called().await;
        self.memory.change(task, change).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError> {
        self.called().await;
        self.purges.lock().unwrap().push(*purge);
        tokio::time::sleep(Duration::from_millis(1)).await;
        let mut purged = Purged::default();
        let mut forgets = self.forgets.lock().unwrap();
        if !forgets.is_empty() {
            purged.bodies = forgets.remove(0);
            purged.is_more = !forgets.is_empty();
            if purged.bodies > 0 {
                self.full.store(0, Ordering::SeqCst);
            }
        }
        Ok(purged)
    }

    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        self.called().await;
        self.memory.known(ids).await
    }

    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        self.called().await;
        self.memory.hold(role, process, duration).await
    }
}
