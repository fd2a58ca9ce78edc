//! How deliveries are written down.

use std::time::Duration;

use bytes::Bytes;
use hookstead_handler::{DeliveryId, LaneMode};
use rusqlite::params;

use super::columns::Columns;
use super::known_takers::Taker;
use super::lanes::{self, Next, Version, turn};
use super::room::Room;
use super::row::{BodyRow, LaneColumns, Outcome, Phase, body_columns};
use super::session::Session;
use super::takers::{other_takers, own_handlers};
use super::{looking, redelivering};
use crate::error::InboxError;
use crate::packing::unpack;
use crate::store::TaskId;
use crate::store::accept::{AcceptAnswer, Accepted, HandedOver, NewDelivery, NewTask, Packed};
use crate::store::entry::Probe;
use crate::store::lease::LeaseToken;
use crate::store::rank::Rank;
use crate::store::registry::TakerId;
use crate::stores::sqlite::moments::milliseconds;

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
    let now = session.now()?;
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
    // Where all are handed over, nothing is left that others could lease; but a newer task of a lane ends
    // older ones.
    let supersedes = |task: &NewTask| {
        task.lane.as_ref().is_some_and(|lane| matches!(lane.mode, LaneMode::Latest { .. }))
    };
    if answer.handed_over.len() < tasks || new.tasks.iter().any(supersedes) {
        session.wake();
    }
    Ok(Ok(answer))
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
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

/// Writes a body, unless it is there.
pub(super) fn write_body(
    session: &mut Session<'_>,
    delivery: i64,
    body: &Packed,
) -> rusqlite::Result<()> {
    session.execute(
        "INSERT INTO bodies (delivery, unpacked_length, body) VALUES (?1, ?2, ?3)
         ON CONFLICT DO NOTHING",
        params![delivery, body.unpacked_length, body.bytes.as_ref()],
    )?;
    Ok(())
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
    let now = session.now()?;
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

/// Writes the tasks of a delivery.
pub(super) struct TaskWriter<'s, 'c> {
    session: &'s mut Session<'c>,
    delivery: i64,
    guid: &'s str,
    /// Of a task that has none yet, the largest.
    number: i64,
    due_at: i64,
    now: i64,
}

/// What came of writing a task.
pub(super) struct WrittenTask {
    pub(super) handed_over: Option<HandedOver>,
    /// A newer one of its lane is known.
    pub(super) is_superseded: bool,
}

/// What is written of a new task.
struct Written<'a> {
    phase: Phase,
    outcome: Option<Outcome>,
    rank: Rank,
    due_at: i64,
    is_head: bool,
    is_placed: bool,
    text: Option<&'a str>,
    superseded_by: Option<String>,
    lease: Option<(LeaseToken, i64)>,
}

impl Written<'_> {
    /// Due then, in no lane.
    fn new(due_at: i64) -> Self {
        Self {
            phase: Phase::Waiting,
            outcome: None,
            rank: Rank::Fresh,
            due_at,
            is_head: false,
            is_placed: true,
            text: None,
            superseded_by: None,
            lease: None,
        }
    }
}

impl<'s, 'c> TaskWriter<'s, 'c> {
    pub(super) fn new(
        session: &'s mut Session<'c>,
        (delivery, guid): (i64, &'s str),
        now: i64,
    ) -> Self {
        Self { session, delivery, guid, number: i64::MAX, due_at: now, now }
    }

    /// Writes a task in its place. It is leased in the same write, where it says so and can be.
    pub(super) fn write(&mut self, task: &NewTask) -> rusqlite::Result<WrittenTask> {
        let (lane, mut written) = self.plan(task)?;
        let is_free = written.phase == Phase::Waiting && written.outcome.is_none();
        if let Some(length) = task.lease.filter(|_| is_free) {
            written.lease = Some((LeaseToken::random(), lease_length(length)));
            written.phase = Phase::Leased;
        }
        let number = self.insert(task.taker, &lane, &written)?;
        let token = written.lease.map(|(token, _)| token);
        Ok(WrittenTask {
            handed_over: token.map(|token| HandedOver::new(task.taker, TaskId(number), token)),
            is_superseded: written.outcome == Some(Outcome::Superseded),
        })
    }

    /// What is to be written of a task.
    fn plan<'t>(&mut self, task: &'t NewTask) -> rusqlite::Result<(LaneColumns<'t>, Written<'t>)> {
        let mut written = Written::new(self.due_at);
        let lane = LaneColumns::of(task.lane.as_ref());
        if let Some(why) = &task.dead {
            written.outcome = Some(Outcome::Dead);
            written.rank = Rank::Ending;
            written.text = Some(why);
        } else if let Some(key) = lane.key {
            self.find_place(key, task.taker, &lane, &mut written)?;
        }
        written.is_placed = task.dead.is_none();
        Ok((lane, written))
    }

