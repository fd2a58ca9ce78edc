//! The lanes: who supersedes whom, who is the head, who is next.

use rusqlite::{Row, params};

use super::row::{Mode, Outcome, Phase, TaskRow, task_columns};
use super::session::Session;
use crate::store::rank::Rank;
use crate::store::registry::Process;
use crate::stores::sqlite::moments::milliseconds;

/// Where a task stands in a lane in which only the latest counts.
pub(super) struct Version<'a> {
    pub(super) lane: &'a str,
    pub(super) version: i64,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
    /// Its delivery: tasks of one never supersede each other.
    pub(super) delivery: i64,
    /// Its number, which tells when it was accepted the first time.
    pub(super) task: i64,
}

impl<'a> Version<'a> {
    pub(super) fn of(task: &'a TaskRow) -> Option<Self> {
        Some(Self {
            lane: task.lane.as_deref()?,
            version: task.lane_version?,
            before: task.heads_before.as_deref(),
            after: task.heads_after.as_deref(),
            delivery: task.delivery,
            task: task.task,
        })
    }
}

/// The id of the newest delivery that is known in the lane and newer than this one: what `Lane::order`
/// says, in SQL, and of those that it leaves equal the one that was accepted later.
///
/// Each question is one look into an index, however many the lane has had.
pub(super) fn newer(
    session: &mut Session<'_>,
    task: &Version<'_>,
) -> rusqlite::Result<Option<String>> {
    let guid = |row: &Row<'_>| row.get("guid");
    let by_version = session.first(
        "SELECT guid FROM tasks JOIN deliveries USING (delivery)
         WHERE lane = ?1 AND lane_version > ?2 AND lane_version IS NOT NULL AND delivery <> ?3
         ORDER BY lane_version DESC, task DESC LIMIT 1",
        params![task.lane, task.version, task.delivery],
        guid,
    )?;
    if by_version.is_some() {
        return Ok(by_version);
    }
    let Some(after) = task.after else {
        return session.first(
            "SELECT guid FROM tasks JOIN deliveries USING (delivery)
             WHERE lane = ?1 AND lane_version = ?2 AND lane_version IS NOT NULL
                 AND task > ?4 AND delivery <> ?3
             ORDER BY task DESC LIMIT 1",
            params![task.lane, task.version, task.delivery, task.task],
            guid,
        );
    };
    let by_heads = session.first(
        "SELECT guid FROM tasks JOIN deliveries USING (delivery)
         WHERE lane = ?1 AND lane_version = ?2 AND heads_before = ?4 AND heads_after IS NOT NULL
             AND heads_after <> ?4 AND heads_after IS NOT ?5 AND delivery <> ?3
         LIMIT 1",
        params![task.lane, task.version, task.delivery, after, task.before],
        guid,
    )?;
    if by_heads.is_some() {
        return Ok(by_heads);
    }
    session.first(
        "SELECT guid FROM tasks JOIN deliveries USING (delivery)
         WHERE lane = ?1 AND lane_version = ?2 AND lane_version IS NOT NULL
             AND task > ?6 AND delivery <> ?3
             AND (heads_after IS NULL OR heads_after = ?4 AND heads_before IS ?5)
         ORDER BY task DESC LIMIT 1",
        params![task.lane, task.version, task.delivery, after, task.before, task.task],
        guid,
    )
}

/// The newer one of its lane that is known of a task that is there.
pub(super) fn newer_than(
    session: &mut Session<'_>,
    task: &TaskRow,
) -> rusqlite::Result<Option<String>> {
    match Version::of(task) {
        Some(version) => newer(session, &version),
        None => Ok(None),
    }
}

/// Supersedes the open ones of the lane that are older than this one, also if it is superseded itself.
/// Returns the earliest due moment of those that waited: it takes that over.
pub(super) fn supersede_older(
    session: &mut Session<'_>,
    task: &Version<'_>,
    guid: &str,
    now: i64,
) -> rusqlite::Result<Option<i64>> {
    let older = session.all(
        concat!(
            "SELECT ",
            task_columns!(),
            " FROM tasks
             WHERE lane = ?1 AND lane_version <= ?2 AND lane_version IS NOT NULL
                 AND outcome IS NULL AND delivery <> ?3
                 AND (lane_version < ?2 OR task < ?6 AND (heads_after IS NULL OR ?5 IS NULL)
                     OR task < ?6 AND heads_after = ?5 AND heads_before IS ?4
                     OR heads_after = ?4 AND heads_after <> ?5 AND heads_before IS NOT ?5)"
        ),
        params![task.lane, task.version, task.delivery, task.before, task.after, task.task],
        TaskRow::of,
    )?;
    let mut due_at = None;
    for old in older {
        if old.phase == Phase::Leased {
            session.execute(
                "UPDATE tasks SET superseded_by = ?2 WHERE task = ?1 AND superseded_by IS NULL",
                params![old.task, guid],
            )?;
            continue;
        }
        due_at = Some(due_at.map_or(old.due_at, |due_at: i64| due_at.min(old.due_at)));
        session.execute(
            "UPDATE tasks SET superseded_by = ?2 WHERE task = ?1",
            params![old.task, guid],
        )?;
        end_waiting(session, &old, Outcome::Superseded, None, now)?;
    }
    Ok(due_at)
}

