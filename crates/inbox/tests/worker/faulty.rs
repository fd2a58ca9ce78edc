use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_handler::{Delivery, DeliveryId, async_trait};
use hookstead_inbox::{
    Accepted, Depth, Entry, Filter, Inbox, InboxError, LeaseRequest, LeaseToken, Leased, Probe,
    Renewal, Settlement,
};
use tokio::sync::Semaphore;

/// A store with faults on demand.
pub(crate) struct Faulty {
    inbox: Arc<dyn Inbox>,
    /// So many of the next calls fail.
    pub(crate) failing_leases: AtomicUsize,
    pub(crate) failing_renewals: AtomicUsize,
    pub(crate) failing_settlements: AtomicUsize,
    /// So many calls have failed.
    pub(crate) failures: AtomicUsize,
    /// Every renewal says that the lease is lost.
    pub(crate) leases_are_lost: AtomicBool,
    /// Leasing takes a permit first.
    pub(crate) may_lease: Semaphore,
    pub(crate) leases_asked_for: AtomicUsize,
    /// What was settled, by the answer.
    pub(crate) settled: AtomicUsize,
    pub(crate) not_settled: AtomicUsize,
}

impl Faulty {
    pub(crate) fn new(inbox: Arc<dyn Inbox>) -> Arc<Self> {
        Arc::new(Self {
            inbox,
            failing_leases: AtomicUsize::new(0),
            failing_renewals: AtomicUsize::new(0),
            failing_settlements: AtomicUsize::new(0),
            failures: AtomicUsize::new(0),
            leases_are_lost: AtomicBool::new(false),
            may_lease: Semaphore::new(Semaphore::MAX_PERMITS),
            leases_asked_for: AtomicUsize::new(0),
            settled: AtomicUsize::new(0),
            not_settled: AtomicUsize::new(0),
        })
    }

    fn fail(&self, failing: &AtomicUsize) -> Result<(), InboxError> {
        let decrease = |left: usize| left.checked_sub(1);
        if failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, decrease).is_ok() {
            self.failures.fetch_add(1, Ordering::SeqCst);
            return Err(InboxError::store("do as told", "as the test wants it"));
        }
        Ok(())
    }
}

#[async_trait]
impl Inbox for Faulty {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError> {
        self.inbox.accept(delivery).await
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError> {
        self.leases_asked_for.fetch_add(1, Ordering::SeqCst);
        let _permit = self.may_lease.acquire().await.unwrap();
        self.fail(&self.failing_leases)?;
        self.inbox.lease(request).await
    }

    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<Renewal, InboxError> {
        self.fail(&self.failing_renewals)?;
        if self.leases_are_lost.load(Ordering::SeqCst) {
            return Ok(Renewal::Lost);
        }
        self.inbox.renew(token, duration).await
    }

    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError> {
        self.fail(&self.failing_settlements)?;
        let settled = self.inbox.settle(token, settlement).await?;
        let count = if settled { &self.settled } else { &self.not_settled };
        count.fetch_add(1, Ordering::SeqCst);
        Ok(settled)
    }

    async fn wait(&self, at_most: Duration) {
        self.inbox.wait(at_most).await;
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.inbox.probe().await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.inbox.depth().await
    }

    async fn list(&self, filter: Filter) -> Result<Vec<Entry>, InboxError> {
        self.inbox.list(filter).await
    }

    async fn revive(&self, id: &DeliveryId) -> Result<u64, InboxError> {
        self.inbox.revive(id).await
    }

    async fn purge(&self, settled_for: Duration) -> Result<u64, InboxError> {
        self.inbox.purge(settled_for).await
    }
}
