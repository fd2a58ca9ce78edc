//! What operators and health checks are shown.

use std::collections::HashMap;

use hookstead_events::EventName;
use hookstead_handler::DeliveryId;
use rusqlite::{ToSql, params};

use super::columns::{Columns, columns};
use super::row::{
    BodyRow, DeliveryRow, Outcome, Phase, body_columns, delivery_columns, delivery_id,
    handler_name, moment,
};
use super::session::Session;
use crate::store::entry::{Depth, Entry, Filter, NameDepth, Probe, TaskState};
use crate::store::rank::Rank;
use crate::store::task_id::TaskId;
use crate::stores::sqlite::moments::{self, span};

const MOST: i64 = Depth::MOST.cast_signed();

/// A handler with its takers.
struct Handler {
    handler: i64,
    name: String,
    takers: Vec<i64>,
}

fn handlers(session: &mut Session<'_>) -> rusqlite::Result<Vec<Handler>> {
    let rows = session.all(
        "SELECT handler, name, taker FROM handlers JOIN takers USING (handler) ORDER BY name, handler, taker",
        [],
        |row| {
            Ok((
                row.get::<_, i64>("handler")?,
                row.get::<_, String>("name")?,
                row.get::<_, i64>("taker")?,
            ))
        },
    )?;
    let mut handlers: Vec<Handler> = Vec::new();
    for (handler, name, taker) in rows {
        match handlers.last_mut().filter(|last| last.handler == handler) {
            Some(last) => last.takers.push(taker),
            None => handlers.push(Handler { handler, name, takers: vec![taker] }),
        }
    }
    Ok(handlers)
}

/// For each name with a task that is due: for how long the oldest has been.
pub(super) fn oldest(session: &mut Session<'_>) -> rusqlite::Result<Probe> {
    let now = moments::now();
    let mut oldest = Vec::new();
    for handler in handlers(session)? {
        if let Some(due_at) = oldest_due(session, &handler, now)? {
            oldest.push((handler_name(&handler.name)?, span(due_at, now)));
        }
    }
    Ok(Probe::new(oldest))
}

fn oldest_due(
    session: &mut Session<'_>,
    handler: &Handler,
    now: i64,
) -> rusqlite::Result<Option<i64>> {
    let mut oldest: Option<i64> = None;
    for taker in &handler.takers {
        for rank in Rank::ALL {
            let first = session.first(
                "SELECT due_at FROM tasks WHERE phase = 'waiting' AND taker = ?1 AND rank = ?2
                     AND due_at <= ?3 ORDER BY due_at LIMIT 1",
                params![taker, rank.to_i16(), now],
                |row| row.get("due_at"),
            )?;
            oldest = [oldest, first].into_iter().flatten().min();
        }
        let unplaced = session.first(
            "SELECT due_at FROM tasks WHERE phase = 'unplaced' AND taker = ?1 ORDER BY task LIMIT 1",
            [taker],
            |row| row.get("due_at"),
        )?;
        oldest = [oldest, unplaced].into_iter().flatten().min();
    }
    Ok(oldest)
}

pub(super) fn depth(session: &mut Session<'_>) -> rusqlite::Result<Depth> {
    let now = moments::now();
    let mut depth = Depth::default();
    // There are no more leases than handlers that run.
    let leased: HashMap<i64, i64> = session
        .all(
            "SELECT taker, count(*) AS leased FROM tasks
             WHERE lease_token >= ?1 AND phase = 'leased' GROUP BY taker",
            [i64::MIN],
            |row| Ok((row.get("taker")?, row.get("leased")?)),
        )?
        .into_iter()
        .collect();
    for handler in handlers(session)? {
        let (mut ready, mut delayed, mut blocked, mut leases) = (0, 0, 0, 0);
        let mut is_alive = false;
        for taker in &handler.takers {
            for rank in Rank::ALL {
                ready += session.number(
                    "SELECT count(*) FROM (SELECT 1 FROM tasks
                         WHERE phase = 'waiting' AND taker = ?1 AND rank = ?2 AND due_at <= ?3 LIMIT ?4)",
                    params![taker, rank.to_i16(), now, MOST],
                )?;
                let later = session.number(
                    "SELECT count(*) FROM (SELECT 1 FROM tasks
                         WHERE phase = 'waiting' AND taker = ?1 AND rank = ?2 AND due_at > ?3 LIMIT ?4)",
                    params![taker, rank.to_i16(), now, MOST],
                )?;
                // What has ended waits for no attempt.
                *(if rank == Rank::Ending { &mut ready } else { &mut delayed }) += later;
            }
            ready += session.number(
                "SELECT count(*) FROM (SELECT 1 FROM tasks
                     WHERE phase = 'unplaced' AND taker = ?1 LIMIT ?2)",
                params![taker, MOST],
            )?;
            blocked += session.number(
                "SELECT count(*) FROM (SELECT 1 FROM tasks
                     WHERE phase = 'in line' AND taker = ?1 AND due_at <= ?2 LIMIT ?3)",
                params![taker, now, MOST],
            )?;
            delayed += session.number(
                "SELECT count(*) FROM (SELECT 1 FROM tasks
                     WHERE phase = 'in line' AND taker = ?1 AND due_at > ?2 LIMIT ?3)",
                params![taker, now, MOST],
            )?;
            leases += leased.get(taker).copied().unwrap_or_default();
            is_alive |= super::lanes::is_alive(session, *taker, now)?;
        }
        let mut name = NameDepth::new(handler_name(&handler.name)?, is_alive);
        name.ready = capped(ready);
        name.delayed = capped(delayed);
        name.blocked = capped(blocked);
        name.leased = capped(leases);
        name.oldest_ready = oldest_due(session, &handler, now)?.map(|due_at| span(due_at, now));
        depth.names.push(name);
    }
    depth.done = settled(session, Outcome::Done)?;
    depth.superseded = settled(session, Outcome::Superseded)?;
    depth.canceled = settled(session, Outcome::Canceled)?;
    depth.dead = settled(session, Outcome::Dead)?;
    Ok(depth)
}