/// Ends a task that waits: `ended` is called next. It leaves its lane, unless that halts with it.
pub(super) fn end_waiting(
    session: &mut Session<'_>,
    task: &TaskRow,
    outcome: Outcome,
    text: Option<&str>,
    now: i64,
) -> rusqlite::Result<()> {
    session.wake();
    let is_halting = task.lane_mode == Some(Mode::Halting);
    let keeps_lane = task.is_head && is_halting && outcome != Outcome::Superseded;
    let rank = if keeps_lane { Rank::Tried } else { Rank::Ending };
    session.execute(
        "UPDATE tasks SET phase = 'waiting', outcome = ?2, text = coalesce(?3, text), is_waiting = 0,
             rank = ?4, due_at = ?5, due_after = 0, abandoned = 0, is_head = ?6, lease_token = NULL,
             lease_until = NULL, lease_after = NULL
         WHERE task = ?1",
        params![task.task, outcome, text, rank.to_i16(), now, keeps_lane],
    )?;
    match &task.lane {
        Some(lane) if task.is_head && !keeps_lane => arrange(session, lane, now),
        _ => Ok(()),
    }
}

/// One that may lead a lane: its head, or the first in line.
pub(super) struct Next {
    pub(super) task: i64,
    taker: i64,
    turn: i64,
}

impl Next {
    pub(super) fn new(task: i64, taker: i64, turn: i64) -> Self {
        Self { task, taker, turn }
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self::new(row.get("task")?, row.get("taker")?, row.get("turn")?))
    }
}

/// The head of a lane.
pub(super) struct Head {
    next: Next,
    phase: Phase,
    /// It was leased, and that has had no outcome yet: its handler may run still, or `ended` is to be called
    /// for it. Nobody passes it then, unless its name is not taken any more.
    is_kept: bool,
}

impl Head {
    /// Whether another one takes its place: one that has its turn earlier; and where its own name is not
    /// taken, each one whose name is.
    pub(super) fn gives_way_to(
        &self,
        session: &mut Session<'_>,
        other: &Next,
        now: i64,
    ) -> rusqlite::Result<bool> {
        if self.phase != Phase::Waiting {
            return Ok(false);
        }
        let is_earlier = (other.turn, other.task) < (self.next.turn, self.next.task);
        if other.taker == self.next.taker {
            return Ok(is_earlier && !self.is_kept);
        }
        let (is_taken, is_other_taken) =
            (is_alive(session, self.next.taker, now)?, is_alive(session, other.taker, now)?);
        Ok(match (is_taken, is_other_taken) {
            (false, true) => true,
            (true, false) => false,
            _ => is_earlier && !self.is_kept,
        })
    }
}

/// When it is somebody's turn in a lane: where it is in order, that is the order of acceptance.
pub(super) fn turn(mode: Option<Mode>, due_at: i64) -> i64 {
    match mode {
        Some(Mode::InOrder | Mode::Halting) => 0,
        _ => due_at,
    }
}

pub(super) fn head(session: &mut Session<'_>, lane: &str) -> rusqlite::Result<Option<Head>> {
    session.first(
        "SELECT task, taker, phase, outcome IS NOT NULL OR abandoned > 0 AS is_kept,
             CASE WHEN lane_mode IN ('in order', 'halting') THEN 0 ELSE due_at END AS turn
         FROM tasks WHERE lane = ?1 AND is_head = 1",
        [lane],
        |row| {
            let (phase, is_kept) = (row.get("phase")?, row.get("is_kept")?);
            Ok(Head { next: Next::of(row)?, phase, is_kept })
        },
    )
}

