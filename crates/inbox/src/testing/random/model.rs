//! What a store must do, in plain Rust: written from the rules, and as simply as can be. Everything is
//! looked for in one list; nothing is fast.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use hookstead_handler::{End, Lane, LaneMode};

use crate::store::accept::TaskLane;
use crate::store::entry::TaskState;
use crate::store::lease::{LeaseRequest, LeaseToken};
use crate::store::rank::Rank;
use crate::store::task_id::TaskId;

/// A moment, in milliseconds of the game: each operation has a thousand of them for itself.
pub(super) type Moment = u64;

/// A pause or a lease that is over before the next operation.
pub(super) const BRIEF: u64 = 1;

/// One that is not over before the game is.
pub(super) const LONG: u64 = 1_000_000_000_000;

#[derive(Default)]
pub(super) struct Model {
    pub(super) now: Moment,
    /// In the order of acceptance.
    pub(super) tasks: Vec<Task>,
    /// Deliveries that are known, and those of them that have their body.
    pub(super) known: BTreeSet<usize>,
    pub(super) bodies: BTreeSet<usize>,
    /// How many tasks were ever written.
    pub(super) written: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Task {
    /// Its place in the order of acceptance.
    pub(super) place: usize,
    pub(super) id: TaskId,
    pub(super) delivery: usize,
    pub(super) name: usize,
    pub(super) is_placed: bool,
    pub(super) lane: Option<TaskLane>,
    pub(super) part: Part,
    pub(super) phase: Phase,
    /// How its run ended, whether or not `ended` was called.
    pub(super) end: Option<End>,
    pub(super) due: Moment,
    pub(super) run: u32,
    pub(super) number: u32,
    pub(super) failures: u32,
    pub(super) abandoned: u32,
    pub(super) steps: BTreeSet<usize>,
    pub(super) superseded_by: Option<usize>,
    pub(super) is_canceled: bool,
    pub(super) is_woken: bool,
    /// The place of the first task that came after the rerun.
    pub(super) rerun: Option<usize>,
    /// The rules do not say what these numbers are now.
    pub(super) is_number_open: bool,
    pub(super) is_abandoned_open: bool,
    pub(super) is_due_open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Waiting {
        /// Its lease ended without an outcome, which may come late.
        late: Option<Token>,
    },
    Leased {
        token: Token,
        ends: Moment,
        length: u64,
    },
    Settled,
}

/// `None`: nobody knows it, as its answer was lost.
pub(super) type Token = Option<LeaseToken>;

/// What a task has to do with its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Head,
    InLine,
    Gone,
}

impl Task {
    pub(super) fn is_settled(&self) -> bool {
        self.phase == Phase::Settled
    }

    /// Its run is over, and `ended` is to be called.
    pub(super) fn is_ending(&self) -> bool {
        self.end.is_some() && !self.is_settled()
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting { .. })
    }

    fn is_late(&self) -> bool {
        matches!(self.phase, Phase::Waiting { late: Some(_) })
    }

    fn halts(&self) -> bool {
        self.mode() == Some(&LaneMode::InOrder { halts: true })
    }

    fn mode(&self) -> Option<&LaneMode> {
        self.lane.as_ref().map(|lane| &lane.mode)
    }

    fn key(&self) -> Option<&str> {
        self.lane.as_ref().map(|lane| lane.key.as_str())
    }

    fn is_in(&self, key: &str) -> bool {
        self.key() == Some(key) && self.part != Part::Gone
    }

    pub(super) fn is_latest(&self) -> bool {
        matches!(self.mode(), Some(LaneMode::Latest { .. }))
    }

    pub(super) fn marked(&self) -> Option<End> {
        match (self.is_canceled, self.superseded_by) {
            (true, _) => Some(End::Canceled),
            (false, Some(_)) => Some(End::Superseded),
            (false, None) => None,
        }
    }

    /// Whose turn it is in a lane.
    fn turn(&self) -> (Moment, usize) {
        match self.mode() {
            Some(LaneMode::InOrder { .. }) => (0, self.place),
            _ => (self.due, self.place),
        }
    }

    pub(super) fn rank(&self) -> Rank {
        match self.is_ending() && self.part == Part::Head {
            true => Rank::Tried,
            false => Rank::of(self.number, self.abandoned, self.is_ending()),
        }
    }

    /// Whether it can be leased now.
    pub(super) fn is_due(&self, now: Moment) -> bool {
        let may_be = match (&self.lane, self.part) {
            _ if !self.is_placed => self.is_ending(),
            (None, _) | (_, Part::Head) => true,
            (_, Part::InLine) => false,
            (_, Part::Gone) => self.is_ending(),
        };
        self.is_waiting() && may_be && self.due <= now
    }

    /// What the list says. `None`: the rules do not say.
    pub(super) fn state(&self, now: Moment) -> Option<TaskState> {
        Some(match (self.phase, self.end) {
            (Phase::Leased { .. }, _) => TaskState::Leased,
            (_, Some(End::Superseded)) => TaskState::Superseded,
            (_, Some(End::Canceled)) => TaskState::Canceled,
            (_, Some(_)) => TaskState::Dead,
            (Phase::Settled, None) => TaskState::Done,
            (Phase::Waiting { .. }, None) if !self.is_placed => return None,
            (Phase::Waiting { .. }, None) if self.due > now => TaskState::Delayed,
            (Phase::Waiting { .. }, None) if self.part == Part::InLine => TaskState::Blocked,
            (Phase::Waiting { .. }, None) => TaskState::Ready,
        })
    }
}

