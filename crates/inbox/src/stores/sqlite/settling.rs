//! How leases end, with an outcome and without.

use std::time::Duration;

use hookstead_handler::{End, KeptStep};
use hookstead_types::BackOff;
use rusqlite::params;

use super::lanes;
use super::redelivering::{halts, leave};
use super::row::{Outcome, Phase, TaskRow, task_columns};
use super::session::Session;
use crate::store::lease::{LeaseRequest, LeaseToken};
use crate::store::rank::Rank;
use crate::store::settlement::{Because, Settled, Settlement};
use crate::store::task_id::TaskId;
use crate::stores::sqlite::moments::{self, milliseconds};

/// So many leases that ended are taken back in one call.
const MOST_EXPIRED: i64 = 1000;

pub(super) fn settle(
    session: &mut Session<'_>,
    settlements: &[(LeaseToken, Settlement)],
) -> rusqlite::Result<Vec<Settled>> {
    let now = moments::now();
    let mut settled = Vec::with_capacity(settlements.len());
    for (token, settlement) in settlements {
        settled.push(match find(session, *token)? {
            Some(task) => {
                // What is done leads to nothing else, unless another one of its lane is next.
                if *settlement != Settlement::Done {
                    session.wake();
                }
                hold_again(session, &task, now)?;
                settle_one(session, &task, settlement, now)?
            }
            None => Settled::Lost,
        });
    }
    Ok(settled)
}

/// The task that nobody leased since this token.
fn find(session: &mut Session<'_>, token: LeaseToken) -> rusqlite::Result<Option<TaskRow>> {
    session.first(
        concat!("SELECT ", task_columns!(), " FROM tasks WHERE lease_token = ?1"),
        [token.to_i64()],
        TaskRow::of,
    )
}

/// A late outcome counts as if the lease was held still.
fn hold_again(session: &mut Session<'_>, task: &TaskRow, now: i64) -> rusqlite::Result<()> {
    if task.phase == Phase::Leased {
        return Ok(());
    }
    session.execute(
        "UPDATE tasks SET phase = 'leased', lease_until = ?2 + lease_after WHERE task = ?1",
        params![task.task, now],
    )?;
    Ok(())
}

fn settle_one(
    session: &mut Session<'_>,
    task: &TaskRow,
    settlement: &Settlement,
    now: i64,
) -> rusqlite::Result<Settled> {
    if let Some(outcome) = task.outcome {
        return settle_ended(session, task, outcome, settlement, now);
    }
    match (settlement, task.marked()) {
        (Settlement::Done, _) => close(session, task, Outcome::Done, now)?,
        (Settlement::Again { text, .. } | Settlement::End { text, .. }, Some(end)) => {
            end_leased(session, task, end, Some(text))?;
            return Ok(Settled::MustEnd(end));
        }
        (Settlement::Again { after, because, text }, None) => {
            try_again(session, task, *after, *because, text, now)?;
        }
        (Settlement::End { end, text }, None) => end_leased(session, task, *end, Some(text))?,
        (Settlement::Release, marked) => release(session, task, marked, now)?,
        // It has not ended: nothing to confirm.
        (Settlement::Ended, _) => return Ok(Settled::Lost),
    }
    Ok(Settled::Settled)
}

/// Of a task that has ended like this, and for which `ended` is called.
fn settle_ended(
    session: &mut Session<'_>,
    task: &TaskRow,
    outcome: Outcome,
    settlement: &Settlement,
    now: i64,
) -> rusqlite::Result<Settled> {
    match settlement {
        Settlement::Ended | Settlement::Done => close(session, task, outcome, now)?,
        // Said again, because the answer was lost.
        Settlement::End { .. } => {}
        Settlement::Release => give_back(session, task, now, 0, task.abandoned)?,
        Settlement::Again { after, because, .. } => {
            let failed = u32::from(*because == Because::Failure);
            let abandoned = task.abandoned.saturating_add(failed);
            give_back(session, task, now, milliseconds(*after), abandoned)?;
        }
    }
    Ok(Settled::Settled)
}

