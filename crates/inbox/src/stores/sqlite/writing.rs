//! What the writer thread does in its transactions, each a function on a session.

use std::time::Duration;

use hookstead_handler::{Delivery, DeliveryId, Lane};
use rusqlite::params;

use super::reading::oldest_ready;
use super::row::{DELIVERY_COLUMNS, body, delivery, delivery_columns, superseded_by};
use super::session::Session;
use crate::clock::SLACK;
use crate::packing::Packed;
use crate::time::bounded;
use crate::{Accepted, LeaseRequest, LeaseToken, Leased, Probe, Renewal, Settlement};

/// A pending delivery of a query `FROM deliveries` that has to wait for another one of its lane.
macro_rules! is_blocked {
    () => {
        "(lane IS NOT NULL AND superseded_by IS NULL AND EXISTS (
             SELECT 1 FROM deliveries AS holder
             WHERE holder.held_lane = deliveries.lane AND holder.place <> deliveries.place))"
    };
}
pub(super) use is_blocked;

/// A pending delivery whose moment lies further ahead of now, `?1`, than it can; but for a slack, `?2`.
macro_rules! is_due_too_late {
    () => {
        "state = 'pending' AND due_at > ?1 + ?2 AND due_at > ?1 + ?2 + due_after"
    };
}
pub(super) use is_due_too_late;

pub(super) fn accept(
    session: &mut Session<'_>,
    delivery: &Delivery,
    body: &Packed,
) -> rusqlite::Result<Accepted> {
    if is_replay(session, delivery)? {
        return Ok(Accepted::Replay);
    }
    if insert(session, delivery, body)? {
        return Ok(Accepted::New);
    }
    let id = delivery.id.as_str();
    let hook = delivery.hook.map(u64::cast_signed);
    // The body goes with it: the foreign key cascades.
    let settled = "DELETE FROM deliveries WHERE guid = ?1 AND hook_id IS ?2 AND state <> 'pending'";
    if session.execute(settled, params![id, hook])? == 0 {
        return Ok(Accepted::Duplicate);
    }
    insert(session, delivery, body)?;
    Ok(Accepted::Again)
}

/// Whether its body is known under another id, or as another event.
fn is_replay(session: &mut Session<'_>, delivery: &Delivery) -> rusqlite::Result<bool> {
    let Some(fingerprint) = delivery.fingerprint else { return Ok(false) };
    let other = session.first(
        "SELECT 1 FROM deliveries WHERE fingerprint = ?1 AND (guid <> ?2 OR event <> ?3) LIMIT 1",
        params![fingerprint, delivery.id.as_str(), delivery.event.as_str()],
        |_| Ok(()),
    )?;
    Ok(other.is_some())
}

/// Inserts a delivery unless it is there.
fn insert(session: &mut Session<'_>, delivery: &Delivery, body: &Packed) -> rusqlite::Result<bool> {
    let now = session.now()?;
    let heads = delivery.lane.as_ref().and_then(|lane| lane.heads.as_ref());
    let inserted = session.execute(
        "INSERT INTO deliveries (guid, hook_id, event, action, target_type, target_id,
             installation_id, enterprise_host, received_at, lane, lane_version, lane_before,
             lane_after, state, attempts, due_at, due_after, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'pending', 0, ?14, 0, ?15)
         ON CONFLICT DO NOTHING",
        params![
            delivery.id.as_str(),
            delivery.hook.map(u64::cast_signed),
            delivery.event.as_str(),
            delivery.action,
            delivery.target.as_ref().map(|target| &target.kind),
            delivery.target.as_ref().map(|target| target.id.cast_signed()),
            delivery.installation.map(u64::cast_signed),
            delivery.enterprise_host,
            delivery.received_at.to_string(),
            delivery.lane.as_ref().map(|lane| &lane.key),
            delivery.lane.as_ref().and_then(|lane| lane.version),
            heads.and_then(|heads| heads.before.as_ref()),
            heads.map(|heads| &heads.after),
            now,
            delivery.fingerprint,
        ],
    )?;
    if inserted == 0 {
        return Ok(false);
    }
    let place = session.last_place();
    session.execute(
        "INSERT INTO bodies (place, unpacked_length, body) VALUES (?1, ?2, ?3)",
        params![place, body.unpacked_length, body.bytes.as_ref()],
    )?;
    if let Some(lane) = &delivery.lane
        && let Some(version) = lane.version
    {
        supersede(session, place, lane, version)?;
    }
    Ok(true)
}

