-- Moments are milliseconds since 1970-01-01T00:00:00Z, by SQLite's clock.

CREATE TABLE deliveries (
    -- The order of acceptance.
    place INTEGER PRIMARY KEY,
    guid TEXT NOT NULL,
    hook_id INTEGER,
    event TEXT NOT NULL,
    action TEXT,
    target_type TEXT,
    target_id INTEGER,
    installation_id INTEGER,
    enterprise_host TEXT,
    received_at TEXT NOT NULL,
    -- Tells bodies apart, where replays are refused.
    fingerprint BLOB,
    lane TEXT,
    -- NULL: every delivery of the lane is handled. Else only the one with the largest.
    lane_version INTEGER,
    -- Of equal versions the one is newer that begins where the other ends; NULL: nothing is known.
    lane_before TEXT,
    lane_after TEXT,
    -- The id of the newer delivery of its lane that takes its place.
    superseded_by TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'superseded', 'dead')),
    attempts INTEGER NOT NULL,
    -- Of a pending delivery: when it is ready. While leased that is the end of the lease, so the
    -- query for ready deliveries is also the recovery of those whose worker died.
    due_at INTEGER NOT NULL,
    -- So many milliseconds after the moment at which that was written. If it lies further ahead than
    -- that, the clock was set back.
    due_after INTEGER NOT NULL DEFAULT 0,
    lease_token INTEGER,
    -- The lane, from the lease until that is settled.
    held_lane TEXT,
    last_error TEXT,
    settled_at INTEGER,
    CHECK ((state = 'pending') = (settled_at IS NULL)),
    CHECK (state = 'pending' OR lease_token IS NULL),
    CHECK (lease_token IS NOT NULL OR held_lane IS NULL)
) STRICT;

-- Hook and id together tell deliveries apart; two NULLs are distinct to a unique index.
CREATE UNIQUE INDEX deliveries_by_id ON deliveries (guid, hook_id);
CREATE UNIQUE INDEX deliveries_by_id_without_hook ON deliveries (guid) WHERE hook_id IS NULL;
-- Where replays are not refused, nothing is in it.
CREATE INDEX fingerprints ON deliveries (fingerprint) WHERE fingerprint IS NOT NULL;

CREATE INDEX pending_deliveries ON deliveries (due_at) WHERE state = 'pending';
CREATE UNIQUE INDEX leased_deliveries ON deliveries (lease_token) WHERE lease_token IS NOT NULL;
-- Keeps two leases of a lane apart.
CREATE UNIQUE INDEX held_lanes ON deliveries (held_lane) WHERE held_lane IS NOT NULL;
CREATE INDEX lane_versions ON deliveries (lane, lane_version) WHERE lane_version IS NOT NULL;
CREATE INDEX settled_deliveries ON deliveries (state, settled_at) WHERE state <> 'pending';

-- Apart, so that a change of state does not write the body again. Compressed, where that makes it
-- smaller, since everything in this file is written twice.
CREATE TABLE bodies (
    place INTEGER PRIMARY KEY REFERENCES deliveries (place) ON DELETE CASCADE,
    -- An LZ4 block (without a frame) of a body of this length; NULL: the body as it came.
    unpacked_length INTEGER,
    body BLOB NOT NULL
) STRICT;
