//! The registry of names, the processes that take them, and the roles that they hold.

use std::time::Duration;

use hookstead_events::{EventName, Timestamp};
use rusqlite::params;

use super::known_takers::KnownTakers;
use super::lanes::alive_since;
use super::row::{handler_name, moment, unreadable};
use super::session::Session;
use crate::clock::SLACK;
use crate::error::InboxError;
use crate::store::registry::{Claim, HandlerId, Numbers, Process, RegisteredName, TakerId};
use crate::stores::sqlite::moments::{self, milliseconds};

/// A process of this program has the name.
#[derive(Debug)]
pub(super) struct Taken {
    name: String,
    program: String,
}

impl From<Taken> for InboxError {
    fn from(taken: Taken) -> Self {
        Self::name_taken(&taken.name, &taken.program)
    }
}

pub(super) fn register(
    session: &mut Session<'_>,
    process: &Process,
    claims: &[Claim],
) -> rusqlite::Result<Result<Vec<Numbers>, Taken>> {
    session.wake();
    session.known_takers = KnownTakers::default();
    let now = moments::now();
    for claim in claims {
        let name = claim.name.as_str();
        let program = session.first(
            "SELECT processes.program AS program
             FROM registered JOIN claims USING (taker, registered) JOIN processes USING (process)
             WHERE name = ?1 AND processes.program <> ?2 AND seen_at > ?3 LIMIT 1",
            params![name, process.program, alive_since(now)],
            |row| row.get("program"),
        )?;
        if let Some(program) = program {
            return Ok(Err(Taken { name: name.to_owned(), program }));
        }
    }
    forget_processes(session, process, now)?;
    session.execute(
        "INSERT INTO processes (process, program, seen_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (process) DO UPDATE SET seen_at = excluded.seen_at",
        params![process.id, process.program, now],
    )?;
    let mut numbers = Vec::with_capacity(claims.len());
    for claim in claims {
        let handler = match known_handler(session, claims, claim)? {
            Some(handler) => handler,
            None => new_handler(session, claim)?,
        };
        name(session, claim, handler)?;
        let taker = taker(session, claim, handler)?;
        let registered = session.first(
            "INSERT INTO registered (name, taker, program, first_seen, last_seen)
             VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT (name, taker) DO UPDATE
                 SET program = excluded.program, last_seen = excluded.last_seen
             RETURNING registered",
            params![claim.name.as_str(), taker, process.program, now],
            |row| row.get::<_, i64>("registered"),
        )?;
        session.execute(
            "INSERT INTO claims (taker, process, registered) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
            params![taker, process.id, registered],
        )?;
        numbers.push(Numbers::new(TakerId(taker), HandlerId(handler)));
    }
    Ok(Ok(numbers))
}

/// The handler that has the name; for a new name the one that has a former one of it.
fn known_handler(
    session: &mut Session<'_>,
    claims: &[Claim],
    claim: &Claim,
) -> rusqlite::Result<Option<i64>> {
    let same_name = claims.iter().filter(|other| other.name == claim.name);
    let former = same_name.flat_map(|other| &other.formerly);
    for name in std::iter::once(&claim.name).chain(former) {
        let handler =
            session.first("SELECT handler FROM names WHERE name = ?1", [name.as_str()], |row| {
                row.get("handler")
            })?;
        if handler.is_some() {
            return Ok(handler);
        }
    }
    Ok(None)
}

fn new_handler(session: &mut Session<'_>, claim: &Claim) -> rusqlite::Result<i64> {
    session.execute("INSERT INTO handlers (name) VALUES (?1)", [claim.name.as_str()])?;
    Ok(session.last_number())
}

/// Writes down a name. A new one is the one that is shown from now on.
fn name(session: &mut Session<'_>, claim: &Claim, handler: i64) -> rusqlite::Result<()> {
    let name = claim.name.as_str();
    let is_new = session.execute(
        "INSERT INTO names (name, handler) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![name, handler],
    )?;
    if is_new > 0 {
        session
            .execute("UPDATE handlers SET name = ?2 WHERE handler = ?1", params![handler, name])?;
    }
    Ok(())
}