/// Nothing is left to do.
pub(super) fn close(
    session: &mut Session<'_>,
    task: &TaskRow,
    outcome: Outcome,
    now: i64,
) -> rusqlite::Result<()> {
    let keeps_lane = halts(task, outcome);
    session.execute(
        "UPDATE tasks SET phase = 'settled', outcome = ?2, settled_at = ?3, is_head = ?4,
             lease_token = NULL, lease_until = NULL, lease_after = NULL, cancel_reason = NULL,
             is_woken = 0, is_waiting = 0, leads = 2,
             text = CASE ?2 WHEN 'done' THEN NULL ELSE text END
         WHERE task = ?1",
        params![task.task, outcome, now, keeps_lane],
    )?;
    if keeps_lane { Ok(()) } else { leave(session, task, now) }
}

/// Writes down how a leased task ended. Lease and lane stay. A reason to cancel is the text then; without
/// one, and without a text, it keeps the last.
fn end_leased(
    session: &mut Session<'_>,
    task: &TaskRow,
    end: End,
    text: Option<&str>,
) -> rusqlite::Result<()> {
    let reason = task.cancel_reason.as_deref().filter(|_| end == End::Canceled);
    session.execute(
        "UPDATE tasks SET outcome = ?2, abandoned = 0, text = coalesce(?3, text), is_waiting = 0
         WHERE task = ?1",
        params![task.task, Outcome::of(end), reason.or(text)],
    )?;
    Ok(())
}

/// Gives back the lease of a task that has ended, for another one to call `ended`. The lane stays its.
fn give_back(
    session: &mut Session<'_>,
    task: &TaskRow,
    now: i64,
    after: i64,
    abandoned: u32,
) -> rusqlite::Result<()> {
    session.execute(
        "UPDATE tasks SET phase = 'waiting', rank = ?2, due_at = ?3 + ?4, due_after = ?4,
             abandoned = ?5, lease_token = NULL, lease_until = NULL, lease_after = NULL
         WHERE task = ?1",
        params![task.task, ending_rank(task).to_i16(), now, after, abandoned],
    )?;
    leave(session, task, now)
}

/// The rank of a task that has ended: a lane may wait for it.
fn ending_rank(task: &TaskRow) -> Rank {
    if task.is_head { Rank::Tried } else { Rank::Ending }
}

fn try_again(
    session: &mut Session<'_>,
    task: &TaskRow,
    after: Duration,
    because: Because,
    text: &str,
    now: i64,
) -> rusqlite::Result<()> {
    let waits = because == Because::Wait;
    let after = if waits && task.is_woken { 0 } else { milliseconds(after) };
    let failing_since = if waits { task.failing_since } else { task.failing_since.or(Some(now)) };
    let waiting_since = waits.then(|| task.waiting_since.unwrap_or(now));
    let failures = task.failures.saturating_add(u32::from(because == Because::Failure));
    session.execute(
        "UPDATE tasks SET phase = 'waiting', rank = ?2, due_at = ?3 + ?4, due_after = ?4, failures = ?5,
             abandoned = 0, failing_since = ?6, waiting_since = ?7, text = ?8, is_waiting = ?9,
             is_woken = ?10, lease_token = NULL, lease_until = NULL, lease_after = NULL
         WHERE task = ?1",
        params![
            task.task,
            Rank::of(task.number, 0, false).to_i16(),
            now,
            after,
            failures,
            failing_since,
            waiting_since,
            text,
            waits,
            task.is_woken && !waits,
        ],
    )?;
    leave(session, task, now)
}

/// Gives back a task that nobody tried: it keeps its turn. If it was marked, it has ended.
fn release(
    session: &mut Session<'_>,
    task: &TaskRow,
    marked: Option<End>,
    now: i64,
) -> rusqlite::Result<()> {
    let number = task.number.saturating_sub(1);
    let rank = match marked {
        Some(end) => {
            end_leased(session, task, end, None)?;
            ending_rank(task)
        }
        None => Rank::of(number, task.abandoned, false),
    };
    session.execute(
        "UPDATE tasks SET phase = 'waiting', rank = ?2, due_at = min(due_at, ?3), due_after = 0,
             number = ?4, lease_token = NULL, lease_until = NULL, lease_after = NULL
         WHERE task = ?1",
        params![task.task, rank.to_i16(), now, number],
    )?;
    leave(session, task, now)
}

