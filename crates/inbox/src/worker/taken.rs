use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookstead_handler::{Attempt, Delivery, DeliveryId, End, Interruption, KeptStep, Registered};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::decision::Counters;
use crate::about::About;
use crate::pool_slots::{PoolSlots, Slot};
use crate::store::lease::{LeaseToken, Leased, Marks};
use crate::store::rank::Rank;
use crate::store::registry::TakerId;

/// A task that this process has taken, with everything that its attempt and its lease need.
pub(super) struct Taken {
    pub(super) token: LeaseToken,
    pub(super) taker: TakerId,
    /// The pool that its slot is of, by its place in the worker's list.
    pub(super) pool: usize,
    slots: Arc<PoolSlots>,
    pub(super) registered: Registered,
    /// Without its body, unless it was handed over.
    pub(super) delivery: Delivery,
    pub(super) run: u32,
    pub(super) number: u32,
    pub(super) counters: Counters,
    /// It was leased only for `ended` to be called.
    pub(super) end: Option<End>,
    /// Since when it holds its slot.
    pub(super) since: Instant,
    state: Mutex<State>,
}

struct State {
    renewed_at: Instant,
    slot: Option<Slot>,
    suspect: Option<OwnedSemaphorePermit>,
    /// The steps of the run that are kept, those of this attempt too.
    steps: Vec<KeptStep>,
    /// What is interrupted, once it has begun.
    attempt: Option<Attempt>,
    abort: Option<AbortHandle>,
    must_abort: bool,
    why: Option<Why>,
    stage: Stage,
    /// What runs is `ended`, which listens to nothing.
    is_ending: bool,
    was_warned_of: bool,
}

impl State {
    fn abort(&mut self) {
        self.must_abort = true;
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }
}

/// How far a taken task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its handler runs.
    Running,
    /// Its handler has stopped, and its outcome is on the way to the store.
    Settling,
    /// Its lease is lost, and its handler has not stopped yet.
    Lost,
}

/// Why an attempt is interrupted: what it ends like, unless its handler has done its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    Superseded(DeliveryId),
    Canceled(String),
    LeaseLost,
    Shutdown,
}

impl Why {
    fn interruption(&self) -> Interruption {
        match self {
            Self::Superseded(_) => Interruption::Superseded,
            Self::Canceled(_) => Interruption::Canceled,
            Self::LeaseLost => Interruption::LeaseLost,
            Self::Shutdown => Interruption::Shutdown,
        }
    }

    /// The stronger of two reasons counts.
    fn strength(&self) -> u8 {
        match self {
            Self::Shutdown => 0,
            Self::Superseded(_) => 1,
            Self::Canceled(_) => 2,
            Self::LeaseLost => 3,
        }
    }

    /// What the store says of a task, if it ends it.
    pub(super) fn marked(marks: &Marks) -> Option<Self> {
        let canceled = marks.canceled.clone().map(Self::Canceled);
        canceled.or_else(|| marks.superseded_by.clone().map(Self::Superseded))
    }
}

impl Taken {
    /// `at` is a moment before the lease began, so that by this clock it never seems longer than it is.
    pub(super) fn new(
        leased: Leased,
        registered: Registered,
        (pool, slots): (usize, Arc<PoolSlots>),
        slot: Option<Slot>,
        suspect: Option<OwnedSemaphorePermit>,
        at: Instant,
    ) -> Self {
        let counters = Counters::of(&leased);
        let Leased { token, taker, delivery, run, number, end, steps, .. } = leased;
        Self {
            token,
            taker,
            pool,
            slots,
            registered,
            delivery,
            run,
            number,
            counters,
            end,
            since: at,
            state: Mutex::new(State {
                renewed_at: at,
                slot,
                suspect,
                steps,
                attempt: None,
                abort: None,
                must_abort: false,
                why: None,
                stage: Stage::Running,
                is_ending: false,
                was_warned_of: false,
            }),
        }
    }

