//! The way in: from a delivery that came to tasks that are written down, and to the worker in this
//! process where one of its slots is free.

use std::collections::HashSet;
use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hookstead_handler::{Decoded, Delivery};
use tokio::time::{Instant, timeout};

use crate::error::InboxError;
use crate::inbox::Inbox;
use crate::names::Names;
use crate::own_runtime::own_runtime;
use crate::packing::pack;
use crate::placing::{Placed, place};
use crate::pool_slots::Place;
use crate::pools::HandedOver;
use crate::store::accept::{AcceptAnswer, Accepted, FreeSlots, NewDelivery, NewTask};
use crate::store::lease::{LeaseToken, Leased};
use crate::store::packed::Packed;
use crate::store::registry::TakerId;
use crate::store::settlement::Settlement;
use crate::timed::within;
use crate::work::is_reserved;
use crate::{log, store};

/// A place in a pool that is held for a handler while its task is written.
struct Reserved {
    taker: TakerId,
    place: Place,
    lease: Duration,
}

/// The slots that are held for one delivery, from the moment at which it is written.
#[derive(Clone, Default)]
struct Reserving(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    slots: Vec<Reserved>,
    /// Nobody waits for what is handed over.
    is_over: bool,
}

impl Reserving {
    /// Holds slots for these tasks. A store may keep what this returns on a thread of its own: so it knows
    /// the pools, and nothing that could own the store.
    fn slots(&self, inbox: &Inbox, names: &Names, tasks: &[NewTask]) -> FreeSlots {
        let pool = |task: &NewTask| Some((task.taker, names.get(task.taker)?.pool().to_owned()));
        let takers: Vec<(TakerId, String)> = tasks.iter().filter_map(pool).collect();
        let (held, pools) = (self.clone(), Arc::clone(&inbox.shared.pools));
        FreeSlots::new(move |taker| {
            let mut held = held.lock();
            if held.is_over {
                return None;
            }
            if let Some(known) = held.slots.iter().find(|known| known.taker == taker) {
                return Some(known.lease);
            }
            let (_, pool) = takers.iter().find(|(it, _)| *it == taker)?;
            let (place, lease) = pools.reserve(pool)?;
            held.slots.push(Reserved { taker, place, lease });
            Some(lease)
        })
    }

    /// The slots that are held. No others will be.
    fn take(&self) -> Vec<Reserved> {
        let mut held = self.lock();
        held.is_over = true;
        std::mem::take(&mut held.slots)
    }

    /// Nobody waits any more. If slots are held already: the length of a lease. Else none will be.
    fn give_up(&self) -> Option<Duration> {
        let mut held = self.lock();
        held.is_over = held.slots.is_empty();
        held.slots.first().map(|held| held.lease)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a delivery comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A receiver.
    Outside,
    /// It is work of one's own.
    Submitted,
}

/// What is written down, and what follows.
pub(crate) struct Writing {
    /// With its body, as it came.
    delivery: Delivery,
    new: NewDelivery,
    names: Arc<Names>,
    decoded: Decoded,
    reserved: Reserving,
}

impl Writing {
    /// What is to be written, by somebody else: nothing of it is leased.
    pub(crate) fn into_new(self) -> NewDelivery {
        NewDelivery { slots: None, ..self.new }
    }
}

impl Inbox {
    /// Writes down a delivery that came from outside, with a task for each handler that takes it: those of
    /// this process, and those of other versions of its program that were seen within ten minutes. When this
    /// returns, they survive a power cut, as far as the store promises it.
    ///
    /// A delivery that is known already is a duplicate while one of its tasks is at work. Else somebody
    /// pressed *Redeliver*: what is settled begins a new run, what is dead goes on. See
    /// [`NewDelivery`].
    ///
    /// Where a worker of this process has a free slot, and the lane is free, it gets the task at once.
    ///
    /// # Errors
    ///
    /// Fails when the inbox is full ([`InboxError::is_full`]) or the store is down, when it takes [too
    /// long](Self::accept_deadline), and when the inbox cannot [start](Self::start). Then the delivery counts
    /// as not stored, and its sender must learn that. In rare cases (the store's own confirmation came too
    /// late) it is there nevertheless and will be handled; sent again, it is a duplicate.
    ///
    /// Refuses events whose names begin with `hookstead.`: they are [work of one's own](Self::submit), and
    /// whoever knows a hook's secret must not forge it.
    pub async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError> {
        if is_reserved(&delivery.event) {
            return Err(InboxError::reserved(delivery.event.as_str()));
        }
        #[cfg(feature = "metrics")]
        let _timing = crate::metrics::Accepting::start();
        within(self.settings.accept_deadline, "accept a delivery", async {
            let names = self.names().await?;
            let is_own = names.taking(&delivery.event).next().is_some();
            // Whatever else is subscribed to is no work for the store.
            if !is_own && !self.takes(&delivery.event).await? {
                log::accepted(&delivery, &Accepted::Declined);
                return Ok(Accepted::Declined);
            }
            self.write(self.prepare_delivery(names, delivery, Origin::Outside).await).await
        })
        .await
    }

