//! The most frequent case, for several calls at once: new deliveries whose tasks have no lanes.

use std::borrow::Cow;
use std::collections::HashMap;

use tokio_postgres::Row;

use super::answer::Answer;
use super::call::{Call, DOING};
use super::database::{Database, Parameter, Statement};
use super::failure::Failure;
use super::row::{milliseconds, text};
use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, Accepted, HandedOver, NewDelivery, NewTask};
use crate::store::lease::LeaseToken;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// Writes new deliveries that were received, without fingerprints, whose tasks have no lanes. Of what is
/// anything else nothing is written and no row comes back; then `accept_1` finds out what it is.
///
/// `kinds` are what several have in common: the program, the event, the names that were asked. One that
/// waits for somebody else's transaction must not hold up the others for long.
const WRITE: &str = "WITH clock AS MATERIALIZED (
         SELECT clock_timestamp() AS now,
             set_config('lock_timeout', '500ms', true) AS patience
     ), kinds AS MATERIALIZED (
         SELECT kind, ARRAY (
             SELECT min(takers.id) FROM processes
                 JOIN claims ON claims.process = processes.id JOIN takers ON takers.id = claims.taker
             WHERE processes.program = ($1::text[])[kind]
                 AND processes.seen_at > clock.now - interval '10 minutes'
                 AND (takers.event = ($2::text[])[kind] OR takers.event IS NULL)
                 AND takers.handler <> ALL (own.handlers)
             GROUP BY takers.handler
         ) AS others
         FROM clock CROSS JOIN generate_series(1, cardinality($1::text[])) AS kind CROSS JOIN LATERAL (
             SELECT ARRAY (
                 SELECT handler FROM takers WHERE id = ANY (($3::text[])[kind]::bigint[])
             ) AS handlers OFFSET 0
         ) AS own
         WHERE cardinality(own.handlers) = cardinality(($3::text[])[kind]::bigint[])
             AND (NOT $4 OR EXISTS (SELECT FROM reserve))
     ), stored AS (
         INSERT INTO deliveries (ticket, guid, hook_id, event, action, repository, target_type, target_id,
             installation_id, enterprise_host, received_at, unpacked_length, body)
         SELECT ($6::bigint[])[i], ($7::text[])[i], ($8::bigint[])[i], ($9::text[])[i], ($10::text[])[i],
             ($11::text[])[i], ($12::text[])[i], ($13::bigint[])[i], ($14::bigint[])[i],
             ($15::text[])[i], ($16::text[])[i], ($17::integer[])[i], ($18::bytea[])[i]
         FROM generate_series(1, cardinality($5::integer[])) AS i JOIN kinds ON kind = ($5::integer[])[i]
         ON CONFLICT DO NOTHING RETURNING id, ticket
     ), added AS (
         INSERT INTO tasks (delivery, taker, due, token, lease_until, lease_after, look_at, number, state,
             place)
         SELECT stored.id, it.taker, clock.now, it.token, after_1(clock.now, it.lease), it.lease,
             after_1(clock.now, it.lease), (it.lease IS NOT NULL)::integer,
             CASE WHEN it.lease IS NULL THEN 'waiting' ELSE 'leased' END, it.place
         FROM clock CROSS JOIN (
             SELECT ($19::bigint[])[i] AS ticket, ($20::bigint[])[i] AS taker,
                 ($21::bigint[])[i] AS lease, ($22::bigint[])[i] AS token, 'alone' AS place
             FROM generate_series(1, cardinality($19::bigint[])) AS i
             UNION ALL
             SELECT ($6::bigint[])[i], other.taker, NULL, NULL, 'unplaced'
             FROM kinds CROSS JOIN LATERAL unnest(others) AS other (taker)
                 JOIN generate_series(1, cardinality($5::integer[])) AS i ON kind = ($5::integer[])[i]
         ) AS it JOIN stored ON stored.ticket = it.ticket
         RETURNING delivery, id, taker, token
     )
     SELECT id AS delivery, ticket, NULL::bigint AS task, NULL::bigint AS taker, NULL::bigint AS token
     FROM stored
     UNION ALL
     SELECT delivery, NULL, id, taker, token FROM added";

/// What was written of a new delivery.
#[derive(Debug, Default)]
pub(super) struct Written {
    tasks: u32,
    handed_over: Vec<HandedOver>,
}

impl Written {
    /// The task of this row.
    pub(super) fn add(&mut self, row: &Row) -> Result<(), Failure> {
        self.tasks += 1;
        if let Some(token) = row.try_get("token")? {
            let (taker, task) = (TakerId(row.try_get("taker")?), TaskId(row.try_get("task")?));
            self.handed_over.push(HandedOver::new(taker, task, LeaseToken::from_i64(token)));
        }
        Ok(())
    }

    pub(super) fn into_answer(self) -> Answer {
        let Self { tasks, handed_over } = self;
        let is_due = handed_over.len() < tasks as usize;
        let mut answer = AcceptAnswer::new(Accepted::New { tasks });
        answer.handed_over = handed_over;
        Answer { answer, is_due, is_repeated: false, late: Vec::new() }
    }
}

/// Whether it may be the most frequent case.
pub(super) fn may_be_new(new: &NewDelivery) -> bool {
    let is_plain = |task: &NewTask| task.lane.is_none() && task.dead.is_none();
    !new.is_submitted
        && new.delivery.fingerprint.is_none()
        && !new.tasks.is_empty()
        && new.tasks.iter().all(is_plain)
}

