use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{DeliveryId, KeptStep};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::limits::Limits;
use super::moment::{Clock, Moment};
use super::news::Heard;
use super::shelf::Shelf;
use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, NewDelivery, NewTask, Unplaced};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::{Depth, Entry, Filter, Probe};
use crate::store::lease::{LeaseRequest, LeaseToken, Leases, Renewal};
use crate::store::purge::{Purge, Purged};
use crate::store::registry::{Claim, Numbers, Process, RegisteredName, TakerId};
use crate::store::settlement::{Settled, Settlement};
use crate::store::task_id::TaskId;
use crate::time::bounded;

/// Keeps deliveries and tasks in memory: for tests, and where losing some is fine.
///
/// What it loses: **everything, when its process ends**, whether it crashes or stops in good order.
/// GitHub does not send a delivery a second time by itself, so what was accepted and not yet done
/// is gone until somebody presses *Redeliver*. `SqliteStore` costs one line more and loses nothing.
///
/// It is bounded, so that a handler that hangs does not take the machine's memory:
///
/// * At most [`max_deliveries`](Self::max_deliveries) have a task that waits or runs, and what is kept of
///   them (the bodies, packed where they wait, and the results of steps) has at most [`max_bytes`](Self::max_bytes). Beyond
///   that, accepting fails with an error that [`is_full`](InboxError::is_full); so does a new run of a
///   task.
/// * Dead letters use the room that is left; the oldest are forgotten first when it is needed.
/// * Of the deliveries that were handled the last [`max_done`](Self::max_done) are remembered, to
///   recognise duplicates and older ones of a lane in which only the latest counts. The bodies of the
///   last of them are kept, up to [`max_done_bytes`](Self::max_done_bytes), so that they can be run again.
///
/// Its clock is tokio's, so it follows a test that pauses time.
///
/// ```
/// use hookstead_inbox::MemoryStore;
///
/// let store = MemoryStore::new().max_deliveries(1_000).max_bytes(16 * 1024 * 1024);
/// ```
pub struct MemoryStore {
    clock: Clock,
    shelf: Mutex<Shelf>,
    changed: Notify,
}

impl MemoryStore {
    /// So many deliveries may wait or run by default. Packed, 10,000 usual ones have 35 MB.
    pub const DEFAULT_MAX_DELIVERIES: usize = 10_000;

    /// Their bodies may have so many bytes by default: 128 MiB, which is some 35,000 usual payloads,
    /// packed, or five of the largest that GitHub sends, should they not pack at all.
    pub const DEFAULT_MAX_BYTES: usize = 128 * 1024 * 1024;

    /// So many handled deliveries are remembered by default: about 14 megabytes, and far more than
    /// arrive between a delivery and its redelivery.
    pub const DEFAULT_MAX_DONE: usize = 10_000;

    /// The bodies of handled deliveries may have so many bytes by default: 4 MiB. These are about the last 1,000
    /// usual ones where they had to wait for a slot, and so were packed; else the last 170.
    pub const DEFAULT_MAX_DONE_BYTES: usize = 4 * 1024 * 1024;

