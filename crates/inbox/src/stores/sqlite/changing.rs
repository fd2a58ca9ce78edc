//! What people and programs do to one task.

use rusqlite::params;

use super::lanes::{self, end_waiting};
use super::redelivering::{begin_anew, go_on, leave, make_due, supersede_settled};
use super::row::{Outcome, Phase, TaskRow, delivery_id, task_columns};
use super::session::Session;
use crate::store::change::{Changed, TaskChange};
use crate::store::task_id::TaskId;
use crate::stores::sqlite::moments::{self, milliseconds};

pub(super) fn change(
    session: &mut Session<'_>,
    task: TaskId,
    change: &TaskChange,
) -> rusqlite::Result<Changed> {
    session.wake();
    let now = moments::now();
    let task = session.first(
        concat!("SELECT ", task_columns!(), " FROM tasks WHERE task = ?1"),
        [task.0],
        TaskRow::of,
    )?;
    let Some(task) = task else { return Ok(Changed::Unknown) };
    match change {
        TaskChange::Rerun => rerun(session, &task, now),
        TaskChange::Revive { forget, after } => {
            revive(session, &task, forget.as_deref(), milliseconds(*after), now)
        }
        TaskChange::Cancel { reason } => cancel(session, &task, reason, now),
        TaskChange::Wake => wake(session, &task, now),
    }
}

fn rerun(session: &mut Session<'_>, task: &TaskRow, now: i64) -> rusqlite::Result<Changed> {
    if task.phase != Phase::Settled {
        return Ok(Changed::Refused);
    }
    if !has_body(session, task)? {
        return Ok(Changed::NoBody);
    }
    begin_anew(session, task, now)?;
    Ok(Changed::Changed)
}

fn revive(
    session: &mut Session<'_>,
    task: &TaskRow,
    forget: Option<&str>,
    after: i64,
    now: i64,
) -> rusqlite::Result<Changed> {
    if task.phase != Phase::Settled || task.outcome != Some(Outcome::Dead) {
        return Ok(Changed::Refused);
    }
    if !has_body(session, task)? {
        return Ok(Changed::NoBody);
    }
    if let Some(by) = lanes::newer_than(session, task)? {
        supersede_settled(session, task, &by, now)?;
        return Ok(Changed::Superseded { by: delivery_id(&by)? });
    }
    if let Some(name) = forget {
        session
            .execute("DELETE FROM steps WHERE task = ?1 AND name = ?2", params![task.task, name])?;
    }
    go_on(session, task, now, after)?;
    Ok(Changed::Changed)
}

fn has_body(session: &mut Session<'_>, task: &TaskRow) -> rusqlite::Result<bool> {
    session.is_any("SELECT 1 FROM bodies WHERE delivery = ?1", [task.delivery])
}

fn cancel(
    session: &mut Session<'_>,
    task: &TaskRow,
    reason: &str,
    now: i64,
) -> rusqlite::Result<Changed> {
    match (task.phase, task.outcome) {
        // A lane that halts goes on when its head is given up for good.
        (Phase::Settled, _) if task.is_head => {
            session.execute(
                "UPDATE tasks SET outcome = 'canceled', text = ?2, is_head = 0 WHERE task = ?1",
                params![task.task, reason],
            )?;
            leave(session, task, now)?;
            Ok(Changed::Changed)
        }
        (Phase::Settled, _) | (_, Some(_)) => Ok(Changed::Refused),
        (Phase::Leased, None) => {
            session.execute(
                "UPDATE tasks SET cancel_reason = coalesce(cancel_reason, ?2) WHERE task = ?1",
                params![task.task, reason],
            )?;
            Ok(Changed::Marked)
        }
        (_, None) => {
            end_waiting(session, task, Outcome::Canceled, Some(reason), now)?;
            Ok(Changed::Changed)
        }
    }
}

fn wake(session: &mut Session<'_>, task: &TaskRow, now: i64) -> rusqlite::Result<Changed> {
    match (task.phase, task.outcome) {
        (Phase::Settled, _) | (_, Some(_)) => Ok(Changed::Refused),
        (Phase::Leased, None) => {
            session.execute("UPDATE tasks SET is_woken = 1 WHERE task = ?1", [task.task])?;
            Ok(Changed::Marked)
        }
        (_, None) => {
            make_due(session, task, now)?;
            Ok(Changed::Changed)
        }
    }
}