    /// Whether it is superseded, whom it supersedes, and whether it is the head of its lane.
    fn find_place(
        &mut self,
        key: &str,
        taker: TakerId,
        lane: &LaneColumns<'_>,
        written: &mut Written<'_>,
    ) -> rusqlite::Result<()> {
        if let Some(version) = lane.version {
            let version = Version {
                lane: key,
                version,
                before: lane.before,
                after: lane.after,
                delivery: self.delivery,
                task: self.number,
            };
            let newer = lanes::newer(self.session, &version)?;
            let older = lanes::supersede_older(self.session, &version, self.guid, self.now)?;
            if newer.is_some() {
                written.outcome = Some(Outcome::Superseded);
                written.rank = Rank::Ending;
                written.superseded_by = newer;
                return Ok(());
            }
            // Else a lane that is busier than it is served would never have its turn.
            written.due_at = older.map_or(written.due_at, |older| older.min(written.due_at));
        }
        let Some(head) = lanes::head(self.session, key)? else {
            written.is_head = true;
            return Ok(());
        };
        let this = Next::new(self.number, taker.0, turn(lane.mode, written.due_at));
        if head.gives_way_to(self.session, &this, self.now)? {
            lanes::step_back(self.session, &head)?;
            written.is_head = true;
        } else {
            written.phase = Phase::InLine;
        }
        Ok(())
    }

    /// Writes a task for a name that another process has, which finds its place.
    pub(super) fn write_unplaced(&mut self, taker: TakerId) -> rusqlite::Result<()> {
        let lane = LaneColumns::of(None);
        let written =
            Written { phase: Phase::Unplaced, is_placed: false, ..Written::new(self.now) };
        self.insert(taker, &lane, &written).map(drop)
    }

    fn insert(
        &mut self,
        taker: TakerId,
        lane: &LaneColumns<'_>,
        written: &Written<'_>,
    ) -> rusqlite::Result<i64> {
        let lease = written.lease;
        self.session.execute(
            "INSERT INTO tasks (delivery, taker, phase, outcome, rank, due_at, lane, lane_mode, is_head,
                 is_placed, lane_version, heads_before, heads_after, text, superseded_by, number,
                 lease_token, lease_until, lease_after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
            params![
                self.delivery,
                taker.0,
                written.phase,
                written.outcome,
                written.rank.to_i16(),
                written.due_at,
                lane.key,
                lane.mode,
                written.is_head,
                written.is_placed,
                lane.version,
                lane.before,
                lane.after,
                written.text,
                written.superseded_by,
                i64::from(lease.is_some()),
                lease.map(|(token, _)| token.to_i64()),
                lease.map(|(_, length)| self.now.saturating_add(length)),
                lease.map(|(_, length)| length),
            ],
        )?;
        Ok(self.session.last_number())
    }
}

/// Gives a task its place that has none yet. Returns whether a newer one of its lane is known.
pub(super) fn place(
    session: &mut Session<'_>,
    (task, due_at): (TaskId, i64),
    place: &NewTask,
    (delivery, guid): (i64, &str),
    now: i64,
) -> rusqlite::Result<bool> {
    let mut writer = TaskWriter::new(session, (delivery, guid), now);
    writer.number = task.0;
    writer.due_at = due_at.min(now);
    let (lane, written) = writer.plan(place)?;
    session.execute(
        "UPDATE tasks SET phase = ?2, outcome = ?3, rank = ?4, due_at = ?5, lane = ?6, lane_mode = ?7,
             is_head = ?8, is_placed = ?9, lane_version = ?10, heads_before = ?11, heads_after = ?12,
             text = ?13, superseded_by = ?14
         WHERE task = ?1",
        params![
            task.0,
            written.phase,
            written.outcome,
            written.rank.to_i16(),
            written.due_at,
            lane.key,
            lane.mode,
            written.is_head,
            written.is_placed,
            lane.version,
            lane.before,
            lane.after,
            written.text,
            written.superseded_by,
        ],
    )?;
    Ok(written.outcome == Some(Outcome::Superseded))
}

/// The length of a lease in milliseconds. One of no length would be over before it began.
pub(super) fn lease_length(duration: Duration) -> i64 {
    milliseconds(duration).max(1)
}
