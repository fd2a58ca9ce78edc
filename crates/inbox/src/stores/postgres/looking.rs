use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use hookstead_handler::{DeliveryId, HandlerName};
use tokio_postgres::Row;

use super::database::{Parameter, Statement};
use super::failure::Failure;
use super::postgres_store::PostgresStore;
use super::row::{self, delivery_columns, microseconds, milliseconds, name, text};
use crate::error::InboxError;
use crate::store::entry::{Depth, Entry, Filter, NameDepth, Probe, TaskState};
use crate::store::lease::LeaseToken;
use crate::store::purge::{Purge, Purged};
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// A probe writes as much as most deliveries do, packed.
const PROBE_BODY: [u8; 4096] = [0; 4096];

const PROBE: &str = "SELECT probe_1($1, $2), EXISTS (SELECT FROM reserve) AS has_reserve";

/// All names, with the oldest task of each that has no place yet.
const TAKERS: &str = "SELECT takers.id, name,
         (extract(epoch FROM clock_timestamp() - accepted_at) * 1000000)::bigint AS unplaced_for
     FROM takers JOIN handlers ON handlers.id = handler LEFT JOIN LATERAL (
         SELECT accepted_at FROM tasks WHERE taker BETWEEN takers.id AND takers.id AND place = 'unplaced'
         ORDER BY taker, tasks.id LIMIT 1
     ) AS unplaced ON true";

/// What is open, by name. Counting stops at `$1`.
const DEPTH: &str = "SELECT name, takers.id AS taker, is_taken_1(takers.id) AS is_alive,
         (SELECT sum(number) FROM unnest('{0,1,2,3}'::smallint[]) AS ranks (of), LATERAL (
             SELECT count(*) AS number FROM (
                 SELECT FROM tasks WHERE taker = takers.id AND rank = of AND state = 'waiting'
                     AND place IN ('alone', 'head', 'astray') AND (due <= now OR of = 3)
                 LIMIT $1) AS few) AS counted)::bigint
         + (SELECT count(*) FROM (
             SELECT FROM tasks WHERE taker = takers.id AND place = 'unplaced' LIMIT $1) AS few
         ) AS ready,
         (SELECT sum(number) FROM unnest('{0,1,2}'::smallint[]) AS ranks (of), LATERAL (
             SELECT count(*) AS number FROM (
                 SELECT FROM tasks WHERE taker = takers.id AND rank = of AND state = 'waiting'
                     AND place IN ('alone', 'head', 'astray') AND due > now
                 LIMIT $1) AS few) AS counted)::bigint
         + (SELECT count(*) FROM (
             SELECT FROM tasks WHERE taker = takers.id AND place = 'line' AND due > now LIMIT $1) AS few
         ) AS delayed,
         (SELECT count(*) FROM (
             SELECT FROM tasks WHERE taker = takers.id AND place = 'line' AND due <= now LIMIT $1) AS few
         ) AS blocked,
         (SELECT count(*) FROM (
             SELECT FROM tasks WHERE look_at IS NOT NULL AND taker = takers.id LIMIT $1) AS few
         ) AS leased
     FROM takers JOIN handlers ON handlers.id = handler
         CROSS JOIN (SELECT clock_timestamp() AS now OFFSET 0) AS clock";

/// What is settled, by state. Counting stops at `$1`.
const SETTLED: &str = "SELECT of.state, (SELECT count(*) FROM (
         SELECT FROM tasks WHERE tasks.state = of.state AND settled_at IS NOT NULL LIMIT $1) AS few
     ) AS number
     FROM unnest('{done,superseded,canceled,dead}'::text[]) AS of (state)";

/// Where a state is rarer than this, its tasks are looked up; else they are met soon enough.
const RARE: i64 = 10_000;

/// The tasks of a state, if they are few.
const OF_STATE: &str = "SELECT id FROM tasks WHERE state = $1 AND settled_at IS NOT NULL
     UNION ALL
     SELECT it.id FROM takers CROSS JOIN unnest('{1,3}'::smallint[]) AS ranks (of) CROSS JOIN LATERAL (
         SELECT id, ending FROM tasks WHERE taker = takers.id AND rank = of AND state = 'waiting'
             AND place IN ('alone', 'head', 'astray') AND ending = $1
     ) AS it
     LIMIT $2";

