//! Leases what is due, for one pool.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::attempt::{Begin, begin};
use super::settings::STORE_BACK_OFF;
use super::shared::{Pool, Shared};
use super::taken::Taken;
use super::turns::{FreshShare, Turns};
use crate::pool_slots::Place;
use crate::store::lease::{LeaseRequest, Leased, Leases, TakerShare};
use crate::store::settlement::Settlement;

/// At most so many tasks are leased in one call, so that no call takes long.
const MOST_AT_ONCE: usize = 256;

/// While more is due than there are slots, a lease waits so long at most for more of them than one to be free:
/// one call for several tasks costs little more than for one.
const GATHERING: Duration = Duration::from_millis(1);

/// So many free slots are enough for a call.
const ENOUGH: usize = 8;

/// After so many empty answers to what the store told of there is a short pause before the next call, and
/// a longer one after more: a store may tell of what others take.
const EMPTY_ANSWERS: u32 = 2;
const EMPTY_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_EMPTY_PAUSE: Duration = Duration::from_millis(50);

/// Leases and begins attempts until it is told to stop.
pub(super) async fn lease_until(
    shared: Arc<Shared>,
    index: usize,
    mut stop: watch::Receiver<bool>,
) {
    let Some(pool) = shared.pools.get(index) else { return };
    let fresh = FreshShare::new(pool.slots.size, shared.settings.fresh_share);
    let mut leasing = Leasing {
        shared: &shared,
        pool,
        index,
        turns: Turns::new(fresh),
        // Until the store was asked, who knows what waits.
        is_behind: true,
        was_told: false,
        failures: 0,
        empty: 0,
    };
    loop {
        let slots = tokio::select! {
            biased;
            () = stopped(&mut stop) => return,
            slots = leasing.slots() => slots,
        };
        let Some(pause) = leasing.lease(slots, &mut stop).await else { return };
        tokio::select! {
            biased;
            () = stopped(&mut stop) => return,
            () = leasing.wait(pause) => {}
        }
    }
}

struct Leasing<'a> {
    shared: &'a Arc<Shared>,
    pool: &'a Pool,
    index: usize,
    turns: Turns,
    /// The last answer was as long as could be: more is due.
    is_behind: bool,
    /// The store told of something before it was asked.
    was_told: bool,
    failures: u32,
    empty: u32,
}

/// What to do after an answer.
enum Pause {
    /// Nothing: ask again at once.
    None,
    /// Until something may be due, at the latest after this.
    UntilDue(Duration),
    /// The store is not well.
    Failed(Duration),
}

