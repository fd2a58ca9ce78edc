//! What is forgotten: bodies first, then tasks, then deliveries.

use std::time::Duration;

use rusqlite::params;

use super::lanes::{self, alive_since};
use super::redelivering::leave;
use super::row::{Outcome, Phase, TaskRow, task_columns};
use super::session::Session;
use crate::store::purge::{Purge, Purged};
use crate::store::rank::Rank;
use crate::stores::sqlite::moments::{self, milliseconds};

/// Why a task died that nobody took.
const UNTAKEN: &str = "no process took its name for too long";

/// How tasks may have ended whose deliveries go first.
pub(super) const HANDLED: [Outcome; 3] = [Outcome::Done, Outcome::Superseded, Outcome::Canceled];

pub(super) fn purge(session: &mut Session<'_>, purge: &Purge) -> rusqlite::Result<Purged> {
    // A name that nobody takes may have held up a lane.
    session.wake();
    let now = moments::now();
    let until = |duration: Duration| now.saturating_sub(milliseconds(duration));
    let mut left = i64::from(purge.limit);
    let mut purged = Purged::default();
    purged.untaken += untaken(session, until(purge.untaken_after), &mut left, now)?;
    for outcome in HANDLED.into_iter().chain([Outcome::Dead]) {
        deliveries(session, outcome, until(purge.settled_after), &mut left, &mut purged, now)?;
    }
    purged.deliveries += bare_deliveries(session, until(purge.settled_after), &mut left)?;
    for outcome in HANDLED {
        purged.bodies += bodies(session, outcome, until(purge.bodies_after), &mut left)?;
    }
    let dead_until = until(purge.dead_bodies_after);
    purged.bodies += bodies(session, Outcome::Dead, dead_until, &mut left)?;
    purged.is_more = left <= 0;
    Ok(purged)
}

/// A settled task, on the way to its delivery.
struct Lead {
    task: i64,
    delivery: i64,
    settled_at: i64,
}

/// The tasks that ended like this, until then, and lead as far; the oldest first.
fn leads(
    session: &mut Session<'_>,
    leads: i64,
    outcome: Outcome,
    until: i64,
    limit: i64,
) -> rusqlite::Result<Vec<Lead>> {
    session.all(
        "SELECT task, delivery, settled_at FROM tasks
         WHERE phase = 'settled' AND leads = ?1 AND outcome = ?2 AND settled_at <= ?3
         ORDER BY settled_at LIMIT ?4",
        params![leads, outcome, until, limit],
        |row| {
            Ok(Lead {
                task: row.get("task")?,
                delivery: row.get("delivery")?,
                settled_at: row.get("settled_at")?,
            })
        },
    )
}

/// From now on the task leads to this only.
fn lead(session: &mut Session<'_>, task: i64, leads: i64) -> rusqlite::Result<()> {
    session.execute("UPDATE tasks SET leads = ?2 WHERE task = ?1", params![task, leads])?;
    Ok(())
}

/// Bodies of deliveries whose tasks are all settled, the last one until then. Each task leads there once:
/// where another one of the delivery needs the body longer, that one leads to it later.
pub(super) fn bodies(
    session: &mut Session<'_>,
    outcome: Outcome,
    until: i64,
    left: &mut i64,
) -> rusqlite::Result<u64> {
    if *left <= 0 {
        return Ok(0);
    }
    let mut bodies = 0;
    for found in leads(session, 2, outcome, until, *left)? {
        let is_needed = session.is_any(
            "SELECT 1 FROM tasks WHERE delivery = ?1
                 AND (phase <> 'settled' OR settled_at > ?2 OR outcome = 'dead' AND ?3 <> 'dead')
             LIMIT 1",
            params![found.delivery, until, outcome],
        )?;
        lead(session, found.task, 1)?;
        *left -= 1;
        if !is_needed {
            bodies +=
                session.execute("DELETE FROM bodies WHERE delivery = ?1", [found.delivery])? as u64;
        }
    }
    Ok(bodies)
}

/// Deliveries whose tasks are all settled, the last one until then, with all there is of them. The task
/// that was settled last leads there.
fn deliveries(
    session: &mut Session<'_>,
    outcome: Outcome,
    until: i64,
    left: &mut i64,
    purged: &mut Purged,
    now: i64,
) -> rusqlite::Result<()> {
    for how_far in [1, 2] {
        if *left <= 0 {
            return Ok(());
        }
        for found in leads(session, how_far, outcome, until, *left)? {
            let is_last = !session.is_any(
                "SELECT 1 FROM tasks WHERE delivery = ?1
                     AND (phase <> 'settled' OR settled_at > ?2 OR settled_at = ?2 AND task > ?3)
                 LIMIT 1",
                params![found.delivery, found.settled_at, found.task],
            )?;
            if is_last {
                *left -= forget(session, found.delivery, purged, now)?;
            } else {
                lead(session, found.task, 0)?;
                *left -= 1;
            }
        }
    }
    Ok(())
}

