//! The places of tasks that another process wrote.

use rusqlite::params;

use super::columns::Columns;
use super::moments;
use super::row::{BodyRow, DeliveryRow, body_columns, delivery_columns};
use super::session::Session;
use super::writing;
use crate::store::accept::{NewTask, Unplaced};
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// Tasks of these takers without a place, the oldest first.
pub(super) fn unplaced(
    session: &mut Session<'_>,
    takers: &[TakerId],
    limit: usize,
) -> rusqlite::Result<Vec<Unplaced>> {
    let mut tasks = Vec::new();
    for taker in takers {
        tasks.extend(session.all(
            "SELECT task, taker FROM tasks WHERE phase = 'unplaced' AND taker = ?1
             ORDER BY task LIMIT ?2",
            params![taker.0, i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| Ok((row.get::<_, i64>("task")?, row.get::<_, i64>("taker")?)),
        )?);
    }
    tasks.sort_unstable();
    tasks.dedup();
    tasks.truncate(limit);
    let mut unplaced = Vec::with_capacity(tasks.len());
    for (task, taker) in tasks {
        let found = session.first(
            concat!(
                "SELECT ",
                delivery_columns!(),
                ", ",
                body_columns!(),
                " FROM tasks JOIN deliveries USING (delivery) LEFT JOIN bodies USING (delivery)
                 WHERE task = ?1"
            ),
            [task],
            |row| {
                let columns = &mut Columns::of(row);
                Ok((DeliveryRow::read(columns)?, BodyRow::read(columns)?))
            },
        )?;
        let (delivery, body) = found.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let (delivery, body) = (delivery.into_delivery()?, body.into_packed());
        unplaced.push(Unplaced::new(TaskId(task), TakerId(taker), delivery, body));
    }
    Ok(unplaced)
}

pub(super) fn place(
    session: &mut Session<'_>,
    places: &[(TaskId, NewTask)],
) -> rusqlite::Result<()> {
    session.wake();
    let now = moments::now();
    for (task, place) in places {
        let found = session.first(
            "SELECT delivery, guid, due_at FROM tasks JOIN deliveries USING (delivery)
             WHERE task = ?1 AND phase = 'unplaced'",
            [task.0],
            |row| {
                Ok((
                    row.get::<_, i64>("delivery")?,
                    row.get::<_, String>("guid")?,
                    row.get::<_, i64>("due_at")?,
                ))
            },
        )?;
        match found {
            // It has its place already, or is gone.
            None => {}
            Some((delivery, ..)) if place.is_declined => remove(session, *task, delivery, now)?,
            Some((delivery, guid, due_at)) => {
                let of = (delivery, guid.as_str());
                writing::place(session, (*task, due_at), place, of, now)?;
            }
        }
    }
    Ok(())
}

/// Nobody wants the task. If it was the only one of its delivery, that is known by its id alone.
fn remove(
    session: &mut Session<'_>,
    task: TaskId,
    delivery: i64,
    now: i64,
) -> rusqlite::Result<()> {
    session.execute("DELETE FROM tasks WHERE task = ?1", [task.0])?;
    if !session.is_any("SELECT 1 FROM tasks WHERE delivery = ?1 LIMIT 1", [delivery])? {
        session.execute("DELETE FROM bodies WHERE delivery = ?1", [delivery])?;
        session.execute(
            "UPDATE deliveries SET bare_since = ?2 WHERE delivery = ?1",
            params![delivery, now],
        )?;
    }
    Ok(())
}
