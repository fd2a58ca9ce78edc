use std::fmt;
use std::time::Duration;

use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{Delivery, DeliveryId, HandlerName};

use crate::store::packed::Packed;
use crate::store::task_id::TaskId;

/// What [`Store::probe`](super::Store::probe) learned, besides that a delivery could be accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// For each name with a task that is due: for how long the oldest of them has been.
    pub oldest: Vec<(HandlerName, Duration)>,
    /// For how long somebody has held what the database was like before, as a dump does, so that what was
    /// changed since cannot be cleared away. `None` where nobody does, or it does not matter to the store.
    pub oldest_snapshot: Option<Duration>,
}

impl Probe {
    /// Without a snapshot; for those who write a store.
    #[must_use]
    pub fn new(oldest: Vec<(HandlerName, Duration)>) -> Self {
        Self { oldest, oldest_snapshot: None }
    }
}

/// How many tasks an inbox holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Depth {
    /// By name: what is open.
    pub names: Vec<NameDepth>,
    /// Handled.
    pub done: u64,
    /// Given up in favour of a newer one of their lane.
    pub superseded: u64,
    /// Canceled.
    pub canceled: u64,
    /// Given up.
    pub dead: u64,
}

impl Depth {
    /// Counting stops here: a number this large means *so many or more*.
    pub const MOST: u64 = 10_000;
}

/// What is open of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameDepth {
    /// The name.
    pub name: HandlerName,
    /// Whether a process that takes it is alive.
    pub is_alive: bool,
    /// Due now, or ended and waiting for `ended`.
    pub ready: u64,
    /// Leased now.
    pub leased: u64,
    /// Waiting for the time of their next attempt.
    pub delayed: u64,
    /// Waiting for another one of their lane.
    pub blocked: u64,
    /// For how long the oldest ready one has been ready.
    pub oldest_ready: Option<Duration>,
}

impl NameDepth {
    /// Nothing is open; for those who write a store.
    #[must_use]
    pub fn new(name: HandlerName, is_alive: bool) -> Self {
        Self { name, is_alive, ready: 0, leased: 0, delayed: 0, blocked: 0, oldest_ready: None }
    }
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskState {
    /// It is due, and can be leased.
    Ready,
    /// It waits for another one of its lane.
    Blocked,
    /// A worker has it.
    Leased,
    /// It waits for the time of its next attempt.
    Delayed,
    /// It was handled.
    Done,
    /// A newer one of its lane took its place.
    Superseded,
    /// It was canceled.
    Canceled,
    /// It was given up.
    Dead,
}

impl TaskState {
    /// All states, in the order in which a task may walk through them.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::Blocked,
        Self::Leased,
        Self::Delayed,
        Self::Done,
        Self::Superseded,
        Self::Canceled,
        Self::Dead,
    ];

    /// The state's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Blocked => "blocked",
            Self::Leased => "leased",
            Self::Delayed => "delayed",
            Self::Done => "done",
            Self::Superseded => "superseded",
            Self::Canceled => "canceled",
            Self::Dead => "dead",
        }
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Which tasks are listed.
///
/// ```
/// use hookstead_inbox::{Filter, TaskState};
///
/// let last_ten_dead = Filter::default().in_state(TaskState::Dead).at_most(10);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<TaskState>,
    /// Only those of deliveries with one of these ids.
    pub ids: Option<Vec<DeliveryId>>,
    /// Only those of this event.
    pub event: Option<EventName>,
    /// Only those of this name.
    pub name: Option<HandlerName>,
    /// At most so many; 100 by default, a screenful or two.
    pub limit: usize,
    /// With their bodies; not so by default, for they may be large.
    pub bodies: bool,
}

impl Default for Filter {
    fn default() -> Self {
        Self { state: None, ids: None, event: None, name: None, limit: 100, bodies: false }
    }
}

impl Filter {
    /// Only those in this state.
    #[must_use]
    pub fn in_state(mut self, state: TaskState) -> Self {
        self.state = Some(state);
        self
    }

    /// Only those of the delivery with this id; there may be one for each hook.
    #[must_use]
    pub fn with_id(self, id: DeliveryId) -> Self {
        self.with_ids([id])
    }

    /// Only those of deliveries with one of these ids.
    #[must_use]
    pub fn with_ids(mut self, ids: impl IntoIterator<Item = DeliveryId>) -> Self {
        self.ids = Some(ids.into_iter().collect());
        self
    }

    /// Only those of this event.
    #[must_use]
    pub fn of_event(mut self, event: EventName) -> Self {
        self.event = Some(event);
        self
    }

    /// Only those of this name.
    #[must_use]
    pub fn of_name(mut self, name: HandlerName) -> Self {
        self.name = Some(name);
        self
    }

    /// At most so many.
    #[must_use]
    pub fn at_most(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Lists the deliveries with their bodies.
    #[must_use]
    pub fn with_bodies(mut self) -> Self {
        self.bodies = true;
        self
    }
}

/// What a store knows of one task.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// The task.
    pub task: TaskId,
    /// The full name of the handler that it is for; the latest, where it has several.
    pub name: HandlerName,
    /// Its delivery. The body is empty unless the filter asked for it, and once it is gone.
    pub delivery: Delivery,
    /// The body, packed, if the filter asked for it and it is there. The front unpacks it.
    pub packed: Option<Packed>,
    /// Its state.
    pub state: TaskState,
    /// Whether `ended` is still to be called.
    pub is_ending: bool,
    /// The key of its lane.
    pub lane: Option<String>,
    /// Which run this is, from 1.
    pub run: u32,
    /// How many attempts of the run there were.
    pub number: u32,
    /// How many of them failed.
    pub failures: u32,
    /// How many leases in a row ended without an outcome.
    pub abandoned: u32,
    /// What went wrong last, or what it waits for.
    pub text: Option<String>,
    /// Whether it waits for something, not for a second chance.
    pub is_waiting: bool,
    /// The newer delivery of its lane that has superseded it.
    pub superseded_by: Option<DeliveryId>,
    /// The names of the steps of the run that are kept.
    pub steps: Vec<String>,
    /// When it becomes ready (delayed), or when its lease ends (leased).
    pub due_at: Option<Timestamp>,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

impl Entry {
    /// A task of which nothing more is known; for those who write a store.
    #[must_use]
    pub fn new(task: TaskId, name: HandlerName, delivery: Delivery, state: TaskState) -> Self {
        Self {
            task,
            name,
            delivery,
            packed: None,
            state,
            is_ending: false,
            lane: None,
            run: 1,
            number: 0,
            failures: 0,
            abandoned: 0,
            text: None,
            is_waiting: false,
            superseded_by: None,
            steps: Vec::new(),
            due_at: None,
            settled_at: None,
        }
    }
}
