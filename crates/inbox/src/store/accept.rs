use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::{Delivery, DeliveryId, LaneMode};

use crate::store::lease::LeaseToken;
use crate::store::packed::Packed;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// What [`Store::accept`](super::Store::accept) is given.
///
/// A delivery that is known already is handled by the table of operations (*Redeliver*), task by task:
///
/// | the task is | then |
/// |---|---|
/// | waiting | due now |
/// | leased | stays |
/// | done, superseded, canceled | a new run, if no task of the delivery is at work |
/// | dead | goes on: counters 0, steps kept |
/// | missing, and among [`tasks`](Self::tasks) or taken by another live name | written |
///
/// A new run, and one that goes on, keeps its lane and its place. In a lane in which only the latest
/// counts, it is superseded at once and stays settled if a newer one is known. A task that has ended and
/// waits for `ended` stays; a new run begins after it. The body is written again if it is gone.
///
/// With a fingerprint that is known under another id or event nothing is stored: it is a replay.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewDelivery {
    /// The delivery, without its body.
    pub delivery: Delivery,
    /// Its body, packed.
    pub body: Packed,
    /// A task for each name of the process that takes it.
    pub tasks: Vec<NewTask>,
    /// The names of the process that take this event but said no to this delivery. No task is written for
    /// them, now or when it is accepted again. Where nobody takes it, the delivery is written down by its
    /// id alone, without its body.
    pub declined: Vec<TakerId>,
    /// The program whose other names that are alive get a task without a place.
    pub program: String,
    /// Submitted by a program, not received: if its id is known, it is a duplicate in whatever state its
    /// tasks are, and changes nothing; another event or body under the id is an error
    /// ([`InboxError::another_under_the_id`](crate::InboxError::another_under_the_id)).
    pub is_submitted: bool,
    /// Who knows the slots that are free, if a worker of this process hands over.
    pub(crate) slots: Option<FreeSlots>,
}

impl NewDelivery {
    /// A received delivery without tasks. The other fields are public; set what is known.
    #[must_use]
    pub fn new(delivery: Delivery, body: Packed, program: impl Into<String>) -> Self {
        Self {
            delivery,
            body,
            tasks: Vec::new(),
            declined: Vec::new(),
            program: program.into(),
            is_submitted: false,
            slots: None,
        }
    }

    /// Holds a slot of this process for each task for which one is free, or will be in a moment, and says
    /// so in its [`lease`](NewTask::lease). A store calls this right before it writes, and not while others
    /// are written: as long as a slot is held, nothing else runs in it. Called again, it holds the same
    /// ones. A store that never does hands nothing over.
    pub fn hold_slots(&mut self) {
        let Some(slots) = &self.slots else { return };
        for task in self.tasks.iter_mut().filter(|task| task.dead.is_none()) {
            task.lease = task.lease.or_else(|| slots.hold(task.taker));
        }
    }
}

/// Holds a slot for a task, and says for how long it is to be leased then.
#[derive(Clone)]
pub(crate) struct FreeSlots(Arc<dyn Fn(TakerId) -> Option<Duration> + Send + Sync>);

impl FreeSlots {
    pub(crate) fn new(hold: impl Fn(TakerId) -> Option<Duration> + Send + Sync + 'static) -> Self {
        Self(Arc::new(hold))
    }

    fn hold(&self, taker: TakerId) -> Option<Duration> {
        (self.0)(taker)
    }
}

impl fmt::Debug for FreeSlots {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FreeSlots").finish_non_exhaustive()
    }
}

/// A task to write, or the place of one that has none yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewTask {
    /// What it is for.
    pub taker: TakerId,
    /// Its lane.
    pub lane: Option<TaskLane>,
    /// It is dead from the start, for this reason (its lane cannot be found out); `ended` is called.
    pub dead: Option<String>,
    /// It is not wanted: no task is written; a task without a place is removed. This
    /// happens in [`Store::place`](super::Store::place) only.
    pub is_declined: bool,
    /// Where the task is new, due at once and (if it has a lane) the head of its lane, it is leased for so
    /// long in the same write.
    pub lease: Option<Duration>,
}

impl NewTask {
    /// A task without a lane.
    #[must_use]
    pub fn new(taker: TakerId) -> Self {
        Self { taker, lane: None, dead: None, is_declined: false, lease: None }
    }

    /// The same in a lane.
    #[must_use]
    pub fn in_lane(self, lane: TaskLane) -> Self {
        Self { lane: Some(lane), ..self }
    }
}

/// The lane of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskLane {
    /// The whole key, the handler or group that it belongs to included.
    pub key: String,
    /// Which of its tasks count, and in what order.
    pub mode: LaneMode,
}

impl TaskLane {
    /// A lane.
    #[must_use]
    pub fn new(key: impl Into<String>, mode: LaneMode) -> Self {
        Self { key: key.into(), mode }
    }
}

/// What [`Store::accept`](super::Store::accept) did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AcceptAnswer {
    /// What became of the delivery.
    pub accepted: Accepted,
    /// The tasks that were leased in the same write.
    pub handed_over: Vec<HandedOver>,
}

impl AcceptAnswer {
    /// Nothing was handed over; for those who write a store.
    #[must_use]
    pub fn new(accepted: Accepted) -> Self {
        Self { accepted, handed_over: Vec::new() }
    }
}

/// A task that was leased when it was written: its first attempt.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct HandedOver {
    /// What it is for.
    pub taker: TakerId,
    /// Its number.
    pub task: TaskId,
    /// Its lease.
    pub token: LeaseToken,
}

impl HandedOver {
    /// For those who write a store.
    #[must_use]
    pub fn new(taker: TakerId, task: TaskId, token: LeaseToken) -> Self {
        Self { taker, task, token }
    }
}

/// What became of a delivery that came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accepted {
    /// It is new, and has so many tasks.
    New {
        /// How many tasks were written.
        tasks: u32,
    },
    /// It is known, and nothing begins anew: of so many tasks, so many are still at work. (For a
    /// submitted one also when none is.)
    Duplicate {
        /// Waiting or leased, or waiting for `ended`.
        at_work: u32,
        /// All tasks of the delivery.
        tasks: u32,
    },
    /// It is known, and so many of its tasks begin anew, go on or are new.
    Again {
        /// How many of its tasks begin anew, go on, or are new.
        tasks: u32,
        /// For so many others a newer one is known: they are superseded at once.
        superseded: u32,
    },
    /// Every name that takes the event said no. It is written down by its id alone.
    Declined,
    /// Its body is known under another id or as another event. Nothing changed.
    Replay,
}

/// A task that was written by a process that lacks its name.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unplaced {
    /// The task.
    pub task: TaskId,
    /// What it is for.
    pub taker: TakerId,
    /// Its delivery, without the body.
    pub delivery: Delivery,
    /// The body; `None` if it is gone.
    pub body: Option<Packed>,
}

impl Unplaced {
    /// For those who write a store.
    #[must_use]
    pub fn new(task: TaskId, taker: TakerId, delivery: Delivery, body: Option<Packed>) -> Self {
        Self { task, taker, delivery, body }
    }

    /// The id of its delivery.
    #[must_use]
    pub fn id(&self) -> &DeliveryId {
        &self.delivery.id
    }
}