/// Marks what a new delivery supersedes, and the new one if a newer one is known: what `Lane::order`
/// says, in SQL.
fn supersede(
    session: &mut Session<'_>,
    place: i64,
    lane: &Lane,
    version: i64,
) -> rusqlite::Result<()> {
    let before = lane.heads.as_ref().and_then(|heads| heads.before.as_ref());
    let after = lane.heads.as_ref().map(|heads| &heads.after);
    session.execute(
        "UPDATE deliveries SET superseded_by = newer.guid
         FROM (SELECT guid FROM deliveries
               WHERE lane = ?2 AND lane_version >= ?3 AND place <> ?1
                   AND (lane_version > ?3
                       OR lane_before = ?5 AND lane_after <> ?5 AND lane_after IS NOT ?4)
               ORDER BY lane_version DESC LIMIT 1) AS newer
         WHERE deliveries.place = ?1",
        params![place, lane.key, version, before, after],
    )?;
    session.execute(
        "UPDATE deliveries SET superseded_by = (SELECT guid FROM deliveries WHERE place = ?1)
         WHERE lane = ?2 AND lane_version <= ?3 AND state = 'pending'
             AND superseded_by IS NULL AND place <> ?1
             AND (lane_version < ?3 OR lane_after IS NULL OR ?5 IS NULL
                 OR lane_after = ?5 AND lane_before IS ?4
                 OR lane_after = ?4 AND lane_after <> ?5 AND lane_before IS NOT ?5)",
        params![place, lane.key, version, before, after],
    )?;
    Ok(())
}

/// Writes a delivery with a body of the usual size, packed, and takes it away again. The pages that
/// this changes reach the disk as those of `accept` do. Its id is none that a delivery can have.
pub(super) fn probe(session: &mut Session<'_>) -> rusqlite::Result<Probe> {
    let now = session.now()?;
    session.execute(
        "INSERT INTO deliveries (guid, event, received_at, state, attempts, due_at, due_after)
         VALUES ('a probe', '', '', 'pending', 0, ?1, 0)",
        [now],
    )?;
    let place = session.last_place();
    session.execute("INSERT INTO bodies (place, body) VALUES (?1, zeroblob(4096))", [place])?;
    session.execute("DELETE FROM deliveries WHERE place = ?1", [place])?;
    Ok(Probe::new(oldest_ready(session)?))
}

/// What came of a request for leases.
pub(super) struct Taken {
    pub(super) leased: Vec<Leased>,
    /// What died because its attempts are used up or its body is damaged: nothing could be done with
    /// it, and the others go on.
    pub(super) dead: Vec<(Delivery, Settlement)>,
}

pub(super) fn lease(session: &mut Session<'_>, request: LeaseRequest) -> rusqlite::Result<Taken> {
    let now = session.now()?;
    // A lease of no length would be ready again at once, and this loop might never end.
    let length = milliseconds(request.duration).max(1);
    let mut taken = Taken { leased: Vec::new(), dead: Vec::new() };
    while taken.leased.len() < request.limit {
        let ready = session.first(
            concat!(
                "SELECT ",
                delivery_columns!(),
                ", place, last_error
                 FROM deliveries LEFT JOIN bodies USING (place)
                 WHERE state = 'pending' AND due_at <= ?1 AND NOT ",
                is_blocked!(),
                " ORDER BY due_at, place LIMIT 1"
            ),
            [now],
            |row| {
                let place: i64 = row.get(DELIVERY_COLUMNS)?;
                let last_error: Option<String> = row.get(DELIVERY_COLUMNS + 1)?;
                let mut delivery = delivery(row)?;
                let ended = match body(row)? {
                    _ if delivery.attempt >= request.max_attempts => {
                        let last_error = last_error.as_deref();
                        Some(Settlement::attempts_used_up(delivery.attempt, last_error))
                    }
                    Ok(body) => {
                        delivery.body = body;
                        None
                    }
                    Err(damaged) => Some(Settlement::Dead { error: damaged.to_string() }),
                };
                Ok((delivery, place, ended, superseded_by(row)?.is_some()))
            },
        )?;
        let Some((mut delivery, place, ended, is_superseded)) = ready else { break };
        if let Some(settlement) = ended {
            change(session, place, &settlement, true, now)?;
            taken.dead.push((delivery, settlement));
        } else {
            let token = LeaseToken::random();
            session.execute(
                "UPDATE deliveries SET lease_token = ?2, due_at = ?3 + ?4, due_after = ?4,
                     attempts = attempts + 1, held_lane = CASE WHEN superseded_by IS NULL THEN lane END
                 WHERE place = ?1",
                params![place, token.to_i64(), now, length],
            )?;
            delivery.attempt += 1;
            let leased = Leased::new(token, delivery);
            taken.leased.push(if is_superseded { leased.superseded() } else { leased });
        }
    }
    Ok(taken)
}

