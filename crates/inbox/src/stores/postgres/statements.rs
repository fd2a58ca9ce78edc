//! The statements. Each is a transaction of its own, but for [`ACCEPT_LATEST`], an accept after
//! [`REPLAYED`] and the probe's; `{schema}` stands for the quoted schema.
//!
//! The moment is selected apart (`SELECT clock_timestamp()`) so that it is one for the statement,
//! and an index can be asked with it.
//!
//! # Who waits for whom
//!
//! All run in READ COMMITTED: a statement that waited for a row looks at it again before it changes
//! it. So a delivery that is leased, renewed or settled at the moment when a newer one supersedes
//! it is marked as it is afterwards.
//!
//! * An `accept` with a fingerprint holds its lock before anything else.
//! * An `accept` with a version holds the lock of its lane, then its own row, then marks the others
//!   of the lane, and waits for whoever is changing one of them. No other `accept` marks rows of
//!   this lane meanwhile, and a row is in one lane.
//! * `renew` and `settle` change one row, so they hold nothing while they wait.
//! * `lease`, `purge` and the mending of moments pass over rows that others hold. `lease` waits only in the index that keeps
//!   two leases of a lane apart, for whoever just took a lane that was free when it looked, which
//!   is rare. It then holds the rows that it is about to lease; two such leases, or one and an
//!   `accept` that marks the lane's holder, may wait for each other.
//! * `revive` changes dead rows and `accept` marks pending ones; only a row that dies and is revived
//!   while a statement looks at it could make a circle of them.
//!
//! What is left is rare and harmless: PostgreSQL ends one of those that wait in a circle, with
//! nothing done, and the statement is made again, as is a lease whose lane another took.

use super::row::delivery_columns;

/// Of a pending delivery: another one holds its lane. A lane has one holder at most, so none that
/// is itself one is blocked.
macro_rules! blocked {
    () => {
        "(lane IS NOT NULL AND superseded_by IS NULL AND held_lane IS NULL AND lane IN (
             SELECT held_lane FROM {schema}.deliveries
             WHERE state = 'pending' AND held_lane IS NOT NULL))"
    };
}

/// Holds a lane, in which only the latest delivery counts, until the end of the transaction. In a
/// statement of its own: the next then sees what the holder before has accepted.
///
/// Two lanes may share a lock, by chance; then they wait for each other.
pub(super) const LOCK_LANE: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended($1::text || '.' || $2::text, 0))";

/// Holds a fingerprint until the end of the transaction, as [`LOCK_LANE`] does a lane: of two replays at
/// the same moment the second sees the first.
pub(super) const LOCK_FINGERPRINT: &str = "SELECT pg_advisory_xact_lock(
    hashtextextended($1::text || ' fingerprint ' || encode($2::bytea, 'hex'), 0))";

/// A row when the body is known under another id, or as another event. The row says of what was
/// stored that it is neither new nor not.
pub(super) const REPLAYED: &str = "SELECT NULL::boolean AS new FROM {schema}.deliveries
     WHERE fingerprint = $1 AND (guid <> $2 OR event <> $3) LIMIT 1";

/// Stores a delivery, where it says what counts as the same one. One row when it was stored, which
/// says whether it is new; none when it is a duplicate.
macro_rules! store {
    ($same:literal, $superseded_by:literal) => {
        concat!(
            "INSERT INTO {schema}.deliveries AS known (guid, hook_id, event, action, target_type,
                 target_id, installation_id, enterprise_host, received_at, body, lane, lane_version,
                 unpacked_length, lane_before, lane_after, superseded_by, state, attempts, due_at,
                 due_after, fingerprint)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                 $15, ",
            $superseded_by,
            ", 'pending', 0, clock_timestamp(), 0, $16)
             ON CONFLICT ",
            $same,
            " DO UPDATE SET
                 place = excluded.place, event = excluded.event, action = excluded.action,
                 target_type = excluded.target_type, target_id = excluded.target_id,
                 installation_id = excluded.installation_id,
                 enterprise_host = excluded.enterprise_host,
                 received_at = excluded.received_at, body = excluded.body,
                 unpacked_length = excluded.unpacked_length, lane = excluded.lane,
                 lane_version = excluded.lane_version, lane_before = excluded.lane_before,
                 lane_after = excluded.lane_after, superseded_by = excluded.superseded_by,
                 state = excluded.state, attempts = 0, due_at = excluded.due_at, due_after = 0,
                 last_error = NULL, settled_at = NULL, fingerprint = excluded.fingerprint
             WHERE known.state <> 'pending'
             -- Only a row that was there before has been locked or changed by a transaction.
             RETURNING xmax = 0 AS new"
        )
    };
}