fn settled(session: &mut Session<'_>, outcome: Outcome) -> rusqlite::Result<u64> {
    let mut settled = 0;
    for leads in 0..=2 {
        settled += session.number(
            "SELECT count(*) FROM (SELECT 1 FROM tasks
                 WHERE phase = 'settled' AND leads = ?1 AND outcome = ?2 LIMIT ?3)",
            params![leads, outcome, MOST],
        )?;
    }
    Ok(capped(settled))
}

fn capped(number: i64) -> u64 {
    u64::try_from(number.min(MOST)).unwrap_or(0)
}

/// Which of these ids are known.
pub(super) fn known(
    session: &mut Session<'_>,
    ids: &[DeliveryId],
) -> rusqlite::Result<Vec<DeliveryId>> {
    let mut known = Vec::new();
    for id in ids {
        if session.is_any("SELECT 1 FROM deliveries WHERE guid = ?1 LIMIT 1", [id.as_str()])? {
            known.push(id.clone());
        }
    }
    Ok(known)
}

columns! { entry_columns
    /// What the list says of a task besides its delivery.
    struct EntryRow {
        task: i64,
        handler: i64,
        phase: Phase,
        outcome: Option<Outcome>,
        due_at: i64,
        lane: Option<String>,
        run: u32,
        number: u32,
        failures: u32,
        abandoned: u32,
        text: Option<String>,
        is_waiting: bool,
        has_steps: bool,
        lease_until: Option<i64>,
        superseded_by: Option<String>,
        settled_at: Option<i64>,
    }
}

impl EntryRow {
    fn state(&self, now: i64) -> TaskState {
        match (self.phase, self.outcome) {
            (Phase::Leased, _) => TaskState::Leased,
            (_, Some(Outcome::Done)) => TaskState::Done,
            (_, Some(Outcome::Superseded)) => TaskState::Superseded,
            (_, Some(Outcome::Canceled)) => TaskState::Canceled,
            (_, Some(Outcome::Dead)) => TaskState::Dead,
            (_, None) if self.due_at > now => TaskState::Delayed,
            (Phase::InLine, None) => TaskState::Blocked,
            (_, None) => TaskState::Ready,
        }
    }
}

/// The condition of a state, and where few tasks are in it, the index that has them all.
fn in_state(state: TaskState) -> &'static str {
    match state {
        TaskState::Ready => {
            "phase IN ('waiting', 'unplaced') AND outcome IS NULL AND due_at <= :now"
        }
        TaskState::Blocked => "phase = 'in line' AND outcome IS NULL AND due_at <= :now",
        TaskState::Leased => "phase = 'leased'",
        TaskState::Delayed => {
            "phase IN ('waiting', 'in line', 'unplaced') AND outcome IS NULL AND due_at > :now"
        }
        TaskState::Done => "phase = 'settled' AND outcome = 'done'",
        TaskState::Superseded => {
            "phase <> 'leased' AND outcome <> 'done' AND outcome = 'superseded'"
        }
        TaskState::Canceled => "phase <> 'leased' AND outcome <> 'done' AND outcome = 'canceled'",
        TaskState::Dead => "phase <> 'leased' AND outcome <> 'done' AND outcome = 'dead'",
    }
}