/// The number of the handler with its event.
fn taker(session: &mut Session<'_>, claim: &Claim, handler: i64) -> rusqlite::Result<i64> {
    let event = claim.event.as_ref().map(EventName::as_str);
    let known = session.first(
        "SELECT taker FROM takers WHERE handler = ?1 AND of_event IS ?2",
        params![handler, event],
        |row| row.get("taker"),
    )?;
    if let Some(taker) = known {
        return Ok(taker);
    }
    session.execute(
        "INSERT INTO takers (handler, of_event) VALUES (?1, ?2)",
        params![handler, event],
    )?;
    Ok(session.last_number())
}

/// Forgets what this process claimed until now, and the processes that are not alive any more.
fn forget_processes(
    session: &mut Session<'_>,
    process: &Process,
    now: i64,
) -> rusqlite::Result<()> {
    session.execute("DELETE FROM claims WHERE process = ?1", [&process.id])?;
    session.execute(
        "DELETE FROM claims WHERE process IN (SELECT process FROM processes WHERE seen_at <= ?1)",
        [alive_since(now)],
    )?;
    session.execute("DELETE FROM processes WHERE seen_at <= ?1", [alive_since(now)])?;
    Ok(())
}

pub(super) fn leave(session: &mut Session<'_>, process: &Process) -> rusqlite::Result<()> {
    session.known_takers = KnownTakers::default();
    session.execute("DELETE FROM claims WHERE process = ?1", [&process.id])?;
    session.execute("DELETE FROM processes WHERE process = ?1", [&process.id])?;
    Ok(())
}

pub(super) fn registry(session: &mut Session<'_>) -> rusqlite::Result<Vec<RegisteredName>> {
    struct Row {
        registered: i64,
        name: String,
        event: Option<String>,
        numbers: Numbers,
        program: String,
        first_seen: i64,
        last_seen: i64,
    }
    let now = moments::now();
    let rows = session.all(
        "SELECT registered, name, of_event, taker, handler, program, first_seen, last_seen
         FROM registered JOIN takers USING (taker) ORDER BY registered",
        [],
        |row| {
            Ok(Row {
                registered: row.get("registered")?,
                name: row.get("name")?,
                event: row.get("of_event")?,
                numbers: Numbers::new(TakerId(row.get("taker")?), HandlerId(row.get("handler")?)),
                program: row.get("program")?,
                first_seen: row.get("first_seen")?,
                last_seen: row.get("last_seen")?,
            })
        },
    )?;
    let mut registry = Vec::with_capacity(rows.len());
    for row in rows {
        let processes = session.all(
            "SELECT process FROM claims JOIN processes USING (process)
             WHERE taker = ?1 AND registered = ?2 AND seen_at > ?3 ORDER BY process",
            params![row.numbers.taker.0, row.registered, alive_since(now)],
            |process| process.get("process"),
        )?;
        let event = row.event.as_deref().map(EventName::from);
        let claim = Claim::new(handler_name(&row.name)?, event);
        let seen = (stored_moment(row.first_seen)?, stored_moment(row.last_seen)?);
        registry.push(RegisteredName::new(claim, row.numbers, row.program, seen, processes));
    }
    Ok(registry)
}

fn stored_moment(milliseconds: i64) -> rusqlite::Result<Timestamp> {
    let no_moment = || unreadable(std::io::Error::other(format!("no moment: {milliseconds}")));
    moment(milliseconds).ok_or_else(no_moment)
}

/// Takes or keeps a role. One whose end lies further ahead than it can was taken before the clock was set
/// back.
pub(super) fn hold(
    session: &mut Session<'_>,
    role: &str,
    process: &Process,
    duration: Duration,
) -> rusqlite::Result<bool> {
    let now = moments::now();
    let held = session.execute(
        "INSERT INTO roles (role, process, held_until, held_after) VALUES (?1, ?2, ?3 + ?4, ?4)
         ON CONFLICT (role) DO UPDATE
             SET process = excluded.process, held_until = excluded.held_until,
                 held_after = excluded.held_after
             WHERE process = excluded.process OR held_until <= ?3
                 OR held_until > ?3 + held_after + ?5",
        params![role, process.id, now, milliseconds(duration), milliseconds(SLACK)],
    )?;
    Ok(held > 0)
}