/// What a program asks of one event, by the names that were asked.
#[derive(Default)]
struct Kinds<'a> {
    programs: Vec<Cow<'a, str>>,
    events: Vec<Cow<'a, str>>,
    owns: Vec<String>,
    known: HashMap<(&'a str, &'a str, Vec<i64>), i32>,
}

impl<'a> Kinds<'a> {
    /// Its number, which is its place from 1 on.
    fn of(&mut self, new: &'a NewDelivery) -> i32 {
        let (program, event) = (new.program.as_str(), new.delivery.event.as_str());
        let takers = new.tasks.iter().map(|task| task.taker).chain(new.declined.iter().copied());
        let own: Vec<i64> = takers.map(|taker| taker.0).collect();
        let written = || own.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let next = i32::try_from(self.known.len()).unwrap_or(i32::MAX).saturating_add(1);
        let written = format!("{{{}}}", written());
        *self.known.entry((program, event, own)).or_insert_with(|| {
            self.programs.push(text(program));
            self.events.push(text(event));
            self.owns.push(written);
            next
        })
    }
}

/// The values of the statement: a list for each column.
#[derive(Default)]
struct Columns<'a> {
    kinds: Vec<i32>,
    tickets: Vec<i64>,
    ids: Vec<&'a str>,
    hooks: Vec<Option<i64>>,
    events: Vec<Cow<'a, str>>,
    actions: Vec<Option<Cow<'a, str>>>,
    repositories: Vec<Option<Cow<'a, str>>>,
    target_types: Vec<Option<Cow<'a, str>>>,
    targets: Vec<Option<i64>>,
    installations: Vec<Option<i64>>,
    hosts: Vec<Option<Cow<'a, str>>>,
    received: Vec<String>,
    unpacked_lengths: Vec<Option<i32>>,
    bodies: Vec<&'a [u8]>,
    tickets_of_tasks: Vec<i64>,
    takers: Vec<i64>,
    leases: Vec<Option<i64>>,
    tokens: Vec<Option<i64>>,
}

impl<'a> Columns<'a> {
    fn push(&mut self, kind: i32, call: &'a Call) {
        let delivery = &call.new.delivery;
        self.kinds.push(kind);
        self.tickets.push(call.ticket);
        self.ids.push(delivery.id.as_str());
        self.hooks.push(delivery.hook.map(u64::cast_signed));
        self.events.push(text(delivery.event.as_str()));
        self.actions.push(delivery.action.as_deref().map(text));
        self.repositories.push(delivery.repository.as_deref().map(text));
        self.target_types.push(delivery.target.as_ref().map(|target| text(&target.kind)));
        self.targets.push(delivery.target.as_ref().map(|target| target.id.cast_signed()));
        self.installations.push(delivery.installation.map(u64::cast_signed));
        self.hosts.push(delivery.enterprise_host.as_deref().map(text));
        self.received.push(text(&delivery.received_at.to_string()).into_owned());
        self.unpacked_lengths.push(call.new.body.unpacked_length);
        self.bodies.push(call.new.body.bytes.as_ref());
        for (task, token) in call.new.tasks.iter().zip(&call.tokens) {
            self.tickets_of_tasks.push(call.ticket);
            self.takers.push(task.taker.0);
            // A lease of no length would be over before anybody heard of it.
            self.leases.push(task.lease.map(|lease| milliseconds(lease).max(1)));
            self.tokens.push(task.lease.map(|_| *token));
        }
    }
}

/// Writes these in one transaction, which is tried once. What comes back of each stands in its place; `None`
/// where it was not written, for it is something else.
pub(super) async fn write_new(
    database: &Database,
    calls: &[&Call],
    needs_reserve: bool,
) -> Result<Vec<Option<Answer>>, InboxError> {
    // In one order, so that no two wait for each other.
    let mut in_order: Vec<&Call> = calls.to_vec();
    in_order.sort_by_key(|call| call.new.delivery.id.as_str());
    let (mut kinds, mut columns) = (Kinds::default(), Columns::default());
    for call in in_order {
        columns.push(kinds.of(&call.new), call);
    }
    let parameters: &[Parameter<'_>] = &[
        &kinds.programs,
        &kinds.events,
        &kinds.owns,
        &needs_reserve,
        &columns.kinds,
        &columns.tickets,
        &columns.ids,
        &columns.hooks,
        &columns.events,
        &columns.actions,
        &columns.repositories,
        &columns.target_types,
        &columns.targets,
        &columns.installations,
        &columns.hosts,
        &columns.received,
        &columns.unpacked_lengths,
        &columns.bodies,
        &columns.tickets_of_tasks,
        &columns.takers,
        &columns.leases,
        &columns.tokens,
    ];
    let statement = Statement::new(DOING, WRITE, parameters).growing().tried_once();
    let rows = database.rows(statement).await?;
    let read = || {
        let mut of_ticket: HashMap<i64, i64> = HashMap::new();
        let mut written: HashMap<i64, Written> = HashMap::new();
        for row in &rows {
            let delivery: i64 = row.try_get("delivery")?;
            if let Some(ticket) = row.try_get("ticket")? {
                of_ticket.insert(ticket, delivery);
                continue;
            }
            written.entry(delivery).or_default().add(row)?;
        }
        let mut of_call =
            |call: &&Call| written.remove(of_ticket.get(&call.ticket)?).map(Written::into_answer);
        Ok(calls.iter().map(&mut of_call).collect())
    };
    read().map_err(|failure: Failure| failure.into_inbox_error(DOING))
}
