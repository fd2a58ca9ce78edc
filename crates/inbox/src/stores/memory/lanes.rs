//! What happens in the lanes: joining them, superseding, and passing them on.

use std::cmp::Ordering;
use std::sync::Arc;

use hookstead_handler::{DeliveryId, End};

use super::moment::Moment;
use super::shelf::Shelf;
use super::task::{Part, State, Task};
use crate::store::task_id::TaskId;

impl Shelf {
    /// A waiting task joins its lane. Where only the latest counts, it supersedes the older ones, and is
    /// superseded at once if a newer one is known.
    pub(super) fn join(&mut self, id: TaskId, now: Moment) {
        let due = self.supersede_older(id, now);
        let newer = self.newer(id);
        let part = self.first_part(id);
        self.change(id, now, |task| match (newer, task.state) {
            (Some(newer), _) => supersede(task, newer, now),
            (None, State::Waiting(own)) => {
                task.wait(due.map_or(own, |due| due.min(own)));
                task.set_part(part);
            }
            (None, _) => {}
        });
    }

    /// Where a task begins that joins its lane: in an empty one there is nobody to elect.
    fn first_part(&self, id: TaskId) -> Part {
        let lane = self.tasks.get(&id).and_then(|task| task.lane());
        match lane.is_some_and(|(lane, _)| self.indexes.lanes.contains_key(&lane.key)) {
            true => Part::InLine,
            false => Part::Head,
        }
    }

    /// A task of a run that ignores what came before it joins its lane.
    pub(super) fn join_anyhow(&mut self, id: TaskId, now: Moment) {
        let part = self.first_part(id);
        self.change(id, now, |task| task.set_part(part));
    }

    /// The delivery of the newest known task that supersedes this one.
    pub(super) fn newer(&self, id: TaskId) -> Option<DeliveryId> {
        let task = self.tasks.get(&id)?;
        let (lane, _) = task.lane()?;
        let is_newer = |known| self.order(id, known) == Some(Ordering::Less);
        let (_, row) = self.task(self.indexes.known.newer(id, lane, is_newer)?)?;
        Some(row.delivery.id.clone())
    }

    /// Supersedes the open tasks of its lane that are older than this one. Returns when the first of
    /// those that waited was due.
    fn supersede_older(&mut self, id: TaskId, now: Moment) -> Option<Moment> {
        let (task, row) = self.task(id)?;
        let (lane, _) = task.lane()?;
        let by = row.delivery.id.clone();
        let open = self.indexes.lanes.get(&lane.key)?.latest.iter().copied();
        let is_older = |known: &TaskId| self.order(id, *known) == Some(Ordering::Greater);
        let older: Vec<TaskId> = open.filter(is_older).collect();
        let mut first_due = None;
        for older in older {
            self.change(older, now, |task| match task.state {
                State::Waiting(due) => {
                    first_due = Some(first_due.map_or(due, |first: Moment| first.min(due)));
                    supersede(task, by.clone(), now);
                }
                State::Leased(_) => {
                    task.marks.superseded_by.get_or_insert_with(|| by.clone());
                }
                State::Settled(..) => {}
            });
        }
        first_due
    }

    /// Whether this task is newer (`Greater`) than another one of its lane, or older. What was accepted
    /// later the first time counts as later. Of tasks of one delivery none is.
    fn order(&self, id: TaskId, known: TaskId) -> Option<Ordering> {
        let (task, other) = (self.tasks.get(&id)?, self.tasks.get(&known)?);
        let ((lane, _), (of_other, _)) = (task.lane()?, other.lane()?);
        if task.delivery == other.delivery {
            None
        } else if id > known {
            lane.order(of_other)
        } else {
            of_other.order(lane).map(Ordering::reverse)
        }
    }

    /// Passes on the lanes whose heads nobody takes any more, if somebody takes another one in them.
    /// There can be such a lane only where others are alive than the last time.
    pub(super) fn pass_on(&mut self, now: Moment) {
        let taken = self.registry.taken(now);
        if taken != self.taken {
            let lanes = self.indexes.lanes.iter().filter(|(_, book)| book.is_mixed());
            let lanes: Vec<Arc<str>> = lanes.map(|(key, _)| Arc::clone(key)).collect();
            for lane in lanes {
                self.elect(&lane, now);
            }
            self.taken = taken;
        }
    }
}

/// What waits is superseded at once, and leaves the lane.
fn supersede(task: &mut Task, by: DeliveryId, now: Moment) {
    task.marks.superseded_by = Some(by);
    let text = task.text.take();
    task.end(End::Superseded, text);
    task.wait(now);
    task.set_part(Part::Gone);
}
