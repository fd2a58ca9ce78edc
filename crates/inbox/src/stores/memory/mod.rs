//! The store in memory: [`MemoryInbox`] says what it promises, `Shelf` keeps the books.

mod shelf;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{Delivery, DeliveryId};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::time::wait_until_due;
use crate::{
    Accepted, Depth, Entry, Filter, Inbox, InboxError, LeaseRequest, LeaseToken, Leased, Probe,
    Renewal, Settlement, log,
};
use shelf::{Limits, Shelf};

/// Keeps deliveries in memory: for tests, and where losing some is fine.
///
/// What it loses: **everything, when its process ends**, whether it crashes or stops in good order.
/// GitHub does not send a delivery a second time by itself, so what was accepted and not yet done
/// is gone until somebody presses *Redeliver*. `SqliteInbox` costs one line more and loses nothing.
///
/// It is bounded, so that a handler that hangs does not take the machine's memory:
///
/// * When the deliveries that wait or run reach [`max_deliveries`](Self::max_deliveries) or their
///   bodies [`max_bytes`](Self::max_bytes), `accept` fails with an error that
///   [`is_full`](InboxError::is_full).
/// * Dead letters use the room that is left; the oldest are forgotten first when it is needed.
/// * Of a done delivery everything but its body is kept, to recognise duplicates, of the last
///   [`max_done`](Self::max_done) ones.
///
/// Its clock is tokio's, so it follows a test that pauses time.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use hookstead_handler::Delivery;
/// use hookstead_inbox::{Accepted, Inbox, MemoryInbox};
///
/// let inbox = MemoryInbox::new().max_deliveries(1);
/// let delivery = Delivery::new("72d3162e".parse()?, "push".into(), "{}");
/// assert_eq!(inbox.accept(delivery.clone()).await?, Accepted::New);
/// assert_eq!(inbox.accept(delivery).await?, Accepted::Duplicate);
///
/// let other = Delivery::new("81ab4c93".parse()?, "push".into(), "{}");
/// assert!(inbox.accept(other).await.unwrap_err().is_full());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MemoryInbox {
    limits: Limits,
    shelf: Mutex<Shelf>,
    changed: Notify,
}

impl MemoryInbox {
    /// So many deliveries may wait or run by default. At the usual 25 KB the bytes run out first;
    /// this bounds what is kept besides the bodies.
    pub const DEFAULT_MAX_DELIVERIES: usize = 10_000;

    /// Their bodies may have so many bytes by default: 128 MiB, which is some 5,000 usual payloads
    /// or five of the largest that GitHub sends.
    pub const DEFAULT_MAX_BYTES: usize = 128 * 1024 * 1024;

    /// So many done deliveries are remembered by default: a few megabytes, and far more than
    /// arrive between a delivery and its redelivery.
    pub const DEFAULT_MAX_DONE: usize = 10_000;

    /// An empty inbox with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self {
            limits: Limits {
                deliveries: Self::DEFAULT_MAX_DELIVERIES,
                bytes: Self::DEFAULT_MAX_BYTES,
                done: Self::DEFAULT_MAX_DONE,
            },
            shelf: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// At most so many deliveries wait or run.
    #[must_use]
    pub fn max_deliveries(mut self, deliveries: usize) -> Self {
        self.limits.deliveries = deliveries;
        self
    }

    /// The bodies of the deliveries that wait or run have at most so many bytes together.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// At most so many done deliveries are remembered.
    #[must_use]
    pub fn max_done(mut self, done: usize) -> Self {
        self.limits.done = done;
        self
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // Nothing that runs under this lock leaves the books half written.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryInbox {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryInbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MemoryInbox")
            .field("limits", &self.limits)
            .field("depth", &self.shelf().depth(Instant::now()))
            .finish()
    }
}

#[async_trait]
impl Inbox for MemoryInbox {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError> {
        let accepted = self.shelf().accept(delivery.clone(), &self.limits, Instant::now())?;
        log::accepted(&delivery, accepted);
        self.changed.notify_waiters();
        Ok(accepted)
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError> {
        let (leased, dead) = self.shelf().lease(request, Instant::now());
        for (delivery, settlement) in dead {
            log::settled(&delivery, &settlement);
        }
        self.changed.notify_waiters();
        Ok(leased)
    }

    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<Renewal, InboxError> {
        Ok(self.shelf().renew(token, duration, Instant::now()))
    }

    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError> {
        let settled = self.shelf().settle(token, settlement, &self.limits, Instant::now());
        self.changed.notify_waiters();
        Ok(settled)
    }

    async fn wait(&self, at_most: Duration) {
        wait_until_due(&self.changed, at_most, async || self.shelf().until_due(Instant::now()))
            .await;
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.shelf().probe(&self.limits, Instant::now())
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        Ok(self.shelf().depth(Instant::now()))
    }

    async fn list(&self, filter: Filter) -> Result<Vec<Entry>, InboxError> {
        Ok(self.shelf().list(&filter, Instant::now()))
    }

    async fn revive(&self, id: &DeliveryId) -> Result<u64, InboxError> {
        let revived = self.shelf().revive(id, Instant::now());
        self.changed.notify_waiters();
        Ok(revived)
    }

    async fn purge(&self, settled_for: Duration) -> Result<u64, InboxError> {
        Ok(self.shelf().purge(settled_for, Instant::now()))
    }
}
