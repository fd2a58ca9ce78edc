//! One call of the most frequent case alone: a new delivery whose tasks have no lanes.

use super::accept_new::Written;
use super::answer::Answer;
use super::call::{Call, DOING};
use super::database::{Database, Parameter, Statement};
use super::row::{milliseconds, text};
use crate::error::InboxError;
use crate::store::accept::NewTask;

/// What the statement for several does, for one. Without lists of calls it takes a quarter less of the
/// server's time, and one call at a time is what most servers have.
const WRITE_ONE: &str = "WITH stored AS (
         INSERT INTO deliveries (ticket, guid, hook_id, event, action, repository, target_type, target_id,
             installation_id, enterprise_host, received_at, unpacked_length, body)
         SELECT $1::bigint, $2::text, $3::bigint, $4::text, $5::text, $6::text, $7::text, $8::bigint,
             $9::bigint, $10::text, $11::text, $12::integer, $13::bytea
         FROM (
             SELECT CASE WHEN $20 THEN set_config('lock_timeout', '500ms', true) END AS patience OFFSET 0
         ) AS always
         WHERE (NOT $14 OR EXISTS (SELECT FROM reserve))
             AND (SELECT count(*) FROM takers WHERE id = ANY ($15::bigint[])) = cardinality($15::bigint[])
         ON CONFLICT DO NOTHING RETURNING id
     )
     INSERT INTO tasks (delivery, taker, due, token, lease_until, lease_after, look_at, number, state, place)
     SELECT stored.id, it.taker, clock.now, it.token, after_1(clock.now, it.lease), it.lease,
         after_1(clock.now, it.lease), (it.lease IS NOT NULL)::integer,
         CASE WHEN it.lease IS NULL THEN 'waiting' ELSE 'leased' END, it.place
     FROM stored CROSS JOIN (SELECT clock_timestamp() AS now OFFSET 0) AS clock CROSS JOIN (
         SELECT *, 'alone' AS place
         FROM unnest($16::bigint[], $17::bigint[], $18::bigint[]) AS own (taker, lease, token)
         UNION ALL
         SELECT min(takers.id), NULL, NULL, 'unplaced' FROM processes
             JOIN claims ON claims.process = processes.id JOIN takers ON takers.id = claims.taker
         WHERE processes.program = $19
             AND processes.seen_at > (SELECT clock_timestamp() - interval '10 minutes')
             AND (takers.event = $4 OR takers.event IS NULL)
             AND takers.handler <> ALL (ARRAY (SELECT handler FROM takers WHERE id = ANY ($15::bigint[])))
         GROUP BY takers.handler
     ) AS it
     RETURNING id AS task, taker, token";

/// Writes it. `None`: it is something else. `is_last_try`: it is tried again while that helps, and waits for
/// whoever it has to; else it is tried once.
pub(super) async fn write_single(
    database: &Database,
    call: &Call,
    needs_reserve: bool,
    is_last_try: bool,
) -> Result<Option<Answer>, InboxError> {
    let new = &call.new;
    let delivery = &new.delivery;
    // A lease of no length would be over before anybody heard of it.
    let lease = |task: &NewTask| task.lease.map(|lease| milliseconds(lease).max(1));
    let takers: Vec<i64> = new.tasks.iter().map(|task| task.taker.0).collect();
    let declined = new.declined.iter().map(|taker| taker.0);
    let asked: Vec<i64> = takers.iter().copied().chain(declined).collect();
    let leases: Vec<Option<i64>> = new.tasks.iter().map(lease).collect();
    let tokens = new.tasks.iter().zip(&call.tokens);
    let tokens: Vec<Option<i64>> = tokens.map(|(task, token)| task.lease.map(|_| *token)).collect();
    let has_others = !is_last_try;
    let parameters: &[Parameter<'_>] = &[
        &call.ticket,
        &delivery.id.as_str(),
        &delivery.hook.map(u64::cast_signed),
        &text(delivery.event.as_str()),
        &delivery.action.as_deref().map(text),
        &delivery.repository.as_deref().map(text),
        &delivery.target.as_ref().map(|target| text(&target.kind)),
        &delivery.target.as_ref().map(|target| target.id.cast_signed()),
        &delivery.installation.map(u64::cast_signed),
        &delivery.enterprise_host.as_deref().map(text),
        &text(&delivery.received_at.to_string()).into_owned(),
        &new.body.unpacked_length,
        &new.body.bytes.as_ref(),
        &needs_reserve,
        &asked,
        &takers,
        &leases,
        &tokens,
        &text(&new.program),
        &has_others,
    ];
    let statement = Statement::new(DOING, WRITE_ONE, parameters).growing();
    let rows = match is_last_try {
        true => database.rows(statement).await?,
        false => database.rows(statement.tried_once()).await?,
    };
    let mut written = Written::default();
    for row in &rows {
        written.add(row).map_err(|failure| failure.into_inbox_error(DOING))?;
    }
    // It has a task at least.
    Ok((!rows.is_empty()).then(|| written.into_answer()))
}
