use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::store::rank::Rank;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// What is written now is due now, and can be seen as soon as it is committed. So much later nothing
/// comes any more that was due before, except what is told of.
const MARGIN: Duration = Duration::from_secs(2);

/// So often all that is due is looked at from the first on, for whatever was missed.
const ALL_EVERY: Duration = Duration::from_secs(30);

/// So many tasks are remembered that became free though they are due since long. If there are more, all
/// that is due is looked at.
const MOST_LATE: usize = 4096;

/// From where to look for what is due.
///
/// What was leased leaves its entries in the index until they are vacuumed, and nobody can vacuum them
/// while another session (a dump, say) holds a snapshot from before. So each process remembers where it
/// found the first that was there, of each name and rank, and begins the next time there. What becomes
/// free before that place (because its lane is free now, for instance) is told of by its number.
#[derive(Default)]
pub(super) struct Starts(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    of: HashMap<(TakerId, Rank), Known>,
    late: HashMap<TakerId, BTreeSet<TaskId>>,
}

struct Known {
    start: Start,
    looked_at_all: Instant,
}

/// A place in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Start {
    pub(super) due: SystemTime,
    pub(super) task: i64,
}

impl Start {
    const FIRST: Self = Self { due: UNIX_EPOCH, task: 0 };
}

impl Starts {
    /// From where to look, of each name and rank; and the late ones of these names, to be looked at
    /// besides.
    pub(super) fn begin(
        &self,
        takers: &[TakerId],
    ) -> (HashMap<(TakerId, Rank), Start>, Vec<TaskId>) {
        let inner = self.lock();
        let mut starts = HashMap::new();
        for taker in takers {
            for rank in Rank::ALL {
                let start = match inner.of.get(&(*taker, rank)) {
                    Some(known) if known.looked_at_all.elapsed() < ALL_EVERY => known.start,
                    _ => Start::FIRST,
                };
                starts.insert((*taker, rank), start);
            }
        }
        let late = takers.iter().filter_map(|taker| inner.late.get(taker)).flatten().copied();
        (starts, late.collect())
    }

    /// The first that was found when it was looked from there, by the database's clock.
    pub(super) fn found(
        &self,
        taker: TakerId,
        rank: Rank,
        began: Start,
        first: Option<Start>,
        now: SystemTime,
    ) {
        let margin = Start { due: now.checked_sub(MARGIN).unwrap_or(UNIX_EPOCH), task: 0 };
        let start = first.map_or(margin, |first| first.min(margin));
        let mut inner = self.lock();
        let known = inner
            .of
            .entry((taker, rank))
            .or_insert_with(|| Known { start, looked_at_all: Instant::now() });
        if began == Start::FIRST {
            known.looked_at_all = Instant::now();
        }
        known.start = start;
    }

    /// These became free though they are due since long.
    pub(super) fn tell(&self, late: impl Iterator<Item = (TakerId, TaskId)>) {
        let mut inner = self.lock();
        for (taker, task) in late {
            inner.late.entry(taker).or_default().insert(task);
        }
        if inner.late.values().map(BTreeSet::len).sum::<usize>() > MOST_LATE {
            inner.late.clear();
            inner.of.clear();
        }
    }

    /// Those of the late ones that need not be looked at any more.
    pub(super) fn settled(&self, late: &[TaskId]) {
        let mut inner = self.lock();
        for tasks in inner.late.values_mut() {
            for task in late {
                tasks.remove(task);
            }
        }
        inner.late.retain(|_, tasks| !tasks.is_empty());
    }

    /// Everything is looked at the next time.
    pub(super) fn forget(&self) {
        self.lock().of.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
