use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::{End, KeptStep, Lane, LaneMode};

use super::moment::Moment;
use crate::store::accept::TaskLane;
use crate::store::entry::{Entry, TaskState};
use crate::store::lease::{LeaseToken, Marks};
use crate::store::rank::Rank;
use crate::store::registry::TakerId;

/// The number of a delivery's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DeliveryNumber(pub(super) u64);

/// A task's row. What is fixed when it is written stands first.
pub(super) struct Task {
    pub(super) delivery: DeliveryNumber,
    pub(super) taker: TakerId,
    pub(super) accepted: Moment,
    pub(super) place: Place,
    pub(super) state: State,
    /// It is about to be handed over: nobody else is to hear of it.
    pub(super) is_reserved: bool,
    /// Its last lease, if that was taken back: a late outcome counts as long as nobody took the task since.
    pub(super) taken_back: Option<Lease>,
    /// How it has ended, as long as `ended` is still to be called.
    pub(super) end: Option<End>,
    /// What went wrong last, why it ended, or what it waits for.
    pub(super) text: Option<String>,
    pub(super) is_waiting: bool,
    pub(super) marks: Marks,
    pub(super) run: u32,
    pub(super) number: u32,
    pub(super) failures: u32,
    pub(super) abandoned: u32,
    pub(super) failing_since: Option<Moment>,
    pub(super) waiting_since: Option<Moment>,
    pub(super) steps: Vec<KeptStep>,
}

/// Where a task stands.
#[derive(Clone)]
pub(super) enum Place {
    /// Nobody has said yet.
    Unknown,
    /// It needs no lane.
    Alone,
    /// It has a lane.
    In(Arc<OwnLane>, Part),
}

/// The lane of one task.
pub(super) struct OwnLane {
    /// The whole key, shared with the lane's own book.
    pub(super) key: Arc<str>,
    /// Its mode, and how that compares with another one's. The key in it is empty.
    lane: Lane,
}

/// What a task has to do with its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It may be leased, or is.
    Head,
    /// It waits for the head.
    InLine,
    /// It has left the lane: it is settled, or ended while it waited.
    Gone,
}

/// An open task waits or is leased.
#[derive(Clone, Copy)]
pub(super) enum State {
    /// It is due from this moment on.
    Waiting(Moment),
    Leased(Lease),
    /// Since when, and how: one of the last four states.
    Settled(Moment, TaskState),
}

#[derive(Clone, Copy)]
pub(super) struct Lease {
    pub(super) token: LeaseToken,
    pub(super) until: Moment,
    /// What it was last given.
    pub(super) length: Duration,
    /// Since when it was due: it has that turn again if it is given back untried.
    pub(super) due: Moment,
}

/// What a task means for its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It is at work: it waits, runs, or `ended` is to be called.
    Open,
    /// It is dead, and may be revived.
    Dead,
    /// It is settled otherwise.
    Settled,
}

impl OwnLane {
    pub(super) fn new(key: Arc<str>, of: &TaskLane) -> Self {
        let mut lane = Lane::new("");
        lane.mode = of.mode.clone();
        Self { key, lane }
    }

    pub(super) fn mode(&self) -> &LaneMode {
        &self.lane.mode
    }

    /// How this one, accepted later, compares with one that was known: see [`Lane::order`].
    pub(super) fn order(&self, known: &Self) -> Option<std::cmp::Ordering> {
        self.lane.order(&known.lane)
    }

    pub(super) fn is_latest(&self) -> bool {
        matches!(self.lane.mode, LaneMode::Latest { .. })
    }

    fn is_in_order(&self) -> bool {
        matches!(self.lane.mode, LaneMode::InOrder { .. })
    }

    fn halts(&self) -> bool {
        matches!(self.lane.mode, LaneMode::InOrder { halts: true })
    }
}

impl Task {
    /// A new task, which is in no lane yet.
    pub(super) fn new(
        delivery: DeliveryNumber,
        taker: TakerId,
        place: Place,
        accepted: Moment,
    ) -> Self {
        Self {
            delivery,
            taker,
            accepted,
            place,
            state: State::Waiting(accepted),
            is_reserved: false,
            taken_back: None,
            end: None,
            text: None,
            is_waiting: false,
            marks: Marks::default(),
            run: 1,
            number: 0,
            failures: 0,
            abandoned: 0,
            failing_since: None,
            waiting_since: None,
            steps: Vec::new(),
        }
    }

    pub(super) fn lane(&self) -> Option<(&Arc<OwnLane>, Part)> {
        match &self.place {
            Place::In(lane, part) => Some((lane, *part)),
            Place::Unknown | Place::Alone => None,
        }
    }

    pub(super) fn set_part(&mut self, new: Part) {
        if let Place::In(_, part) = &mut self.place {
            *part = new;
        }
    }

    fn part(&self) -> Option<Part> {
        self.lane().map(|(_, part)| part)
    }

    /// The token of its lease, or of the one that was taken back.
    pub(super) fn token(&self) -> Option<LeaseToken> {
        match self.state {
            State::Leased(lease) => Some(lease.token),
            _ => self.taken_back.map(|lease| lease.token),
        }
    }

    /// What decides its turn in its lane: when it is due, or, in order, when it was accepted.
    pub(super) fn turn(&self, due: Moment) -> Moment {
        match self.lane() {
            Some((lane, _)) if lane.is_in_order() => self.accepted,
            _ => due,
        }
    }

    /// It was leased, and that has had no outcome yet: its handler may run still, or `ended` is to be
    /// called for it. Nobody passes it then.
    pub(super) fn keeps_its_lane(&self) -> bool {
        self.abandoned > 0 || self.end.is_some()
    }

