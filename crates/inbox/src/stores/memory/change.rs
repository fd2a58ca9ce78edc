//! What operators and programs do to one task.

use std::time::Duration;

use hookstead_handler::End;

use super::moment::Moment;
use super::shelf::Shelf;
use super::task::{Part, Standing, State, Task};
use crate::error::InboxError;
use crate::store::change::{Changed, TaskChange};
use crate::store::entry::TaskState;
use crate::store::task_id::TaskId;

impl Shelf {
    pub(super) fn change_one(
        &mut self,
        id: TaskId,
        change: &TaskChange,
        now: Moment,
    ) -> Result<Changed, InboxError> {
        let Some(task) = self.tasks.get(&id) else { return Ok(Changed::Unknown) };
        match change {
            TaskChange::Rerun if task.standing() != Standing::Open => self.rerun(id, now),
            TaskChange::Revive { forget, after } if task.standing() == Standing::Dead => {
                self.revive(id, forget.as_deref(), *after, now)
            }
            TaskChange::Cancel { reason } => {
                let mut changed = Changed::Refused;
                self.change(id, now, |task| changed = cancel(task, reason, now));
                Ok(changed)
            }
            TaskChange::Wake => {
                let mut changed = Changed::Refused;
                self.change(id, now, |task| changed = wake(task, now));
                Ok(changed)
            }
            TaskChange::Rerun | TaskChange::Revive { .. } => Ok(Changed::Refused),
        }
    }

    fn rerun(&mut self, id: TaskId, now: Moment) -> Result<Changed, InboxError> {
        if !self.has_body(id) {
            return Ok(Changed::NoBody);
        }
        self.room_to_reopen(id, now)?;
        self.change(id, now, |task| {
            task.begin_run();
            task.reopen(now);
        });
        self.join_anyhow(id, now);
        Ok(Changed::Changed)
    }

    fn revive(
        &mut self,
        id: TaskId,
        forget: Option<&str>,
        after: Duration,
        now: Moment,
    ) -> Result<Changed, InboxError> {
        if !self.has_body(id) {
            return Ok(Changed::NoBody);
        }
        if let Some(by) = self.newer(id) {
            self.change(id, now, |task| {
                task.settle(now, TaskState::Superseded);
                task.marks.superseded_by = Some(by.clone());
            });
            return Ok(Changed::Superseded { by });
        }
        self.room_to_reopen(id, now)?;
        self.change(id, now, |task| {
            task.steps.retain(|step| Some(step.name.as_str()) != forget);
            task.reopen(now.after(after));
        });
        self.join(id, now);
        Ok(Changed::Changed)
    }

    fn has_body(&self, id: TaskId) -> bool {
        self.task(id).is_some_and(|(_, row)| row.body.is_some())
    }

    fn room_to_reopen(&mut self, id: TaskId, now: Moment) -> Result<(), InboxError> {
        let Some((task, row)) = self.task(id) else { return Ok(()) };
        if row.standing == Standing::Open {
            return Ok(());
        }
        let (bytes, number) = (row.bytes(), task.delivery);
        self.make_room(bytes, Some(number), now)
    }
}

fn cancel(task: &mut Task, reason: &str, now: Moment) -> Changed {
    match (task.state, task.end) {
        (State::Leased(_), None) => {
            task.marks.canceled.get_or_insert_with(|| reason.to_owned());
            Changed::Marked
        }
        (State::Waiting(_), None) => {
            task.marks.canceled = Some(reason.to_owned());
            task.end(End::Canceled, None);
            task.wait(now);
            if !task.would_halt() {
                task.set_part(Part::Gone);
            }
            Changed::Changed
        }
        // Nothing is left to do but to let its lane go on.
        (State::Settled(at, _), _) if task.is_halting() => {
            task.set_part(Part::Gone);
            task.settle(at, TaskState::Canceled);
            task.text = Some(reason.to_owned());
            Changed::Changed
        }
        _ => Changed::Refused,
    }
}

fn wake(task: &mut Task, now: Moment) -> Changed {
    match (task.state, task.end) {
        (State::Leased(_), None) => {
            task.marks.is_woken = true;
            Changed::Marked
        }
        (State::Waiting(due), None) => {
            task.wait(due.min(now));
            Changed::Changed
        }
        _ => Changed::Refused,
    }
}