/// The last accepted first. `$1` a state, `$2` an event, `$3` whether with bodies, `$4` how many, `$5` ids,
/// `$6` takers, `$7` before which task, `$8` only these tasks; NULL: whichever.
macro_rules! list {
    ($from:literal) => {
        concat!(
            "SELECT tasks.id, handlers.name, ",
            delivery_columns!(),
            ", CASE WHEN $3::boolean THEN body END AS body, unpacked_length, ending, lane, run, number,
                 failures, abandoned, text, is_waiting, superseded_by, seen,
                 ARRAY (SELECT steps.name FROM steps WHERE steps.task = tasks.id ORDER BY steps.id)
                     AS steps,
                 (extract(epoch FROM CASE
                     WHEN tasks.state = 'leased' THEN lease_until
                     WHEN tasks.state = 'waiting' AND due > now THEN due
                 END) * 1000)::bigint AS due_at,
                 (extract(epoch FROM settled_at) * 1000)::bigint AS settled_at
             FROM ",
            $from,
            " JOIN takers ON takers.id = tasks.taker JOIN handlers ON handlers.id = takers.handler
                 CROSS JOIN (SELECT clock_timestamp() AS now OFFSET 0) AS clock
                 CROSS JOIN LATERAL (SELECT CASE
                     WHEN tasks.state <> 'waiting' THEN tasks.state
                     WHEN ending IS NOT NULL THEN ending
                     WHEN due > now THEN 'delayed'
                     WHEN place = 'line' THEN 'blocked'
                     ELSE 'ready' END AS seen) AS seeing
             WHERE ($1::text IS NULL OR seen = $1) AND ($2::text IS NULL OR deliveries.event = $2)
                 AND ($5::text[] IS NULL OR guid = ANY ($5))
                 AND ($6::bigint[] IS NULL OR tasks.taker = ANY ($6))
                 AND tasks.id < $7 AND ($8::bigint[] IS NULL OR tasks.id = ANY ($8))
             ORDER BY tasks.id DESC LIMIT $4"
        )
    };
}
const LIST: &str = list!("tasks JOIN deliveries ON deliveries.id = tasks.delivery");
const LIST_OF_IDS: &str = list!(
    "(SELECT * FROM tasks WHERE id = ANY (ARRAY (
         SELECT id FROM tasks
         WHERE delivery = ANY (ARRAY (SELECT id FROM deliveries WHERE guid = ANY ($5)))
     )) OFFSET 0) AS tasks JOIN deliveries ON deliveries.id = tasks.delivery"
);
const LIST_OF_TASKS: &str = list!(
    "(SELECT * FROM tasks WHERE id = ANY ($8) OFFSET 0) AS tasks
         JOIN deliveries ON deliveries.id = tasks.delivery"
);

const TAKERS_OF_NAME: &str = "SELECT coalesce(array_agg(takers.id), '{}') AS takers
     FROM names JOIN takers ON takers.handler = names.handler WHERE names.name = $1";

const KNOWN: &str = "SELECT DISTINCT guid FROM deliveries WHERE guid = ANY ($1::text[])";

const PURGE: &str = "SELECT * FROM purge_1($1, $2, $3, $4, $5)";

/// For how long the oldest transaction in the database has had its snapshot: a dump has one, and so has a
/// session that somebody forgot. Without rights to see what others do, only one's own sessions are known.
const OLDEST_SNAPSHOT: &str = "SELECT (extract(epoch FROM max(clock_timestamp() - xact_start))
         * 1000000)::bigint AS age
     FROM pg_stat_activity
     WHERE backend_xmin IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()";

