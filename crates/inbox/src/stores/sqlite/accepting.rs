//! How deliveries are written down.

use bytes::Bytes;
use hookstead_handler::DeliveryId;
use rusqlite::params;

use super::columns::Columns;
use super::known_takers::Taker;
use super::room::Room;
use super::row::{BodyRow, body_columns};
use super::session::Session;
use super::takers::{other_takers, own_handlers};
use super::writing::{TaskWriter, count, write_body};
use super::{looking, moments, redelivering};
use crate::error::InboxError;
use crate::packing::unpack;
use crate::store::accept::{AcceptAnswer, Accepted, NewDelivery};
use crate::store::entry::Probe;
use crate::store::packed::Packed;

/// Why a delivery is not accepted although nothing failed.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is no room; this says where.
    Full(String),
    /// It has the id of other work.
    Another(DeliveryId),
}

impl From<Refused> for InboxError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full(why) => Self::full_because(why),
            Refused::Another(id) => Self::another_under_the_id(id.as_str()),
        }
    }
}

/// What a caller gets once it is committed.
pub(super) type Answer = Result<AcceptAnswer, Refused>;

pub(super) fn accept(
    session: &mut Session<'_>,
    new: &NewDelivery,
    room: &Room,
) -> rusqlite::Result<Answer> {
    let now = moments::now();
    let own = own_handlers(session, new)?;
    if is_replay(session, new)? {
        return Ok(Ok(AcceptAnswer::new(Accepted::Replay)));
    }
    let others = other_takers(session, new, &own, now)?;
    if let Err(full) = room.take(session, new.body.bytes.len())? {
        // What is known already takes hardly any.
        return match find(session, new)? {
            Some(known) => accept_known(session, new, known, &others, now),
            None => Ok(Err(Refused::Full(full))),
        };
    }
    let tasks = new.tasks.len() + others.len();
    let Some(delivery) = insert(session, new, tasks > 0, now)? else {
        let known = find(session, new)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        return accept_known(session, new, known, &others, now);
    };
    if tasks == 0 && !new.declined.is_empty() {
        return Ok(Ok(AcceptAnswer::new(Accepted::Declined)));
    }
    let mut answer = AcceptAnswer::new(Accepted::New { tasks: count(tasks) });
    if tasks == 0 {
        return Ok(Ok(answer));
    }
    write_body(session, delivery, &new.body)?;
    let mut writer = TaskWriter::new(session, (delivery, new.delivery.id.as_str()), now);
    for task in &new.tasks {
        answer.handed_over.extend(writer.write(task)?.handed_over);
    }
    for other in &others {
        writer.write_unplaced(other.taker)?;
    }
    Ok(Ok(answer))
}

/// Whether its body is known under another id, or as another event.
fn is_replay(session: &mut Session<'_>, new: &NewDelivery) -> rusqlite::Result<bool> {
    let delivery = &new.delivery;
    let Some(fingerprint) = delivery.fingerprint else { return Ok(false) };
    session.is_any(
        "SELECT 1 FROM deliveries WHERE fingerprint = ?1 AND (guid <> ?2 OR event <> ?3) LIMIT 1",
        params![fingerprint, delivery.id.as_str(), delivery.event.as_str()],
    )
}

/// Inserts a delivery; returns its number, unless it is there. One that nobody wants is written down by its
/// id alone.
fn insert(
    session: &mut Session<'_>,
    new: &NewDelivery,
    is_wanted: bool,
    now: i64,
) -> rusqlite::Result<Option<i64>> {
    let delivery = &new.delivery;
    let more = Some(delivery).filter(|_| is_wanted);
    let target = more.and_then(|more| more.target.as_ref());
    let inserted = session.execute(
        "INSERT INTO deliveries (guid, hook_id, event, action, repository, target_type, target_id,
             installation_id, enterprise_host, received_at, fingerprint, work, accepted_at, bare_since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT DO NOTHING",
        params![
            delivery.id.as_str(),
            delivery.hook.map(u64::cast_signed),
            delivery.event.as_str(),
            more.and_then(|more| more.action.as_ref()),
            more.and_then(|more| more.repository.as_ref()),
            target.map(|target| &target.kind),
            target.map(|target| target.id.cast_signed()),
            more.and_then(|more| more.installation).map(u64::cast_signed),
            more.and_then(|more| more.enterprise_host.as_ref()),
            delivery.received_at.to_string(),
            delivery.fingerprint,
            new.is_submitted.then(|| work_of(new)),
            now,
            (!is_wanted).then_some(now),
        ],
    )?;
    Ok((inserted > 0).then(|| session.last_number()))
}