/// Stores a delivery with a version, and marks those that it supersedes, and itself if a newer one is
/// known: what `Lane::order` says, in SQL.
macro_rules! store_latest {
    ($same:literal) => {
        concat!(
            "WITH newer AS MATERIALIZED (
                 SELECT guid FROM {schema}.deliveries
                 WHERE lane = $11 AND lane_version >= $12
                     AND (lane_version > $12 OR lane_before = $15 AND lane_after <> $15
                         AND lane_after IS DISTINCT FROM $14)
                     AND NOT (guid = $1 AND hook_id IS NOT DISTINCT FROM $2)
                 ORDER BY lane_version DESC, place DESC LIMIT 1
             ), stored AS (",
            store!($same, "(SELECT guid FROM newer)"),
            "), marked AS (
                 UPDATE {schema}.deliveries AS older SET superseded_by = $1 FROM stored
                 WHERE older.lane = $11 AND older.lane_version <= $12
                     AND older.state = 'pending' AND older.superseded_by IS NULL
                     AND (older.lane_version < $12 OR older.lane_after IS NULL OR $15::text IS NULL
                        OR older.lane_after = $15 AND older.lane_before IS NOT DISTINCT FROM $14
                        OR older.lane_after = $14 AND older.lane_after <> $15
                        AND older.lane_before IS DISTINCT FROM $15)
                     AND NOT (older.guid = $1 AND older.hook_id IS NOT DISTINCT FROM $2)
             )
             SELECT new FROM stored"
        )
    };
}

/// The statements of `accept`.
pub(super) struct Accept {
    of_hook: &'static str,
    without_hook: &'static str,
}

impl Accept {
    pub(super) fn statement(&self, has_hook: bool) -> &'static str {
        if has_hook { self.of_hook } else { self.without_hook }
    }
}

pub(super) const ACCEPT: Accept = Accept {
    of_hook: store!("(guid, hook_id)", "NULL"),
    without_hook: store!("(guid) WHERE hook_id IS NULL", "NULL"),
};

/// With a version; after [`LOCK_LANE`].
pub(super) const ACCEPT_LATEST: Accept = Accept {
    of_hook: store_latest!("(guid, hook_id)"),
    without_hook: store_latest!("(guid) WHERE hook_id IS NULL"),
};

/// Leases as many as there are tokens, in order. What has its attempts used up is leased, too, for
/// the moment until it is settled.
///
/// Of each lane only the one in front is taken: the one whose lease ended, else the first that is
/// ready. They are looked for one after the other, each time among the lanes not yet seen, so that
/// the others of a crowded lane are passed over in one go.
pub(super) const LEASE: &str = concat!(
    "WITH RECURSIVE clock AS MATERIALIZED (
         SELECT clock_timestamp() AS now
     ), front AS (
         SELECT '-infinity'::timestamptz AS due_at, 0::bigint AS place, '{}'::text[] AS lanes
         UNION ALL
         SELECT next.due_at, next.place, lanes || next.lane FROM front CROSS JOIN LATERAL (
             SELECT due_at, place, lane FROM {schema}.deliveries
             WHERE state = 'pending' AND lane IS NOT NULL AND superseded_by IS NULL
                 AND due_at <= (SELECT now FROM clock)
                 AND (due_at, place) > (front.due_at, front.place)
                 AND lane <> ALL (front.lanes) AND NOT ",
    blocked!(),
    "        ORDER BY due_at, place LIMIT 1
         ) AS next
         WHERE cardinality(lanes) < cardinality($1::bigint[])
     ), ready AS MATERIALIZED (
         SELECT place, due_at, attempts >= $3 AS used_up FROM {schema}.deliveries
         WHERE state = 'pending' AND due_at <= (SELECT now FROM clock) AND (
             lane IS NULL OR superseded_by IS NOT NULL OR place IN (SELECT place FROM front))
         ORDER BY due_at, place LIMIT cardinality($1::bigint[])
         FOR UPDATE SKIP LOCKED
     ), numbered AS (
         SELECT place, used_up, row_number() OVER (ORDER BY due_at, place) AS number FROM ready
     ), leased AS (
         UPDATE {schema}.deliveries AS delivery
         SET lease_token = ($1::bigint[])[number],
             held_lane = CASE WHEN superseded_by IS NULL THEN lane END,
             due_at = clock_timestamp() + $2::bigint * interval '1 millisecond', due_after = $2,
             attempts = attempts + CASE WHEN used_up THEN 0 ELSE 1 END
         FROM numbered WHERE delivery.place = numbered.place
             AND delivery.place = ANY (ARRAY(SELECT place FROM ready)) -- says that they are few
         RETURNING delivery.*, number, used_up
     )
     SELECT ",
    delivery_columns!(),
    ", body, unpacked_length, lease_token, superseded_by, used_up, last_error FROM leased ORDER BY number"
);