pub(super) fn renew(
    session: &mut Session<'_>,
    token: LeaseToken,
    duration: Duration,
) -> rusqlite::Result<Renewal> {
    let now = session.now()?;
    let is_superseded = session.first(
        "UPDATE deliveries SET due_at = ?2 + ?3, due_after = ?3 WHERE lease_token = ?1
         RETURNING superseded_by IS NOT NULL",
        params![token.to_i64(), now, milliseconds(duration)],
        |row| row.get(0),
    )?;
    Ok(match is_superseded {
        Some(true) => Renewal::Superseded,
        Some(false) => Renewal::Renewed,
        None => Renewal::Lost,
    })
}

pub(super) fn settle(
    session: &mut Session<'_>,
    token: LeaseToken,
    settlement: &Settlement,
    keep_body: bool,
) -> rusqlite::Result<bool> {
    let now = session.now()?;
    let place = session.first(
        "SELECT place FROM deliveries WHERE lease_token = ?1",
        [token.to_i64()],
        |row| row.get(0),
    )?;
    match place {
        Some(place) => change(session, place, settlement, keep_body, now).map(|()| true),
        None => Ok(false),
    }
}

/// Ends the lease on the delivery in this place.
fn change(
    session: &mut Session<'_>,
    place: i64,
    settlement: &Settlement,
    keep_body: bool,
    now: i64,
) -> rusqlite::Result<()> {
    match settlement {
        Settlement::Done => end(session, place, "done", now, keep_body)?,
        Settlement::Superseded => end(session, place, "superseded", now, keep_body)?,
        Settlement::Retry { after, error } => {
            session.execute(
                "UPDATE deliveries SET due_at = ?2 + ?3, due_after = ?3, last_error = ?4,
                     lease_token = NULL, held_lane = NULL
                 WHERE place = ?1",
                params![place, now, milliseconds(*after), error],
            )?;
        }
        Settlement::Dead { error } => {
            session.execute(
                "UPDATE deliveries SET state = 'dead', settled_at = ?2, last_error = ?3,
                     lease_token = NULL, held_lane = NULL
                 WHERE place = ?1",
                params![place, now, error],
            )?;
        }
        Settlement::Release => {
            session.execute(
                "UPDATE deliveries SET due_at = ?2, due_after = 0,
                     attempts = max(attempts - 1, 0), lease_token = NULL, held_lane = NULL
                 WHERE place = ?1",
                [place, now],
            )?;
        }
    }
    Ok(())
}

/// Ends a delivery for which there is nothing left to do.
fn end(
    session: &mut Session<'_>,
    place: i64,
    state: &str,
    now: i64,
    keep_body: bool,
) -> rusqlite::Result<()> {
    session.execute(
        "UPDATE deliveries SET state = ?2, settled_at = ?3, lease_token = NULL, held_lane = NULL
         WHERE place = ?1",
        params![place, state, now],
    )?;
    if !keep_body {
        session.execute("DELETE FROM bodies WHERE place = ?1", [place])?;
    }
    Ok(())
}

pub(super) fn revive(session: &mut Session<'_>, id: &DeliveryId) -> rusqlite::Result<u64> {
    let now = session.now()?;
    let revived = session.execute(
        "UPDATE deliveries SET state = 'pending', settled_at = NULL, attempts = 0, due_at = ?2,
             due_after = 0
         WHERE guid = ?1 AND state = 'dead'",
        params![id.as_str(), now],
    )?;
    Ok(revived as u64)
}

/// Lets what is due later than it can be wait anew; returns how many those were.
pub(super) fn mend_moments(session: &mut Session<'_>) -> rusqlite::Result<usize> {
    let now = session.now()?;
    session.execute(
        concat!("UPDATE deliveries SET due_at = ?1 + due_after WHERE ", is_due_too_late!()),
        params![now, milliseconds(SLACK)],
    )
}

/// Forgets at most `limit` deliveries that were settled this long ago.
pub(super) fn purge(
    session: &mut Session<'_>,
    settled_for: Duration,
    limit: u32,
) -> rusqlite::Result<u64> {
    let until = session.now()?.saturating_sub(milliseconds(settled_for));
    let purged = session.execute(
        "DELETE FROM deliveries WHERE place IN (
             SELECT place FROM deliveries
             WHERE state IN ('done', 'superseded', 'dead') AND settled_at <= ?1
                 AND state <> 'pending' -- says that the index has them all
             LIMIT ?2)",
        params![until, limit],
    )?;
    Ok(purged as u64)
}

/// The duration in whole milliseconds, rounded up: a pause is never shorter than asked for.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    let milliseconds = bounded(duration).as_nanos().div_ceil(1_000_000);
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}
