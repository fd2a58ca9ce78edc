//! What is there.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hookstead_handler::{DeliveryId, HandlerName};

use super::moment::Moment;
use super::shelf::Shelf;
use super::task::Task;
use crate::error::InboxError;
use crate::store::accept::Unplaced;
use crate::store::entry::{Depth, Entry, Filter, NameDepth, Probe, TaskState};
use crate::store::rank::Rank;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// Counting stops here.
const MOST: usize = Depth::MOST as usize;

impl Shelf {
    /// Accepting writes to nothing but memory, so looking for room is all there is to prove.
    pub(super) fn probe(&self, now: Moment) -> Result<Probe, InboxError> {
        if !self.has_room(1) {
            return Err(InboxError::full());
        }
        let mut oldest = BTreeMap::<HandlerName, Duration>::new();
        for taker in self.registry.takers() {
            if let (Some(name), Some(age)) =
                (self.registry.name_of(taker), self.oldest_ready(taker, now))
            {
                let known = oldest.entry(name.clone()).or_default();
                *known = age.max(*known);
            }
        }
        Ok(Probe::new(oldest.into_iter().collect()))
    }

    /// For how long the first one of a name that is due has been.
    fn oldest_ready(&self, taker: TakerId, now: Moment) -> Option<Duration> {
        let of_rank = |rank| self.indexes.due(taker, rank, now).next().map(|(due, _)| due);
        let due = Rank::ALL.into_iter().filter_map(of_rank);
        let without_place = self.indexes.without_place(taker).next();
        let accepted = without_place.and_then(|id| self.tasks.get(&id)).map(|task| task.accepted);
        due.chain(accepted).min().map(|due| now.since(due))
    }

    pub(super) fn depth(&self, now: Moment) -> Depth {
        let mut names = BTreeMap::<HandlerName, NameDepth>::new();
        for taker in self.registry.takers() {
            let Some(name) = self.registry.name_of(taker) else { continue };
            let new = || NameDepth::new(name.clone(), false);
            let depth = names.entry(name.clone()).or_insert_with(new);
            let blocked = self.indexes.in_line(taker).take_while(|due| *due <= now);
            let in_line = self.indexes.in_line(taker).take(MOST).count();
            let blocked = blocked.take(MOST).count();
            let leased = self.indexes.leased.get(&taker).copied().unwrap_or(0);
            let due = |rank| self.indexes.due(taker, rank, now).take(MOST).count();
            let later = |rank| self.indexes.later(taker, rank, now).take(MOST).count();
            let without_place = self.indexes.without_place(taker).take(MOST).count();
            let ready = Rank::ALL.into_iter().map(due).sum::<usize>() + without_place;
            let ending = self.indexes.later(taker, Rank::Ending, now).take(MOST).count();
            let delayed = Rank::ALL.into_iter().map(later).sum::<usize>() - ending;
            let delayed = delayed + (in_line - blocked);
            depth.is_alive |= self.registry.is_taken(taker, now);
            depth.ready = at_most(depth.ready + (ready + ending) as u64);
            depth.delayed = at_most(depth.delayed + delayed as u64);
            depth.blocked = at_most(depth.blocked + blocked as u64);
            depth.leased = at_most(depth.leased + leased);
            depth.oldest_ready = depth.oldest_ready.max(self.oldest_ready(taker, now));
        }
        let settled = |state| at_most(self.indexes.settled.get(&state).copied().unwrap_or(0));
        Depth {
            names: names.into_values().collect(),
            done: settled(TaskState::Done),
            superseded: settled(TaskState::Superseded),
            canceled: settled(TaskState::Canceled),
            dead: settled(TaskState::Dead),
        }
    }

    pub(super) fn list(&self, filter: &Filter, before: Option<TaskId>, now: Moment) -> Vec<Entry> {
        let is_before = |id: &TaskId| before.is_none_or(|before| *id < before);
        let all: Box<dyn Iterator<Item = TaskId>> = match (&filter.ids, before) {
            (Some(ids), _) => {
                let rows = ids.iter().flat_map(|id| self.deliveries.with_id(id));
                let tasks: BTreeSet<TaskId> = rows.flat_map(|row| &row.tasks).copied().collect();
                Box::new(tasks.into_iter().rev().filter(is_before))
            }
            (None, Some(before)) => Box::new(self.tasks.range(..before).rev().map(|(id, _)| *id)),
            (None, None) => Box::new(self.tasks.keys().rev().copied()),
        };
        all.filter_map(|id| self.entry(id, filter, now)).take(filter.limit).collect()
    }

    /// What is known of a task, if it passes the filter.
    fn entry(&self, id: TaskId, filter: &Filter, now: Moment) -> Option<Entry> {
        let (task, row) = self.task(id)?;
        let name = self.registry.name_of(task.taker)?;
        let state = task.shown(now);
        let passes = filter.state.is_none_or(|wanted| wanted == state)
            && filter.event.as_ref().is_none_or(|event| *event == row.delivery.event)
            && filter.name.as_ref().is_none_or(|wanted| self.registry.is_name(task.taker, wanted));
        passes.then(|| {
            let mut entry = Entry::new(id, name.clone(), row.delivery.clone(), state);
            task.describe(&mut entry, now);
            if filter.bodies {
                entry.packed.clone_from(&row.body);
            }
            entry
        })
    }

    pub(super) fn known(&self, ids: &[DeliveryId]) -> Vec<DeliveryId> {
        let known = ids.iter().filter(|id| self.deliveries.with_id(id).next().is_some());
        known.cloned().collect()
    }

    pub(super) fn unplaced(&self, takers: &[TakerId], limit: usize) -> Vec<Unplaced> {
        let of_taker = |taker: &TakerId| self.indexes.without_place(*taker).take(limit);
        let oldest: BTreeSet<TaskId> = takers.iter().flat_map(of_taker).collect();
        let unplaced = |id: TaskId| {
            let (Task { taker, .. }, row) = self.task(id)?;
            Some(Unplaced::new(id, *taker, row.delivery.clone(), row.body.clone()))
        };
        oldest.into_iter().take(limit).filter_map(unplaced).collect()
    }
}

fn at_most(count: u64) -> u64 {
    count.min(Depth::MOST)
}