/// One row, which says whether it is superseded, when the lease was not lost.
pub(super) const RENEW: &str = "UPDATE {schema}.deliveries
     SET due_at = clock_timestamp() + $2::bigint * interval '1 millisecond', due_after = $2
     WHERE lease_token = $1 RETURNING superseded_by IS NOT NULL";

/// The end of a lease. One row, which says whether the delivery has a lane, when it was not lost.
macro_rules! settle {
    ($changes:literal) => {
        concat!(
            "UPDATE {schema}.deliveries SET lease_token = NULL, held_lane = NULL, ",
            $changes,
            " WHERE lease_token = $1 RETURNING lane IS NOT NULL"
        )
    };
}
/// To the state `$2`, with its body if `$3`.
pub(super) const SETTLE_DONE: &str = settle!(
    "state = $2, settled_at = clock_timestamp(), body = CASE WHEN $3::boolean THEN body END"
);
pub(super) const SETTLE_RETRY: &str = settle!(
    "due_at = clock_timestamp() + $2::bigint * interval '1 millisecond', due_after = $2,
     last_error = $3"
);
pub(super) const SETTLE_DEAD: &str =
    settle!("state = 'dead', settled_at = clock_timestamp(), last_error = $2");
pub(super) const SETTLE_RELEASE: &str =
    settle!("due_at = clock_timestamp(), due_after = 0, attempts = greatest(attempts - 1, 0)");

/// Lets what is due later than it can be, by more than `$1` milliseconds, wait anew; a row for each.
pub(super) const MEND_MOMENTS: &str = "UPDATE {schema}.deliveries
     SET due_at = clock_timestamp() + due_after * interval '1 millisecond'
     WHERE place = ANY (ARRAY(
         SELECT place FROM {schema}.deliveries, (SELECT clock_timestamp()
             + $1::bigint * interval '1 millisecond' AS latest OFFSET 0) AS clock
         WHERE state = 'pending' AND due_at > latest
             AND due_at > latest + due_after * interval '1 millisecond'
         FOR UPDATE OF deliveries SKIP LOCKED
     )) RETURNING 1";

/// How many microseconds until a delivery is due; no row when there is none.
pub(super) const UNTIL_DUE: &str = concat!(
    "SELECT (extract(epoch FROM due_at - clock_timestamp()) * 1000000)::bigint
     FROM {schema}.deliveries WHERE state = 'pending' AND NOT ",
    blocked!(),
    "ORDER BY due_at, place LIMIT 1"
);

/// For how many microseconds the oldest ready delivery has been ready; no row when none is.
pub(super) const OLDEST_READY: &str = concat!(
    "SELECT (extract(epoch FROM clock_timestamp() - due_at) * 1000000)::bigint
     FROM (
         SELECT due_at FROM {schema}.deliveries WHERE state = 'pending' AND NOT ",
    blocked!(),
    "    ORDER BY due_at, place LIMIT 1
     ) AS first WHERE due_at <= clock_timestamp()"
);

