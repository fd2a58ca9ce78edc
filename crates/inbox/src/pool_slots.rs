use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// A place for one handler in a pool. It is free again when this is dropped.
pub(crate) type Slot = OwnedSemaphorePermit;

/// As many slots as became free within so short a time are expected to be free within the next.
const SOON: Duration = Duration::from_millis(5);

/// What was leased ahead waits so long for a slot at most; then others may have it.
pub(crate) const LONGEST_AHEAD: Duration = SOON.saturating_mul(TIMES);

/// [`LONGEST_AHEAD`] is so many times [`SOON`].
const TIMES: u32 = 4;

/// Of fewer slots nothing is leased ahead: a handler that takes long holds too large a part of them.
const FEWEST: usize = 8;

/// The slots of a pool, and how soon they are free again. Handlers that take no time give theirs back before the
/// store has answered; for them tasks are leased ahead. Else slots wait for the store, call by call, and a backlog
/// may never end.
pub(crate) struct PoolSlots {
    pub(crate) size: usize,
    pub(crate) free: Arc<Semaphore>,
    freed: Mutex<Freed>,
    /// So many tasks that were handed over ahead wait for a slot.
    ahead: AtomicUsize,
}

/// How many handlers were done, and gave back their slots, in one short time and in the one before.
struct Freed {
    since: Instant,
    now: usize,
    before: usize,
}

impl Freed {
    fn look(&mut self) {
        let elapsed = self.since.elapsed();
        if elapsed >= SOON {
            self.before = if elapsed < SOON * 2 { self.now } else { 0 };
            self.now = 0;
            self.since = Instant::now();
        }
    }
}

impl PoolSlots {
    /// All of them are free. There is at least one; more than the system's semaphore counts are as good as no limit.
    pub(crate) fn new(size: usize) -> Self {
        let size = size.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            size,
            free: Arc::new(Semaphore::new(size)),
            freed: Mutex::new(Freed { since: Instant::now(), now: 0, before: 0 }),
            ahead: AtomicUsize::new(0),
        }
    }

    /// A handler was done, and its slot is free.
    pub(crate) fn count_freed(&self) {
        self.freed(|freed| freed.now += 1);
    }

    /// So many slots will be free in a moment, at the present pace. It is none where at that pace not all slots become
    /// free once within [`LONGEST_AHEAD`]: a task might wait in vain.
    pub(crate) fn soon(&self) -> usize {
        let lately = self.freed(|freed| freed.now.max(freed.before));
        let is_quick = lately.saturating_mul(TIMES as usize) >= self.size;
        if is_quick && self.size >= FEWEST { lately } else { 0 }
    }

    fn freed<T>(&self, ask: impl FnOnce(&mut Freed) -> T) -> T {
        let mut freed = self.freed.lock().unwrap_or_else(PoisonError::into_inner);
        freed.look();
        ask(&mut freed)
    }

    /// At most so many tasks are handed over ahead: no more than there are slots.
    fn most_ahead(&self) -> usize {
        self.soon().min(self.size)
    }

    /// Whether [`reserve`](Self::reserve) would find a place now.
    pub(crate) fn has_place(&self) -> bool {
        self.free.available_permits() > 0 || self.ahead.load(Ordering::Relaxed) < self.most_ahead()
    }

    /// A free slot; else a place for one that will be free soon.
    pub(crate) fn reserve(self: &Arc<Self>) -> Option<Place> {
        if let Ok(slot) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(Place::Slot(slot));
        }
        let most = self.most_ahead();
        let join = |ahead: usize| (ahead < most).then_some(ahead + 1);
        self.ahead.fetch_update(Ordering::Relaxed, Ordering::Relaxed, join).ok()?;
        Some(Place::Ahead(Ahead(Arc::clone(self))))
    }
}

/// What is held in a pool for a task that is leased as it is written.
pub(crate) enum Place {
    Slot(Slot),
    Ahead(Ahead),
}

impl Place {
    /// Its slot, if it has one by now.
    pub(crate) fn now(self) -> Result<Slot, Ahead> {
        match self {
            Self::Slot(slot) => Ok(slot),
            Self::Ahead(ahead) => Arc::clone(&ahead.0.free).try_acquire_owned().map_err(|_| ahead),
        }
    }
}

/// A place for a task that has no slot yet.
pub(crate) struct Ahead(Arc<PoolSlots>);

impl Ahead {
    /// Its slot, in its turn. Nothing: it waited too long.
    pub(crate) async fn slot(self, at_most: Duration) -> Option<Slot> {
        // Nobody closes it.
        timeout(at_most, Arc::clone(&self.0.free).acquire_owned()).await.ok()?.ok()
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.0.ahead.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn pool(size: usize) -> Arc<PoolSlots> {
        Arc::new(PoolSlots::new(size))
    }

    fn all(pool: &Arc<PoolSlots>) -> Slot {
        let all = u32::try_from(pool.size).unwrap();
        Arc::clone(&pool.free).try_acquire_many_owned(all).unwrap()
    }

    fn free(pool: &PoolSlots, count: usize) {
        (0..count).for_each(|_| pool.count_freed());
    }

    fn ahead(pool: &Arc<PoolSlots>) -> Option<Ahead> {
        pool.reserve().and_then(|place| place.now().err())
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_are_expected_as_became_free_a_moment_ago() {
        let pool = pool(8);
        assert_eq!(pool.soon(), 0);
        free(&pool, 3);
        assert_eq!(pool.soon(), 3);
        advance(SOON).await;
        assert_eq!(pool.soon(), 3, "the time before counts");
        free(&pool, 5);
        assert_eq!(pool.soon(), 5);
        free(&pool, 50);
        assert_eq!((pool.soon(), pool.most_ahead()), (55, 8));
        advance(SOON * 2).await;
        assert_eq!(pool.soon(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn slots_that_are_held_for_longer_are_not_waited_for() {
        for (size, freed, soon) in
            [(32, 7, 0), (32, 8, 8), (8, 1, 0), (8, 2, 2), (7, 7, 0), (1, 9, 0)]
        {
            let pool = pool(size);
            free(&pool, freed);
            assert_eq!(pool.soon(), soon, "{freed} of {size}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_places_are_given_than_slots_will_be_free() {
        let pool = pool(8);
        assert!(matches!(pool.reserve(), Some(Place::Slot(_))));
        let held = all(&pool);
        assert!(!pool.has_place() && pool.reserve().is_none());
        free(&pool, 2);
        assert!(pool.has_place());
        let places = (ahead(&pool).unwrap(), ahead(&pool).unwrap());
        assert!(!pool.has_place() && pool.reserve().is_none());
        drop(places);
        let place = pool.reserve().unwrap();
        assert!(matches!(place, Place::Ahead(_)));
        drop(held);
        assert!(place.now().is_ok(), "one is free by now");
        assert_eq!(pool.ahead.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_ahead_gets_a_slot_or_gives_up() {
        let pool = pool(8);
        let held = all(&pool);
        free(&pool, 8);
        let place = ahead(&pool).unwrap();
        assert!(place.slot(LONGEST_AHEAD).await.is_none());
        free(&pool, 8);
        let waiting = tokio::spawn(ahead(&pool).unwrap().slot(LONGEST_AHEAD));
        advance(SOON).await;
        drop(held);
        assert!(waiting.await.unwrap().is_some());
        assert_eq!(pool.free.available_permits(), 8);
        assert_eq!(pool.ahead.load(Ordering::Relaxed), 0);
    }
}