/// Forgets a delivery. Returns how many rows that were.
fn forget(
    session: &mut Session<'_>,
    delivery: i64,
    purged: &mut Purged,
    now: i64,
) -> rusqlite::Result<i64> {
    let tasks = session.all(
        concat!("SELECT ", task_columns!(), " FROM tasks WHERE delivery = ?1 ORDER BY task"),
        [delivery],
        TaskRow::of,
    )?;
    for task in &tasks {
        if task.has_steps {
            session.execute("DELETE FROM steps WHERE task = ?1", [task.task])?;
        }
        session.execute("DELETE FROM tasks WHERE task = ?1", [task.task])?;
        // A lane that halted with it goes on.
        leave(session, task, now)?;
    }
    let bodies = session.execute("DELETE FROM bodies WHERE delivery = ?1", [delivery])?;
    session.execute("DELETE FROM deliveries WHERE delivery = ?1", [delivery])?;
    purged.bodies += bodies as u64;
    purged.tasks += tasks.len() as u64;
    purged.deliveries += 1;
    let rows = bodies.saturating_add(tasks.len()).saturating_add(1);
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// Deliveries that never had a task, or whose tasks were all declined.
fn bare_deliveries(session: &mut Session<'_>, until: i64, left: &mut i64) -> rusqlite::Result<u64> {
    if *left <= 0 {
        return Ok(0);
    }
    let deleted = session.execute(
        "DELETE FROM deliveries WHERE delivery IN (
             SELECT delivery FROM deliveries WHERE bare_since IS NOT NULL AND bare_since <= ?1
             ORDER BY bare_since LIMIT ?2)",
        params![until, *left],
    )?;
    *left = left.saturating_sub(i64::try_from(deleted).unwrap_or(i64::MAX));
    Ok(deleted as u64)
}

/// Has the tasks die that wait for a name which no live process takes. Those of a line die when it is
/// their turn: the next one is looked for again.
fn untaken(
    session: &mut Session<'_>,
    until: i64,
    left: &mut i64,
    now: i64,
) -> rusqlite::Result<u64> {
    let takers = session.all(
        "SELECT taker FROM takers WHERE NOT EXISTS (
             SELECT 1 FROM claims JOIN processes USING (process)
             WHERE claims.taker = takers.taker AND seen_at > ?1)",
        [alive_since(now)],
        |row| row.get::<_, i64>("taker"),
    )?;
    let mut died = 0;
    for taker in takers {
        while *left > 0 {
            let found = old_ones(session, taker, until, now, *left)?;
            if found.is_empty() {
                break;
            }
            for task in found {
                *left -= 1;
                died += 1;
                die(session, &task, now)?;
            }
        }
    }
    Ok(died)
}

/// The tasks of a taker that were accepted until then and wait: those that have been due since, and those
/// that are not due yet.
fn old_ones(
    session: &mut Session<'_>,
    taker: i64,
    until: i64,
    now: i64,
    limit: i64,
) -> rusqlite::Result<Vec<TaskRow>> {
    for rank in Rank::ALL {
        for (from, to) in [(i64::MIN, until), (now.max(until), i64::MAX)] {
            let found = session.all(
                concat!(
                    "SELECT ",
                    task_columns!(),
                    " FROM tasks WHERE phase = 'waiting' AND taker = ?1 AND rank = ?2
                         AND due_at > ?3 AND due_at <= ?4
                         AND (SELECT accepted_at FROM deliveries
                              WHERE deliveries.delivery = tasks.delivery) <= ?5
                     ORDER BY due_at LIMIT ?6"
                ),
                params![taker, rank.to_i16(), from, to, until, limit],
                TaskRow::of,
            )?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
    }
    // They stand in the order of acceptance.
    let unplaced = session.all(
        concat!(
            "SELECT ",
            task_columns!(),
            " FROM tasks WHERE phase = 'unplaced' AND taker = ?1 ORDER BY task LIMIT ?2"
        ),
        params![taker, limit],
        TaskRow::of,
    )?;
    let mut old = Vec::new();
    for task in unplaced {
        let is_old = session.is_any(
            "SELECT 1 FROM deliveries WHERE delivery = ?1 AND accepted_at <= ?2",
            params![task.delivery, until],
        )?;
        if !is_old {
            break;
        }
        old.push(task);
    }
    Ok(old)
}

/// A task dies without `ended`: nobody has its handler. It holds no lane.
fn die(session: &mut Session<'_>, task: &TaskRow, now: i64) -> rusqlite::Result<()> {
    debug_assert_ne!(task.phase, Phase::Settled);
    let outcome = task.outcome.unwrap_or(Outcome::Dead);
    session.execute(
        "UPDATE tasks SET phase = 'settled', outcome = ?2, settled_at = ?3, is_head = 0,
             text = CASE WHEN outcome IS NULL THEN ?4 ELSE text END, is_waiting = 0, lease_token = NULL,
             lease_until = NULL, lease_after = NULL, leads = 2
         WHERE task = ?1",
        params![task.task, outcome, now, UNTAKEN],
    )?;
    match &task.lane {
        Some(lane) if task.is_head => lanes::arrange(session, lane, now),
        _ => Ok(()),
    }
}
