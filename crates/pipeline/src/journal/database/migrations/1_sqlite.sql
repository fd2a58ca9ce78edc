-- The journal's tables, beside the inbox's. Moments are milliseconds since 1970-01-01T00:00:00Z, by SQLite's
-- clock; yes and no are 1 and 0. The names and columns are those of the other database.

-- One row.
CREATE TABLE pipeline_meta (
    is_one INTEGER PRIMARY KEY CHECK (is_one = 1),
    version INTEGER NOT NULL,
    -- Programs that know this version may still run beside newer ones.
    oldest_version INTEGER NOT NULL,
    -- The number of the next build. Taken before the build is written, so there are gaps.
    next_build INTEGER NOT NULL
) STRICT;

CREATE TABLE pipeline_builds (
    number INTEGER PRIMARY KEY,
    -- What made it: of one occasion each job is built once.
    occasion TEXT NOT NULL,
    project TEXT NOT NULL,
    job TEXT NOT NULL,
    -- `pull_request/5`, `branch/main`, ...
    target TEXT NOT NULL,
    sha TEXT NOT NULL,
    is_fork INTEGER NOT NULL,
    -- All that was decided on, as JSON.
    what TEXT NOT NULL,
    -- waiting, queued, running, passed, failed, error, canceled, superseded.
    state TEXT NOT NULL,
    summary TEXT NOT NULL,
    tree TEXT,
    machine TEXT,
    approved_by TEXT,
    -- As JSON.
    steps TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    -- The machine that is just telling GitHub that it is queued, and since when.
    announcer TEXT,
    announced_at INTEGER,
    -- Counts who began it: what an earlier one writes late, changes nothing.
    holder INTEGER NOT NULL,
    log_bytes INTEGER NOT NULL,
    -- So many lines of the log have ended.
    log_lines INTEGER NOT NULL,
    -- Where the log of the present holder begins.
    log_base INTEGER NOT NULL,
    -- 0: there are no chunks. 1: all are there. 2: they are being removed.
    has_log INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX pipeline_builds_by_occasion ON pipeline_builds (occasion, project, job);
CREATE INDEX pipeline_builds_of_project ON pipeline_builds (project, number);
CREATE INDEX pipeline_builds_of_job ON pipeline_builds (project, job, number);
CREATE INDEX pipeline_builds_of_target ON pipeline_builds (project, target, number);
CREATE INDEX pipeline_builds_of_sha ON pipeline_builds (sha, number);
-- With all that a place in the queue is counted by.
CREATE INDEX pipeline_builds_at_work ON pipeline_builds (number, state, ended_at) WHERE ended_at IS NULL;
CREATE INDEX pipeline_builds_on_machine ON pipeline_builds (machine, number) WHERE state = 'running';
CREATE INDEX pipeline_builds_announced ON pipeline_builds (announcer) WHERE announcer IS NOT NULL;
CREATE INDEX pipeline_green_trees ON pipeline_builds (project, job, tree, number) WHERE state = 'passed';
CREATE INDEX pipeline_logs_to_forget ON pipeline_builds (project, ended_at, number) WHERE has_log > 0;

-- The logs, in the order of their bytes.
CREATE TABLE pipeline_log_chunks (
    build INTEGER NOT NULL,
    -- The offset of its first byte, and how many there are.
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    -- So many lines have ended before it.
    lines_before INTEGER NOT NULL,
    -- 1: `bytes` is an LZ4 block (without a frame).
    is_packed INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (build, start)
) STRICT;

CREATE INDEX pipeline_log_lines ON pipeline_log_chunks (build, lines_before, start);

-- What happened, and why: written once.
CREATE TABLE pipeline_entries (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Of the call that wrote it: made again when its answer is lost, it knows itself.
    ticket TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    delivery TEXT,
    project TEXT,
    target TEXT,
    sha TEXT,
    build INTEGER,
    person TEXT
) STRICT;

CREATE UNIQUE INDEX pipeline_entries_by_ticket ON pipeline_entries (ticket);
CREATE INDEX pipeline_entries_of_delivery ON pipeline_entries (delivery, entry) WHERE delivery IS NOT NULL;
CREATE INDEX pipeline_entries_of_sha ON pipeline_entries (sha, entry) WHERE sha IS NOT NULL;
CREATE INDEX pipeline_entries_of_target ON pipeline_entries (project, target, entry) WHERE target IS NOT NULL;
CREATE INDEX pipeline_entries_of_build ON pipeline_entries (build, entry) WHERE build IS NOT NULL;
CREATE INDEX pipeline_entries_of_deliveries ON pipeline_entries (entry) WHERE kind = 'delivery';
CREATE INDEX pipeline_entries_of_repairs ON pipeline_entries (entry) WHERE kind = 'repair';

-- The newest commit known of each pull request and branch.
CREATE TABLE pipeline_heads (
    repo TEXT NOT NULL,
    target TEXT NOT NULL,
    sha TEXT NOT NULL,
    -- What was there before it, where the event says so.
    before TEXT,
    moment INTEGER NOT NULL,
    PRIMARY KEY (repo, target)
) STRICT;

-- The names of repositories, by what never changes.
CREATE TABLE pipeline_repositories (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    -- The same in small letters.
    name_key TEXT NOT NULL,
    -- Where an event said it.
    default_branch TEXT,
    seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pipeline_repositories_by_name ON pipeline_repositories (name_key, seen_at);

-- Machines that build, and when they were heard of last.
CREATE TABLE pipeline_machines (
    name TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT;

-- Who is signed in: by what was made of the cookie and the admin's token, neither of which can be found by it.
CREATE TABLE pipeline_sessions (
    key TEXT PRIMARY KEY,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pipeline_sessions_by_end ON pipeline_sessions (ends_at);

-- How many writes were made at GitHub, for each minute since 1970.
CREATE TABLE pipeline_writes (
    minute INTEGER PRIMARY KEY,
    made INTEGER NOT NULL
) STRICT;

INSERT INTO pipeline_meta (is_one, version, oldest_version, next_build) VALUES (1, 1, 1, 1);
