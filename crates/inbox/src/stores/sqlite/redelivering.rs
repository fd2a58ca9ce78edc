//! What becomes of a known delivery that comes again, and how a settled task begins anew.

use rusqlite::params;

use super::known_takers::Taker;
use super::lanes;
use super::row::{Mode, Outcome, Phase, TaskRow, task_columns};
use super::session::Session;
use super::takers::handler_of;
use super::writing::{self, TaskWriter, count, write_body};
use crate::store::accept::{AcceptAnswer, Accepted, NewDelivery, NewTask};
use crate::store::rank::Rank;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// All tasks of a delivery, and how many of them are not settled.
pub(super) fn tasks_at_work(
    session: &mut Session<'_>,
    delivery: i64,
) -> rusqlite::Result<(u32, u32)> {
    let counted = session.first(
        "SELECT count(*) AS tasks, count(*) FILTER (WHERE phase <> 'settled') AS at_work
         FROM tasks WHERE delivery = ?1",
        [delivery],
        |row| Ok((row.get("tasks")?, row.get("at_work")?)),
    )?;
    Ok(counted.unwrap_or_default())
}

/// Does what the table of operations says for *Redeliver*, task by task.
pub(super) fn accept_again(
    session: &mut Session<'_>,
    new: &NewDelivery,
    delivery: i64,
    others: &[Taker],
    now: i64,
) -> rusqlite::Result<AcceptAnswer> {
    session.wake();
    let tasks = session.all(
        concat!("SELECT ", task_columns!(), " FROM tasks WHERE delivery = ?1 ORDER BY task"),
        [delivery],
        TaskRow::of,
    )?;
    let at_work = tasks.iter().filter(|task| task.phase != Phase::Settled).count();
    let mut have = Vec::with_capacity(tasks.len());
    for task in &tasks {
        have.push(handler_of(session, TakerId(task.taker))?);
    }
    // A handler has one task of a delivery, whichever way it took the event.
    let (mut of_known, mut missing) = (Vec::new(), Vec::new());
    for task in &new.tasks {
        let handler = handler_of(session, task.taker)?;
        match have.iter().position(|it| *it == handler) {
            Some(at) => of_known.push((tasks[at].task, task)),
            None => missing.push(task),
        }
    }
    let others: Vec<&Taker> = others.iter().filter(|it| !have.contains(&it.handler)).collect();

    let (mut begun, mut superseded) = (0, 0);
    let mut count_one = |is_superseded| match is_superseded {
        true => superseded += 1,
        false => begun += 1,
    };
    let guid = new.delivery.id.as_str();
    for task in &tasks {
        match (task.phase, task.outcome) {
            (Phase::Settled, outcome) if at_work == 0 || outcome == Some(Outcome::Dead) => {
                let place = of_known.iter().find(|(number, _)| *number == task.task);
                let again = begin_again(session, task, place.map(|(_, new)| *new), guid, now)?;
                count_one(again);
            }
            (Phase::Settled | Phase::Leased, _) | (_, Some(_)) => {}
            _ => make_due(session, task, now)?,
        }
    }
    let mut answer = AcceptAnswer::new(Accepted::Declined);
    let all = tasks.len() + missing.len() + others.len();
    if all > 0 && tasks.is_empty() {
        describe(session, new, delivery)?;
    }
    let mut writer = TaskWriter::new(&mut *session, (delivery, guid), now);
    for task in missing {
        let written = writer.write(task)?;
        answer.handed_over.extend(written.handed_over);
        count_one(written.is_superseded);
    }
    for other in others {
        writer.write_unplaced(other.taker)?;
        count_one(false);
    }
    if begun + superseded > 0 {
        write_body(session, delivery, &new.body)?;
    }
    if begun + superseded > 0 {
        answer.accepted = Accepted::Again { tasks: begun, superseded };
    } else if all > 0 || new.declined.is_empty() {
        answer.accepted = Accepted::Duplicate { at_work: count(at_work), tasks: count(all) };
    }
    Ok(answer)
}

/// A settled task goes on if it is dead, else begins its next run. Where its lane could not be found out
/// the last time, this is its place. `true`: a newer one of its lane is known, so that it is superseded at
/// once.
fn begin_again(
    session: &mut Session<'_>,
    task: &TaskRow,
    place: Option<&NewTask>,
    guid: &str,
    now: i64,
) -> rusqlite::Result<bool> {
    if let Some(by) = lanes::newer_than(session, task)? {
        supersede_settled(session, task, &by, now)?;
        return Ok(true);
    }
    if task.outcome == Some(Outcome::Dead) {
        go_on(session, task, now, 0)?;
    } else {
        begin_anew(session, task, now)?;
    }
    if let Some(place) = place.filter(|_| !task.is_placed) {
        writing::place(session, (TaskId(task.task), now), place, (task.delivery, guid), now)?;
    }
    Ok(false)
}