    /// The task for the log.
    pub(super) fn about(&self) -> About<'_> {
        About {
            delivery: &self.delivery,
            handler: self.registered.name(),
            run: self.run,
            attempt: self.number,
        }
    }

    /// Whether this is the first attempt of its run.
    pub(super) fn is_fresh(&self) -> bool {
        self.end.is_none() && self.number <= 1
    }

    /// Whether it counts against what may be tried after an outage.
    pub(super) fn is_tried(&self) -> bool {
        self.end.is_none() && self.number > 1
    }

    /// Whether it may be what ends its process.
    pub(super) fn is_suspect(leased: &Leased) -> bool {
        leased.end.is_none() && leased.abandoned >= Rank::SUSPECT_AFTER
    }

    pub(super) fn stage(&self) -> Stage {
        self.lock().stage
    }

    /// Its handler is told of the end from now on. Returns the delivery as the handler got it before, if it
    /// did.
    pub(super) fn begins_to_end(&self) -> Option<Delivery> {
        let mut state = self.lock();
        state.stage = Stage::Running;
        state.is_ending = true;
        state.abort = None;
        state.must_abort = false;
        state.why = None;
        state.attempt.take().map(|attempt| attempt.delivery().clone())
    }

    /// Its handler has stopped. `false`: the lease is lost.
    pub(super) fn has_stopped(&self) -> bool {
        let mut state = self.lock();
        state.suspect = None;
        if state.stage == Stage::Lost {
            return false;
        }
        state.stage = Stage::Settling;
        true
    }

    pub(super) fn renewed_at(&self) -> Instant {
        self.lock().renewed_at
    }

    pub(super) fn renewed(&self, at: Instant) {
        self.lock().renewed_at = at;
    }

    /// What is interrupted from now on; at once, if it was told to before.
    pub(super) fn set_attempt(&self, attempt: &Attempt) {
        let mut state = self.lock();
        if let Some(why) = &state.why {
            attempt.interrupt(why.interruption());
        }
        state.attempt = Some(attempt.clone());
    }

    /// What is aborted from now on; at once, if it was to be before.
    pub(super) fn set_abort(&self, abort: AbortHandle) {
        let mut state = self.lock();
        if state.must_abort {
            abort.abort();
        } else if state.stage == Stage::Running {
            state.abort = Some(abort);
        }
    }

    /// Tells the handler to stop. It listens to the first reason only: for a second one its future is
    /// dropped from outside. `false`: it knows, or does not run.
    pub(super) fn interrupt(&self, why: Why) -> bool {
        let mut state = self.lock();
        if state.stage != Stage::Running {
            return false;
        }
        let is_mark = matches!(why, Why::Superseded(_) | Why::Canceled(_));
        if state.is_ending && is_mark {
            return false;
        }
        let must_abort = state.why.is_some() || state.is_ending && why == Why::LeaseLost;
        if state.why.as_ref().is_some_and(|known| known.strength() >= why.strength()) {
            return false;
        }
        if let Some(attempt) = &state.attempt {
            attempt.interrupt(why.interruption());
        }
        if why == Why::LeaseLost {
            state.stage = Stage::Lost;
        }
        state.why = Some(why);
        if must_abort {
            state.abort();
        }
        true
    }

    /// Drops the handler's future as soon as it does not block its thread.
    pub(super) fn abort(&self) {
        self.lock().abort();
    }

    pub(super) fn why(&self) -> Option<Why> {
        self.lock().why.clone()
    }

    pub(super) fn steps(&self) -> Vec<KeptStep> {
        self.lock().steps.clone()
    }

    pub(super) fn keep_step(&self, step: KeptStep) {
        let steps = &mut self.lock().steps;
        steps.retain(|known| known.name != step.name);
        steps.push(step);
    }

    /// It was begun without one.
    pub(super) fn set_slot(&self, slot: Slot) {
        self.lock().slot = Some(slot);
    }

    /// Its handler is done: gives its slot back before it is settled.
    pub(super) fn free_slot(&self) {
        let slot = self.lock().slot.take();
        if slot.is_some() {
            drop(slot);
            self.slots.count_freed();
        }
    }

    /// Gives back whatever it holds, however long others still look at it.
    pub(super) fn let_go(&self) {
        let mut state = self.lock();
        let held = (state.slot.take(), state.suspect.take(), state.attempt.take());
        state.abort = None;
        drop(state);
        drop(held);
    }

    /// Whether it holds its slot, and for the first time when it is asked for so long.
    pub(super) fn warn_of(&self) -> bool {
        let mut state = self.lock();
        !std::mem::replace(&mut state.was_warned_of, true)
    }

    pub(super) fn has_slot(&self) -> bool {
        self.lock().slot.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
