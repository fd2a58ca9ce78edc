//! What is read beside the writer thread, on a connection that cannot write.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::row::{DELIVERY_COLUMNS, delivery, delivery_columns, moment};
use super::session::Session;
use crate::{Depth, Entry, EntryState, Filter};

/// How long until a delivery is due; zero when one is.
pub(super) fn until_due(connection: &Connection) -> rusqlite::Result<Option<Duration>> {
    let mut session = Session::new(connection);
    let now = session.now()?;
    let due_at: Option<Option<i64>> =
        session.first("SELECT min(due_at) FROM deliveries WHERE state = 'pending'", [], |row| {
            row.get(0)
        })?;
    Ok(due_at.flatten().map(|due_at| span(now, due_at)))
}

pub(super) fn depth(connection: &Connection) -> rusqlite::Result<Depth> {
    let mut session = Session::new(connection);
    let now = session.now()?;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let mut depth = Depth::default();
    session.first(
        "SELECT count(*) FILTER (WHERE due_at <= ?1),
             count(*) FILTER (WHERE due_at > ?1 AND lease_token IS NOT NULL),
             count(*) FILTER (WHERE due_at > ?1 AND lease_token IS NULL),
             min(due_at) FILTER (WHERE due_at <= ?1)
         FROM deliveries WHERE state = 'pending'",
        [now],
        |row| {
            depth.ready = count(row.get(0)?);
            depth.leased = count(row.get(1)?);
            depth.delayed = count(row.get(2)?);
            let oldest: Option<i64> = row.get(3)?;
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
            _ => depth.dead = number,
        }
    }
    Ok(depth)
}

pub(super) fn list(connection: &Connection, filter: &Filter) -> rusqlite::Result<Vec<Entry>> {
    let now = Session::new(connection).now()?;
    let in_state = match filter.state {
        None => "?1 = ?1",
        Some(EntryState::Ready) => "state = 'pending' AND due_at <= ?1",
        Some(EntryState::Leased) => "state = 'pending' AND due_at > ?1 AND lease_token IS NOT NULL",
        Some(EntryState::Delayed) => "state = 'pending' AND due_at > ?1 AND lease_token IS NULL",
        Some(EntryState::Done) => "state = 'done' AND ?1 = ?1",
        Some(EntryState::Dead) => "state = 'dead' AND ?1 = ?1",
    };
    let with_id = if filter.id.is_some() { "guid = ?2" } else { "?2 IS NULL" };
    let sql = format!(
        "SELECT {}, state, due_at, lease_token IS NOT NULL, last_error, settled_at
         FROM deliveries LEFT JOIN bodies USING (place)
         WHERE {in_state} AND {with_id} ORDER BY place DESC LIMIT ?3",
        delivery_columns!()
    );
    let id = filter.id.as_ref().map(|id| id.as_str());
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare(&sql)?;
    let entries = statement.query_map(params![now, id, limit], |row| {
        let column = |offset: usize| DELIVERY_COLUMNS + offset;
        let due_at: i64 = row.get(column(1))?;
        let leased: bool = row.get(column(2))?;
        let state = match (row.get_ref(column(0))?.as_str()?, due_at <= now, leased) {
            ("done", _, _) => EntryState::Done,
            ("dead", _, _) => EntryState::Dead,
            (_, true, _) => EntryState::Ready,
            (_, false, true) => EntryState::Leased,
            (_, false, false) => EntryState::Delayed,
        };
        let mut entry = Entry::new(delivery(row)?, state);
        if matches!(state, EntryState::Leased | EntryState::Delayed) {
            entry.due_at = moment(due_at);
        }
        entry.last_error = row.get(column(3))?;
        entry.settled_at = row.get::<_, Option<i64>>(column(4))?.and_then(moment);
        Ok(entry)
    })?;
    entries.collect()
}

/// The time from one moment to a later one; zero if it is not later.
fn span(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}
