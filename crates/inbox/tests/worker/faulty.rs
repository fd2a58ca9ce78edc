use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_handler::{DeliveryId, KeptStep, async_trait};
use hookstead_inbox::testing::FaultyStore;
use hookstead_inbox::{
    AcceptAnswer, Changed, Claim, Depth, Entry, Filter, InboxError, LeaseRequest, LeaseToken,
    Leases, NewDelivery, NewTask, Numbers, Packed, Probe, Process, Purge, Purged, RegisteredName,
    Renewal, Settled, Settlement, Store, TakerId, TaskChange, TaskId, Unplaced,
};
use tokio::sync::Semaphore;

use crate::support::AnyStore;

/// A store with faults on demand, which counts what it was asked for.
pub(crate) struct Faulty {
    /// Here calls are made to fail.
    pub(crate) store: FaultyStore,
    /// Every renewal says that the lease is lost.
    pub(crate) leases_are_lost: AtomicBool,
    /// Every step finds the lease lost.
    pub(crate) steps_are_lost: AtomicBool,
    /// What becomes of each body on its way to the worker.
    pub(crate) spoil: fn(Option<Packed>) -> Option<Packed>,
    /// What ends so is refused, alone or among others.
    pub(crate) refused_text: &'static str,
    /// Leasing takes a permit first.
    pub(crate) may_lease: Semaphore,
    /// Settling takes a permit first.
    pub(crate) may_settle: Semaphore,
    pub(crate) leases_asked_for: AtomicUsize,
    /// The most tasks that were asked for in one call.
    pub(crate) most_asked_for: AtomicUsize,
    pub(crate) leases_answered: AtomicUsize,
    /// So many tasks were leased, not counting what was handed over.
    pub(crate) leased: AtomicUsize,
    /// So many were given back.
    pub(crate) released: AtomicUsize,
    pub(crate) renewals: AtomicUsize,
    pub(crate) settlement_calls: AtomicUsize,
    /// What was settled, by the answer.
    pub(crate) settled: AtomicUsize,
    pub(crate) not_settled: AtomicUsize,
}

impl Faulty {
    pub(crate) fn new(store: &AnyStore) -> Arc<Self> {
        Arc::new(Self::refusing(store, "nothing ends like this"))
    }

    pub(crate) fn refusing(store: &AnyStore, refused_text: &'static str) -> Self {
        Self {
            store: FaultyStore::of_shared(Arc::clone(store)),
            leases_are_lost: AtomicBool::new(false),
            steps_are_lost: AtomicBool::new(false),
            spoil: |body| body,
            refused_text,
            may_lease: Semaphore::new(Semaphore::MAX_PERMITS),
            may_settle: Semaphore::new(Semaphore::MAX_PERMITS),
            leases_asked_for: AtomicUsize::new(0),
            most_asked_for: AtomicUsize::new(0),
            leases_answered: AtomicUsize::new(0),
            leased: AtomicUsize::new(0),
            released: AtomicUsize::new(0),
            renewals: AtomicUsize::new(0),
            settlement_calls: AtomicUsize::new(0),
            settled: AtomicUsize::new(0),
            not_settled: AtomicUsize::new(0),
        }
    }
}

#[async_trait]
impl Store for Faulty {
    fn kind(&self) -> &'static str {
        self.store.kind()
    }

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

    async fn accept(&self, new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        self.store.accept(new).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        self.most_asked_for.fetch_max(request.limit, Ordering::SeqCst);
        self.leases_asked_for.fetch_add(1, Ordering::SeqCst);
        let _permit = self.may_lease.acquire().await.unwrap();
        let mut leases = self.store.lease(request).await?;
        for leased in &mut leases.leased {
            leased.body = (self.spoil)(leased.body.take());
        }
        self.leased.fetch_add(leases.leased.len(), Ordering::SeqCst);
        self.leases_answered.fetch_add(1, Ordering::SeqCst);
        Ok(leases)
    }

    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        self.renewals.fetch_add(1, Ordering::SeqCst);
        if self.leases_are_lost.load(Ordering::SeqCst) {
            return Ok(tokens.iter().map(|_| Renewal::Lost).collect());
        }
        self.store.renew(tokens, duration).await
    }

    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        self.settlement_calls.fetch_add(1, Ordering::SeqCst);
        let _permit = self.may_settle.acquire().await.unwrap();
        let is_refused = |(_, settlement): &(_, Settlement)| matches!(settlement, Settlement::End { text, .. } if text == self.refused_text);
        if settlements.iter().any(is_refused) {
            return Err(InboxError::store("settle", "as the test wants it"));
        }
        let answers = self.store.settle(settlements).await?;
        let is_release = |(_, settlement): &&(_, Settlement)| *settlement == Settlement::Release;
        let released = settlements.iter().filter(is_release).count();
        self.released.fetch_add(released, Ordering::SeqCst);
        for answer in &answers {
            let lost = matches!(answer, Settled::Lost);
            let count = if lost { &self.not_settled } else { &self.settled };
            count.fetch_add(1, Ordering::SeqCst);
        }
        Ok(answers)
    }

    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        if self.steps_are_lost.load(Ordering::SeqCst) {
            return Ok(false);
        }
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

    fn committed(&self) {
        self.store.committed();
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.store.probe().await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.store.depth().await
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