/// Writes down what was left out of a delivery that nobody wanted. What tells it from others stays.
fn describe(session: &mut Session<'_>, new: &NewDelivery, delivery: i64) -> rusqlite::Result<()> {
    let more = &new.delivery;
    session.execute(
        "UPDATE deliveries SET event = ?2, action = ?3, repository = ?4, target_type = ?5, target_id = ?6,
             installation_id = ?7, enterprise_host = ?8, received_at = ?9, bare_since = NULL
         WHERE delivery = ?1",
        params![
            delivery,
            more.event.as_str(),
            more.action,
            more.repository,
            more.target.as_ref().map(|target| &target.kind),
            more.target.as_ref().map(|target| target.id.cast_signed()),
            more.installation.map(u64::cast_signed),
            more.enterprise_host,
            more.received_at.to_string(),
        ],
    )?;
    Ok(())
}

/// What waits is due now.
pub(super) fn make_due(
    session: &mut Session<'_>,
    task: &TaskRow,
    now: i64,
) -> rusqlite::Result<()> {
    if task.due_at <= now {
        return Ok(());
    }
    session.execute(
        "UPDATE tasks SET due_at = ?2, due_after = 0 WHERE task = ?1",
        params![task.task, now],
    )?;
    match &task.lane {
        Some(lane) => lanes::arrange(session, lane, now),
        None => Ok(()),
    }
}

/// A settled task that would begin anew, were there not a newer one.
pub(super) fn supersede_settled(
    session: &mut Session<'_>,
    task: &TaskRow,
    by: &str,
    now: i64,
) -> rusqlite::Result<()> {
    session.execute(
        "UPDATE tasks SET outcome = 'superseded', superseded_by = ?2, settled_at = ?3, is_head = 0,
             leads = 2
         WHERE task = ?1",
        params![task.task, by, now],
    )?;
    leave(session, task, now)
}

/// A dead task goes on: what it knows stays, what was counted does not. It is due after so many
/// milliseconds.
pub(super) fn go_on(
    session: &mut Session<'_>,
    task: &TaskRow,
    now: i64,
    after: i64,
) -> rusqlite::Result<()> {
    begin(session, task, now, after, task.run)
}

/// A settled task has a new run, which knows nothing of the last one.
pub(super) fn begin_anew(
    session: &mut Session<'_>,
    task: &TaskRow,
    now: i64,
) -> rusqlite::Result<()> {
    if task.has_steps {
        session.execute("DELETE FROM steps WHERE task = ?1", [task.task])?;
        session.execute("UPDATE tasks SET has_steps = 0 WHERE task = ?1", [task.task])?;
    }
    begin(session, task, now, 0, task.run.saturating_add(1))
}

fn begin(
    session: &mut Session<'_>,
    task: &TaskRow,
    now: i64,
    after: i64,
    run: u32,
) -> rusqlite::Result<()> {
    // The head of a lane that halts is still its head.
    let phase = match task.lane {
        None if !task.is_placed => Phase::Unplaced,
        Some(_) if !task.is_head => Phase::InLine,
        _ => Phase::Waiting,
    };
    session.execute(
        "UPDATE tasks SET phase = ?2, outcome = NULL, settled_at = NULL, rank = ?3, due_at = ?4 + ?5,
             due_after = ?5, run = ?6, number = 0, failures = 0, abandoned = 0, failing_since = NULL,
             waiting_since = NULL, text = NULL, is_waiting = 0, lease_token = NULL, lease_until = NULL,
             lease_after = NULL, superseded_by = NULL, cancel_reason = NULL, is_woken = 0
         WHERE task = ?1",
        params![task.task, phase, Rank::Fresh.to_i16(), now, after, run],
    )?;
    match &task.lane {
        Some(lane) if !task.is_head => lanes::arrange(session, lane, now),
        _ => Ok(()),
    }
}

/// The lane of a task that was its head, and is not any more.
pub(super) fn leave(session: &mut Session<'_>, task: &TaskRow, now: i64) -> rusqlite::Result<()> {
    match &task.lane {
        Some(lane) if task.is_head => lanes::arrange(session, lane, now),
        _ => Ok(()),
    }
}

/// Whether a task that ends like this keeps its lane from going on.
pub(super) fn halts(task: &TaskRow, outcome: Outcome) -> bool {
    let is_halting = task.is_head && task.lane_mode == Some(Mode::Halting);
    is_halting && matches!(outcome, Outcome::Dead | Outcome::Canceled)
}
