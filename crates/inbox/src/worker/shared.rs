use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookstead_handler::Registered;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::Instant;

use super::holdings::Holdings;
use super::outcomes::Outcomes;
use super::ramp::Ramps;
use super::settings::Settings;
use super::taken::Taken;
use crate::inbox::Inbox;
use crate::log;
use crate::names::{Names, OWN_POOL};
use crate::pool_slots::{LONGEST_AHEAD, PoolSlots};
use crate::store::registry::TakerId;

/// What all parts of a worker share.
pub(super) struct Shared {
    pub(super) inbox: Inbox,
    pub(super) settings: Settings,
    /// As they were at the start.
    names: Arc<Names>,
    /// Where the handlers run. Everything else runs where they cannot block it.
    pub(super) handlers: Handle,
    pub(super) pools: Vec<Pool>,
    pub(super) holdings: Holdings,
    pub(super) outcomes: Outcomes,
    /// Of the tasks that may end their process, one is at work at a time.
    pub(super) suspects: Arc<Semaphore>,
    /// Whether leases can be renewed. Who cannot renew leases nothing.
    pub(super) can_renew: watch::Sender<bool>,
    /// Tells that there may be tasks without a place.
    pub(super) unplaced: Notify,
    ramps: Mutex<Ramps>,
    is_stopping: AtomicBool,
}

/// The slots of a pool.
pub(super) struct Pool {
    pub(super) name: String,
    pub(super) slots: Arc<PoolSlots>,
    /// Tells that something may be due: what was held back may go on.
    pub(super) changed: Notify,
}

impl Shared {
    pub(super) fn new(
        inbox: Inbox,
        settings: Settings,
        names: Arc<Names>,
        handlers: Handle,
    ) -> Self {
        let pools = pools(&inbox, &settings);
        Self {
            inbox,
            settings,
            names,
            handlers,
            pools,
            holdings: Holdings::default(),
            outcomes: Outcomes::default(),
            suspects: Arc::new(Semaphore::new(1)),
            can_renew: watch::Sender::new(true),
            unplaced: Notify::new(),
            ramps: Mutex::default(),
            is_stopping: AtomicBool::new(false),
        }
    }

    /// The slots by the names of their pools.
    pub(super) fn slots(&self) -> HashMap<String, Arc<PoolSlots>> {
        self.pools.iter().map(|pool| (pool.name.clone(), Arc::clone(&pool.slots))).collect()
    }

    /// The names of this process as they are known now: a former name may have shown up.
    pub(super) fn names(&self) -> Arc<Names> {
        let known = self.inbox.shared.known_names();
        known.map_or_else(|| Arc::clone(&self.names), |(names, _)| names)
    }

    /// The handler that this number is of, and its pool, with its place in the list.
    pub(super) fn registered(&self, taker: TakerId) -> Option<(Registered, usize, &Pool)> {
        let names = self.names();
        let own = names.get(taker)?;
        let mut pools = self.pools.iter().enumerate();
        let (index, pool) = pools.find(|(_, pool)| pool.name == own.pool())?;
        Some((own.registered.clone(), index, pool))
    }

    /// A task that was leased ahead waits so long for a slot at most; then others may have it.
    pub(super) fn longest_ahead(&self) -> Duration {
        LONGEST_AHEAD.min(self.settings.lease / 4)
    }

    /// Says that something that was held back may go on.
    pub(super) fn nudge(&self) {
        for pool in &self.pools {
            pool.changed.notify_one();
        }
    }

    /// So many later attempts of this name may run at a time.
    pub(super) fn allowed(&self, taker: TakerId) -> usize {
        self.ramps().allowed(taker, Instant::now())
    }

    /// An attempt of this name met an outage.
    pub(super) fn met_outage(&self, taker: TakerId, handler: &str, error: &str) {
        if self.ramps().met(taker, Instant::now()) {
            tracing::warn!(
                handler,
                error,
                "the other side is out of order; what fails is tried again, one task as a probe",
            );
        }
    }

    /// A later attempt of this name met none.
    pub(super) fn met_no_outage(&self, taker: TakerId, handler: &str, pool: usize) {
        let most = self.pools.get(pool).map_or(1, |pool| pool.slots.size);
        let mut ramps = self.ramps();
        if !ramps.knows(taker) {
            return;
        }
        let is_over = ramps.passed(taker, most, Instant::now());
        drop(ramps);
        if is_over {
            tracing::info!(handler, "the other side is well again");
        }
        self.nudge();
    }

    /// Somebody else may have this task: its handler is told to stop.
    pub(super) fn lose(&self, taken: &Taken) {
        if self.holdings.lose(taken) {
            log::lost(taken.about(), "while its handler runs, which is told to stop");
        }
    }

    /// While leases cannot be renewed, nothing is leased, and nothing is handed over.
    pub(super) fn set_can_renew(&self, can_renew: bool) {
        let is_news = |known: &mut bool| std::mem::replace(known, can_renew) != can_renew;
        if self.can_renew.send_if_modified(is_news) {
            self.inbox.pools().set_paused(!can_renew);
        }
    }

    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }

    fn ramps(&self) -> MutexGuard<'_, Ramps> {
        self.ramps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The worker's own pool and those of the router.
fn pools(inbox: &Inbox, settings: &Settings) -> Vec<Pool> {
    let own = (OWN_POOL, settings.concurrency);
    let pools = [own].into_iter().chain(inbox.router().pools());
    let pool = |(name, slots): (&str, usize)| {
        let slots = Arc::new(PoolSlots::new(slots));
        Pool { name: name.to_owned(), slots, changed: Notify::new() }
    };
    pools.map(pool).collect()
}
