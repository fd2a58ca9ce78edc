use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use hookstead_events::Timestamp;
use hookstead_handler::{Delivery, DeliveryId};

use crate::InboxError;

/// Keeps deliveries from the moment they are accepted until they are handled.
///
/// A delivery is *ready*, *leased* to a worker until a moment, *done* or *dead*. Recovery after a
/// crash needs no code of its own: a lease that has ended is ready again, and taking it is the
/// same query. The store's clock decides about every moment; no caller passes one in.
///
/// Two deliveries are the same when their hook and their id are the same.
#[async_trait]
pub trait Inbox: Send + Sync + 'static {
    /// Stores a delivery. When this returns, the delivery survives a power cut (as far as the
    /// store promises it; see each store).
    ///
    /// A delivery that is already ready or leased stays as it is. One that is done or dead becomes
    /// ready again, with no attempts counted: somebody pressed *Redeliver*.
    ///
    /// # Errors
    ///
    /// Fails when the inbox is full or the store is down; then nothing was stored.
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError>;

    /// Leases deliveries that are ready now, those that have waited longest first, and counts the
    /// attempt. A delivery whose attempts are used up (its lease ended that often without an
    /// outcome: it kills its process) becomes dead instead.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError>;

    /// Prolongs a lease to this long from now. `false`: the lease is lost, somebody else may have
    /// the delivery.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<bool, InboxError>;

    /// Ends a lease with the outcome of the attempt. `false`: the lease was lost, nothing changed.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError>;

    /// Returns when a delivery may be ready, at the latest after this long. It may return early.
    async fn wait(&self, at_most: Duration);

    /// How many deliveries there are in each state.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn depth(&self) -> Result<Depth, InboxError>;

    /// The deliveries that pass the filter, the last accepted first.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn list(&self, filter: Filter) -> Result<Vec<Entry>, InboxError>;

    /// Makes dead deliveries with this id ready again, with no attempts counted. Returns how many
    /// there were: one per hook.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn revive(&self, id: &DeliveryId) -> Result<u64, InboxError>;

    /// Forgets deliveries that have been done or dead for longer than this. Returns how many.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn purge(&self, settled_for: Duration) -> Result<u64, InboxError>;
}

/// What [`Inbox::accept`] did with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accepted {
    /// It is new.
    New,
    /// It was already there, ready or leased. Nothing changed.
    Duplicate,
    /// It had been done or dead, and is ready again.
    Again,
}

/// What a worker asks for in [`Inbox::lease`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct LeaseRequest {
    /// At most so many deliveries.
    pub limit: usize,
    /// For how long, unless renewed.
    pub duration: Duration,
    /// After so many attempts without an outcome a delivery is dead.
    pub max_attempts: u32,
}

impl LeaseRequest {
    /// A request for at most `limit` deliveries.
    #[must_use]
    pub fn new(limit: usize, duration: Duration, max_attempts: u32) -> Self {
        Self { limit, duration, max_attempts }
    }
}

/// A delivery and the lease on it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Leased {
    /// What proves the lease when it is renewed or settled.
    pub token: LeaseToken,
    /// The delivery; its `attempt` counts this one.
    pub delivery: Delivery,
}

impl Leased {
    /// A lease; for those who write a store.
    #[must_use]
    pub fn new(token: LeaseToken, delivery: Delivery) -> Self {
        Self { token, delivery }
    }
}

/// Proves that a lease is held. It is fresh and random for every lease, so a worker that lost its
/// lease cannot settle what another has taken since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseToken(u64);

impl LeaseToken {
    /// A fresh token.
    #[must_use]
    pub fn random() -> Self {
        Self(fastrand::u64(..))
    }

    /// The token as a number that fits a database's signed integer.
    #[must_use]
    pub fn to_i64(self) -> i64 {
        self.0.cast_signed()
    }

    /// The token that [`to_i64`](Self::to_i64) gave.
    #[must_use]
    pub fn from_i64(number: i64) -> Self {
        Self(number.cast_unsigned())
    }
}

/// How a lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settlement {
    /// The work is done.
    Done,
    /// Try again after this long.
    Retry {
        /// The pause before the next attempt.
        after: Duration,
        /// What went wrong.
        error: String,
    },
    /// No attempt will follow, unless somebody revives or redelivers it.
    Dead {
        /// What went wrong.
        error: String,
    },
    /// The worker gives the delivery back unfinished, because it shuts down: ready at once, and
    /// the attempt does not count.
    Release,
}

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

/// Which deliveries [`Inbox::list`] returns.
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