impl PostgresStore {
    pub(super) async fn probe_once(&self) -> Result<Probe, InboxError> {
        const DOING: &str = "accept anything";
        self.make_sure_of_room(DOING).await?;
        // Its own each time, so that none waits for another; and none that a delivery can have.
        let id = format!("a probe {:016x}", LeaseToken::random().to_i64());
        let body = PROBE_BODY.as_slice();
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        let written =
            self.database.row(Statement::new(DOING, PROBE, &[&id, &body]).growing()).await?;
        let has_reserve: bool =
            written.try_get("has_reserve").map_err(|error| failed(error.into()))?;
        if self.room.holds_reserve() && !has_reserve {
            self.room.is_short();
            self.make_sure_of_room(DOING).await?;
        }
        let rows = self.database.rows(Statement::new(DOING, TAKERS, &[])).await?;
        let mut names = BTreeMap::new();
        let mut oldest: BTreeMap<HandlerName, Duration> = BTreeMap::new();
        for row in &rows {
            let (taker, name, age) = read_taker(row).map_err(failed)?;
            if let Some(age) = age {
                let known = oldest.entry(name.clone()).or_default();
                *known = age.max(*known);
            }
            names.insert(taker, name);
        }
        let takers: Vec<TakerId> = names.keys().copied().collect();
        for (taker, age) in self.oldest_due(&takers).await? {
            if let Some(name) = names.get(&taker) {
                let known = oldest.entry(name.clone()).or_default();
                *known = age.max(*known);
            }
        }
        let mut probe = Probe::new(oldest.into_iter().collect());
        let row = self.database.row(Statement::new(DOING, OLDEST_SNAPSHOT, &[])).await?;
        let age: Option<i64> = row.try_get("age").map_err(|error| failed(error.into()))?;
        probe.oldest_snapshot = age.map(microseconds);
        Ok(probe)
    }

    /// For how long the first one of each of these names that is due has been.
    async fn oldest_due(&self, takers: &[TakerId]) -> Result<Vec<(TakerId, Duration)>, InboxError> {
        let found = self.find(takers, 1).await?;
        Ok(found.due.iter().map(|it| (it.taker, found.age(it.due))).collect())
    }

    pub(super) async fn count(&self) -> Result<Depth, InboxError> {
        const DOING: &str = "count its tasks";
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        let most = i64::try_from(Depth::MOST).unwrap_or(i64::MAX);
        let mut names: BTreeMap<HandlerName, NameDepth> = BTreeMap::new();
        let mut of_taker = BTreeMap::new();
        for row in &self.database.rows(Statement::new(DOING, DEPTH, &[&most])).await? {
            let (taker, part) = read_depth(row).map_err(failed)?;
            of_taker.insert(taker, part.name.clone());
            let new = || NameDepth::new(part.name.clone(), false);
            let depth = names.entry(part.name.clone()).or_insert_with(new);
            depth.is_alive |= part.is_alive;
            depth.ready = (depth.ready + part.ready).min(Depth::MOST);
            depth.leased = (depth.leased + part.leased).min(Depth::MOST);
            depth.delayed = (depth.delayed + part.delayed).min(Depth::MOST);
            depth.blocked = (depth.blocked + part.blocked).min(Depth::MOST);
        }
        let takers: Vec<TakerId> = of_taker.keys().copied().collect();
        let mut ages = self.oldest_due(&takers).await?;
        for row in &self.database.rows(Statement::new(DOING, TAKERS, &[])).await? {
            let (taker, _, age) = read_taker(row).map_err(failed)?;
            ages.extend(age.map(|age| (taker, age)));
        }
        for (taker, age) in ages {
            if let Some(depth) = of_taker.get(&taker).and_then(|name| names.get_mut(name)) {
                depth.oldest_ready = depth.oldest_ready.max(Some(age));
            }
        }
        let mut depth = Depth { names: names.into_values().collect(), ..Depth::default() };
        for row in &self.database.rows(Statement::new(DOING, SETTLED, &[&most])).await? {
            let number = number(row, "number").map_err(failed)?;
            match row.try_get("state").map_err(|error| failed(error.into()))? {
                "done" => depth.done = number,
                "superseded" => depth.superseded = number,
                "canceled" => depth.canceled = number,
                _ => depth.dead = number,
            }
        }
        Ok(depth)
    }

