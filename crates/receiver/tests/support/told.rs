//! An inbox that does what a test tells it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{Delivery, DeliveryId};
use hookstead_inbox::{
    Accepted, Depth, Entry, Filter, Inbox, InboxError, LeaseRequest, LeaseToken, Leased,
    MemoryInbox, Probe, Renewal, Settlement,
};
use tokio::sync::Semaphore;

/// An inbox that says of its depth what it is told to; `None` is a failure, of accepting too.
pub(crate) struct Told {
    pub(crate) depth: Mutex<Option<Depth>>,
    /// It answers while there is a permit.
    pub(crate) open: Semaphore,
    /// So often it was asked for its depth, or probed.
    pub(crate) asked: AtomicUsize,
    /// It accepts nothing, whatever a probe says.
    pub(crate) accepts_nothing: AtomicBool,
    /// It says once that a lease is lost.
    loses: AtomicBool,
    inbox: MemoryInbox,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            depth: Mutex::new(None),
            open: Semaphore::new(1),
            asked: AtomicUsize::new(0),
            accepts_nothing: AtomicBool::new(false),
            loses: AtomicBool::new(false),
            inbox: MemoryInbox::new(),
        }
    }
}

impl Told {
    pub(crate) fn that_loses_a_lease() -> Self {
        let depth = Mutex::new(Some(Depth::default()));
        Self { depth, loses: AtomicBool::new(true), ..Self::default() }
    }

    pub(crate) fn that(change: impl FnOnce(&mut Depth)) -> Arc<Self> {
        let mut depth = Depth::default();
        change(&mut depth);
        Arc::new(Self { depth: Mutex::new(Some(depth)), ..Self::default() })
    }
}

impl Told {
    fn told(&self, doing: &'static str) -> Result<Depth, InboxError> {
        let depth = *self.depth.lock().unwrap();
        depth.ok_or_else(|| InboxError::store(doing, "user bob has no access"))
    }
}

#[async_trait]
impl Inbox for Told {
    async fn depth(&self) -> Result<Depth, InboxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let _open = self.open.acquire().await;
        self.told("count its deliveries")
    }
    async fn probe(&self) -> Result<Probe, InboxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let _open = self.open.acquire().await;
        Ok(Probe::new(self.told("accept anything")?.oldest_ready))
    }
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError> {
        self.told("accept a delivery")?;
        if self.accepts_nothing.load(Ordering::SeqCst) {
            return Err(InboxError::store("accept a delivery", "this one is odd"));
        }
        self.inbox.accept(delivery).await
    }
    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError> {
        self.inbox.lease(request).await
    }
    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<Renewal, InboxError> {
        if self.loses.swap(false, Ordering::SeqCst) {
            return Ok(Renewal::Lost);
        }
        self.inbox.renew(token, duration).await
    }
    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError> {
        self.inbox.settle(token, settlement).await
    }
    async fn wait(&self, at_most: Duration) {
        self.inbox.wait(at_most).await;
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
