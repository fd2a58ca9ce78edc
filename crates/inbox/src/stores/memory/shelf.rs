//! All rows of the store, and the one way to change them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::deliveries::{Deliveries, Row};
use super::indexes::Indexes;
use super::limits::Limits;
use super::moment::Moment;
use super::registry::Registry;
use super::task::{DeliveryNumber, Lease, OwnLane, Part, Standing, State, Task};
use crate::store::accept::TaskLane;
use crate::store::lease::LeaseToken;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// What the store holds. The other files of this folder say what may be done with it.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) limits: Limits,
    /// Boxed, as the map has room for more than are in it.
    pub(super) tasks: BTreeMap<TaskId, Box<Task>>,
    pub(super) deliveries: Deliveries,
    pub(super) indexes: Indexes,
    pub(super) registry: Registry,
    /// Which process has which role, until when.
    pub(super) roles: HashMap<String, (String, Moment)>,
    /// The names that somebody took when the lanes were last passed on.
    pub(super) taken: Vec<TakerId>,
    /// When somebody began to wait last: what became due since then is news.
    pub(super) began_to_wait: Option<Moment>,
    last_task: i64,
}

impl Shelf {
    /// A task of a delivery that is there.
    pub(super) fn task(&self, id: TaskId) -> Option<(&Task, &Row)> {
        let task = self.tasks.get(&id)?;
        Some((task, self.deliveries.get(task.delivery)?))
    }

    /// The task that is leased under this token.
    pub(super) fn leased(&self, token: LeaseToken) -> Option<(TaskId, Lease)> {
        let id = *self.indexes.leases.get(&token)?;
        match self.tasks.get(&id)?.state {
            State::Leased(lease) => Some((id, lease)),
            _ => None,
        }
    }

    /// Writes a task of a delivery that is there.
    pub(super) fn insert(&mut self, task: Task, now: Moment) -> TaskId {
        self.last_task += 1;
        let id = TaskId(self.last_task);
        let delivery = task.delivery;
        self.indexes.add(id, &task, now);
        self.tasks.insert(id, Box::new(task));
        self.deliveries.add_task(delivery, id);
        self.restand(delivery, now);
        id
    }

    /// Changes a task; then its delivery stands as its tasks do, and its lane has the head that it
    /// should have.
    pub(super) fn change(&mut self, id: TaskId, now: Moment, change: impl FnOnce(&mut Task)) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let (delivery, before, steps_before) = (task.delivery, task.standing(), task.step_bytes());
        self.indexes.remove(id, task);
        change(task);
        self.indexes.add(id, task, now);
        let (after, steps) = (task.standing(), task.step_bytes());
        let lane = task.lane().map(|(lane, _)| Arc::clone(&lane.key));
        if steps != steps_before {
            self.deliveries.change(delivery, |row| row.steps = row.steps + steps - steps_before);
        }
        if before != after {
            self.restand(delivery, now);
        }
        if let Some(lane) = lane {
            self.elect(&lane, now);
        }
    }

    /// Forgets a task.
    pub(super) fn remove(&mut self, id: TaskId, now: Moment) {
        // Out of its lane first, which somebody else may lead then.
        self.change(id, now, |task| task.set_part(Part::Gone));
        if let Some(task) = self.tasks.remove(&id) {
            self.indexes.remove(id, &task);
            self.deliveries.change(task.delivery, |row| {
                row.tasks.retain(|it| *it != id);
                row.steps -= task.step_bytes();
            });
            self.restand(task.delivery, now);
        }
    }

    /// Sees to it that a delivery stands as its tasks do.
    fn restand(&mut self, number: DeliveryNumber, now: Moment) {
        let Some(row) = self.deliveries.get(number) else { return };
        let standings =
            row.tasks.iter().filter_map(|id| self.tasks.get(id)).map(|task| task.standing());
        let standing = standings.min().unwrap_or(Standing::Settled);
        if row.standing != standing {
            self.deliveries.change(number, |row| {
                row.standing = standing;
                row.since = now;
            });
        }
    }

    /// Sees to it that a lane has the head that it should have: who is leased or halts it stays, and so
    /// does who was leased and has had no outcome, unless nobody takes it any more. Else it is the one
    /// whose turn it is.
    pub(super) fn elect(&mut self, lane: &Arc<str>, now: Moment) {
        let Some(book) = self.indexes.lanes.get(lane) else { return };
        let next = book.next(|taker| self.registry.is_taken(taker, now));
        let head = book.head;
        let is_mixed = book.is_mixed();
        if let Some(task) = head.and_then(|head| self.tasks.get(&head)) {
            let is_taken = || !is_mixed || self.registry.is_taken(task.taker, now);
            let stays = match task.state {
                State::Leased(_) | State::Settled(..) => true,
                State::Waiting(_) => {
                    task.keeps_its_lane() && (is_taken() || !next.is_some_and(|next| next.is_taken))
                }
            };
            if stays {
                return;
            }
        }
        let next = next.map(|next| next.task);
        if head != next {
            for (id, part) in [(head, Part::InLine), (next, Part::Head)] {
                if let Some(id) = id
                    && let Some(task) = self.tasks.get_mut(&id)
                {
                    self.indexes.remove(id, task);
                    task.set_part(part);
                    if part == Part::InLine {
                        // Another one has its place: no late outcome counts any more.
                        task.taken_back = None;
                    }
                    self.indexes.add(id, task, now);
                }
            }
        }
    }

    /// When something will be due after this moment, or a lease ends.
    pub(super) fn next_moment(&self, after: Moment) -> Option<Moment> {
        let due = self.indexes.next_due(self.registry.takers(), after);
        let mut ends = self.indexes.lease_ends.range((after.next(), TaskId(i64::MIN))..);
        let end = ends.next().map(|(until, _)| *until);
        [due, end].into_iter().flatten().min()
    }

    /// A lane for one task. All tasks in it share the key.
    pub(super) fn lane(&self, lane: &TaskLane) -> Arc<OwnLane> {
        let known = self.indexes.lanes.get_key_value(lane.key.as_str());
        let key = known.map_or_else(|| Arc::from(lane.key.as_str()), |(key, _)| Arc::clone(key));
        Arc::new(OwnLane::new(key, lane))
    }
}