/// Keeps a step of a leased task.
pub(super) fn keep_step(
    session: &mut Session<'_>,
    token: LeaseToken,
    step: &KeptStep,
) -> rusqlite::Result<bool> {
    let task = session.first(
        "UPDATE tasks SET has_steps = 1, abandoned = 0
         WHERE lease_token = ?1 AND phase = 'leased' RETURNING task",
        [token.to_i64()],
        |row| row.get::<_, i64>("task"),
    )?;
    let Some(task) = task else { return Ok(false) };
    session.execute(
        "INSERT INTO steps (task, name, of_type, json) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (task, name) DO UPDATE SET of_type = excluded.of_type, json = excluded.json",
        params![task, step.name, step.of_type, step.json.as_ref()],
    )?;
    Ok(true)
}

/// Takes back the leases that have ended. Each task keeps its lane, for nobody knows whether its handler
/// has stopped; and its token, for an outcome that comes late, as long as nobody takes it.
pub(super) fn expire(session: &mut Session<'_>) -> rusqlite::Result<Vec<TaskId>> {
    let now = moments::now();
    let ended = session.all(
        concat!(
            "SELECT ",
            task_columns!(),
            " FROM tasks WHERE lease_token >= ?1 AND phase = 'leased' AND lease_until <= ?2 LIMIT ?3"
        ),
        params![i64::MIN, now, MOST_EXPIRED],
        TaskRow::of,
    )?;
    for task in &ended {
        match task.marked().filter(|_| task.outcome.is_none()) {
            Some(end) => {
                end_leased(session, task, end, None)?;
                give_back(session, task, now, 0, 0)?;
            }
            None => abandon(session, task, now)?,
        }
    }
    Ok(ended.iter().map(|task| TaskId(task.task)).collect())
}

/// The lease of this task has ended without an outcome.
fn abandon(session: &mut Session<'_>, task: &TaskRow, now: i64) -> rusqlite::Result<()> {
    let abandoned = task.abandoned.saturating_add(1);
    let pause = pause(task.lease_after.unwrap_or_default(), abandoned);
    let rank = match task.outcome {
        Some(_) => ending_rank(task),
        None => Rank::of(task.number, abandoned, false),
    };
    session.execute(
        "UPDATE tasks SET phase = 'waiting', rank = ?2, due_at = ?3 + ?4, due_after = ?4, abandoned = ?5,
             lease_until = NULL
         WHERE task = ?1",
        params![task.task, rank.to_i16(), now, pause, abandoned],
    )?;
    leave(session, task, now)
}

/// The pause after so many abandoned leases: the length of the lease, doubling with each.
fn pause(length: i64, abandoned: u32) -> i64 {
    let length = Duration::from_millis(u64::try_from(length).unwrap_or(0));
    milliseconds(BackOff::new(length, LeaseRequest::LONGEST_DELAY).longest(abandoned))
}

/// So many lanes are looked at in one call for a head that nobody takes.
pub(super) const LANES_LOOKED_AT: usize = 1000;

/// Passes on the lanes whose head has a name that nobody takes, if another of the lane has one that is
/// taken. It looks at some of the lanes in which anybody waits, those after `after`. Returns whether any
/// was passed on, and the last it looked at, if there may be more.
pub(super) fn pass_on(
    session: &mut Session<'_>,
    after: Option<String>,
) -> rusqlite::Result<(bool, Option<String>)> {
    let now = moments::now();
    if !lanes::is_any_dead(session, now)? {
        return Ok((false, None));
    }
    let (mut last, mut is_passed_on) = (after, false);
    for _ in 0..LANES_LOOKED_AT {
        let lane = session.first(
            "SELECT lane FROM tasks WHERE lane > ?1 AND phase = 'in line' ORDER BY lane LIMIT 1",
            [last.as_deref().unwrap_or_default()],
            |row| row.get::<_, String>("lane"),
        )?;
        let Some(lane) = lane else { return Ok((is_passed_on, None)) };
        is_passed_on |= lanes::pass_on(session, &lane, now)?;
        last = Some(lane);
    }
    Ok((is_passed_on, last))
}
