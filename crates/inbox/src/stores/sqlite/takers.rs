//! Which names take an event.

use std::rc::Rc;

use rusqlite::params;

use super::known_takers::Taker;
use super::lanes;
use super::row::unreadable;
use super::session::Session;
use crate::store::accept::NewDelivery;
use crate::store::registry::TakerId;

/// The handlers of the process that accepts, as far as they take the event.
pub(super) fn own_handlers(
    session: &mut Session<'_>,
    new: &NewDelivery,
) -> rusqlite::Result<Vec<i64>> {
    let takers = new.tasks.iter().map(|task| &task.taker).chain(&new.declined);
    takers.map(|taker| handler_of(session, *taker)).collect()
}

/// The handler of a taker. One that was never registered is an error: nobody would find its tasks.
pub(super) fn handler_of(session: &mut Session<'_>, taker: TakerId) -> rusqlite::Result<i64> {
    if let Some(handler) = session.known_takers.handlers.get(&taker) {
        return Ok(*handler);
    }
    let handler =
        session.first("SELECT handler FROM takers WHERE taker = ?1", [taker.0], |row| {
            row.get("handler")
        })?;
    let unknown = || format!("no name was registered under the number {}", taker.0);
    let handler = handler.ok_or_else(|| unreadable(std::io::Error::other(unknown())))?;
    session.known_takers.handlers.insert(taker, handler);
    Ok(handler)
}

/// The other names of its program that are alive and take the event: of another version of it. A name that
/// takes the event in two ways gets one task.
pub(super) fn other_takers(
    session: &mut Session<'_>,
    new: &NewDelivery,
    own: &[i64],
    now: i64,
) -> rusqlite::Result<Vec<Taker>> {
    let mut others: Vec<Taker> = Vec::new();
    for other in alive(session, &new.program, new.delivery.event.as_str(), now)?.iter() {
        let has_task = others.iter().any(|it| it.handler == other.handler);
        if !has_task && !own.contains(&other.handler) {
            others.push(*other);
        }
    }
    Ok(others)
}

/// The names of a program that are alive and take the event.
fn alive(
    session: &mut Session<'_>,
    program: &str,
    event: &str,
    now: i64,
) -> rusqlite::Result<Rc<[Taker]>> {
    let key = (program.to_owned(), event.to_owned());
    if let Some(alive) = session.known_takers.alive.get(&key) {
        return Ok(Rc::clone(alive));
    }
    let alive = session.all(
        "SELECT DISTINCT taker, handler
         FROM processes JOIN claims USING (process) JOIN takers USING (taker)
         WHERE program = ?1 AND seen_at > ?2 AND (of_event IS NULL OR of_event = ?3)
         ORDER BY taker",
        params![program, lanes::alive_since(now), event],
        |row| Ok(Taker { taker: TakerId(row.get("taker")?), handler: row.get("handler")? }),
    )?;
    let alive: Rc<[Taker]> = alive.into();
    session.known_takers.alive.insert(key, Rc::clone(&alive));
    Ok(alive)
}