    /// Since when it may be leased, if it waits and nothing but time is in the way.
    pub(super) fn leasable_from(&self) -> Option<Moment> {
        let State::Waiting(due) = self.state else { return None };
        let may_be = match &self.place {
            Place::Alone | Place::In(_, Part::Head) => true,
            Place::In(_, Part::InLine) => false,
            Place::Unknown | Place::In(_, Part::Gone) => self.end.is_some(),
        };
        may_be.then_some(due)
    }

    pub(super) fn is_without_place(&self) -> bool {
        let is_waiting = matches!(self.state, State::Waiting(_)) && self.end.is_none();
        is_waiting && matches!(self.place, Place::Unknown)
    }

    pub(super) fn is_in_line(&self) -> bool {
        self.part() == Some(Part::InLine)
    }

    pub(super) fn rank(&self) -> Rank {
        match self.end {
            // The lane waits for it.
            Some(_) if self.part() == Some(Part::Head) => Rank::Tried,
            end => Rank::of(self.number, self.abandoned, end.is_some()),
        }
    }

    pub(super) fn standing(&self) -> Standing {
        match self.state {
            State::Settled(_, TaskState::Dead) => Standing::Dead,
            State::Settled(..) => Standing::Settled,
            State::Waiting(_) | State::Leased(_) => Standing::Open,
        }
    }

    /// How much its kept steps take.
    pub(super) fn step_bytes(&self) -> usize {
        self.steps.iter().map(|step| step.json.len()).sum()
    }

    /// Its marks say that it ends, and how.
    pub(super) fn marked_end(&self) -> Option<End> {
        match &self.marks {
            marks if marks.canceled.is_some() => Some(End::Canceled),
            marks if marks.superseded_by.is_some() => Some(End::Superseded),
            _ => None,
        }
    }

    /// Its run has ended like this; `ended` is to be called.
    pub(super) fn end(&mut self, end: End, text: Option<String>) {
        self.end = Some(end);
        self.taken_back = None;
        self.abandoned = 0;
        self.is_waiting = false;
        self.text = match end {
            End::Canceled => self.marks.canceled.clone().or(text),
            _ => text,
        };
    }

    /// It waits from now on, for at least so long.
    pub(super) fn wait(&mut self, due: Moment) {
        self.state = State::Waiting(due);
    }

    /// `ended` was called, or need not be: it is settled. A lane that halts is still held by it.
    pub(super) fn settle(&mut self, now: Moment, how: TaskState) {
        self.state = State::Settled(now, how);
        self.taken_back = None;
        self.end = None;
        self.is_waiting = false;
        let has_failed = matches!(how, TaskState::Dead | TaskState::Canceled);
        let is_halting = self.lane().is_some_and(|(lane, part)| lane.halts() && part == Part::Head);
        if !(has_failed && is_halting) {
            self.set_part(Part::Gone);
        }
        if how != TaskState::Dead {
            // Whatever comes next is a run of its own. The names are still listed.
            self.steps.iter_mut().for_each(|step| step.json = bytes::Bytes::new());
        }
    }

    /// Whether it is settled and its lane waits for a person.
    pub(super) fn is_halting(&self) -> bool {
        self.standing() != Standing::Open && self.part() == Some(Part::Head)
    }

    /// Whether its lane would wait for a person, if it ended now.
    pub(super) fn would_halt(&self) -> bool {
        self.lane().is_some_and(|(lane, part)| lane.halts() && part == Part::Head)
    }

    /// It goes on, or begins anew, as if it was never tried.
    pub(super) fn reopen(&mut self, due: Moment) {
        self.state = State::Waiting(due);
        self.taken_back = None;
        self.end = None;
        self.text = None;
        self.is_waiting = false;
        self.marks = Marks::default();
        self.number = 0;
        self.failures = 0;
        self.abandoned = 0;
        self.failing_since = None;
        self.waiting_since = None;
        self.set_part(Part::Gone);
    }

    /// The next run begins.
    pub(super) fn begin_run(&mut self) {
        self.run = self.run.saturating_add(1);
        self.steps.clear();
    }

    /// Its state as it is shown.
    pub(super) fn shown(&self, now: Moment) -> TaskState {
        match (self.state, self.end) {
            (State::Settled(_, how), _) => how,
            (State::Leased(_), _) => TaskState::Leased,
            (State::Waiting(_), Some(end)) => state_of(end),
            (State::Waiting(due), None) if due > now => TaskState::Delayed,
            (State::Waiting(_), None) if self.is_in_line() => TaskState::Blocked,
            (State::Waiting(_), None) => TaskState::Ready,
        }
    }

    /// Writes into an entry what is known of it.
    pub(super) fn describe(&self, entry: &mut Entry, now: Moment) {
        entry.is_ending = self.end.is_some();
        entry.lane = self.lane().map(|(lane, _)| lane.key.as_ref().to_owned());
        entry.run = self.run;
        entry.number = self.number;
        entry.failures = self.failures;
        entry.abandoned = self.abandoned;
        entry.text.clone_from(&self.text);
        entry.is_waiting = self.is_waiting;
        entry.superseded_by.clone_from(&self.marks.superseded_by);
        entry.steps = self.steps.iter().map(|step| step.name.clone()).collect();
        match self.state {
            State::Waiting(due) if due > now => entry.due_at = due.on_the_wall(now),
            State::Waiting(_) => {}
            State::Leased(lease) => entry.due_at = lease.until.on_the_wall(now),
            State::Settled(at, _) => entry.settled_at = at.on_the_wall(now),
        }
    }
}

/// The state of a task that has ended like this.
pub(super) fn state_of(end: End) -> TaskState {
    match end {
        End::Superseded => TaskState::Superseded,
        End::Canceled => TaskState::Canceled,
        _ => TaskState::Dead,
    }
}