/// Writes what `accept` writes, to be taken away in the same transaction. What is left of it in the
/// indexes until they are vacuumed lies behind everything that is ever due.
pub(super) const PROBE_WRITE: &str = "INSERT INTO {schema}.deliveries
         (guid, event, received_at, body, state, attempts, due_at, due_after)
     VALUES ($1, '', '', $2, 'pending', 0, 'infinity', 0)";
pub(super) const PROBE_TAKE_AWAY: &str =
    "DELETE FROM {schema}.deliveries WHERE guid = $1 AND hook_id IS NULL";

pub(super) const DEPTH: &str = concat!(
    "SELECT ready, blocked, leased, delayed, oldest_ready, done, superseded, dead
     FROM (
         SELECT count(*) FILTER (WHERE due_at <= now AND NOT is_blocked) AS ready,
             count(*) FILTER (WHERE due_at <= now AND is_blocked) AS blocked,
             count(*) FILTER (WHERE due_at > now AND lease_token IS NOT NULL) AS leased,
             count(*) FILTER (WHERE due_at > now AND lease_token IS NULL) AS delayed,
             (extract(epoch FROM max(now - due_at) FILTER (WHERE due_at <= now AND NOT is_blocked))
                 * 1000000)::bigint AS oldest_ready
         FROM (SELECT due_at, lease_token, ",
    blocked!(),
    " AS is_blocked FROM {schema}.deliveries WHERE state = 'pending' OFFSET 0) AS pending,
             (SELECT clock_timestamp() AS now OFFSET 0) AS clock
     ) AS pending, (
         SELECT count(*) FILTER (WHERE state = 'done') AS done,
             count(*) FILTER (WHERE state = 'superseded') AS superseded,
             count(*) FILTER (WHERE state = 'dead') AS dead
         FROM {schema}.deliveries WHERE state <> 'pending'
     ) AS settled"
);

/// The state and the moments, for any filter: `$1` is a state of `EntryState` or NULL, `$2` an
/// event or NULL, `$3` whether to read bodies, `$4` the limit, `$5` the ids where there are some.
macro_rules! list {
    ($ids:literal) => {
        concat!(
            "SELECT ",
            delivery_columns!(),
            ", CASE WHEN $3::boolean THEN body END AS body, unpacked_length, last_error, superseded_by, seen,
                 (extract(epoch FROM due_at) * 1000)::bigint AS due,
                 (extract(epoch FROM settled_at) * 1000)::bigint AS settled
             FROM {schema}.deliveries, (SELECT clock_timestamp() AS now OFFSET 0) AS clock,
                 LATERAL (SELECT CASE
                     WHEN state <> 'pending' THEN state
                     WHEN due_at > now AND lease_token IS NOT NULL THEN 'leased'
                     WHEN due_at > now THEN 'delayed'
                     WHEN ",
            blocked!(),
            "        THEN 'blocked' ELSE 'ready' END AS seen) AS seeing
             WHERE ($1::text IS NULL OR seen = $1) AND ($2::text IS NULL OR event = $2)",
            $ids,
            " ORDER BY place DESC LIMIT $4"
        )
    };
}
pub(super) const LIST: &str = list!("");
pub(super) const LIST_OF_IDS: &str = list!(" AND guid = ANY ($5::text[])");

pub(super) const REVIVE: &str = "UPDATE {schema}.deliveries
     SET state = 'pending', settled_at = NULL, attempts = 0, due_at = clock_timestamp(),
         due_after = 0
     WHERE guid = $1 AND state = 'dead' RETURNING 1";

pub(super) const PURGE: &str = "DELETE FROM {schema}.deliveries WHERE place = ANY (ARRAY(
         SELECT place FROM {schema}.deliveries
         WHERE state IN ('done', 'superseded', 'dead')
             AND settled_at <= (SELECT clock_timestamp() - $1::bigint * interval '1 millisecond')
             AND state <> 'pending' -- says that the index has them all
         LIMIT $2 FOR UPDATE SKIP LOCKED
     )) RETURNING 1";
