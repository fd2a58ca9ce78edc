-- Moments are milliseconds since 1970-01-01T00:00:00Z, by SQLite's clock. Each waiting moment stands
-- beside the wait that it came from (`..._after`): if it lies further ahead than that, the clock was
-- set back.

-- One row. The version of the schema is SQLite's `user_version`.
CREATE TABLE meta (
    -- Programs that know this version of the schema may still use the file beside newer ones.
    oldest_version INTEGER NOT NULL
) STRICT;
INSERT INTO meta (oldest_version) VALUES (2);

-- What arrived: a record, written once.
CREATE TABLE deliveries (
    -- The order of acceptance.
    delivery INTEGER PRIMARY KEY,
    guid TEXT NOT NULL,
    hook_id INTEGER,
    event TEXT NOT NULL,
    action TEXT,
    repository TEXT,
    target_type TEXT,
    target_id INTEGER,
    installation_id INTEGER,
    enterprise_host TEXT,
    received_at TEXT NOT NULL,
    -- Tells bodies apart, where replays are refused.
    fingerprint BLOB,
    -- Of what was submitted: tells it from other work, also when its body is gone.
    work INTEGER,
    accepted_at INTEGER NOT NULL,
    -- Since when it has no task: nobody wants it, and it is kept to be known.
    bare_since INTEGER
) STRICT;

