//! The book of one lane.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use hookstead_handler::{Heads, LaneMode};

use super::moment::Moment;
use super::task::{OwnLane, Part, State, Task};
use crate::{TakerId, TaskId};

/// Who stands in a lane. Everything here follows from the tasks.
#[derive(Default)]
pub(super) struct LaneBook {
    /// At most one.
    pub(super) head: Option<TaskId>,
    /// Those that wait, the head included, by name and turn.
    waiting: BTreeMap<TakerId, BTreeSet<(Moment, TaskId)>>,
    /// The open ones of which only the latest counts.
    pub(super) latest: BTreeSet<TaskId>,
    known: Known,
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
        if let LaneMode::Latest { version, heads } = lane.mode() {
            self.known.add(id, *version, heads.as_ref());
            if part != Part::Gone && task.end.is_none() {
                self.latest.insert(id);
            }
        }
    }

    pub(super) fn remove(&mut self, id: TaskId, task: &Task, lane: &OwnLane, part: Part) {
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
        if let LaneMode::Latest { version, heads } = lane.mode() {
            self.known.remove(id, *version, heads.as_ref());
            self.latest.remove(&id);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.head.is_none() && self.waiting.is_empty() && self.known.versions.is_empty()
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

    /// The newest task that is newer than this one, of all that are known, in whatever state. Asked are
    /// only those with a larger version, and those of the same version that were accepted later or whose
    /// heads may tell; nearly always the first answer is yes.
    pub(super) fn newer(
        &self,
        id: TaskId,
        mode: &LaneMode,
        is_newer: impl Fn(TaskId) -> bool,
    ) -> Option<TaskId> {
        let LaneMode::Latest { version, heads } = mode else { return None };
        let above = (Bound::Excluded((*version, TaskId(i64::MAX))), Bound::Unbounded);
        let mut larger = self.known.versions.range(above).rev().map(|(_, known)| *known);
        larger
            .find(|known| is_newer(*known))
            .or_else(|| self.known.newer_of_version(id, *version, heads.as_ref(), is_newer))
    }
}

/// All tasks of which only the latest counts, in whatever state: what is newer than another is found
/// without looking at the others.
#[derive(Default)]
struct Known {
    versions: BTreeSet<(i64, TaskId)>,
    /// By version and where their heads begin.
    heads: BTreeSet<(i64, Begin, TaskId)>,
}

/// Where the heads of a task begin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Begin {
    /// It has none.
    NoHeads,
    /// That is not known.
    Nowhere,
    At(String),
}

impl Begin {
    fn of(heads: Option<&Heads>) -> Self {
        match heads {
            None => Self::NoHeads,
            Some(Heads { before: None, .. }) => Self::Nowhere,
            Some(Heads { before: Some(before), .. }) => Self::At(before.clone()),
        }
    }
}

impl Known {
    fn add(&mut self, id: TaskId, version: i64, heads: Option<&Heads>) {
        self.versions.insert((version, id));
        self.heads.insert((version, Begin::of(heads), id));
    }

    fn remove(&mut self, id: TaskId, version: i64, heads: Option<&Heads>) {
        self.versions.remove(&(version, id));
        self.heads.remove(&(version, Begin::of(heads), id));
    }

    fn newer_of_version(
        &self,
        id: TaskId,
        version: i64,
        heads: Option<&Heads>,
        is_newer: impl Fn(TaskId) -> bool,
    ) -> Option<TaskId> {
        let last = TaskId(i64::MAX);
        let later = TaskId(id.0.saturating_add(1)).min(last);
        let Some(heads) = heads else {
            let later = self.versions.range((version, later)..=(version, last)).rev();
            return later.map(|(_, known)| *known).find(|known| is_newer(*known));
        };
        let newest_from = |begin: Begin, first: TaskId| {
            let until = (version, begin.clone(), last);
            let mut these = self.heads.range((version, begin, first)..=until).rev();
            these.find(|(.., known)| is_newer(*known)).map(|(.., known)| *known)
        };
        let first = TaskId(i64::MIN);
        [
            newest_from(Begin::NoHeads, later),
            newest_from(Begin::At(heads.after.clone()), first),
            newest_from(Begin::of(Some(heads)), first),
        ]
        .into_iter()
        .flatten()
        .max()
    }
}