impl Model {
    pub(super) fn of(&self, delivery: usize) -> impl Iterator<Item = usize> {
        let at = move |at: &usize| self.tasks[*at].delivery == delivery;
        (0..self.tasks.len()).filter(at)
    }

    /// Writes a task that has no place yet. Its id is told later.
    pub(super) fn write(&mut self, delivery: usize, name: usize) -> usize {
        self.tasks.push(Task {
            place: self.written,
            id: TaskId(0),
            delivery,
            name,
            is_placed: false,
            lane: None,
            part: Part::Gone,
            phase: Phase::Waiting { late: None },
            end: None,
            due: self.now,
            run: 1,
            number: 0,
            failures: 0,
            abandoned: 0,
            steps: BTreeSet::new(),
            superseded_by: None,
            is_canceled: false,
            is_woken: false,
            rerun: None,
            is_number_open: false,
            is_abandoned_open: false,
            is_due_open: false,
        });
        self.written += 1;
        self.tasks.len() - 1
    }

    /// Gives a task its place.
    pub(super) fn place(&mut self, at: usize, lane: Option<TaskLane>) {
        self.tasks[at].is_placed = true;
        self.tasks[at].lane = lane;
        self.join(at);
    }

    /// A task that waits comes into its lane.
    pub(super) fn join(&mut self, at: usize) {
        if self.tasks[at].lane.is_none() {
            return;
        }
        let due = self.supersede_older(at);
        match self.newer(at) {
            Some(by) => self.supersede(at, by),
            None => {
                self.tasks[at].due =
                    due.map_or(self.tasks[at].due, |due| due.min(self.tasks[at].due));
                self.tasks[at].part = Part::InLine;
            }
        }
        self.elect_of(at);
    }

    /// Whether a task is newer than another one: what was accepted later the first time counts as later.
    fn order(&self, at: usize, other: usize) -> Option<Ordering> {
        let (task, known) = (&self.tasks[at], &self.tasks[other]);
        if task.delivery == known.delivery || task.key().is_none() || task.key() != known.key() {
            return None;
        }
        let lane = |task: &Task| {
            let mut lane = Lane::new("");
            lane.mode = task.mode().cloned().unwrap_or(LaneMode::Free);
            lane
        };
        match task.place > known.place {
            true => lane(task).order(&lane(known)),
            false => lane(known).order(&lane(task)).map(Ordering::reverse),
        }
    }

    /// The delivery of a newer one, in whatever state.
    pub(super) fn newer(&self, at: usize) -> Option<usize> {
        let mut all = 0..self.tasks.len();
        let newer = all.find(|other| self.order(at, *other) == Some(Ordering::Less))?;
        Some(self.tasks[newer].delivery)
    }

    /// Returns the earliest due moment of those that waited.
    fn supersede_older(&mut self, at: usize) -> Option<Moment> {
        let (by, place) = (self.tasks[at].delivery, self.tasks[at].place);
        let mut due = None;
        for older in 0..self.tasks.len() {
            let task = &self.tasks[older];
            let order = self.order(at, older);
            let came_after = task.rerun.is_some_and(|rerun| place >= rerun);
            let is_same_lane = task.key() == self.tasks[at].key() && task.delivery != by;
            let is_older = order == Some(Ordering::Greater)
                || came_after && is_same_lane && task.is_latest() && order != Some(Ordering::Less);
            if !is_older || task.end.is_some() || task.is_settled() {
                continue;
            }
            if task.is_waiting() {
                due = Some(due.map_or(task.due, |due: Moment| due.min(task.due)));
                self.supersede(older, by);
                self.elect_of(older);
            } else {
                self.tasks[older].superseded_by.get_or_insert(by);
            }
        }
        due
    }

