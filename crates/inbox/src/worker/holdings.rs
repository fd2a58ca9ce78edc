use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::taken::{Stage, Taken, Why};
use crate::store::lease::LeaseToken;
use crate::store::registry::TakerId;

/// What this process has taken and not given back.
#[derive(Default)]
pub(super) struct Holdings {
    taken: Mutex<Map>,
    /// So many of them have lost their leases.
    lost: AtomicUsize,
    emptied: Notify,
}

#[derive(Default)]
struct Map {
    taken: HashMap<LeaseToken, Arc<Taken>>,
    /// The worker is gone.
    is_closed: bool,
}

impl Deref for Map {
    type Target = HashMap<LeaseToken, Arc<Taken>>;

    fn deref(&self) -> &Self::Target {
        &self.taken
    }
}

/// What runs now, as far as the next lease depends on it.
#[derive(Default)]
pub(super) struct Running {
    /// First attempts in this pool.
    pub(super) fresh: usize,
    /// Later attempts, by name.
    pub(super) tried: HashMap<TakerId, usize>,
    /// The names with a handler that has lost its lease and does not stop. Nothing more of theirs is
    /// begun here: it might be of the same lane.
    pub(super) lost: HashSet<TakerId>,
}

impl Holdings {
    /// `false`: the worker is gone, and begins nothing more.
    #[must_use]
    pub(super) fn insert(&self, taken: &Arc<Taken>) -> bool {
        let mut all = self.lock();
        if !all.is_closed {
            all.taken.insert(taken.token, Arc::clone(taken));
        }
        !all.is_closed
    }

    /// It is settled, or its lease is lost and its handler has stopped.
    pub(super) fn remove(&self, token: LeaseToken) {
        let mut all = self.lock();
        let removed = all.taken.remove(&token);
        let is_empty = all.is_empty();
        drop(all);
        if let Some(removed) = removed {
            removed.let_go();
            if removed.stage() == Stage::Lost {
                self.lost.fetch_sub(1, Ordering::Relaxed);
            }
        }
        if is_empty {
            self.emptied.notify_waiters();
        }
    }

    /// Somebody else may have it. Whether its handler runs, and learns it now.
    pub(super) fn lose(&self, taken: &Taken) -> bool {
        let is_news = taken.interrupt(Why::LeaseLost);
        if is_news {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        is_news
    }

    pub(super) fn all(&self) -> Vec<Arc<Taken>> {
        self.lock().values().cloned().collect()
    }

    /// Those whose leases are to be renewed.
    pub(super) fn held(&self) -> Vec<Arc<Taken>> {
        self.lock().values().filter(|taken| taken.stage() != Stage::Lost).cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Returns when nothing is left.
    pub(super) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.lock().is_empty() {
                return;
            }
            emptied.await;
        }
    }

    pub(super) fn running(&self, pool: usize) -> Running {
        let mut running = Running::default();
        for taken in self.lock().values() {
            let stage = taken.stage();
            if stage == Stage::Lost {
                running.lost.insert(taken.taker);
            }
            if stage == Stage::Running && taken.is_fresh() && taken.pool == pool {
                running.fresh += 1;
            }
            if stage == Stage::Running && taken.is_tried() {
                *running.tried.entry(taken.taker).or_default() += 1;
            }
        }
        running
    }

    /// Whether a handler of this name has lost its lease and does not stop.
    pub(super) fn has_lost(&self, taker: TakerId) -> bool {
        self.lost.load(Ordering::Relaxed) > 0
            && self.lock().values().any(|it| it.taker == taker && it.stage() == Stage::Lost)
    }

    /// When the first of the handlers that run must have its lease renewed.
    pub(super) fn first_end(&self, own_part: Duration) -> Option<Instant> {
        let all = self.lock();
        let running = all.values().filter(|taken| taken.stage() == Stage::Running);
        running.map(|taken| taken.renewed_at() + own_part).min()
    }

    /// The handlers that run and could not renew their leases in time.
    pub(super) fn past_their_end(&self, own_part: Duration, now: Instant) -> Vec<Arc<Taken>> {
        let all = self.lock();
        let running = all.values().filter(|taken| taken.stage() == Stage::Running);
        running.filter(|taken| taken.renewed_at() + own_part <= now).cloned().collect()
    }

    pub(super) fn interrupt_all(&self, why: &Why) {
        for taken in self.all() {
            taken.interrupt(why.clone());
        }
    }

    pub(super) fn abort_all(&self) {
        for taken in self.all() {
            taken.abort();
        }
    }

    /// Aborts everything, and takes nothing more.
    pub(super) fn close(&self) {
        let mut all = self.lock();
        all.is_closed = true;
        let taken = std::mem::take(&mut all.taken);
        drop(all);
        for taken in taken.values() {
            taken.abort();
            taken.let_go();
        }
        self.emptied.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Map> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
