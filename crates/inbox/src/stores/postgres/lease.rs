use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use tokio_postgres::Row;

use super::database::{Parameter, Statement};
use super::failure::Failure;
use super::postgres_store::PostgresStore;
use super::row::{self, delivery_columns, milliseconds};
use super::starts::Start;
use crate::error::InboxError;
use crate::store::lease::{LeaseRequest, LeaseToken, Leased, Leases};
use crate::store::rank::{Candidate, Rank, share_out};
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

const DOING: &str = "lease tasks";

/// So many tasks are leased with one statement: their bodies come in one answer.
const AT_ONCE: usize = 100;

/// So many tasks of one name and rank are looked at in one go.
const MOST_LOOKED_AT: usize = 1000;

/// Others may take what was looked at. Then it is looked again, so often.
const ROUNDS: usize = 3;

/// What is due of each name and rank, from a place on, and the next that will be; and of these tasks those
/// that are due. A row for each name and rank at least.
const WALK: &str = "WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
    SELECT it.taker, it.rank, each.id, each.due, each.is_due, false AS is_late, clock.now
    FROM clock CROSS JOIN unnest($1::bigint[], $2::smallint[], $3::timestamptz[], $4::bigint[],
            $5::bigint[]) AS it (taker, rank, from_due, from_id, most)
        LEFT JOIN LATERAL (
            (SELECT id, due, true AS is_due FROM tasks
             WHERE state = 'waiting' AND place IN ('alone', 'head', 'astray')
                 AND tasks.taker = it.taker AND tasks.rank = it.rank
                 AND (due, id) >= (it.from_due, it.from_id) AND due <= clock.now
             ORDER BY due, id LIMIT it.most)
            UNION ALL
            (SELECT id, due, false FROM tasks
             WHERE state = 'waiting' AND place IN ('alone', 'head', 'astray')
                 AND tasks.taker = it.taker AND tasks.rank = it.rank AND due > clock.now
             ORDER BY due, id LIMIT 1)
        ) AS each ON true
    UNION ALL
    SELECT taker, rank, each.id, due, true, true, clock.now
    FROM clock CROSS JOIN unnest($6::bigint[]) AS late (id)
        -- By their numbers, whatever else there may be of these names.
        CROSS JOIN LATERAL (SELECT * FROM tasks WHERE tasks.id = late.id OFFSET 0) AS each
    WHERE state = 'waiting' AND place IN ('alone', 'head', 'astray')
        AND taker = ANY ($1::bigint[]) AND due <= clock.now";

/// Leases these tasks, if they are still due and nobody has them: each with the token beside it. What has
/// its token already was leased by this very call, whose answer was lost.
const LEASE: &str = concat!(
    "WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now), wanted AS (
         SELECT * FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS it (id, token, turn)
     ), picked AS MATERIALIZED (
         SELECT tasks.id FROM tasks CROSS JOIN clock
         WHERE tasks.id = ANY ($1::bigint[]) AND (
             state = 'waiting' AND place IN ('alone', 'head', 'astray') AND due <= clock.now
             OR token = ANY ($2::bigint[]))
         FOR UPDATE OF tasks SKIP LOCKED
     ), leased AS (
         UPDATE tasks SET state = 'leased', token = wanted.token, lease_after = $3,
             lease_until = after_1(clock.now, $3), look_at = after_1(clock.now, $3),
             number = number + (state = 'waiting' AND ending IS NULL)::integer
         FROM wanted, clock
         WHERE tasks.id = wanted.id AND tasks.id = ANY (ARRAY (SELECT id FROM picked))
         RETURNING tasks.*, wanted.turn AS position, clock.now
     )
     SELECT leased.id, taker, token, run, number, failures, abandoned, ending, superseded_by, canceled,
         is_woken, body, unpacked_length, step_names, step_types, step_jsons,
         (extract(epoch FROM now - failing_since) * 1000000)::bigint AS failing_for,
         (extract(epoch FROM now - waiting_since) * 1000000)::bigint AS waiting_for, ",
    delivery_columns!(),
    " FROM leased JOIN deliveries ON deliveries.id = leased.delivery
         LEFT JOIN LATERAL (
             SELECT array_agg(name ORDER BY steps.id) AS step_names,
                 array_agg(of_type ORDER BY steps.id) AS step_types,
                 array_agg(json ORDER BY steps.id) AS step_jsons
             FROM steps WHERE steps.task = leased.id
         ) AS kept ON true
     ORDER BY position"
);