impl Leasing<'_> {
    /// Waits until leases can be renewed and a slot is free. Returns all that are.
    async fn slots(&self) -> OwnedSemaphorePermit {
        let mut can_renew = self.shared.can_renew.subscribe();
        loop {
            // An error means that the worker is gone; then this is about to be dropped.
            let _ = can_renew.wait_for(|can| *can).await;
            let Ok(mut slots) = Arc::clone(&self.pool.slots.free).acquire_owned().await else {
                // Nobody closes it.
                std::future::pending().await
            };
            self.gather(&mut slots);
            if self.is_behind {
                self.gather_enough(&mut slots).await;
            }
            if *can_renew.borrow_and_update() {
                return slots;
            }
        }
    }

    /// Waits a little for enough slots, and not longer than until they are free: while the others begin, those
    /// that run are to go on.
    async fn gather_enough(&self, slots: &mut OwnedSemaphorePermit) {
        let enough = ENOUGH.min(self.pool.slots.size.div_ceil(4));
        let Ok(missing @ 1..) = u32::try_from(enough.saturating_sub(slots.num_permits())) else {
            return;
        };
        let more = Arc::clone(&self.pool.slots.free).acquire_many_owned(missing);
        if let Ok(Ok(more)) = timeout(GATHERING, more).await {
            slots.merge(more);
        }
        self.gather(slots);
    }

    /// Takes the other free slots as well. Where nothing is known to be due it leaves most of them: while it
    /// has them, what is accepted is not handed over.
    fn gather(&self, slots: &mut OwnedSemaphorePermit) {
        let most = if self.is_behind { MOST_AT_ONCE } else { self.pool.slots.size.div_ceil(4) };
        let room = most.saturating_sub(slots.num_permits());
        let more = self.pool.slots.free.available_permits().min(room);
        let Ok(more) = u32::try_from(more) else { return };
        if more > 0
            && let Ok(more) = Arc::clone(&self.pool.slots.free).try_acquire_many_owned(more)
        {
            slots.merge(more);
        }
    }

    /// Asks the store once. Nothing: it is time to stop.
    async fn lease(
        &mut self,
        slots: OwnedSemaphorePermit,
        stop: &mut watch::Receiver<bool>,
    ) -> Option<Pause> {
        // Of what may end its process one is at work at a time.
        let suspect = Arc::clone(&self.shared.suspects).try_acquire_owned().ok();
        let limit = slots.num_permits() + self.ahead(slots.num_permits());
        let request = self.request(limit, suspect.is_some());
        if request.takers.is_empty() {
            return Some(Pause::UntilDue(self.shared.settings.poll_interval));
        }
        let at = Instant::now();
        let store = self.shared.inbox.store();
        let mut leasing = store.lease(&request);
        let leases = tokio::select! {
            // What is leased at the moment of the shutdown is not begun.
            biased;
            () = stopped(stop) => {
                // Not dropped: what it is about to lease would be stuck for a lease's length.
                let leases = timeout(self.shared.settings.drain_deadline, leasing).await;
                let leases = leases.unwrap_or(Ok(Leases::default())).unwrap_or_default();
                self.release(&leases.leased).await;
                return None;
            }
            leases = &mut leasing => leases,
        };
        match leases {
            Ok(leases) => {
                self.failures = 0;
                let pause = self.look_at(&leases, request.limit);
                self.begin(leases.leased, slots, suspect, at, stop).await?;
                Some(pause)
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn Error, "will try again to lease");
                self.failures += 1;
                Some(Pause::Failed(STORE_BACK_OFF.delay(self.failures)))
            }
        }
    }

    /// For how many slots that are not free yet something is leased as well: with the others no more than twice
    /// as many as there are.
    fn ahead(&self, free: usize) -> usize {
        let most = MOST_AT_ONCE.min(self.pool.slots.size.saturating_mul(2));
        self.pool.slots.soon().min(most.saturating_sub(free))
    }

    fn request(&mut self, limit: usize, may_be_suspect: bool) -> LeaseRequest {
        let running = self.shared.holdings.running(self.index);
        let share = |taker: &_| {
            let tried = running.tried.get(taker).copied().unwrap_or_default();
            let most_tried = self.shared.allowed(*taker).saturating_sub(tried);
            TakerShare { most_tried, ..TakerShare::new(*taker) }
        };
        let names = self.shared.names().takers_of_pool(&self.pool.name);
        let turns = self.turns.order(names);
        let takers = turns.iter().filter(|taker| !running.lost.contains(taker)).map(share);
        LeaseRequest {
            fresh: self.turns.fresh(running.fresh, limit),
            suspects: usize::from(may_be_suspect),
            ..LeaseRequest::new(takers.collect(), limit, self.shared.settings.lease)
        }
    }

    /// What follows from an answer.
    fn look_at(&mut self, leases: &Leases, limit: usize) -> Pause {
        let Leases { leased, next_due } = leases;
        self.is_behind = leased.len() >= limit;
        self.shared.inbox.pools().set_behind(&self.pool.name, self.is_behind);
        if leased.is_empty() && self.was_told {
            // Perhaps what it told of has no place yet.
            self.shared.unplaced.notify_one();
            self.empty += 1;
        } else {
            self.empty = 0;
        }
        self.turns.served(leased.iter().map(|leased| leased.taker));
        if self.is_behind {
            return Pause::None;
        }
        let poll_interval = self.shared.settings.poll_interval;
        Pause::UntilDue(next_due.map_or(poll_interval, |next| next.min(poll_interval)))
    }

    /// Begins with what was leased; with what has no slot yet as soon as there is one, and if that takes too
    /// long, it is given back. Nothing: it is time to stop.
    async fn begin(
        &self,
        leased: Vec<Leased>,
        mut slots: OwnedSemaphorePermit,
        mut suspect: Option<OwnedSemaphorePermit>,
        at: Instant,
        stop: &mut watch::Receiver<bool>,
    ) -> Option<()> {
        let until = Instant::now() + self.shared.longest_ahead();
        let mut leased = leased.into_iter();
        while let Some(next) = leased.next() {
            let slot = match slots.split(1) {
                Some(slot) => Ok(slot),
                None => tokio::select! {
                    biased;
                    () = stopped(stop) => Err(true),
                    slot = timeout_at(until, Arc::clone(&self.pool.slots.free).acquire_owned()) => {
                        // Nobody closes it.
                        slot.ok().and_then(Result::ok).ok_or(false)
                    }
                },
            };
            match slot {
                Ok(slot) => {
                    let suspect = if Taken::is_suspect(&next) { suspect.take() } else { None };
                    let place = Place::Slot(slot);
                    begin(self.shared, Begin { leased: next, place, suspect, at });
                }
                Err(must_stop) => {
                    let left: Vec<Leased> = [next].into_iter().chain(leased).collect();
                    self.release(&left).await;
                    return (!must_stop).then_some(());
                }
            }
        }
        Some(())
    }

    async fn wait(&mut self, pause: Pause) {
        self.was_told = false;
        match pause {
            Pause::None => {}
            Pause::Failed(pause) => sleep(pause).await,
            Pause::UntilDue(at_most) => {
                if self.empty >= EMPTY_ANSWERS {
                    let doublings = (self.empty - EMPTY_ANSWERS).min(8);
                    sleep((EMPTY_PAUSE * 2_u32.pow(doublings)).min(LONGEST_EMPTY_PAUSE)).await;
                }
                let begun_at = Instant::now();
                tokio::select! {
                    () = self.pool.changed.notified() => {}
                    () = self.shared.inbox.store().wait(at_most) => {
                        self.was_told = begun_at.elapsed() < at_most || at_most.is_zero();
                    }
                }
            }
        }
    }

    /// Gives back what nobody has begun.
    async fn release(&self, leased: &[Leased]) {
        let settlements: Vec<_> =
            leased.iter().map(|leased| (leased.token, Settlement::Release)).collect();
        if settlements.is_empty() {
            return;
        }
        match self.shared.inbox.store().settle(&settlements).await {
            Ok(settled) => {
                for (Leased { taker, .. }, settled) in leased.iter().zip(settled) {
                    tracing::debug!(taker = taker.0, ?settled, "given back before it began");
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "cannot give back what was leased");
            }
        }
    }
}

/// Returns when it is time to stop.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the worker is gone; then this is about to be dropped anyway.
    let _ = stop.wait_for(|stop| *stop).await;
}