    /// An empty store with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self { clock: Clock::start(), shelf: Mutex::default(), changed: Notify::new() }
    }

    /// At most so many deliveries have a task that waits or runs.
    #[must_use]
    pub fn max_deliveries(self, deliveries: usize) -> Self {
        self.limited(|limits| limits.deliveries = deliveries)
    }

    /// What is kept of the deliveries with a task that waits or runs has at most so many bytes.
    #[must_use]
    pub fn max_bytes(self, bytes: usize) -> Self {
        self.limited(|limits| limits.bytes = bytes)
    }

    /// At most so many handled deliveries are remembered.
    #[must_use]
    pub fn max_done(self, done: usize) -> Self {
        self.limited(|limits| limits.done = done)
    }

    /// The bodies of handled deliveries have at most so many bytes.
    #[must_use]
    pub fn max_done_bytes(self, bytes: usize) -> Self {
        self.limited(|limits| limits.done_bytes = bytes)
    }

    fn limited(self, limit: impl FnOnce(&mut Limits)) -> Self {
        limit(&mut self.lock().limits);
        self
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        // Nothing that runs under this lock leaves the books half written.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what there is.
    fn look<T>(&self, look: impl FnOnce(&Shelf, Moment) -> T) -> T {
        let shelf = self.lock();
        look(&shelf, self.clock.now())
    }

    /// Changes what there is, and wakes those who wait if something became due.
    fn change<T>(&self, change: impl FnOnce(&mut Shelf, Moment) -> T) -> T {
        let mut shelf = self.lock();
        let before = shelf.indexes.news.version();
        let now = self.clock.now();
        let changed = change(&mut shelf, now);
        shelf.trim(now);
        let is_news = shelf.indexes.news.version() != before;
        drop(shelf);
        if is_news {
            self.changed.notify_waiters();
        }
        changed
    }

    /// Waits until something becomes due.
    async fn wait_for_news(&self) {
        let Some((heard, began)) = self.begin_to_wait() else { return };
        loop {
            // Made before looking: it hears of every change from here on.
            let changed = self.changed.notified();
            let next = self.look(|shelf, now| {
                (shelf.indexes.news.heard() == heard).then(|| (shelf.next_moment(began), now))
            });
            match next {
                None => return,
                Some((None, _)) => changed.await,
                Some((Some(next), now)) if next <= now => return,
                Some((Some(next), now)) => tokio::select! {
                    () = changed => {}
                    () = sleep(next.since(now)) => return,
                },
            }
        }
    }

    fn begin_to_wait(&self) -> Option<(Heard, Moment)> {
        let mut shelf = self.lock();
        let now = self.clock.now();
        let began = shelf.began_to_wait.replace(now).unwrap_or(now);
        let heard = shelf.indexes.news.begin()?;
        Some((heard, began))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deliveries: MemoryStore::DEFAULT_MAX_DELIVERIES,
            bytes: MemoryStore::DEFAULT_MAX_BYTES,
            done: MemoryStore::DEFAULT_MAX_DONE,
            done_bytes: MemoryStore::DEFAULT_MAX_DONE_BYTES,
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limits, depth) = self.look(|shelf, now| (shelf.limits, shelf.depth(now)));
        let mut shown = formatter.debug_struct("MemoryStore");
        shown.field("limits", &limits).field("depth", &depth).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn kind(&self) -> &'static str {
        "memory"
    }

    fn takes_unpacked(&self) -> bool {
        true
    }

    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        Self::change(self, |shelf, now| shelf.registry.register(process, claims, now))
    }

    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        Ok(self.look(|shelf, now| shelf.registry.all(now)))
    }

    async fn leave(&self, process: &Process) -> Result<(), InboxError> {
        Self::change(self, |shelf, _| shelf.leave(process));
        Ok(())
    }

    async fn accept(&self, mut new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        new.hold_slots();
        Self::change(self, |shelf, now| shelf.accept(new, now))
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        Ok(Self::change(self, |shelf, now| shelf.lease(request, now)))
    }

    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        Ok(Self::change(self, |shelf, now| shelf.renew(tokens, duration, now)))
    }

    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        Ok(Self::change(self, |shelf, now| shelf.settle(settlements, now)))
    }

    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        Ok(Self::change(self, |shelf, now| shelf.keep_step(token, step, now)))
    }

    async fn expire(&self) -> Result<Vec<TaskId>, InboxError> {
        Ok(Self::change(self, Shelf::expire))
    }

    async fn unplaced(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        Ok(self.look(|shelf, _| shelf.unplaced(takers, limit)))
    }

    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        Self::change(self, |shelf, now| {
            for (id, place) in places {
                shelf.place_one(*id, place.clone(), now);
            }
        });
        Ok(())
    }

    async fn wait(&self, at_most: Duration) {
        // Returning late is what the caller asked for; there is nothing to tell.
        let _ = timeout(bounded(at_most), self.wait_for_news()).await;
    }

    fn committed(&self) {}

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.look(Shelf::probe)
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        Ok(self.look(Shelf::depth))
    }

    async fn list(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        Ok(self.look(|shelf, now| shelf.list(filter, before, now)))
    }

    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError> {
        Self::change(self, |shelf, now| shelf.change_one(task, change, now))
    }

    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError> {
        Ok(Self::change(self, |shelf, now| shelf.purge(purge, now)))
    }

    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        Ok(self.look(|shelf, _| shelf.known(ids)))
    }

    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        Ok(Self::change(self, |shelf, now| shelf.hold(role, process, duration, now)))
    }
}