    /// Finds the tasks of a delivery for the handlers of this process.
    pub(crate) async fn prepare_delivery(
        &self,
        names: Arc<Names>,
        delivery: Delivery,
        origin: Origin,
    ) -> Writing {
        let free = names.taking(&delivery.event).filter(|name| self.pools().has_place(name.pool()));
        let free: HashSet<TakerId> = free.map(|name| name.numbers.taker).collect();
        let placed = place(&names, &delivery, free.clone()).await;
        let Placed { tasks, declined, packed, decoded } = placed;
        let body = match packed {
            Some(packed) => packed,
            // Work is compared with what is known under its id, byte for byte as it is stored.
            None if origin == Origin::Outside && self.leaves_unpacked(&tasks, &free) => {
                Packed::new(delivery.body.clone(), None)
            }
            None => pack(delivery.body.clone()).await,
        };
        let reserved = Reserving::default();
        let program = self.process().program.clone();
        let mut new = NewDelivery::new(without_body(delivery.clone()), body, program);
        (new.tasks, new.declined) = (tasks, declined);
        new.is_submitted = origin == Origin::Submitted;
        new.slots = Some(reserved.slots(self, &names, &new.tasks));
        Writing { delivery, new, names, decoded, reserved }
    }

    /// Whether all these tasks will probably begin as soon as they are written, and the store need not have the
    /// body packed.
    fn leaves_unpacked(&self, tasks: &[NewTask], free: &HashSet<TakerId>) -> bool {
        let begins = |task: &NewTask| {
            // A lane may be busy; then the task waits.
            task.dead.is_none() && task.lane.is_none() && free.contains(&task.taker)
        };
        self.shared.store.takes_unpacked() && !tasks.is_empty() && tasks.iter().all(begins)
    }

    /// Writes it down, and hands over what was leased in the same write. Who gives up waiting for this
    /// while slots are held does not stop it: what was leased would be stuck until its lease ends.
    pub(crate) async fn write(&self, writing: Writing) -> Result<Accepted, InboxError> {
        let reserved = writing.reserved.clone();
        let inbox = self.clone();
        let work = Box::pin(async move { inbox.write_now(writing).await });
        Finishing { work: Some(work), reserved }.await
    }

    async fn write_now(&self, writing: Writing) -> Result<Accepted, InboxError> {
        let Writing { delivery, new, names, decoded, reserved } = writing;
        let leased_at = Instant::now();
        let answer = self.write_making_room(new).await;
        let reserved = reserved.take();
        let answer = answer?;
        log::accepted(&delivery, &answer.accepted);
        let handed_over = answer.handed_over;
        self.hand_over(&handed_over, reserved, leased_at, &names, &delivery, &decoded).await;
        Ok(answer.accepted)
    }

    /// Has the store write it down; if it is full, room is made first. Those who wait have a deadline of their
    /// own around everything.
    pub(crate) async fn write_making_room(
        &self,
        new: NewDelivery,
    ) -> Result<AcceptAnswer, InboxError> {
        match self.shared.store.accept(new.clone()).await {
            Err(error) if error.is_full() => {
                if !self.make_room().await {
                    return Err(error);
                }
                self.shared.store.accept(new).await
            }
            answer => answer,
        }
    }

    /// Gives the worker what was leased. The slots of the rest are free again.
    async fn hand_over(
        &self,
        handed_over: &[store::HandedOver],
        mut reserved: Vec<Reserved>,
        leased_at: Instant,
        names: &Names,
        delivery: &Delivery,
        decoded: &Decoded,
    ) {
        let mut left: Vec<LeaseToken> = Vec::new();
        for store::HandedOver { taker, task, token } in handed_over {
            let held = reserved.iter().position(|reserved| reserved.taker == *taker);
            let Some(held) = held.map(|index| reserved.swap_remove(index)) else {
                left.push(*token);
                continue;
            };
            let handed = HandedOver {
                leased: Leased::new(*token, *task, *taker, delivery.clone()),
                leased_at,
                decoded: Some(decoded.clone()),
                place: held.place,
            };
            if self.pools().hand_over(handed).is_err() {
                left.push(*token);
                continue;
            }
            #[cfg(feature = "metrics")]
            if let Some(name) = names.get(*taker) {
                crate::metrics::handed_over(name.name());
            }
        }
        #[cfg(not(feature = "metrics"))]
        let _ = names;
        drop(reserved);
        self.release(&left).await;
    }

    /// Gives back leases that nobody has begun with: the worker stopped meanwhile.
    async fn release(&self, tokens: &[LeaseToken]) {
        if tokens.is_empty() {
            return;
        }
        let released: Vec<_> = tokens.iter().map(|token| (*token, Settlement::Release)).collect();
        if let Err(error) = self.store().settle(&released).await {
            tracing::warn!(
                error = &error as &dyn Error,
                "could not give back what was leased; the lease runs out by itself",
            );
        }
    }
}

/// The record of a delivery alone.
pub(crate) fn without_body(mut delivery: Delivery) -> Delivery {
    delivery.body = bytes::Bytes::new();
    delivery
}

/// Work that is finished also when nobody waits for it any more, if slots are held: within the length of
/// a lease.
struct Finishing<T: Send + 'static> {
    work: Option<Work<T>>,
    reserved: Reserving,
}

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<T: Send + 'static> Future for Finishing<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.work else { return Poll::Pending };
        let poll = work.as_mut().poll(context);
        if poll.is_ready() {
            self.work = None;
        }
        poll
    }
}

impl<T: Send + 'static> Drop for Finishing<T> {
    fn drop(&mut self) {
        let Some(work) = self.work.take() else { return };
        if let Some(at_most) = self.reserved.give_up() {
            own_runtime().spawn(timeout(at_most, work));
        }
    }
}