/// What was found to be due.
#[derive(Default)]
pub(super) struct Found {
    pub(super) due: Vec<Candidate>,
    /// When the next one will be.
    pub(super) next: Option<Duration>,
    now: i64,
}

impl Found {
    /// How long ago this moment was.
    pub(super) fn age(&self, due: i64) -> Duration {
        row::microseconds(self.now.saturating_sub(due))
    }
}

impl PostgresStore {
    pub(super) async fn lease_some(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        self.mend_moments().await?;
        let takers: Vec<TakerId> = request.takers.iter().map(|share| share.taker).collect();
        self.news.looking(takers.iter().copied());
        let mut leased = Vec::new();
        let mut fresh = request.fresh;
        let mut next_due = None;
        for _ in 0..ROUNDS {
            let limit = request.limit - leased.len();
            let found = self.find(&takers, limit.min(MOST_LOOKED_AT)).await?;
            next_due = found.next;
            let number_due = found.due.len();
            let candidates = within_shares(request, found.due, leased.len());
            let chosen = share_out(&takers, candidates.clone(), limit, fresh);
            let got = self.take(&chosen, request.duration).await?;
            let are_all = got.len() == chosen.len();
            let is_fresh = |it: &&Candidate| it.rank == Rank::Fresh;
            let fresh_ones: HashSet<TaskId> =
                candidates.iter().filter(is_fresh).map(|it| it.task).collect();
            let fresh_got = got.iter().filter(|it| fresh_ones.contains(&it.task)).count();
            fresh = fresh.saturating_sub(fresh_got);
            leased.extend(got);
            let is_more = number_due > chosen.len();
            if leased.len() >= request.limit
                || are_all && !(is_more && chosen.len() >= MOST_LOOKED_AT)
            {
                if is_more {
                    self.news.of(takers.iter().copied());
                }
                break;
            }
        }
        self.news.looked(takers.iter().copied(), next_due);
        Ok(Leases::new(leased, next_due))
    }

    /// What is due of these names: of each rank at most so many.
    pub(super) async fn find(&self, takers: &[TakerId], most: usize) -> Result<Found, InboxError> {
        let (starts, late) = self.starts.begin(takers);
        let keys: Vec<((TakerId, Rank), Start)> =
            starts.iter().map(|(key, it)| (*key, *it)).collect();
        let numbers: Vec<i64> = keys.iter().map(|((taker, _), _)| taker.0).collect();
        let ranks: Vec<i16> = keys.iter().map(|((_, rank), _)| rank.to_i16()).collect();
        let dues: Vec<SystemTime> = keys.iter().map(|(_, start)| start.due).collect();
        let ids: Vec<i64> = keys.iter().map(|(_, start)| start.task).collect();
        let mosts = vec![i64::try_from(most.max(1)).unwrap_or(i64::MAX); keys.len()];
        let late_ids: Vec<i64> = late.iter().map(|task| task.0).collect();
        let rows = self
            .database
            .rows(Statement::new(DOING, WALK, &[&numbers, &ranks, &dues, &ids, &mosts, &late_ids]))
            .await?;
        let mut firsts: HashMap<(TakerId, Rank), (Option<Start>, SystemTime)> = HashMap::new();
        let mut found = Found::default();
        let mut still_late = Vec::new();
        for row in &rows {
            let seen = read(row).map_err(|failure| failure.into_inbox_error(DOING))?;
            found.now = micros(seen.now);
            let Some((id, due)) = seen.task else {
                firsts.entry((seen.taker, seen.rank)).or_insert((None, seen.now));
                continue;
            };
            let start = Start { due, task: id };
            if seen.is_late {
                still_late.push(TaskId(id));
            } else {
                let first = firsts.entry((seen.taker, seen.rank)).or_insert((None, seen.now));
                first.0 = Some(first.0.map_or(start, |known| known.min(start)));
            }
            if seen.is_due {
                found.due.push(Candidate::new(TaskId(id), seen.taker, seen.rank, micros(due)));
            } else {
                let pause = due.duration_since(seen.now).unwrap_or_default();
                found.next = Some(found.next.map_or(pause, |known| known.min(pause)));
            }
        }
        for (key, began) in keys {
            if let Some((first, now)) = firsts.remove(&key) {
                self.starts.found(key.0, key.1, began, first, now);
            }
        }
        // Those of the late ones that nobody leased yet are looked at again.
        let gone: Vec<TaskId> =
            late.into_iter().filter(|task| !still_late.contains(task)).collect();
        self.starts.settled(&gone);
        Ok(found)
    }

