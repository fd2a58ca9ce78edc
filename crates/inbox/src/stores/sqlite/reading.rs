//! What is read beside the writer thread, on a connection that cannot write.

use std::time::Duration;

use hookstead_events::EventName;
use hookstead_handler::DeliveryId;
use rusqlite::{Connection, params};

use super::row::{
    DELIVERY_COLUMNS, body, damaged_error, delivery, delivery_columns, moment, superseded_by,
};
use super::session::Session;
use super::writing::{is_blocked, is_due_too_late, milliseconds};
use crate::clock::SLACK;
use crate::{Depth, Entry, EntryState, Filter};

/// How long until a delivery is due; zero when one is.
pub(super) fn until_due(connection: &Connection) -> rusqlite::Result<Option<Duration>> {
    let mut session = Session::new(connection);
    let now = session.now()?;
    Ok(first_due(&mut session)?.map(|due_at| span(now, due_at)))
}

/// For how long the oldest ready delivery has been ready.
pub(super) fn oldest_ready(session: &mut Session<'_>) -> rusqlite::Result<Option<Duration>> {
    let now = session.now()?;
    let oldest = first_due(session)?.filter(|due_at| *due_at <= now);
    Ok(oldest.map(|due_at| span(due_at, now)))
}

/// When the delivery is due that is due first.
fn first_due(session: &mut Session<'_>) -> rusqlite::Result<Option<i64>> {
    session.first(
        concat!(
            "SELECT due_at FROM deliveries WHERE state = 'pending' AND NOT ",
            is_blocked!(),
            " ORDER BY due_at LIMIT 1"
        ),
        [],
        |row| row.get(0),
    )
}

/// Whether anything is due later than it can be.
pub(super) fn is_any_due_too_late(connection: &Connection) -> rusqlite::Result<bool> {
    let now = Session::new(connection).now()?;
    connection.query_row(
        concat!("SELECT EXISTS (SELECT 1 FROM deliveries WHERE ", is_due_too_late!(), ")"),
        params![now, milliseconds(SLACK)],
        |row| row.get(0),
    )
}

pub(super) fn depth(connection: &Connection) -> rusqlite::Result<Depth> {
    let mut session = Session::new(connection);
    let now = session.now()?;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let mut depth = Depth::default();
    session.first(
        concat!(
            "SELECT count(*) FILTER (WHERE due_at <= ?1 AND NOT is_blocked),
                 count(*) FILTER (WHERE due_at > ?1 AND lease_token IS NOT NULL),
                 count(*) FILTER (WHERE due_at > ?1 AND lease_token IS NULL),
                 count(*) FILTER (WHERE due_at <= ?1 AND is_blocked),
                 min(due_at) FILTER (WHERE due_at <= ?1 AND NOT is_blocked)
             FROM (SELECT due_at, lease_token, ",
            is_blocked!(),
            " AS is_blocked FROM deliveries WHERE state = 'pending')"
        ),
        [now],
        |row| {
            depth.ready = count(row.get(0)?);
            depth.leased = count(row.get(1)?);
            depth.delayed = count(row.get(2)?);
            depth.blocked = count(row.get(3)?);
            let oldest: Option<i64> = row.get(4)?;
            depth.oldest_ready = oldest.map(|due_at| span(due_at, now));
            Ok(())
        },
    )?;
    let settled = session.all(
        "SELECT state, count(*) FROM deliveries WHERE state <> 'pending' GROUP BY state",
        [],
        |row| Ok((row.get::<_, String>(0)?, count(row.get(1)?))),
    )?;
    for (state, number) in settled {
        match state.as_str() {
            "done" => depth.done = number,
            "superseded" => depth.superseded = number,
            _ => depth.dead = number,
        }
    }
    Ok(depth)
}

pub(super) fn list(connection: &Connection, filter: &Filter) -> rusqlite::Result<Vec<Entry>> {
    const SEEN: &str = concat!(
        "CASE WHEN state <> 'pending' THEN state
              WHEN due_at > ?1 AND lease_token IS NOT NULL THEN 'leased'
              WHEN due_at > ?1 THEN 'delayed'
              WHEN ",
        is_blocked!(),
        " THEN 'blocked' ELSE 'ready' END"
    );
    let now = Session::new(connection).now()?;
    // Left out where nobody asked for them, so that SQLite looks for none.
    let in_state = if filter.state.is_some() { "AND seen = ?2" } else { "" };
    let of_event = if filter.event.is_some() { "AND event = ?3" } else { "" };
    let with_ids = match &filter.ids {
        Some(_) => "AND guid IN (SELECT value FROM json_each(?4))",
        None => "",
    };
    let bodies = if filter.bodies {
        "bodies"
    } else {
        "(SELECT NULL AS place, NULL AS unpacked_length, NULL AS body)"
    };
    let sql = format!(
        "SELECT {}, {SEEN} AS seen, due_at, last_error, settled_at
         FROM deliveries LEFT JOIN {bodies} USING (place)
         WHERE true {in_state} {of_event} {with_ids} ORDER BY place DESC LIMIT ?5",
        delivery_columns!()
    );
    let state = filter.state.map(EntryState::as_str);
    let event = filter.event.as_ref().map(EventName::as_str);
    // Ids are visible ASCII, of which JSON escapes two characters.
    let ids = filter.ids.as_ref().map(|ids| {
        let quoted = |id: &DeliveryId| {
            let escaped = id.as_str().replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{escaped}\"")
        };
        format!("[{}]", ids.iter().map(quoted).collect::<Vec<_>>().join(","))
    });
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare(&sql)?;
    let entries = statement.query_map(params![now, state, event, ids, limit], |row| {
        let column = |offset: usize| DELIVERY_COLUMNS + offset;
        let seen = row.get_ref(column(0))?.as_str()?;
        let state = EntryState::ALL.into_iter().find(|state| state.as_str() == seen);
        let state = state.unwrap_or(EntryState::Ready);
        let mut delivery = delivery(row)?;
        delivery.body = body(row)?.map_err(|damaged| damaged_error(&delivery, &damaged))?;
        let mut entry = Entry::new(delivery, state);
        entry.superseded_by = superseded_by(row)?;
        if matches!(state, EntryState::Leased | EntryState::Delayed) {
            entry.due_at = moment(row.get(column(1))?);
        }
        entry.last_error = row.get(column(2))?;
        entry.settled_at = row.get::<_, Option<i64>>(column(3))?.and_then(moment);
        Ok(entry)
    })?;
    entries.collect()
}

/// The time from one moment to a later one; zero if it is not later.
fn span(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}
