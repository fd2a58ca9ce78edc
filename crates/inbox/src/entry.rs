use std::fmt;
use std::time::Duration;

use hookstead_events::Timestamp;
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
    /// Handled.
    pub done: u64,
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
    /// A worker has it.
    Leased,
    /// It was handled.
    Done,
    /// It was given up.
    Dead,
}

impl fmt::Display for EntryState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Ready => "ready",
            Self::Delayed => "delayed",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Dead => "dead",
        })
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
    /// Only those with this id.
    pub id: Option<DeliveryId>,
    /// At most so many; 100 by default, a screenful or two.
    pub limit: usize,
}

impl Default for Filter {
    fn default() -> Self {
        Self { state: None, id: None, limit: 100 }
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
    pub fn with_id(mut self, id: DeliveryId) -> Self {
        self.id = Some(id);
        self
    }

    /// At most so many.
    #[must_use]
    pub fn at_most(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

/// What an inbox knows of one delivery.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// The delivery; `attempt` is the number of attempts counted so far. Its body is empty once
    /// the store has dropped it, which it does when the delivery is done.
    pub delivery: Delivery,
    /// Its state.
    pub state: EntryState,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it becomes ready (delayed), or when its lease ends (leased).
    pub due_at: Option<Timestamp>,
    /// When it was done or given up.
    pub settled_at: Option<Timestamp>,
}

impl Entry {
    /// An entry of which nothing but its state is known; for those who write a store.
    #[must_use]
    pub fn new(delivery: Delivery, state: EntryState) -> Self {
        Self { delivery, state, last_error: None, due_at: None, settled_at: None }
    }
}