-- Hook and id together tell deliveries apart; two NULLs are distinct to a unique index.
CREATE UNIQUE INDEX deliveries_by_id ON deliveries (guid, hook_id);
CREATE UNIQUE INDEX deliveries_by_id_without_hook ON deliveries (guid) WHERE hook_id IS NULL;
-- Where replays are not refused, nothing is in it.
CREATE INDEX fingerprints ON deliveries (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX bare_deliveries ON deliveries (bare_since) WHERE bare_since IS NOT NULL;

-- Apart, since they are large and go first. Compressed, where that makes them smaller, since
-- everything in this file is written twice.
CREATE TABLE bodies (
    delivery INTEGER PRIMARY KEY,
    -- An LZ4 block (without a frame) of a body of this length; NULL: the body as it came.
    unpacked_length INTEGER,
    body BLOB NOT NULL
) STRICT;

-- One handler's work on one delivery. Narrow, for every change of state writes it again; and each index
-- holds only what its question is about, so that most changes write few of them.
-- Its conditions compare one by one: for a list of more than two, SQLite makes a table of its own in each
-- write, which costs more than the write.
CREATE TABLE tasks (
    task INTEGER PRIMARY KEY,
    delivery INTEGER NOT NULL,
    taker INTEGER NOT NULL,
    -- unplaced: no process that has the name has found its lane yet. waiting: leased when it is due.
    -- in line: behind the head of its lane. leased. settled: nothing is left to do.
    phase TEXT NOT NULL CHECK (phase = 'unplaced' OR phase = 'waiting' OR phase = 'in line' OR phase = 'leased'
        OR phase = 'settled'),
    -- How it ended. Until it is settled, `ended` is still to be called.
    outcome TEXT CHECK (outcome = 'done' OR outcome = 'superseded' OR outcome = 'canceled' OR outcome = 'dead'),
    -- In which order tasks that are due are leased; see `Rank`.
    rank INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 3),
    due_at INTEGER NOT NULL,
    due_after INTEGER NOT NULL DEFAULT 0,
    -- Whether its lane was found out. If not, whoever has its name does that before it is leased.
    is_placed INTEGER NOT NULL DEFAULT 1 CHECK (is_placed IN (0, 1)),
    -- NULL: no lane.
    lane TEXT,
    lane_mode TEXT CHECK (lane_mode = 'free' OR lane_mode = 'latest' OR lane_mode = 'in order'
        OR lane_mode = 'halting'),
    -- Whether the lane is its own now.
    is_head INTEGER NOT NULL DEFAULT 0 CHECK (is_head IN (0, 1)),
    -- Only of the mode 'latest': the task with the largest counts.
    lane_version INTEGER,
    -- Of equal versions the one is newer that begins where the other ends; NULL: nothing is known. Else
    -- the one is that was accepted later.
    heads_before TEXT,
    heads_after TEXT,
    run INTEGER NOT NULL DEFAULT 1,
    -- Attempts of the run.
    number INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    abandoned INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    waiting_since INTEGER,
    -- What went wrong last, or what it waits for.
    text TEXT,
    is_waiting INTEGER NOT NULL DEFAULT 0 CHECK (is_waiting IN (0, 1)),
    -- Whether steps of it are kept.
    has_steps INTEGER NOT NULL DEFAULT 0 CHECK (has_steps IN (0, 1)),
    -- Of the last lease, until its outcome is known. It lasts while the phase is 'leased'.
    lease_token INTEGER,
    lease_until INTEGER,
    lease_after INTEGER,
    -- What it was told while it was leased. The id of the newer delivery of its lane stays.
    superseded_by TEXT,
    cancel_reason TEXT,
    is_woken INTEGER NOT NULL DEFAULT 0 CHECK (is_woken IN (0, 1)),
    settled_at INTEGER,
    -- Of a settled task, what it leads to when its time has come. 2: the body of its delivery; 1: the
    -- delivery itself; 0: nothing, since another task of the delivery does.
    leads INTEGER NOT NULL DEFAULT 2 CHECK (leads BETWEEN 0 AND 2),
    CHECK (phase <> 'settled' OR outcome IS NOT NULL AND settled_at IS NOT NULL),
    CHECK (phase <> 'leased' OR lease_token IS NOT NULL AND lease_until IS NOT NULL),
    CHECK (is_head = 0 OR lane IS NOT NULL),
    CHECK (lane IS NULL OR lane_mode IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX tasks_of_delivery ON tasks (delivery, taker);
-- What is leased, in the order of leasing: what is not blocked, and not yet at work.
CREATE INDEX waiting_tasks ON tasks (taker, rank, due_at) WHERE phase = 'waiting';
CREATE INDEX unplaced_tasks ON tasks (taker) WHERE phase = 'unplaced';
CREATE UNIQUE INDEX leases ON tasks (lease_token) WHERE lease_token IS NOT NULL;
-- Keeps two tasks of a lane apart.
CREATE UNIQUE INDEX lane_heads ON tasks (lane) WHERE is_head = 1;
-- Who is next in a lane.
CREATE INDEX lines ON tasks (
    lane, (CASE WHEN lane_mode IN ('in order', 'halting') THEN 0 ELSE due_at END)
) WHERE phase = 'in line';
CREATE INDEX tasks_in_line ON tasks (taker, due_at) WHERE phase = 'in line';
-- Which is the latest of a lane; and which of them have not ended.
CREATE INDEX lane_versions ON tasks (lane, lane_version) WHERE lane_version IS NOT NULL;
CREATE INDEX lane_moves ON tasks (lane, lane_version, heads_before) WHERE heads_after IS NOT NULL;
CREATE INDEX open_versions ON tasks (lane, lane_version)
    WHERE lane_version IS NOT NULL AND outcome IS NULL;
CREATE INDEX settled_tasks ON tasks (leads, outcome, settled_at) WHERE phase = 'settled';
CREATE INDEX failed_tasks ON tasks (outcome) WHERE outcome <> 'done';

-- What a run of a task has done and need not do again.
CREATE TABLE steps (
    step INTEGER PRIMARY KEY,
    task INTEGER NOT NULL,
    name TEXT NOT NULL,
    of_type TEXT NOT NULL,
    json BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX steps_of_task ON steps (task, name);

-- Handlers by number, with the latest of their names.
CREATE TABLE handlers (
    handler INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- All names that a handler ever had.
CREATE TABLE names (
    name TEXT PRIMARY KEY,
    handler INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a task is for: a handler with an event; NULL: with all.
CREATE TABLE takers (
    taker INTEGER PRIMARY KEY,
    handler INTEGER NOT NULL,
    of_event TEXT
) STRICT;
CREATE UNIQUE INDEX takers_by_event ON takers (handler, of_event);
CREATE UNIQUE INDEX takers_of_all_events ON takers (handler) WHERE of_event IS NULL;

-- The registry. Its rows outlive the tasks.
CREATE TABLE registered (
    registered INTEGER PRIMARY KEY,
    -- As it was claimed; a handler may have several.
    name TEXT NOT NULL,
    taker INTEGER NOT NULL,
    program TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX registered_by_name ON registered (name, taker);

-- Processes that were seen lately, and what they take.
CREATE TABLE processes (
    process TEXT PRIMARY KEY,
    program TEXT NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE claims (
    taker INTEGER NOT NULL,
    process TEXT NOT NULL,
    registered INTEGER NOT NULL,
    PRIMARY KEY (taker, process, registered)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_of_process ON claims (process);

-- What one process at a time does.
CREATE TABLE roles (
    role TEXT PRIMARY KEY,
    process TEXT NOT NULL,
    held_until INTEGER NOT NULL,
    held_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
