//! How tasks are leased and leases renewed.

use std::time::Duration;

use bytes::Bytes;
use hookstead_handler::KeptStep;
use rusqlite::params;

use super::columns::Columns;
use super::row::{
    BodyRow, DeliveryRow, Outcome, TaskRow, body_columns, delivery_columns, task_columns,
};
use super::session::Session;
use super::writing::lease_length;
use crate::store::lease::{LeaseRequest, LeaseToken, Leased, Leases, Renewal, TakerShare};
use crate::store::rank::{Candidate, Rank, share_out};
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;
use crate::stores::sqlite::moments::{self, span};

pub(super) fn lease(session: &mut Session<'_>, request: &LeaseRequest) -> rusqlite::Result<Leases> {
    let now = moments::now();
    let mut due = Due { candidates: Vec::new(), suspects: Vec::new(), next: None };
    for share in &request.takers {
        for rank in Rank::ALL {
            look(session, request, *share, rank, now, &mut due)?;
        }
    }
    due.suspects.sort_by_key(|it| (it.due, it.task));
    due.suspects.truncate(request.suspects);
    due.candidates.append(&mut due.suspects);
    let turns: Vec<TakerId> = request.takers.iter().map(|share| share.taker).collect();
    let chosen = share_out(&turns, due.candidates, request.limit, request.fresh);
    let mut leased = Vec::with_capacity(chosen.len());
    for task in chosen {
        leased.push(take(session, task, request.duration, now)?);
    }
    let next_due = due.next.map(|due_at| span(now, due_at));
    Ok(Leases::new(leased, next_due))
}

/// What is due, and when the next will be.
struct Due {
    candidates: Vec<Candidate>,
    suspects: Vec<Candidate>,
    next: Option<i64>,
}

/// Looks for what is due of a name and rank: the first ones, and the first that is not.
fn look(
    session: &mut Session<'_>,
    request: &LeaseRequest,
    share: TakerShare,
    rank: Rank,
    now: i64,
    due: &mut Due,
) -> rusqlite::Result<()> {
    let taker = share.taker;
    let most = match rank {
        Rank::Tried => request.limit.min(share.most_tried),
        Rank::Suspect => request.limit.min(request.suspects),
        _ => request.limit,
    };
    let found = session.all(
        "SELECT task, due_at FROM tasks WHERE phase = 'waiting' AND taker = ?1 AND rank = ?2
         ORDER BY due_at, task LIMIT ?3",
        params![taker.0, rank.to_i16(), i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)],
        |row| Ok((row.get::<_, i64>("task")?, row.get::<_, i64>("due_at")?)),
    )?;
    let is_all_due = found.last().is_some_and(|(_, due_at)| *due_at <= now);
    for (task, due_at) in found.iter().copied().filter(|(_, due_at)| *due_at <= now).take(most) {
        let candidate = Candidate::new(TaskId(task), taker, rank, due_at);
        match rank {
            Rank::Suspect => due.suspects.push(candidate),
            _ => due.candidates.push(candidate),
        }
    }
    let mut next = found.iter().map(|(_, due_at)| *due_at).find(|due_at| *due_at > now);
    if is_all_due && found.len() > most {
        next = session.first(
            "SELECT due_at FROM tasks
             WHERE phase = 'waiting' AND taker = ?1 AND rank = ?2 AND due_at > ?3
             ORDER BY due_at LIMIT 1",
            params![taker.0, rank.to_i16(), now],
            |row| row.get("due_at"),
        )?;
    }
    due.next = [due.next, next].into_iter().flatten().min();
    Ok(())
}

/// Leases a task that is due.
fn take(
    session: &mut Session<'_>,
    task: TaskId,
    duration: Duration,
    now: i64,
) -> rusqlite::Result<Leased> {
    let token = LeaseToken::random();
    let length = lease_length(duration);
    session.execute(
        "UPDATE tasks SET phase = 'leased', lease_token = ?2, lease_until = ?3 + ?4, lease_after = ?4,
             number = number + (outcome IS NULL)
         WHERE task = ?1",
        params![task.0, token.to_i64(), now, length],
    )?;
    let found = session.first(
        concat!(
            "SELECT ",
            task_columns!(),
            ", ",
            delivery_columns!(),
            ", ",
            body_columns!(),
            " FROM tasks JOIN deliveries USING (delivery) LEFT JOIN bodies USING (delivery)
             WHERE task = ?1"
        ),
        [task.0],
        |row| {
            let columns = &mut Columns::of(row);
            let task = TaskRow::read(columns)?;
            Ok((task, DeliveryRow::read(columns)?, BodyRow::read(columns)?))
        },
    )?;
    let (row, delivery, body) = found.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let mut leased = Leased::new(token, task, TakerId(row.taker), delivery.into_delivery()?);
    leased.body = body.into_packed();
    leased.run = row.run;
    leased.number = row.number;
    leased.failures = row.failures;
    leased.abandoned = row.abandoned;
    leased.failing_for = row.failing_since.map(|since| span(since, now));
    leased.waiting_for = row.waiting_since.map(|since| span(since, now));
    leased.end = row.outcome.and_then(Outcome::end);
    leased.marks = row.marks()?;
    if row.has_steps {
        leased.steps = steps(session, task)?;
    }
    Ok(leased)
}

/// The kept steps of a task, in the order in which they were done.
fn steps(session: &mut Session<'_>, task: TaskId) -> rusqlite::Result<Vec<KeptStep>> {
    session.all(
        "SELECT name, of_type, json FROM steps WHERE task = ?1 ORDER BY step",
        [task.0],
        |row| {
            Ok(KeptStep {
                name: row.get("name")?,
                of_type: row.get("of_type")?,
                json: Bytes::from(row.get::<_, Vec<u8>>("json")?),
            })
        },
    )
}

pub(super) fn renew(
    session: &mut Session<'_>,
    tokens: &[LeaseToken],
    duration: Duration,
) -> rusqlite::Result<Vec<Renewal>> {
    let now = moments::now();
    let length = lease_length(duration);
    let mut renewals = Vec::with_capacity(tokens.len());
    for token in tokens {
        let task = session.first(
            concat!(
                "UPDATE tasks SET lease_until = ?2 + ?3, lease_after = ?3
                 WHERE lease_token = ?1 AND phase = 'leased' RETURNING ",
                task_columns!()
            ),
            params![token.to_i64(), now, length],
            TaskRow::of,
        )?;
        renewals.push(match task {
            Some(task) => Renewal::Renewed(task.marks()?),
            None => Renewal::Lost,
        });
    }
    Ok(renewals)
}
