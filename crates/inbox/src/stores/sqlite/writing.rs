//! What is written of a delivery that is to be handled: its body, and its tasks in their places.

use std::time::Duration;

use rusqlite::{ToSql, params};

use super::lanes::{self, Next, Version, turn};
use super::moments::milliseconds;
use super::row::{LaneColumns, Outcome, Phase};
use super::session::Session;
use crate::store::accept::{HandedOver, NewTask};
use crate::store::lease::LeaseToken;
use crate::store::packed::Packed;
use crate::store::rank::Rank;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// Writes a body, unless it is there.
pub(super) fn write_body(
    session: &mut Session<'_>,
    delivery: i64,
    body: &Packed,
) -> rusqlite::Result<()> {
    session.execute(
        "INSERT INTO bodies (delivery, unpacked_length, body) VALUES (?1, ?2, ?3)
         ON CONFLICT DO NOTHING",
        params![delivery, body.unpacked_length, body.bytes.as_ref()],
    )?;
    Ok(())
}

/// Writes the tasks of a delivery.
pub(super) struct TaskWriter<'s, 'c> {
    session: &'s mut Session<'c>,
    delivery: i64,
    guid: &'s str,
    /// Of a task that has none yet, the largest.
    number: i64,
    due_at: i64,
    now: i64,
}

/// What came of writing a task.
pub(super) struct WrittenTask {
    pub(super) handed_over: Option<HandedOver>,
    /// A newer one of its lane is known.
    pub(super) is_superseded: bool,
}

/// What is written of a new task.
struct Written<'a> {
    phase: Phase,
    outcome: Option<Outcome>,
    rank: Rank,
    due_at: i64,
    is_head: bool,
    is_placed: bool,
    text: Option<&'a str>,
    superseded_by: Option<String>,
    lease: Option<(LeaseToken, i64)>,
}

/// The columns that say where a task stands, in the order of [`Written::place`].
macro_rules! place_columns {
    () => {
        "phase, outcome, rank, due_at, lane, lane_mode, is_head, is_placed, lane_version, heads_before,
         heads_after, text, superseded_by"
    };
}

macro_rules! place_values {
    () => {
        "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13"
    };
}

impl Written<'_> {
    /// Where it stands; see [`place_columns`].
    fn place<'a>(&'a self, lane: &'a LaneColumns<'_>, rank: &'a i16) -> [&'a dyn ToSql; 13] {
        [
            &self.phase,
            &self.outcome,
            rank,
            &self.due_at,
            &lane.key,
            &lane.mode,
            &self.is_head,
            &self.is_placed,
            &lane.version,
            &lane.before,
            &lane.after,
            &self.text,
            &self.superseded_by,
        ]
    }

    /// Due then, in no lane.
    fn new(due_at: i64) -> Self {
        Self {
            phase: Phase::Waiting,
            outcome: None,
            rank: Rank::Fresh,
            due_at,
            is_head: false,
            is_placed: true,
            text: None,
            superseded_by: None,
            lease: None,
        }
    }
}

impl<'s, 'c> TaskWriter<'s, 'c> {
    pub(super) fn new(
        session: &'s mut Session<'c>,
        (delivery, guid): (i64, &'s str),
        now: i64,
    ) -> Self {
        Self { session, delivery, guid, number: i64::MAX, due_at: now, now }
    }

    /// Writes a task in its place. It is leased in the same write, where it says so and can be.
    pub(super) fn write(&mut self, task: &NewTask) -> rusqlite::Result<WrittenTask> {
        let (lane, mut written) = self.plan(task)?;
        let is_free = written.phase == Phase::Waiting && written.outcome.is_none();
        if let Some(length) = task.lease.filter(|_| is_free) {
            written.lease = Some((LeaseToken::random(), lease_length(length)));
            written.phase = Phase::Leased;
        }
        // What stands in line is due when another one is settled, and what is handed over never.
        if written.phase == Phase::Waiting {
            self.session.wake();
        }
        let number = self.insert(task.taker, &lane, &written)?;
        let token = written.lease.map(|(token, _)| token);
        Ok(WrittenTask {
            handed_over: token.map(|token| HandedOver::new(task.taker, TaskId(number), token)),
            is_superseded: written.outcome == Some(Outcome::Superseded),
        })
    }

    /// What is to be written of a task.
    fn plan<'t>(&mut self, task: &'t NewTask) -> rusqlite::Result<(LaneColumns<'t>, Written<'t>)> {
        let mut written = Written::new(self.due_at);
        let lane = LaneColumns::of(task.lane.as_ref());
        if let Some(why) = &task.dead {
            written.outcome = Some(Outcome::Dead);
            written.rank = Rank::Ending;
            written.text = Some(why);
        } else if let Some(key) = lane.key {
            self.find_place(key, task.taker, &lane, &mut written)?;
        }
        written.is_placed = task.dead.is_none();
        Ok((lane, written))
    }

