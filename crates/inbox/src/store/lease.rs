use std::time::Duration;

use hookstead_handler::{Delivery, DeliveryId, End, KeptStep};

use crate::store::packed::Packed;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// What a worker asks for in [`Store::lease`](super::Store::lease): for one of its pools.
///
/// Which of what is due is leased, [`share_out`](super::share_out) says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LeaseRequest {
    /// The names, in the order of their turns, each with the most that it gets.
    pub takers: Vec<TakerShare>,
    /// At most so many tasks.
    pub limit: usize,
    /// So many of them are for first attempts, as long as some are due.
    pub fresh: usize,
    /// At most so many [suspects](super::Rank::Suspect).
    pub suspects: usize,
    /// For how long, unless renewed.
    pub duration: Duration,
}

/// A name in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TakerShare {
    /// The name with its event.
    pub taker: TakerId,
    /// At most so many later attempts; after an outage a few are tried first.
    pub most_tried: usize,
}

impl TakerShare {
    /// As many as there are.
    #[must_use]
    pub fn new(taker: TakerId) -> Self {
        Self { taker, most_tried: usize::MAX }
    }
}

impl LeaseRequest {
    /// The longest pause after an abandoned lease.
    pub const LONGEST_DELAY: Duration = Duration::from_secs(10 * 60);

    /// At most `limit` tasks for these names.
    #[must_use]
    pub fn new(takers: Vec<TakerShare>, limit: usize, duration: Duration) -> Self {
        Self { takers, limit, fresh: limit.div_ceil(2), suspects: 1, duration }
    }
}

/// The answer to a request.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Leases {
    /// What was leased.
    pub leased: Vec<Leased>,
    /// When the next of these names will be due, if nothing changes; nothing: none waits for its time.
    pub next_due: Option<Duration>,
}

impl Leases {
    /// For those who write a store.
    #[must_use]
    pub fn new(leased: Vec<Leased>, next_due: Option<Duration>) -> Self {
        Self { leased, next_due }
    }
}

/// A task and the lease on it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Leased {
    /// What proves the lease when it is renewed or settled.
    pub token: LeaseToken,
    /// The task.
    pub task: TaskId,
    /// What it is for.
    pub taker: TakerId,
    /// Its delivery, without the body.
    pub delivery: Delivery,
    /// The body; `None` if it is gone.
    pub body: Option<Packed>,
    /// Which run this is, from 1.
    pub run: u32,
    /// Which attempt of the run this is, from 1. (While it is ending: how many there were.)
    pub number: u32,
    /// How many attempts of the run failed, outages not counted.
    pub failures: u32,
    /// How many leases in a row ended without an outcome.
    pub abandoned: u32,
    /// How long ago the run failed first, in whichever way.
    pub failing_for: Option<Duration>,
    /// How long ago the run waited first, of those that have done nothing but wait since.
    pub waiting_for: Option<Duration>,
    /// How it ended; then only `ended` is called.
    pub end: Option<End>,
    /// What it was told before.
    pub marks: Marks,
    /// The steps of the run that are kept. Empty for a first attempt.
    pub steps: Vec<KeptStep>,
}

impl Leased {
    /// The first attempt at a task; for those who write a store. The other fields are public.
    #[must_use]
    pub fn new(token: LeaseToken, task: TaskId, taker: TakerId, delivery: Delivery) -> Self {
        Self {
            token,
            task,
            taker,
            delivery,
            body: None,
            run: 1,
            number: 1,
            failures: 0,
            abandoned: 0,
            failing_for: None,
            waiting_for: None,
            end: None,
            marks: Marks::default(),
            steps: Vec::new(),
        }
    }
}

/// What a task was told while it was leased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Marks {
    /// The newer delivery of its lane that takes its place.
    pub superseded_by: Option<DeliveryId>,
    /// Why somebody canceled it.
    pub canceled: Option<String>,
    /// Somebody woke it: the next wait is over at once.
    pub is_woken: bool,
}

/// What came of renewing a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Renewal {
    /// It lasts longer.
    Renewed(Marks),
    /// Somebody else may have the task.
    Lost,
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