    pub(super) async fn entries(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        const DOING: &str = "list its tasks";
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        let state = filter.state.map(|state| state.as_str());
        let event = filter.event.as_ref().map(|event| text(event.as_str()));
        let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
        let ids: Option<Vec<&str>> =
            filter.ids.as_ref().map(|ids| ids.iter().map(DeliveryId::as_str).collect());
        let before = before.map_or(i64::MAX, |task| task.0);
        let takers: Option<Vec<i64>> = match &filter.name {
            Some(name) => {
                let parameters: &[Parameter<'_>] = &[&name.as_str()];
                let row =
                    self.database.row(Statement::new(DOING, TAKERS_OF_NAME, parameters)).await?;
                Some(row.try_get("takers").map_err(|error| failed(error.into()))?)
            }
            None => None,
        };
        let rare = match filter.state {
            Some(TaskState::Dead | TaskState::Superseded | TaskState::Canceled)
                if ids.is_none() =>
            {
                self.rare(&state).await?
            }
            _ => None,
        };
        let sql = match (&ids, &rare) {
            (Some(_), _) => LIST_OF_IDS,
            (None, Some(_)) => LIST_OF_TASKS,
            (None, None) => LIST,
        };
        let parameters: &[Parameter<'_>] =
            &[&state, &event, &filter.bodies, &limit, &ids, &takers, &before, &rare];
        let rows = self.database.rows(Statement::new(DOING, sql, parameters)).await?;
        let entries: Result<Vec<Entry>, Failure> = rows.iter().map(row::entry).collect();
        entries.map_err(failed)
    }

    /// The tasks of a state, if they are few.
    async fn rare(&self, state: &Option<&'static str>) -> Result<Option<Vec<i64>>, InboxError> {
        const DOING: &str = "list its tasks";
        let rows = self.database.rows(Statement::new(DOING, OF_STATE, &[state, &RARE])).await?;
        if rows.len() >= usize::try_from(RARE).unwrap_or(usize::MAX) {
            return Ok(None);
        }
        let ids: Result<Vec<i64>, _> = rows.iter().map(|row| row.try_get("id")).collect();
        ids.map(Some).map_err(|error| Failure::from(error).into_inbox_error(DOING))
    }

    pub(super) async fn known_ids(
        &self,
        ids: &[DeliveryId],
    ) -> Result<Vec<DeliveryId>, InboxError> {
        const DOING: &str = "look for deliveries";
        let texts: Vec<&str> = ids.iter().map(DeliveryId::as_str).collect();
        let rows = self.database.rows(Statement::new(DOING, KNOWN, &[&texts])).await?;
        let known: Result<HashSet<&str>, _> = rows.iter().map(|row| row.try_get("guid")).collect();
        let known = known.map_err(|error| Failure::from(error).into_inbox_error(DOING))?;
        Ok(ids.iter().filter(|id| known.contains(id.as_str())).cloned().collect())
    }

    pub(super) async fn purge_some(&self, purge: &Purge) -> Result<Purged, InboxError> {
        const DOING: &str = "forget what was settled";
        let parameters: &[Parameter<'_>] = &[
            &milliseconds(purge.bodies_after),
            &milliseconds(purge.dead_bodies_after),
            &milliseconds(purge.settled_after),
            &milliseconds(purge.untaken_after),
            &i32::try_from(purge.limit).unwrap_or(i32::MAX),
        ];
        let row = self.database.row(Statement::new(DOING, PURGE, parameters)).await?;
        let read = || {
            Ok(Purged {
                bodies: number(&row, "bodies")?,
                tasks: number(&row, "tasks")?,
                deliveries: number(&row, "deliveries")?,
                untaken: number(&row, "untaken")?,
                is_more: row.try_get("is_more")?,
            })
        };
        read().map_err(|failure: Failure| failure.into_inbox_error(DOING))
    }
}

fn number(row: &Row, column: &str) -> Result<u64, Failure> {
    Ok(u64::try_from(row.try_get::<_, i64>(column)?).unwrap_or(0))
}

fn read_taker(row: &Row) -> Result<(TakerId, HandlerName, Option<Duration>), Failure> {
    let age: Option<i64> = row.try_get("unplaced_for")?;
    Ok((TakerId(row.try_get("id")?), name(row.try_get("name")?)?, age.map(microseconds)))
}

fn read_depth(row: &Row) -> Result<(TakerId, NameDepth), Failure> {
    let mut depth = NameDepth::new(name(row.try_get("name")?)?, row.try_get("is_alive")?);
    depth.ready = number(row, "ready")?;
    depth.leased = number(row, "leased")?;
    depth.delayed = number(row, "delayed")?;
    depth.blocked = number(row, "blocked")?;
    Ok((TakerId(row.try_get("taker")?), depth))
}