/// A delivery that is there.
struct Known {
    delivery: i64,
    event: String,
    work: Option<i64>,
}

/// The delivery with the same hook and id.
fn find(session: &mut Session<'_>, new: &NewDelivery) -> rusqlite::Result<Option<Known>> {
    let hook = new.delivery.hook.map(u64::cast_signed);
    session.first(
        "SELECT delivery, event, work FROM deliveries WHERE guid = ?1 AND hook_id IS ?2",
        params![new.delivery.id.as_str(), hook],
        |row| {
            Ok(Known {
                delivery: row.get("delivery")?,
                event: row.get("event")?,
                work: row.get("work")?,
            })
        },
    )
}

/// What becomes of a delivery that is there.
fn accept_known(
    session: &mut Session<'_>,
    new: &NewDelivery,
    known: Known,
    others: &[Taker],
    now: i64,
) -> rusqlite::Result<Answer> {
    if !new.is_submitted {
        return redelivering::accept_again(session, new, known.delivery, others, now).map(Ok);
    }
    if is_other_work(session, new, &known)? {
        return Ok(Err(Refused::Another(new.delivery.id.clone())));
    }
    let (tasks, at_work) = redelivering::tasks_at_work(session, known.delivery)?;
    Ok(Ok(AcceptAnswer::new(Accepted::Duplicate { at_work, tasks })))
}

/// Whether this is other work than what has its id. Of what was not submitted, nobody can tell that once
/// its body is gone.
fn is_other_work(
    session: &mut Session<'_>,
    new: &NewDelivery,
    known: &Known,
) -> rusqlite::Result<bool> {
    if let Some(work) = known.work {
        return Ok(work != work_of(new));
    }
    if known.event != new.delivery.event.as_str() {
        return Ok(true);
    }
    let stored = session.first(
        concat!("SELECT ", body_columns!(), " FROM bodies WHERE delivery = ?1"),
        [known.delivery],
        |row| BodyRow::read(&mut Columns::of(row)),
    )?;
    let stored = stored.and_then(BodyRow::into_packed);
    Ok(stored.is_some_and(|stored| bytes_of(&stored) != bytes_of(&new.body)))
}

/// Tells work from other work: FNV-1a of event and body, the same in every version. Nobody has a reason to
/// make two alike on purpose: both would be work of one's own.
fn work_of(new: &NewDelivery) -> i64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let event = new.delivery.event.as_str().bytes().chain([0]);
    let body = bytes_of(&new.body);
    let bytes = event.chain(body.iter().copied());
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    hash.cast_signed()
}

/// The body's own bytes, however it was packed; as they are stored, if that is damaged.
fn bytes_of(body: &Packed) -> Bytes {
    unpack(body).unwrap_or_else(|_| body.bytes.clone())
}

/// Writes a delivery with a body of the usual size, packed, and a task, and takes them away again. The
/// pages that this changes reach the disk as those of `accept` do. Its id is none that a delivery can
/// have, and its name none that anybody takes.
pub(super) fn probe(
    session: &mut Session<'_>,
    room: &Room,
) -> rusqlite::Result<Result<Probe, Refused>> {
    const USUAL_LENGTH: i64 = 4096;
    let now = moments::now();
    if let Err(full) = room.take(session, 4096)? {
        return Ok(Err(Refused::Full(full)));
    }
    session.execute(
        "INSERT INTO deliveries (guid, event, received_at, accepted_at) VALUES ('a probe', '', '', ?1)",
        [now],
    )?;
    let delivery = session.last_number();
    session.execute(
        "INSERT INTO bodies (delivery, body) VALUES (?1, zeroblob(?2))",
        params![delivery, USUAL_LENGTH],
    )?;
    session.execute(
        "INSERT INTO tasks (delivery, taker, phase, rank, due_at) VALUES (?1, 0, 'waiting', 0, ?2)",
        params![delivery, now],
    )?;
    session.execute("DELETE FROM tasks WHERE delivery = ?1", [delivery])?;
    session.execute("DELETE FROM bodies WHERE delivery = ?1", [delivery])?;
    session.execute("DELETE FROM deliveries WHERE delivery = ?1", [delivery])?;
    looking::oldest(session).map(Ok)
}
