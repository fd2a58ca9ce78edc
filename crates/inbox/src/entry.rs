use std::fmt;
use std::time::Duration;

use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{Delivery, DeliveryId};

/// How many deliveries an inbox holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Depth {
    /// Ready now, those whose lease has ended included.
    pub ready: u64,
    /// Leased now.
    pub leased: u64,
    /// Waiting for the time of their next attempt.
    pub delayed: u64,
    /// Waiting for another one of their lane.
    pub blocked: u64,
    /// Handled.
    pub done: u64,
    /// Given up in favour of a newer one of their lane.
    pub superseded: u64,
    /// Given up.
    pub dead: u64,
    /// For how long the oldest ready delivery has been ready.
    pub oldest_ready: Option<Duration>,
}

/// The state of a delivery in an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryState {
    /// It can be leased now.
    Ready,
    /// It waits for the time of its next attempt.
    Delayed,
    /// It waits for another one of its lane.
    Blocked,
    /// A worker has it.
    Leased,
    /// It was handled.
    Done,
    /// A newer delivery of its lane took its place.
    Superseded,
    /// It was given up.
    Dead,
}

impl EntryState {
    /// All states, in the order in which a delivery may walk through them.
    pub const ALL: [Self; 7] = [
        Self::Ready,
        Self::Blocked,
        Self::Leased,
        Self::Delayed,
        Self::Done,
        Self::Superseded,
        Self::Dead,
    ];

    /// The state's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Delayed => "delayed",
            Self::Blocked => "blocked",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Superseded => "superseded",
            Self::Dead => "dead",
        }
    }
}

impl fmt::Display for EntryState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Which deliveries [`Inbox::list`](crate::Inbox::list) returns.
///
/// ```
/// use hookstead_inbox::{EntryState, Filter};
///
/// let last_ten_dead_letters = Filter::default().in_state(EntryState::Dead).at_most(10);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<EntryState>,
    /// Only those with one of these ids.
    pub ids: Option<Vec<DeliveryId>>,
    /// Only those of this event.
    pub event: Option<EventName>,
    /// At most so many; 100 by default, a screenful or two.
    pub limit: usize,
    /// With their bodies; not so by default, for they may be large.
    pub bodies: bool,
}

impl Default for Filter {
    fn default() -> Self {
        Self { state: None, ids: None, event: None, limit: 100, bodies: false }
    }
}

impl Filter {
    /// Only those in this state.
    #[must_use]
    pub fn in_state(mut self, state: EntryState) -> Self {
        self.state = Some(state);
        self
    }

    /// Only those with this id; there may be one for each hook.
    #[must_use]
    pub fn with_id(self, id: DeliveryId) -> Self {
        self.with_ids([id])
    }

    /// Only those with one of these ids.
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

    /// At most so many.
    #[must_use]
    pub fn at_most(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// With their bodies.
    #[must_use]
    pub fn with_bodies(mut self) -> Self {
        self.bodies = true;
        self
    }
}

/// What an inbox knows of one delivery.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// The delivery; `attempt` is the number of attempts counted so far. Its body is empty unless
    /// the filter asked for it, and once the store has dropped it, which by default it does when
    /// the delivery is done or superseded.
    pub delivery: Delivery,
    /// Its state.
    pub state: EntryState,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// The newer delivery of its lane that has superseded it.
    pub superseded_by: Option<DeliveryId>,
    /// When it becomes ready (delayed), or when its lease ends (leased).
    pub due_at: Option<Timestamp>,
    /// When it was done, superseded or given up.
    pub settled_at: Option<Timestamp>,
}

impl Entry {
    /// An entry of which nothing but its state is known; for those who write a store.
    #[must_use]
    pub fn new(delivery: Delivery, state: EntryState) -> Self {
        Self {
            delivery,
            state,
            last_error: None,
            superseded_by: None,
            due_at: None,
            settled_at: None,
        }
    }
}
