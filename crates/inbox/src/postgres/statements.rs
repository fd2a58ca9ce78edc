//! The statements. Each is a transaction of its own; `{schema}` stands for the quoted schema.
//!
//! The moment is selected apart (`SELECT clock_timestamp()`) so that it is one for the statement,
//! and an index can be asked with it.

use super::row::delivery_columns;

/// `accept`, where it says what counts as the same delivery. One row when it was stored, which says
/// whether it is new; none when it is a duplicate.
macro_rules! accept {
    ($same:literal) => {
        concat!(
            "INSERT INTO {schema}.deliveries AS known (guid, hook_id, event, action, target_type,
                 target_id, installation_id, enterprise_host, received_at, body, state, attempts,
                 due_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', 0, clock_timestamp())
             ON CONFLICT ",
            $same,
            " DO UPDATE SET
                 place = excluded.place, event = excluded.event, action = excluded.action,
                 target_type = excluded.target_type, target_id = excluded.target_id,
                 installation_id = excluded.installation_id,
                 enterprise_host = excluded.enterprise_host,
                 received_at = excluded.received_at, body = excluded.body, state = excluded.state,
                 attempts = 0, due_at = excluded.due_at, last_error = NULL, settled_at = NULL
             WHERE known.state <> 'pending'
             -- Only a row that was there before has been locked or changed by a transaction.
             RETURNING xmax = 0"
        )
    };
}
pub(super) const ACCEPT_OF_HOOK: &str = accept!("(guid, hook_id)");
pub(super) const ACCEPT_WITHOUT_HOOK: &str = accept!("(guid) WHERE hook_id IS NULL");

/// Leases as many as there are tokens, in order. What has its attempts used up is leased, too, for
/// the moment until it is settled.
pub(super) const LEASE: &str = concat!(
    "WITH ready AS MATERIALIZED (
         SELECT place, due_at, attempts >= $3 AS used_up FROM {schema}.deliveries
         WHERE state = 'pending' AND due_at <= (SELECT clock_timestamp())
         ORDER BY due_at, place LIMIT cardinality($1::bigint[])
         FOR UPDATE SKIP LOCKED
     ), numbered AS (
         SELECT place, used_up, row_number() OVER (ORDER BY due_at, place) AS number FROM ready
     ), leased AS (
         UPDATE {schema}.deliveries AS delivery
         SET lease_token = ($1::bigint[])[number],
             due_at = clock_timestamp() + $2::bigint * interval '1 millisecond',
             attempts = attempts + CASE WHEN used_up THEN 0 ELSE 1 END
         FROM numbered WHERE delivery.place = numbered.place
         RETURNING delivery.*, number, used_up
     )
     SELECT ",
    delivery_columns!(),
    ", lease_token, used_up, last_error FROM leased ORDER BY number"
);

pub(super) const RENEW: &str = "UPDATE {schema}.deliveries
     SET due_at = clock_timestamp() + $2::bigint * interval '1 millisecond'
     WHERE lease_token = $1 RETURNING 1";

pub(super) const SETTLE_DONE: &str = "UPDATE {schema}.deliveries
     SET state = 'done', settled_at = clock_timestamp(), lease_token = NULL, body = NULL
     WHERE lease_token = $1 RETURNING 1";

pub(super) const SETTLE_RETRY: &str = "UPDATE {schema}.deliveries
     SET due_at = clock_timestamp() + $2::bigint * interval '1 millisecond', last_error = $3,
         lease_token = NULL
     WHERE lease_token = $1 RETURNING 1";

pub(super) const SETTLE_DEAD: &str = "UPDATE {schema}.deliveries
     SET state = 'dead', settled_at = clock_timestamp(), last_error = $2, lease_token = NULL
     WHERE lease_token = $1 RETURNING 1";

pub(super) const SETTLE_RELEASE: &str = "UPDATE {schema}.deliveries
     SET due_at = clock_timestamp(), attempts = greatest(attempts - 1, 0), lease_token = NULL
     WHERE lease_token = $1 RETURNING 1";

/// How many microseconds until a delivery is due; NULL when there is none.
pub(super) const UNTIL_DUE: &str =
    "SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000000)::bigint
     FROM {schema}.deliveries WHERE state = 'pending'";

pub(super) const DEPTH: &str = "SELECT ready, leased, delayed, oldest_ready, done, dead
     FROM (
         SELECT count(*) FILTER (WHERE due_at <= now) AS ready,
             count(*) FILTER (WHERE due_at > now AND lease_token IS NOT NULL) AS leased,
             count(*) FILTER (WHERE due_at > now AND lease_token IS NULL) AS delayed,
             (extract(epoch FROM max(now - due_at) FILTER (WHERE due_at <= now)) * 1000000)::bigint
                 AS oldest_ready
         FROM {schema}.deliveries, (SELECT clock_timestamp() AS now OFFSET 0) AS clock
         WHERE state = 'pending'
     ) AS pending, (
         SELECT count(*) FILTER (WHERE state = 'done') AS done,
             count(*) FILTER (WHERE state = 'dead') AS dead
         FROM {schema}.deliveries WHERE state <> 'pending'
     ) AS settled";

/// The state and the moments, for any filter: `$1` is a state of `EntryState` or NULL, `$2` an id
/// or NULL, `$3` the limit.
pub(super) const LIST: &str = concat!(
    "SELECT ",
    delivery_columns!(),
    ", last_error, seen, (extract(epoch FROM due_at) * 1000)::bigint AS due,
         (extract(epoch FROM settled_at) * 1000)::bigint AS settled
     FROM {schema}.deliveries, (SELECT clock_timestamp() AS now OFFSET 0) AS clock,
         LATERAL (SELECT CASE
             WHEN state <> 'pending' THEN state
             WHEN due_at <= now THEN 'ready'
             WHEN lease_token IS NOT NULL THEN 'leased'
             ELSE 'delayed' END AS seen) AS seeing
     WHERE ($1::text IS NULL OR seen = $1) AND ($2::text IS NULL OR guid = $2)
     ORDER BY place DESC LIMIT $3"
);

pub(super) const REVIVE: &str = "UPDATE {schema}.deliveries
     SET state = 'pending', settled_at = NULL, attempts = 0, due_at = clock_timestamp()
     WHERE guid = $1 AND state = 'dead' RETURNING 1";

pub(super) const PURGE: &str = "DELETE FROM {schema}.deliveries WHERE place = ANY (ARRAY(
         SELECT place FROM {schema}.deliveries
         WHERE state IN ('done', 'dead')
             AND settled_at <= (SELECT clock_timestamp() - $1::bigint * interval '1 millisecond')
             AND state <> 'pending' -- says that the index has them all
         LIMIT $2 FOR UPDATE SKIP LOCKED
     )) RETURNING 1";