    /// Leases these tasks, those that others took meanwhile excepted.
    async fn take(&self, tasks: &[TaskId], duration: Duration) -> Result<Vec<Leased>, InboxError> {
        // A lease of no length would be over before anybody heard of it.
        let duration = milliseconds(duration).max(1);
        let mut leased = Vec::new();
        for some in tasks.chunks(AT_ONCE) {
            let ids: Vec<i64> = some.iter().map(|task| task.0).collect();
            let tokens: Vec<i64> = some.iter().map(|_| LeaseToken::random().to_i64()).collect();
            let parameters: &[Parameter<'_>] = &[&ids, &tokens, &duration];
            let leasing = self.database.rows(Statement::new(DOING, LEASE, parameters));
            let rows = match leasing.await {
                Ok(rows) => rows,
                // What is leased already must reach the worker.
                Err(_) if !leased.is_empty() => break,
                Err(error) => return Err(error),
            };
            for row in &rows {
                leased.push(row::leased(row).map_err(|failure| failure.into_inbox_error(DOING))?);
            }
        }
        Ok(leased)
    }
}

/// Of what is due, so much as the names may get of later attempts, and the pool of suspects.
fn within_shares(request: &LeaseRequest, mut due: Vec<Candidate>, leased: usize) -> Vec<Candidate> {
    due.sort_by_key(|it| (it.due, it.task));
    due.dedup_by_key(|it| it.task);
    let mut tried: HashMap<TakerId, usize> = HashMap::new();
    let mut suspects = if leased == 0 { request.suspects } else { 0 };
    due.retain(|it| match it.rank {
        Rank::Tried => {
            let share = request.takers.iter().find(|share| share.taker == it.taker);
            let most = share.map_or(0, |share| share.most_tried);
            let so_far = tried.entry(it.taker).or_default();
            *so_far += 1;
            *so_far <= most
        }
        Rank::Suspect => {
            let is_taken = suspects > 0;
            suspects = suspects.saturating_sub(1);
            is_taken
        }
        _ => true,
    });
    due
}

/// A row of the walk.
struct Seen {
    taker: TakerId,
    rank: Rank,
    task: Option<(i64, SystemTime)>,
    is_due: bool,
    is_late: bool,
    now: SystemTime,
}

fn read(row: &Row) -> Result<Seen, Failure> {
    let number: i16 = row.try_get("rank")?;
    let rank = Rank::ALL.into_iter().find(|rank| rank.to_i16() == number);
    let id: Option<i64> = row.try_get("id")?;
    let due: Option<SystemTime> = row.try_get("due")?;
    Ok(Seen {
        taker: TakerId(row.try_get("taker")?),
        rank: rank.ok_or_else(|| Failure::new("a task's rank is unreadable"))?,
        task: id.zip(due),
        is_due: row.try_get::<_, Option<bool>>("is_due")?.unwrap_or(false),
        is_late: row.try_get("is_late")?,
        now: row.try_get("now")?,
    })
}

/// A moment in microseconds since 1970.
fn micros(moment: SystemTime) -> i64 {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