/// Puts the head of a lane back into the line. If its lease ended without outcome, it is lost now: another
/// one has the lane.
pub(super) fn step_back(session: &mut Session<'_>, head: &Head) -> rusqlite::Result<()> {
    session.execute(
        "UPDATE tasks SET is_head = 0, lease_token = NULL, lease_until = NULL, lease_after = NULL,
             phase = CASE phase WHEN 'waiting' THEN 'in line' ELSE phase END
         WHERE task = ?1",
        [head.next.task],
    )?;
    Ok(())
}

/// Makes the one whose turn it is the head of the lane, if that is another one than now.
pub(super) fn arrange(session: &mut Session<'_>, lane: &str, now: i64) -> rusqlite::Result<()> {
    let head = head(session, lane)?;
    if head.as_ref().is_some_and(|head| head.phase != Phase::Waiting) {
        return Ok(());
    }
    let Some(first) = first_in_line(session, lane)? else { return Ok(()) };
    // The lane is not held by a name that nobody takes, as long as there is another one.
    let next = match is_alive(session, first.taker, now)? {
        true => first,
        false => first_taken(session, lane, now)?.unwrap_or(first),
    };
    if let Some(head) = head {
        if !head.gives_way_to(session, &next, now)? {
            return Ok(());
        }
        step_back(session, &head)?;
    }
    make_head(session, next.task)
}

fn make_head(session: &mut Session<'_>, task: i64) -> rusqlite::Result<()> {
    session.wake();
    session.execute("UPDATE tasks SET phase = 'waiting', is_head = 1 WHERE task = ?1", [task])?;
    Ok(())
}

fn first_in_line(session: &mut Session<'_>, lane: &str) -> rusqlite::Result<Option<Next>> {
    session.first(
        "SELECT task, taker,
             CASE WHEN lane_mode IN ('in order', 'halting') THEN 0 ELSE due_at END AS turn
         FROM tasks WHERE lane = ?1 AND phase = 'in line'
         ORDER BY CASE WHEN lane_mode IN ('in order', 'halting') THEN 0 ELSE due_at END, task
         LIMIT 1",
        [lane],
        Next::of,
    )
}

/// So many of a line are looked at for one whose name is taken.
const LOOKED_AT: i64 = 100;

/// The first in a line whose name a live process takes.
fn first_taken(session: &mut Session<'_>, lane: &str, now: i64) -> rusqlite::Result<Option<Next>> {
    session.first(
        "SELECT task, taker, turn FROM (
             SELECT task, taker,
                 CASE WHEN lane_mode IN ('in order', 'halting') THEN 0 ELSE due_at END AS turn
             FROM tasks WHERE lane = ?1 AND phase = 'in line'
             ORDER BY CASE WHEN lane_mode IN ('in order', 'halting') THEN 0 ELSE due_at END, task
             LIMIT ?2) AS line
         WHERE EXISTS (SELECT 1 FROM claims JOIN processes USING (process)
                       WHERE claims.taker = line.taker AND seen_at > ?3)
         ORDER BY turn, task LIMIT 1",
        params![lane, LOOKED_AT, alive_since(now)],
        Next::of,
    )
}

/// Whether a live process takes it.
pub(super) fn is_alive(session: &mut Session<'_>, taker: i64, now: i64) -> rusqlite::Result<bool> {
    session.is_any(
        "SELECT 1 FROM claims JOIN processes USING (process)
         WHERE claims.taker = ?1 AND seen_at > ?2 LIMIT 1",
        params![taker, alive_since(now)],
    )
}

/// Processes that were seen after this moment are alive.
pub(super) fn alive_since(now: i64) -> i64 {
    now.saturating_sub(milliseconds(Process::ALIVE))
}

/// Passes a lane on whose head has a name that no live process takes, and no live lease; if another one in
/// line has a name that is taken. The head keeps its place in the line.
pub(super) fn pass_on(session: &mut Session<'_>, lane: &str, now: i64) -> rusqlite::Result<bool> {
    let head = head(session, lane)?;
    if let Some(head) = &head
        && (head.phase == Phase::Leased || is_alive(session, head.next.taker, now)?)
    {
        return Ok(false);
    }
    let Some(next) = first_taken(session, lane, now)? else { return Ok(false) };
    if let Some(head) = head {
        step_back(session, &head)?;
    }
    make_head(session, next.task)?;
    Ok(true)
}

/// Whether there is a name that no live process takes.
pub(super) fn is_any_dead(session: &mut Session<'_>, now: i64) -> rusqlite::Result<bool> {
    session.is_any(
        "SELECT 1 FROM takers WHERE NOT EXISTS (
             SELECT 1 FROM claims JOIN processes USING (process)
             WHERE claims.taker = takers.taker AND seen_at > ?1) LIMIT 1",
        [alive_since(now)],
    )
}