/// The tasks that pass the filter, the last accepted first.
pub(super) fn list(
    session: &mut Session<'_>,
    filter: &Filter,
    before: Option<TaskId>,
) -> rusqlite::Result<Vec<Entry>> {
    let now = moments::now();
    // The names of a handler all lead to its tasks.
    let handler = match &filter.name {
        Some(name) => {
            session.first("SELECT handler FROM names WHERE name = ?1", [name.as_str()], |row| {
                row.get::<_, i64>("handler")
            })?
        }
        None => None,
    };
    if filter.name.is_some() && handler.is_none() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    match &filter.ids {
        None => rows = select(session, filter, now, handler, before, None)?,
        Some(ids) => {
            let mut ids: Vec<&DeliveryId> = ids.iter().collect();
            ids.sort_unstable();
            ids.dedup();
            for id in ids {
                rows.extend(select(session, filter, now, handler, before, Some(id))?);
            }
            rows.sort_by_key(|(entry, ..)| std::cmp::Reverse(entry.task));
            rows.truncate(filter.limit);
        }
    }
    let names: HashMap<i64, String> =
        handlers(session)?.into_iter().map(|it| (it.handler, it.name)).collect();
    rows.into_iter().map(|row| entry(session, row, &names, now)).collect()
}

type Row = (EntryRow, DeliveryRow, BodyRow);

fn select(
    session: &mut Session<'_>,
    filter: &Filter,
    now: i64,
    handler: Option<i64>,
    before: Option<TaskId>,
    id: Option<&DeliveryId>,
) -> rusqlite::Result<Vec<Row>> {
    let before = before.map_or(i64::MAX, |before| before.0);
    let event = filter.event.as_ref().map(EventName::as_str);
    let id = id.map(DeliveryId::as_str);
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    // Left out where nobody asked for them, so that SQLite looks for none.
    let mut conditions = vec!["task < :before"];
    let mut values: Vec<(&str, &dyn ToSql)> = vec![(":before", &before), (":limit", &limit)];
    if let Some(state) = filter.state {
        let condition = in_state(state);
        if condition.contains(":now") {
            values.push((":now", &now));
        }
        conditions.push(condition);
    }
    if event.is_some() {
        conditions.push("event = :event");
        values.push((":event", &event));
    }
    if handler.is_some() {
        conditions.push("handler = :handler");
        values.push((":handler", &handler));
    }
    if id.is_some() {
        conditions.push("guid = :id");
        values.push((":id", &id));
    }
    let bodies = if filter.bodies {
        "bodies"
    } else {
        "(SELECT NULL AS delivery, NULL AS unpacked_length, NULL AS body)"
    };
    let sql = format!(
        "SELECT {}, {}, {}
         FROM tasks JOIN deliveries USING (delivery) JOIN takers USING (taker)
             LEFT JOIN {bodies} AS bodies USING (delivery)
         WHERE {} ORDER BY task DESC LIMIT :limit",
        entry_columns!(),
        delivery_columns!(),
        body_columns!(),
        conditions.join(" AND "),
    );
    let mut statement = session.connection().prepare(&sql)?;
    let rows = statement.query_map(values.as_slice(), |row| {
        let columns = &mut Columns::of(row);
        Ok((EntryRow::read(columns)?, DeliveryRow::read(columns)?, BodyRow::read(columns)?))
    })?;
    rows.collect()
}

fn entry(
    session: &mut Session<'_>,
    (row, delivery, body): Row,
    names: &HashMap<i64, String>,
    now: i64,
) -> rusqlite::Result<Entry> {
    let name = names.get(&row.handler).ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let state = row.state(now);
    let name = handler_name(name)?;
    let mut entry = Entry::new(TaskId(row.task), name, delivery.into_delivery()?, state);
    entry.packed = body.into_packed();
    entry.is_ending = row.outcome.is_some() && row.phase != Phase::Settled;
    entry.lane = row.lane;
    entry.run = row.run;
    entry.number = row.number;
    entry.failures = row.failures;
    entry.abandoned = row.abandoned;
    entry.text = row.text;
    entry.is_waiting = row.is_waiting;
    entry.superseded_by = row.superseded_by.as_deref().map(delivery_id).transpose()?;
    if row.has_steps {
        entry.steps = session.all(
            "SELECT name FROM steps WHERE task = ?1 ORDER BY step",
            [row.task],
            |step| step.get("name"),
        )?;
    }
    entry.due_at = match state {
        TaskState::Leased => row.lease_until.and_then(moment),
        _ if row.phase != Phase::Settled && row.due_at > now => moment(row.due_at),
        _ => None,
    };
    entry.settled_at = row.settled_at.and_then(moment);
    Ok(entry)
}
