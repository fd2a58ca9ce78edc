use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookstead_handler::Decoded;
use tokio::time::Instant;

use crate::pool_slots::{Place, PoolSlots};
use crate::store::lease::Leased;

/// A task that was leased when it was accepted, on its way to the worker, with what was decoded.
pub(crate) struct HandedOver {
    /// Its delivery has its body, as it came.
    pub(crate) leased: Leased,
    /// A moment before the lease began.
    pub(crate) leased_at: Instant,
    pub(crate) decoded: Option<Decoded>,
    pub(crate) place: Place,
}

/// Begins with what is handed over, or gives it back.
type Start = dyn Fn(HandedOver) -> Result<(), Box<HandedOver>> + Send + Sync;

/// How many handlers may run at the same time, by pool. They are open while a worker works in this
/// process; meanwhile what is accepted is handed over to it.
#[derive(Default)]
pub(crate) struct Pools(Mutex<State>);

#[derive(Default)]
struct State {
    open: Option<Open>,
    /// The pools all of whose slots are held too long, and since when.
    held: Vec<(String, Instant)>,
}

struct Open {
    pools: HashMap<String, Pool>,
    lease: Duration,
    start: Arc<Start>,
    /// The leases of this process cannot be renewed now. Who cannot renew leases nothing.
    is_paused: bool,
}

struct Pool {
    slots: Arc<PoolSlots>,
    /// What was accepted earlier waits in the store for a slot.
    is_behind: bool,
}

impl Pools {
    /// Opens them with their slots, for leases of this length. The worker's own pool has the name
    /// [`OWN_POOL`](crate::names::OWN_POOL). What is handed over goes to `start`, which begins with it at
    /// once: on the way through a channel one more thread would be woken for every task.
    pub(crate) fn open(
        &self,
        slots: HashMap<String, Arc<PoolSlots>>,
        lease: Duration,
        start: impl Fn(HandedOver) -> Result<(), Box<HandedOver>> + Send + Sync + 'static,
    ) {
        let pool = |slots| Pool { slots, is_behind: false };
        let pools = slots.into_iter().map(|(name, slots)| (name, pool(slots))).collect();
        self.lock().open = Some(Open { pools, lease, start: Arc::new(start), is_paused: false });
    }

    /// From now on what is accepted waits.
    pub(crate) fn close(&self) {
        *self.lock() = State::default();
    }

    /// Whether tasks of this pool that are due wait in the store, as far as the worker knows: its last
    /// request got all that it asked for. As long as they do, nothing overtakes them by being handed
    /// over.
    pub(crate) fn set_behind(&self, pool: &str, is_behind: bool) {
        if let Some(pool) = self.lock().open.as_mut().and_then(|open| open.pools.get_mut(pool)) {
            pool.is_behind = is_behind;
        }
    }

    /// Whether nothing is handed over for now, whatever is free.
    pub(crate) fn set_paused(&self, is_paused: bool) {
        if let Some(open) = self.lock().open.as_mut() {
            open.is_paused = is_paused;
        }
    }

    /// A place in this pool and the length of a lease, if there is one, a worker works, and nothing
    /// waits for it.
    pub(crate) fn reserve(&self, pool: &str) -> Option<(Place, Duration)> {
        let state = self.lock();
        let open = state.open.as_ref().filter(|open| !open.is_paused)?;
        let pool = open.pools.get(pool).filter(|pool| !pool.is_behind)?;
        Some((pool.slots.reserve()?, open.lease))
    }

    /// Whether [`reserve`](Self::reserve) would find a place now.
    pub(crate) fn has_place(&self, pool: &str) -> bool {
        let state = self.lock();
        let open = state.open.as_ref().filter(|open| !open.is_paused);
        let pool = open.and_then(|open| open.pools.get(pool));
        pool.is_some_and(|pool| !pool.is_behind && pool.slots.has_place())
    }

    /// Gives a task to the worker.
    ///
    /// # Errors
    ///
    /// Gives the task back when the worker has stopped meanwhile, or must not begin with it: the lease is to be
    /// released.
    pub(crate) fn hand_over(&self, task: HandedOver) -> Result<(), Box<HandedOver>> {
        // Not under the lock: it wakes a thread.
        let start = self.lock().open.as_ref().map(|open| Arc::clone(&open.start));
        match start {
            Some(start) => start(task),
            None => Err(Box::new(task)),
        }
    }

    /// Writes down which pools have all their slots held for too long, and since when.
    pub(crate) fn set_held(&self, held: Vec<(String, Instant)>) {
        self.lock().held = held;
    }

    /// The pools all of whose slots are held for too long, and for how long.
    pub(crate) fn held(&self) -> Vec<(String, Duration)> {
        self.lock().held.iter().map(|(pool, since)| (pool.clone(), since.elapsed())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
