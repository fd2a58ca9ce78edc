//! The book of one lane.

use std::collections::{BTreeMap, BTreeSet};

use super::moment::Moment;
use super::task::{OwnLane, Part, State, Task};
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// Who stands in a lane. Everything here follows from the tasks.
#[derive(Debug, Default, PartialEq)]
pub(super) struct LaneBook {
    /// At most one.
    pub(super) head: Option<TaskId>,
    /// Those that wait, the head included, by name and turn.
    waiting: BTreeMap<TakerId, BTreeSet<(Moment, TaskId)>>,
    /// The open ones of which only the latest counts.
    pub(super) latest: BTreeSet<TaskId>,
}

/// Who may go next.
#[derive(Clone, Copy)]
pub(super) struct Next {
    pub(super) task: TaskId,
    /// Whether a process that is alive takes it.
    pub(super) is_taken: bool,
}

impl LaneBook {
    pub(super) fn add(&mut self, id: TaskId, task: &Task, lane: &OwnLane, part: Part) {
        if part == Part::Head {
            self.head = Some(id);
        }
        if let (State::Waiting(due), Part::Head | Part::InLine) = (task.state, part) {
            self.waiting.entry(task.taker).or_default().insert((task.turn(due), id));
        }
        if lane.is_latest() && part != Part::Gone && task.end.is_none() {
            self.latest.insert(id);
        }
    }

    pub(super) fn remove(&mut self, id: TaskId, task: &Task, part: Part) {
        if part == Part::Head {
            self.head = None;
        }
        if let (State::Waiting(due), Part::Head | Part::InLine) = (task.state, part)
            && let Some(line) = self.waiting.get_mut(&task.taker)
        {
            line.remove(&(task.turn(due), id));
            if line.is_empty() {
                self.waiting.remove(&task.taker);
            }
        }
        self.latest.remove(&id);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.head.is_none() && self.waiting.is_empty()
    }

    /// Whether tasks of several names wait in it.
    pub(super) fn is_mixed(&self) -> bool {
        self.waiting.len() > 1
    }

    /// Whose turn it is: of those that a process alive takes, else of all. The first of each name is
    /// looked at, however many wait.
    pub(super) fn next(&self, is_taken: impl Fn(TakerId) -> bool) -> Option<Next> {
        let first = |(taker, line): (&TakerId, &BTreeSet<(Moment, TaskId)>)| {
            let (turn, task) = *line.first()?;
            // One name needs no question.
            let is_taken = !self.is_mixed() || is_taken(*taker);
            Some((!is_taken, turn, task))
        };
        let (is_ghost, _, task) = self.waiting.iter().filter_map(first).min()?;
        Some(Next { task, is_taken: !is_ghost })
    }
}
