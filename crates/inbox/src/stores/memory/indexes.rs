//! The ways to find a task without looking at the others.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::known::Known;
use super::lane::LaneBook;
use super::moment::Moment;
use super::news::News;
use super::task::{State, Task};
use crate::store::entry::TaskState;
use crate::store::lease::LeaseToken;
use crate::store::rank::Rank;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// All indexes. Only [`add`](Self::add) and [`remove`](Self::remove) touch them, and what they write
/// follows from the task alone, so that they always agree with it.
#[derive(Default)]
pub(super) struct Indexes {
    /// What may be leased, now or when it is due.
    pub(super) leasable: BTreeSet<(TakerId, Rank, Moment, TaskId)>,
    /// What has no place yet.
    pub(super) unplaced: BTreeSet<(TakerId, TaskId)>,
    /// What waits, whatever for.
    pub(super) waiting: BTreeSet<(TakerId, TaskId)>,
    /// What stands in line.
    in_line: BTreeSet<(TakerId, Moment, TaskId)>,
    /// By the tokens of leases, those that were taken back included.
    pub(super) leases: HashMap<LeaseToken, TaskId>,
    pub(super) lease_ends: BTreeSet<(Moment, TaskId)>,
    /// The lanes in which somebody is.
    pub(super) lanes: HashMap<Arc<str>, LaneBook>,
    pub(super) known: Known,
    /// How many of a name are leased.
    pub(super) leased: HashMap<TakerId, u64>,
    pub(super) settled: HashMap<TaskState, u64>,
    pub(super) news: News,
}

impl Indexes {
    pub(super) fn add(&mut self, id: TaskId, task: &Task, now: Moment) {
        match task.state {
            State::Waiting(due) => {
                self.waiting.insert((task.taker, id));
                if task.leasable_from().is_some() {
                    self.leasable.insert((task.taker, task.rank(), due, id));
                    if !task.is_reserved {
                        self.news.of(task.taker, due, now);
                    }
                }
                if task.is_without_place() {
                    self.unplaced.insert((task.taker, id));
                    self.news.of(task.taker, due, now);
                }
                if task.is_in_line() {
                    self.in_line.insert((task.taker, due, id));
                }
            }
            State::Leased(lease) => {
                self.lease_ends.insert((lease.until, id));
                *self.leased.entry(task.taker).or_default() += 1;
            }
            State::Settled(_, how) => *self.settled.entry(how).or_default() += 1,
        }
        if let Some((lane, part)) = task.lane() {
            let book = self.lanes.entry(Arc::clone(&lane.key)).or_default();
            book.add(id, task, lane, part);
            if book.is_empty() {
                self.lanes.remove(&lane.key);
            }
            self.known.add(id, lane);
        }
        if let Some(token) = task.token() {
            self.leases.insert(token, id);
        }
    }

    pub(super) fn remove(&mut self, id: TaskId, task: &Task) {
        match task.state {
            State::Waiting(due) => {
                self.waiting.remove(&(task.taker, id));
                self.leasable.remove(&(task.taker, task.rank(), due, id));
                self.unplaced.remove(&(task.taker, id));
                self.in_line.remove(&(task.taker, due, id));
            }
            State::Leased(lease) => {
                self.lease_ends.remove(&(lease.until, id));
                if let Some(number) = self.leased.get_mut(&task.taker) {
                    *number -= 1;
                }
            }
            State::Settled(_, how) => {
                if let Some(number) = self.settled.get_mut(&how) {
                    *number -= 1;
                }
            }
        }
        if let Some((lane, part)) = task.lane() {
            if let Some(book) = self.lanes.get_mut(&lane.key) {
                book.remove(id, task, part);
            }
            self.known.remove(id, lane);
        }
        if let Some(token) = task.token() {
            self.leases.remove(&token);
        }
    }

    /// Of one name and rank, what is due by now, the first one first.
    pub(super) fn due(
        &self,
        taker: TakerId,
        rank: Rank,
        now: Moment,
    ) -> impl Iterator<Item = (Moment, TaskId)> {
        let from = (taker, rank, Moment::FIRST, FIRST_TASK);
        let due = self.leasable.range(from..=(taker, rank, now, LAST_TASK));
        due.map(|(_, _, due, id)| (*due, *id))
    }

    /// Whether anything of one name may be leased now.
    pub(super) fn is_due(&self, taker: TakerId, now: Moment) -> bool {
        Rank::ALL.into_iter().any(|rank| self.due(taker, rank, now).next().is_some())
    }

    /// Of one name and rank, what will be due later, the first one first.
    pub(super) fn later(
        &self,
        taker: TakerId,
        rank: Rank,
        now: Moment,
    ) -> impl Iterator<Item = Moment> {
        let until = (taker, rank, Moment::LAST, LAST_TASK);
        let later = self.leasable.range((taker, rank, now.next(), FIRST_TASK)..=until);
        later.map(|(_, _, due, _)| *due)
    }

    /// When the next task of one of these names will be due.
    pub(super) fn next_due(
        &self,
        takers: impl Iterator<Item = TakerId>,
        now: Moment,
    ) -> Option<Moment> {
        let of_taker = |taker| Rank::ALL.into_iter().map(move |rank| (taker, rank));
        takers
            .flat_map(of_taker)
            .filter_map(|(taker, rank)| self.later(taker, rank, now).next())
            .min()
    }

    /// What of one name has no place yet, the oldest first.
    pub(super) fn without_place(&self, taker: TakerId) -> impl Iterator<Item = TaskId> {
        let found = self.unplaced.range((taker, FIRST_TASK)..=(taker, LAST_TASK));
        found.map(|(_, id)| *id)
    }

    /// What of one name waits, the oldest first.
    pub(super) fn waiting_of(&self, taker: TakerId) -> impl Iterator<Item = TaskId> {
        let found = self.waiting.range((taker, FIRST_TASK)..=(taker, LAST_TASK));
        found.map(|(_, id)| *id)
    }

    /// When those of one name that stand in line are due, the first one first.
    pub(super) fn in_line(&self, taker: TakerId) -> impl Iterator<Item = Moment> {
        let until = (taker, Moment::LAST, LAST_TASK);
        self.in_line.range((taker, Moment::FIRST, FIRST_TASK)..=until).map(|(_, due, _)| *due)
    }
}

#[cfg(test)]
impl Indexes {
    /// They say the same as these, which were made anew from the same tasks.
    pub(super) fn expect_same(&self, other: &Self) {
        let without_zeros = |counts: &HashMap<TakerId, u64>| {
            counts.iter().filter(|it| *it.1 > 0).map(|it| (*it.0, *it.1)).collect::<HashMap<_, _>>()
        };
        assert_eq!(self.leasable, other.leasable);
        assert_eq!(self.unplaced, other.unplaced);
        assert_eq!(self.waiting, other.waiting);
        assert_eq!(self.in_line, other.in_line);
        assert_eq!(self.leases, other.leases);
        assert_eq!(self.lease_ends, other.lease_ends);
        assert_eq!(self.lanes, other.lanes);
        assert_eq!(self.known, other.known);
        assert_eq!(without_zeros(&self.leased), without_zeros(&other.leased));
        for state in TaskState::ALL {
            let count = |of: &Self| of.settled.get(&state).copied().unwrap_or(0);
            assert_eq!(count(self), count(other), "{state}");
        }
    }
}

const FIRST_TASK: TaskId = TaskId(i64::MIN);
const LAST_TASK: TaskId = TaskId(i64::MAX);