    /// What waits is superseded at once.
    fn supersede(&mut self, at: usize, by: usize) {
        self.tasks[at].superseded_by = Some(by);
        self.end_waiting(at, End::Superseded);
    }

    /// What waits ends. It leaves its lane, unless that halts with it.
    pub(super) fn end_waiting(&mut self, at: usize, end: End) {
        let now = self.now;
        let task = &mut self.tasks[at];
        let halts = task.part == Part::Head && task.halts() && end != End::Superseded;
        if !halts {
            task.part = Part::Gone;
        }
        task.end = Some(end);
        task.abandoned = 0;
        task.due = now;
    }

    pub(super) fn elect_of(&mut self, at: usize) {
        if let Some(key) = self.tasks[at].key().map(str::to_owned) {
            self.elect(&key);
        }
    }

    /// Sees to it that the lane has the head that it should have.
    pub(super) fn elect(&mut self, key: &str) {
        let head = self.tasks.iter().position(|task| task.is_in(key) && task.part == Part::Head);
        if let Some(head) = head {
            let head = &self.tasks[head];
            if !head.is_waiting() || head.is_late() || head.is_ending() {
                return;
            }
        }
        let waits = |at: &usize| self.tasks[*at].is_in(key) && self.tasks[*at].is_waiting();
        let next = (0..self.tasks.len()).filter(waits).min_by_key(|at| self.tasks[*at].turn());
        if let Some(head) = head {
            self.tasks[head].part = Part::InLine;
        }
        if let Some(next) = next {
            self.tasks[next].part = Part::Head;
        }
    }

    /// Leases a task.
    pub(super) fn take(&mut self, at: usize, token: Token, length: u64) {
        let ends = self.now + length;
        let task = &mut self.tasks[at];
        task.number += u32::from(task.end.is_none());
        task.phase = Phase::Leased { token, ends, length };
        task.is_due_open = false;
    }

    /// `ended` was called, or need not be.
    pub(super) fn settle(&mut self, at: usize, end: Option<End>) {
        let task = &mut self.tasks[at];
        let has_failed = matches!(end, Some(End::Dead | End::Canceled));
        if !(has_failed && task.halts() && task.part == Part::Head) {
            task.part = Part::Gone;
        }
        task.end = end;
        task.phase = Phase::Settled;
        self.elect_of(at);
    }

    /// It goes on as if it was never tried, or has a new run.
    pub(super) fn reopen(&mut self, at: usize, is_new_run: bool, due: Moment) {
        let task = &mut self.tasks[at];
        if is_new_run {
            task.run += 1;
            task.steps.clear();
        }
        task.phase = Phase::Waiting { late: None };
        (task.end, task.due, task.part) = (None, due, Part::Gone);
        (task.number, task.failures, task.abandoned) = (0, 0, 0);
        (task.superseded_by, task.is_canceled, task.is_woken, task.rerun) =
            (None, false, false, None);
        (task.is_number_open, task.is_abandoned_open, task.is_due_open) = (false, false, false);
    }

    /// Leases that have ended are taken back. Returns the longest pause that follows.
    pub(super) fn expire(&mut self) -> (Vec<TaskId>, u64) {
        let (now, mut expired, mut longest) = (self.now, Vec::new(), 0);
        for at in 0..self.tasks.len() {
            let task = &mut self.tasks[at];
            let Phase::Leased { token, ends, length } = task.phase else { continue };
            if ends > now {
                continue;
            }
            task.abandoned += 1;
            let most = LeaseRequest::LONGEST_DELAY.as_millis() as u64;
            let pause = (length << (task.abandoned - 1).min(20)).min(most);
            longest = longest.max(pause);
            (task.phase, task.due) = (Phase::Waiting { late: Some(token) }, now + pause);
            if task.end.is_none()
                && let Some(end) = task.marked()
            {
                task.end = Some(end);
                task.abandoned = 0;
                // Whether this lease counts for `ended`, and whether there is a pause before it.
                (task.is_abandoned_open, task.is_due_open) = (true, true);
            }
            expired.push(task.id);
            self.elect_of(at);
        }
        expired.sort();
        (expired, longest)
    }
}
