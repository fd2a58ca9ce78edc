-- What the other functions share. Their names end with the version that made them: a later version adds
-- functions of its own, and programs of both can run beside each other.
--
-- No statement may be given its order by another index than the one that finds its rows: to spare a sort,
-- the planner would walk the primary key from end to end, with a filter. So what is `ORDER BY id` is
-- found by its ids (`id = ANY (ARRAY (...))`), or the columns before `id` in its index are in the order too,
-- and are compared by ranges: a column that equals one value is left out of the order. Of two columns that
-- are compared as one row, only the first lets a walk end.
--
-- Who changes a lane (all but leasing and renewing) holds its lock, and then locks the head's row before
-- it decides anything. Leasing passes over rows that others hold, so it waits for nobody.

-- Holds something of this schema until the end of the transaction. In a statement of its own: the next
-- then sees what the holder before has written. Two things may share a lock, by chance; then they wait
-- for each other.
CREATE FUNCTION lock_1(_key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || _key, 0));
END $$;

-- Lanes are locked in their order, so that no two wait for each other.
CREATE FUNCTION lock_lanes_1(_lanes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _lane text;
BEGIN
    FOR _lane IN
        SELECT DISTINCT each COLLATE "C" FROM unnest(_lanes) AS each WHERE each IS NOT NULL ORDER BY 1
    LOOP
        PERFORM lock_1('lane ' || _lane);
    END LOOP;
END $$;

CREATE FUNCTION after_1(_moment timestamptz, _milliseconds bigint) RETURNS timestamptz
LANGUAGE sql STABLE AS $$ SELECT _moment + _milliseconds * interval '1 millisecond' $$;

-- Writes down how late it is, every few seconds. Whoever sees later that it was later knows that the
-- clock was set back.
CREATE FUNCTION note_clock_1(_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT clock FROM meta WHERE is_one) < _now - interval '5 seconds' THEN
        PERFORM FROM meta WHERE is_one FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            UPDATE meta SET clock = _now WHERE is_one;
        END IF;
    END IF;
END $$;

-- Whether a process that is alive takes this.
CREATE FUNCTION is_taken_1(_taker bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM claims JOIN processes ON processes.id = claims.process
        WHERE claims.taker = _taker
            AND processes.seen_at > (SELECT clock_timestamp() - interval '10 minutes'));
END $$;

-- Whether one that is accepted (or was accepted later) is newer than a known one: `Lane::order`.
CREATE FUNCTION is_newer_1(
    _version bigint, _before text, _after text, _id bigint,
    _known_version bigint, _known_before text, _known_after text, _known_id bigint
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN _version <> _known_version THEN _version > _known_version
        WHEN _after IS NULL OR _known_after IS NULL THEN _id > _known_id
        WHEN _after = _known_after THEN
            _before IS NOT DISTINCT FROM _known_before AND _id > _known_id
        ELSE _before IS NOT DISTINCT FROM _known_after AND _known_before IS DISTINCT FROM _after
    END
$$;

-- The delivery of the newest task of a lane that is newer than this one; NULL: none is.
CREATE FUNCTION newer_1(
    _lane text, _version bigint, _before text, _after text, _id bigint, _delivery bigint
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    _newer bigint;
BEGIN
    SELECT delivery INTO _newer FROM tasks
    WHERE lane = _lane AND version > _version AND delivery <> _delivery
    ORDER BY version DESC, id DESC LIMIT 1;
    IF _newer IS NULL AND _after IS NULL THEN
        -- The last one, if it came later: the index can begin at an end of the equal ones, not stop within.
        SELECT CASE WHEN id > _id THEN delivery END INTO _newer FROM tasks
        WHERE lane = _lane AND version >= _version AND version <= _version AND delivery <> _delivery
        ORDER BY version DESC, id DESC LIMIT 1;
    ELSIF _newer IS NULL THEN
        SELECT delivery INTO _newer FROM tasks
        WHERE lane = _lane AND version >= _version AND version <= _version AND delivery <> _delivery
            AND is_newer_1(
                version, heads_before, heads_after, id, _version, _before, _after, _id)
        ORDER BY version DESC, id DESC LIMIT 1;
    END IF;
    RETURN (SELECT guid FROM deliveries WHERE id = _newer);
END $$;

-- The task that had the last turn in a lane, locked. If its place is not `head`, the lane has none, and
-- nobody stands in line.
CREATE FUNCTION last_turn_1(_lane text) RETURNS tasks LANGUAGE plpgsql AS $$
DECLARE
    _last tasks;
BEGIN
    SELECT * INTO _last FROM tasks WHERE lane = _lane AND turn IS NOT NULL
    ORDER BY turn DESC LIMIT 1 FOR UPDATE;
    RETURN _last;
END $$;

-- Whether a head may give up its place: it waits, and nobody may be at work for it still.
CREATE FUNCTION may_be_passed_1(_head tasks) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT _head.state = 'waiting' AND _head.ending IS NULL AND _head.abandoned = 0
$$;

-- Whether one stands before another: in order, the one that was accepted first, else the one that is
-- due first.
CREATE FUNCTION is_before_1(
    _mode text, _due timestamptz, _id bigint, _other_mode text, _other_due timestamptz, _other bigint
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN _mode IN ('in order', 'halting') AND _other_mode IN ('in order', 'halting')
            THEN _id < _other
        ELSE (_due, _id) < (_other_due, _other)
    END
$$;

-- Who is next in a line, locked. The line is looked at from behind this task on, which was its head:
-- what others have left behind there is not looked at again. NULL, or one that was passed by: from the
-- first.
CREATE FUNCTION next_in_line_1(_lane text, _from tasks) RETURNS tasks LANGUAGE plpgsql AS $$
DECLARE
    _due timestamptz := '-infinity';
    _due_id bigint := 0;
    _order_id bigint := 0;
    _by_due tasks;
    _in_order tasks;
    _next tasks;
    _taken bigint[];
BEGIN
    IF _from.id IS NOT NULL AND NOT _from.is_passed_by THEN
        IF _from.mode IN ('in order', 'halting') THEN
            _order_id := _from.id;
        ELSE
            _due := _from.due;
            _due_id := _from.id;
        END IF;
    END IF;
    SELECT * INTO _by_due FROM tasks
    WHERE lane = _lane AND place = 'line' AND mode IN ('free', 'latest')
        AND (due, id) > (_due, _due_id)
    ORDER BY due, id LIMIT 1;
    SELECT * INTO _in_order FROM tasks
    WHERE (lane, id) > (_lane, _order_id) AND lane <= _lane
        AND place = 'line' AND mode IN ('in order', 'halting')
    ORDER BY lane, id LIMIT 1;
    IF _by_due.id IS NULL OR _in_order.id IS NOT NULL
        AND (_in_order.due, _in_order.id) < (_by_due.due, _by_due.id)
    THEN
        _next := _in_order;
    ELSE
        _next := _by_due;
    END IF;
    IF _next.id IS NULL OR is_taken_1(_next.taker) THEN
        RETURN _next;
    END IF;
    -- Nobody would come for it. Others go first, if there are some.
    SELECT array_agg(id) INTO _taken FROM takers WHERE is_taken_1(id);
    SELECT * INTO _by_due FROM tasks
    WHERE lane = _lane AND place = 'line' AND mode IN ('free', 'latest')
        AND taker = ANY (_taken) AND (due, id) > (_due, _due_id)
    ORDER BY due, id LIMIT 1;
    SELECT * INTO _in_order FROM tasks
    WHERE (lane, id) > (_lane, _order_id) AND lane <= _lane
        AND place = 'line' AND mode IN ('in order', 'halting') AND taker = ANY (_taken)
    ORDER BY lane, id LIMIT 1;
    IF _by_due.id IS NULL AND _in_order.id IS NULL THEN
        RETURN _next;
    ELSIF _by_due.id IS NULL OR _in_order.id IS NOT NULL
        AND (_in_order.due, _in_order.id) < (_by_due.due, _by_due.id)
    THEN
        _next := _in_order;
    ELSE
        _next := _by_due;
    END IF;
    -- Those that were passed over stand before it.
    _next.is_passed_by := true;
    RETURN _next;
END $$;

-- Gives the lane to the next in line, after this head has left it. Returns the new head.
CREATE FUNCTION pass_on_1(_lane text, _from tasks) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    _last tasks := last_turn_1(_lane);
    _next tasks;
BEGIN
    IF _last.place = 'head' THEN
        RETURN NULL;
    END IF;
    _next := next_in_line_1(_lane, _from);
    UPDATE tasks SET place = 'head', turn = coalesce(_last.turn, 0) + 1,
        is_passed_by = _next.is_passed_by
    WHERE id = _next.id;
    RETURN CASE WHEN _next.id IS NOT NULL THEN ARRAY[_next.id] END;
END $$;

-- Looks whether a head that waits is still the one whose turn it is. `_from` is the head as it was when
-- it was chosen. Returns the new head, if it is another.
CREATE FUNCTION reconsider_1(_lane text, _from tasks) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    _head tasks := last_turn_1(_lane);
    _next tasks;
BEGIN
    IF _head.place IS DISTINCT FROM 'head' OR NOT may_be_passed_1(_head) THEN
        RETURN NULL;
    END IF;
    _next := next_in_line_1(_lane, _from);
    IF _next.id IS NULL OR NOT is_before_1(
        _next.mode, _next.due, _next.id, _head.mode, _head.due, _head.id)
    THEN
        RETURN NULL;
    END IF;
    UPDATE tasks SET place = 'line', is_passed_by = false, token = NULL WHERE id = _head.id;
    UPDATE tasks SET place = 'head', turn = _head.turn + 1, is_passed_by = _next.is_passed_by
    WHERE id = _next.id;
    RETURN CASE WHEN _next.id IS NOT NULL THEN ARRAY[_next.id] END;
END $$;

-- Where a task stands that joins a lane, or has become due earlier in it. A new one has no number yet,
-- and the largest stands for it.
CREATE FUNCTION seat_1(
    _id bigint, _taker bigint, _due timestamptz, _lane text, _mode text, OUT place text, OUT turn bigint,
    OUT is_passed_by boolean
) LANGUAGE plpgsql AS $$
DECLARE
    _head tasks := last_turn_1(_lane);
    _is_before boolean;
    _takes_over boolean;
BEGIN
    is_passed_by := false;
    IF _head.place IS DISTINCT FROM 'head' THEN
        place := 'head';
        turn := coalesce(_head.turn, 0) + 1;
        RETURN;
    ELSIF _head.id = _id THEN
        place := 'head';
        turn := _head.turn;
        RETURN;
    END IF;
    _is_before := is_before_1(_mode, _due, _id, _head.mode, _head.due, _head.id);
    _takes_over := _is_before AND may_be_passed_1(_head);
    IF _head.taker <> _taker AND _head.state = 'waiting' THEN
        -- Nobody would come for one of them.
        IF NOT is_taken_1(_head.taker) AND is_taken_1(_taker) THEN
            _takes_over := true;
            is_passed_by := true;
        ELSIF _takes_over AND is_taken_1(_head.taker) AND NOT is_taken_1(_taker) THEN
            _takes_over := false;
        END IF;
    END IF;
    IF _takes_over THEN
        UPDATE tasks SET place = 'line', is_passed_by = false, token = NULL WHERE tasks.id = _head.id;
        place := 'head';
        turn := _head.turn + 1;
        is_passed_by := is_passed_by OR _mode <> _head.mode;
        RETURN;
    END IF;
    IF (_is_before OR _mode <> _head.mode) AND NOT _head.is_passed_by THEN
        UPDATE tasks SET is_passed_by = true WHERE tasks.id = _head.id;
    END IF;
    place := 'line';
END $$;

-- A task of which only the latest counts takes the place of the older ones. Returns the earliest moment
-- from which one of them waited, and the head if that was one of them.
--
-- The tasks of the lane are looked at from the newest down to the first that has superseded everything
-- below it. In a lane in which older ones may be open nevertheless, the open ones are looked at.
CREATE FUNCTION supersede_1(
    _lane text, _version bigint, _before text, _after text, _id bigint, _delivery bigint, _guid text,
    _now timestamptz, OUT earliest timestamptz, OUT head tasks
) LANGUAGE plpgsql AS $$
DECLARE
    _was_mixed boolean := EXISTS (SELECT FROM mixed_lanes WHERE lane = _lane);
    _is_mixed boolean := false;
    _some bigint[] := '{}';
    _one bigint;
    _each record;
    _task tasks;
BEGIN
    IF _was_mixed THEN
        _task := last_turn_1(_lane);
        _some := ARRAY (
            SELECT id FROM tasks
            WHERE lane = _lane AND place = 'line' AND mode IN ('free', 'latest')
            ORDER BY due, id);
        IF _task.place = 'head' THEN
            _some := _some || _task.id;
        END IF;
    ELSE
        FOR _each IN
            SELECT id, is_newest FROM tasks WHERE lane = _lane AND version <= _version
            ORDER BY version DESC, id DESC
        LOOP
            _some := _some || _each.id;
            EXIT WHEN _each.is_newest AND _each.id <> _id;
        END LOOP;
    END IF;
    FOREACH _one IN ARRAY _some LOOP
        SELECT * INTO _task FROM tasks WHERE id = _one FOR UPDATE;
        CONTINUE WHEN _one = _id OR _task.version IS NULL OR _task.settled_at IS NOT NULL
            OR _task.ending IS NOT NULL OR _task.superseded_by IS NOT NULL;
        IF _task.delivery = _delivery OR NOT (_task.is_rerun OR is_newer_1(
            _version, _before, _after, _id,
            _task.version, _task.heads_before, _task.heads_after, _task.id))
        THEN
            _is_mixed := true;
        ELSIF _task.state = 'leased' THEN
            UPDATE tasks SET superseded_by = _guid WHERE id = _task.id;
        ELSE
            earliest := least(earliest, _task.due);
            IF _task.place = 'head' THEN
                head := _task;
            END IF;
            UPDATE tasks SET ending = 'superseded', superseded_by = _guid, rank = 3, due = _now,
                due_after = 0, place = 'alone', abandoned = 0, is_waiting = false, token = NULL
            WHERE id = _task.id;
        END IF;
    END LOOP;
    IF _is_mixed AND NOT _was_mixed THEN
        INSERT INTO mixed_lanes VALUES (_lane) ON CONFLICT DO NOTHING;
    ELSIF _was_mixed AND NOT _is_mixed THEN
        DELETE FROM mixed_lanes WHERE lane = _lane;
    END IF;
END $$;

-- A task joins its lane: one that is new (`_is_new`), begins anew or goes on, or runs again by request
-- (`_ignores`: it supersedes nobody, and nobody who came before it supersedes it).
CREATE FUNCTION join_1(
    _id bigint, _delivery bigint, _guid text, _taker bigint, _lane text, _mode text, _version bigint,
    _before text, _after text, _now timestamptz, _is_new boolean, _ignores boolean,
    INOUT due timestamptz, OUT place text, OUT turn bigint, OUT is_passed_by boolean,
    OUT superseded_by text, OUT is_newest boolean, OUT late bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    _superseded record;
    _head tasks;
    _seat record;
BEGIN
    is_newest := false;
    is_passed_by := false;
    IF _lane IS NULL THEN
        place := 'alone';
        RETURN;
    END IF;
    IF _mode = 'latest' AND NOT _ignores THEN
        superseded_by := newer_1(_lane, _version, _before, _after, _id, _delivery);
        IF superseded_by IS NOT NULL AND NOT _is_new THEN
            RETURN;
        END IF;
        is_newest := superseded_by IS NULL;
        SELECT * INTO _superseded FROM supersede_1(
            _lane, _version, _before, _after, _id, _delivery, _guid, _now);
        due := least(due, _superseded.earliest);
        _head := _superseded.head;
        IF _head.id IS NOT NULL THEN
            late := pass_on_1(_lane, _head);
        END IF;
    END IF;
    IF superseded_by IS NOT NULL THEN
        place := 'alone';
        due := _now;
        RETURN;
    END IF;
    -- Tasks of one delivery do not supersede each other.
    IF _mode = 'latest' AND (NOT _is_new OR EXISTS (
        -- By the delivery: its lane may have a million of them.
        SELECT FROM (SELECT * FROM tasks WHERE delivery = _delivery OFFSET 0) AS it
        WHERE it.lane = _lane AND it.version IS NOT NULL AND it.id <> _id))
    THEN
        INSERT INTO mixed_lanes VALUES (_lane) ON CONFLICT DO NOTHING;
    END IF;
    _seat := seat_1(_id, _taker, due, _lane, _mode);
    place := _seat.place;
    turn := _seat.turn;
    is_passed_by := _seat.is_passed_by;
END $$;