    /// Whether it is superseded, whom it supersedes, and whether it is the head of its lane.
    fn find_place(
        &mut self,
        key: &str,
        taker: TakerId,
        lane: &LaneColumns<'_>,
        written: &mut Written<'_>,
    ) -> rusqlite::Result<()> {
        if let Some(version) = lane.version {
            let version = Version {
                lane: key,
                version,
                before: lane.before,
                after: lane.after,
                delivery: self.delivery,
                task: self.number,
            };
            let newer = lanes::newer(self.session, &version)?;
            let older = lanes::supersede_older(self.session, &version, self.guid, self.now)?;
            if newer.is_some() {
                written.outcome = Some(Outcome::Superseded);
                written.rank = Rank::Ending;
                written.superseded_by = newer;
                return Ok(());
            }
            // Else a lane that is busier than it is served would never have its turn.
            written.due_at = older.map_or(written.due_at, |older| older.min(written.due_at));
        }
        let Some(head) = lanes::head(self.session, key)? else {
            written.is_head = true;
            return Ok(());
        };
        let this = Next::new(self.number, taker.0, turn(lane.mode, written.due_at));
        if head.gives_way_to(self.session, &this, self.now)? {
            lanes::step_back(self.session, &head)?;
            written.is_head = true;
        } else {
            written.phase = Phase::InLine;
        }
        Ok(())
    }

    /// Writes a task for a name that another process has, which finds its place.
    pub(super) fn write_unplaced(&mut self, taker: TakerId) -> rusqlite::Result<()> {
        self.session.wake();
        let lane = LaneColumns::of(None);
        let written =
            Written { phase: Phase::Unplaced, is_placed: false, ..Written::new(self.now) };
        self.insert(taker, &lane, &written).map(drop)
    }

    fn insert(
        &mut self,
        taker: TakerId,
        lane: &LaneColumns<'_>,
        written: &Written<'_>,
    ) -> rusqlite::Result<i64> {
        let lease = written.lease;
        let number = i64::from(lease.is_some());
        let token = lease.map(|(token, _)| token.to_i64());
        let until = lease.map(|(_, length)| self.now.saturating_add(length));
        let length = lease.map(|(_, length)| length);
        let more: [&dyn ToSql; 6] = [&self.delivery, &taker.0, &number, &token, &until, &length];
        self.session.execute(
            concat!(
                "INSERT INTO tasks (",
                place_columns!(),
                ", delivery, taker, number, lease_token, lease_until, lease_after)
                 VALUES (",
                place_values!(),
                ", ?14, ?15, ?16, ?17, ?18, ?19)"
            ),
            [&written.place(lane, &written.rank.to_i16())[..], &more].concat().as_slice(),
        )?;
        Ok(self.session.last_number())
    }
}

/// Gives a task its place that has none yet. Returns whether a newer one of its lane is known.
pub(super) fn place(
    session: &mut Session<'_>,
    (task, due_at): (TaskId, i64),
    place: &NewTask,
    (delivery, guid): (i64, &str),
    now: i64,
) -> rusqlite::Result<bool> {
    let mut writer = TaskWriter::new(session, (delivery, guid), now);
    writer.number = task.0;
    writer.due_at = due_at.min(now);
    let (lane, written) = writer.plan(place)?;
    session.execute(
        concat!(
            "UPDATE tasks SET (",
            place_columns!(),
            ") = (",
            place_values!(),
            ") WHERE task = ?14"
        ),
        [&written.place(&lane, &written.rank.to_i16())[..], &[&task.0]].concat().as_slice(),
    )?;
    Ok(written.outcome == Some(Outcome::Superseded))
}

/// The length of a lease in milliseconds. One of no length would be over before it began.
pub(super) fn lease_length(duration: Duration) -> i64 {
    milliseconds(duration).max(1)
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
