-- Gives one task its place. Returns it if it is due since long ago.
CREATE FUNCTION place_1(
    _id bigint, _lane text, _mode text, _version bigint, _before text, _after text, _dead text,
    _is_declined boolean
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    _task tasks;
    _seat record;
    _now timestamptz;
    _guid text;
BEGIN
    SELECT * INTO _task FROM tasks
    WHERE id = _id AND place = 'unplaced' AND state = 'waiting' AND ending IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF _is_declined THEN
        DELETE FROM tasks WHERE id = _id;
        UPDATE deliveries SET bare_since = clock_timestamp(), body = NULL
        WHERE id = _task.delivery
            AND NOT EXISTS (SELECT FROM tasks WHERE delivery = _task.delivery);
        RETURN NULL;
    END IF;
    _now := clock_timestamp();
    IF _dead IS NOT NULL THEN
        UPDATE tasks SET ending = 'dead', text = _dead, rank = 3, due = _now, due_after = 0,
            place = 'astray'
        WHERE id = _id;
        RETURN NULL;
    END IF;
    SELECT guid INTO _guid FROM deliveries WHERE id = _task.delivery;
    _seat := join_1(_id, _task.delivery, _guid, _task.taker, _lane, _mode, _version, _before, _after,
        _now, true, false, _task.due);
    UPDATE tasks SET lane = _lane, mode = _mode, version = _version, heads_before = _before,
        heads_after = _after, place = _seat.place, turn = _seat.turn, due = _seat.due,
        is_newest = _seat.is_newest, is_passed_by = _seat.is_passed_by,
        superseded_by = _seat.superseded_by,
        ending = CASE WHEN _seat.superseded_by IS NOT NULL THEN 'superseded' END,
        rank = CASE WHEN _seat.superseded_by IS NOT NULL THEN 3 ELSE rank END
    WHERE id = _id;
    RETURN _seat.late || _id;
END $$;

-- Gives tasks their places.
CREATE FUNCTION place_all_1(
    _ids bigint[], _lanes text[], _modes text[], _versions bigint[], _befores text[], _afters text[],
    _deads text[], _are_declined boolean[], OUT late bigint[], OUT late_takers bigint[]
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_lanes_1(_lanes);
    FOR i IN 1 .. cardinality(_ids) LOOP
        late := late || place_1(_ids[i], _lanes[i], _modes[i], _versions[i], _befores[i],
            _afters[i], _deads[i], _are_declined[i]);
    END LOOP;
    SELECT array_agg(it.id), array_agg(it.taker) INTO late, late_takers FROM tasks AS it
    WHERE it.id = ANY (late) AND it.state = 'waiting';
END $$;

-- The rank of a task that waits: see `Rank`.
CREATE FUNCTION rank_1(_number integer, _abandoned integer, _ending text, _place text)
RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        -- While a lane waits for its end, that comes before.
        WHEN _ending IS NOT NULL THEN CASE WHEN _place = 'head' THEN 1 ELSE 3 END
        WHEN _abandoned >= 2 THEN 2
        WHEN _number > 0 THEN 1
        ELSE 0
    END::smallint
$$;

-- A leased task is settled. Returns who leads its lane now.
CREATE FUNCTION finish_1(_task tasks, _state text, _now timestamptz) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    _halts boolean := _task.place = 'head' AND _task.mode = 'halting'
        AND _state IN ('dead', 'canceled');
BEGIN
    UPDATE tasks SET state = _state, ending = NULL, settled_at = _now, token = NULL,
        lease_until = NULL, lease_after = NULL, look_at = NULL, is_waiting = false,
        text = CASE WHEN _state = 'done' THEN NULL ELSE text END,
        place = CASE WHEN place IN ('head', 'line') AND NOT _halts THEN 'alone' ELSE place END
    WHERE id = _task.id;
    IF _task.place = 'head' AND NOT _halts THEN
        RETURN pass_on_1(_task.lane, _task);
    END IF;
    RETURN NULL;
END $$;

-- How a task that was marked ends.
CREATE FUNCTION marked_1(_task tasks) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN _task.canceled IS NOT NULL THEN 'canceled'
        WHEN _task.superseded_by IS NOT NULL THEN 'superseded'
    END
$$;

-- A leased task waits from now on, as its row `_task` says. A head that is due later than before may be
-- behind others in order.
CREATE FUNCTION wait_1(_task tasks, _due timestamptz, _after bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tasks SET state = 'waiting', token = _task.token, lease_until = NULL, look_at = NULL,
        due = _due, due_after = _after, ending = _task.ending,
        is_passed_by = is_passed_by OR place = 'head' AND _due > due,
        number = _task.number, failures = _task.failures, abandoned = _task.abandoned,
        failing_since = _task.failing_since, waiting_since = _task.waiting_since,
        text = _task.text, is_waiting = _task.is_waiting, is_woken = _task.is_woken,
        rank = rank_1(_task.number, _task.abandoned, _task.ending, _task.place)
    WHERE id = _task.id;
END $$;

-- Ends a lease, with its lane and its row locked. Returns `settled`, or how the task must end.
CREATE FUNCTION settle_one_1(
    _task tasks, _kind text, _after bigint, _because text, _end text, _text text, _now timestamptz,
    OUT result text, OUT is_changed boolean, OUT late bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    _was tasks := _task;
    _marked text := CASE WHEN _task.ending IS NULL THEN marked_1(_task) END;
    _pause bigint := 0;
BEGIN
    result := 'settled';
    is_changed := false;
    IF _kind = 'done' AND _task.ending IS NULL THEN
        late := finish_1(_task, 'done', _now);
        RETURN;
    ELSIF _kind = 'ended' AND _task.ending IS NULL THEN
        -- It has not ended: nothing to confirm.
        result := 'lost';
        RETURN;
    ELSIF _kind IN ('done', 'ended') THEN
        late := finish_1(_task, _task.ending, _now);
        RETURN;
    ELSIF _kind = 'end' AND _task.ending IS NOT NULL THEN
        -- Said again, because the answer was lost.
        RETURN;
    ELSIF _kind = 'end' OR _kind = 'again' AND _marked IS NOT NULL THEN
        result := coalesce(_marked, 'settled');
        UPDATE tasks SET ending = coalesce(_marked, _end), abandoned = 0, is_waiting = false,
            text = CASE coalesce(_marked, _end) WHEN 'canceled' THEN coalesce(canceled, _text)
                ELSE _text END
        WHERE id = _task.id;
        RETURN;
    ELSIF _kind = 'release' THEN
        IF _task.ending IS NULL THEN
            _task.number := greatest(_task.number - 1, 0);
        END IF;
        IF _marked IS NOT NULL THEN
            _task.ending := _marked;
            _task.abandoned := 0;
            _task.is_waiting := false;
            _task.text := CASE _marked WHEN 'canceled' THEN _task.canceled ELSE _task.text END;
        END IF;
    ELSIF _task.ending IS NOT NULL THEN
        _task.abandoned := _task.abandoned + (_because = 'failure')::integer;
        _pause := _after;
    ELSE
        _pause := _after;
        _task.text := _text;
        _task.abandoned := 0;
        _task.is_waiting := _because = 'wait';
        IF _because = 'wait' THEN
            _task.waiting_since := coalesce(_task.waiting_since, _now);
            IF _task.is_woken THEN
                _pause := 0;
                _task.is_woken := false;
            END IF;
        ELSE
            _task.waiting_since := NULL;
            _task.failing_since := coalesce(_task.failing_since, _now);
        END IF;
        IF _because = 'failure' THEN
            _task.failures := _task.failures + 1;
        END IF;
    END IF;
    _task.token := NULL;
    PERFORM wait_1(_task, CASE
        -- It has its turn again.
        WHEN _kind = 'release' AND _was.ending IS NULL THEN least(_task.due, _now)
        ELSE after_1(_now, _pause)
    END, _pause);
    is_changed := true;
    IF _task.place = 'head' THEN
        late := reconsider_1(_task.lane, _was);
    END IF;
END $$;

-- Ends leases. The results are in the order of the tokens.
CREATE FUNCTION settle_1(
    _tokens bigint[], _kinds text[], _afters bigint[], _becauses text[], _ends text[], _texts text[],
    OUT results text[], OUT is_changed boolean, OUT late bigint[], OUT late_takers bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    _now timestamptz;
    _task tasks;
    _one record;
    _done bigint[];
    _lanes text[];
BEGIN
    is_changed := false;
    _lanes := ARRAY (SELECT lane FROM tasks WHERE token = ANY (_tokens) AND lane IS NOT NULL);
    IF _lanes <> '{}' THEN
        PERFORM lock_lanes_1(_lanes);
    END IF;
    IF cardinality(_tokens) > 1 THEN
        -- In one order, so that no two wait for each other.
        PERFORM FROM tasks WHERE id = ANY (ARRAY (SELECT id FROM tasks WHERE token = ANY (_tokens)))
        ORDER BY id FOR UPDATE;
    END IF;
    _now := clock_timestamp();
    -- Most are done and have no lane.
    WITH done AS (
        UPDATE tasks SET state = 'done', settled_at = _now, token = NULL, lease_until = NULL,
            lease_after = NULL, look_at = NULL, is_waiting = false, text = NULL
        FROM unnest(_tokens, _kinds) AS it (token, kind)
        WHERE tasks.token = it.token AND it.kind = 'done' AND tasks.lane IS NULL
            AND tasks.ending IS NULL
        RETURNING it.token
    )
    SELECT array_agg(token) INTO _done FROM done;
    IF cardinality(_done) = cardinality(_tokens) THEN
        results := array_fill('settled'::text, ARRAY[cardinality(_tokens)]);
        RETURN;
    END IF;
    PERFORM note_clock_1(_now);
    FOR i IN 1 .. cardinality(_tokens) LOOP
        IF _tokens[i] = ANY (_done) THEN
            results := results || 'settled'::text;
            -- The same token twice is lost the second time.
            _done := array_remove(_done, _tokens[i]);
            CONTINUE;
        END IF;
        -- A late outcome counts as if the lease was held still.
        UPDATE tasks SET state = 'leased', lease_until = after_1(_now, lease_after),
            look_at = after_1(_now, lease_after)
        WHERE token = _tokens[i] AND state = 'waiting';
        SELECT * INTO _task FROM tasks WHERE token = _tokens[i] FOR UPDATE;
        IF NOT FOUND THEN
            results := results || 'lost'::text;
            CONTINUE;
        END IF;
        _one := settle_one_1(_task, _kinds[i], _afters[i], _becauses[i], _ends[i], _texts[i], _now);
        results := results || _one.result;
        is_changed := is_changed OR _one.is_changed OR _one.late IS NOT NULL;
        late := late || _one.late;
    END LOOP;
    IF late IS NOT NULL THEN
        SELECT array_agg(it.id), array_agg(it.taker) INTO late, late_takers FROM tasks AS it
        WHERE it.id = ANY (late) AND it.state = 'waiting';
    END IF;
END $$;

-- Takes back leases that have ended. Looks from a moment on; returns the first from which to look the
-- next time, what processes alive take, and the lanes of what they do not take.
CREATE FUNCTION expire_1(
    _from timestamptz, OUT ids bigint[], OUT first timestamptz, OUT taken bigint[],
    OUT ghost_lanes text[]
) LANGUAGE plpgsql AS $$
DECLARE
    _now timestamptz := clock_timestamp();
    _some bigint[];
    _task tasks;
    _marked text;
    _pause bigint;
BEGIN
    _some := ARRAY (
        SELECT id FROM tasks WHERE look_at >= _from AND look_at <= _now ORDER BY look_at LIMIT 1000);
    FOR _task IN
        SELECT * FROM tasks WHERE id = ANY (_some) AND state = 'leased'
        ORDER BY id FOR UPDATE SKIP LOCKED
    LOOP
        IF _task.lease_until > _now THEN
            UPDATE tasks SET look_at = lease_until WHERE id = _task.id;
            CONTINUE;
        END IF;
        ids := ids || _task.id;
        _marked := CASE WHEN _task.ending IS NULL THEN marked_1(_task) END;
        IF _marked IS NOT NULL THEN
            _task.ending := _marked;
            _task.token := NULL;
            _task.abandoned := 0;
            _task.is_waiting := false;
            _task.text := CASE _marked WHEN 'canceled' THEN _task.canceled ELSE _task.text END;
            _pause := 0;
        ELSE
            _task.abandoned := _task.abandoned + 1;
            _pause := least(
                _task.lease_after * power(2, least(_task.abandoned - 1, 31)), 600000)::bigint;
        END IF;
        PERFORM wait_1(_task, after_1(_now, _pause), _pause);
    END LOOP;
    SELECT look_at INTO first FROM tasks WHERE look_at >= _from ORDER BY look_at LIMIT 1;
    taken := ARRAY (SELECT id FROM takers WHERE is_taken_1(id) ORDER BY id);
    SELECT array_agg(DISTINCT lane) INTO ghost_lanes FROM tasks
    WHERE id = ANY (ids) AND place = 'head' AND taker <> ALL (taken);
END $$;

-- Lanes, from a place on in the index of what is due, whose waiting heads nobody takes though others in
-- line are taken.
CREATE FUNCTION ghosts_1(
    _untaken bigint[], _taken bigint[], _taker bigint, _rank smallint, _due timestamptz, _id bigint,
    OUT lanes text[], OUT last_taker bigint, OUT last_rank smallint, OUT last_due timestamptz,
    OUT last_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
    _each record;
BEGIN
    FOR _each IN
        SELECT taker, rank, due, id, place, lane FROM tasks
        WHERE state = 'waiting' AND place IN ('alone', 'head', 'astray') AND taker = ANY (_untaken)
            AND (taker, rank, due, id) > (_taker, _rank, _due, _id)
        ORDER BY taker, rank, due, id LIMIT 1000
    LOOP
        last_taker := _each.taker;
        last_rank := _each.rank;
        last_due := _each.due;
        last_id := _each.id;
        IF _each.place = 'head' AND EXISTS (
            SELECT FROM tasks
            WHERE lane = _each.lane AND place = 'line' AND mode IN ('free', 'latest')
                AND taker = ANY (_taken)
        ) OR EXISTS (
            SELECT FROM tasks
            WHERE lane = _each.lane AND place = 'line' AND mode IN ('in order', 'halting')
                AND taker = ANY (_taken)
        ) THEN
            lanes := lanes || _each.lane;
        END IF;
    END LOOP;
END $$;

-- Passes on these lanes, if nobody takes their heads.
CREATE FUNCTION pass_ghosts_1(_lanes text[], OUT late bigint[], OUT late_takers bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    _lane text;
    _head tasks;
    _next tasks;
    _none tasks;
BEGIN
    PERFORM lock_lanes_1(_lanes);
    FOREACH _lane IN ARRAY _lanes LOOP
        _head := last_turn_1(_lane);
        CONTINUE WHEN _head.place <> 'head' OR _head.state <> 'waiting' OR is_taken_1(_head.taker);
        _next := next_in_line_1(_lane, _none);
        CONTINUE WHEN _next.id IS NULL OR NOT is_taken_1(_next.taker);
        UPDATE tasks SET place = 'line', is_passed_by = false, token = NULL WHERE id = _head.id;
        UPDATE tasks SET place = 'head', turn = _head.turn + 1, is_passed_by = true
        WHERE id = _next.id;
        late := late || _next.id;
    END LOOP;
    SELECT array_agg(it.id), array_agg(it.taker) INTO late, late_takers FROM tasks AS it
    WHERE it.id = ANY (late);
END $$;

-- Keeps a step of a leased task.
CREATE FUNCTION keep_step_1(_token bigint, _name text, _of_type text, _json bytea) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    _task bigint;
BEGIN
    UPDATE tasks SET abandoned = 0 WHERE token = _token AND state = 'leased' RETURNING id INTO _task;
    IF _task IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO steps (task, name, of_type, json) VALUES (_task, _name, _of_type, _json)
    ON CONFLICT (task, name) DO UPDATE SET of_type = excluded.of_type, json = excluded.json;
    RETURN true;
END $$;

-- What a person or a program does to one task. `outcome`: a word for each of `Changed`.
CREATE FUNCTION change_1(
    _id bigint, _kind text, _reason text, _forget text, _after bigint,
    OUT outcome text, OUT newer text, OUT late bigint[], OUT late_takers bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    _task tasks;
    _now timestamptz;
    _again record;
    _guid text;
    _has_body boolean;
    _halts boolean;
BEGIN
    SELECT * INTO _task FROM tasks WHERE id = _id;
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN;
    END IF;
    PERFORM lock_lanes_1(ARRAY[_task.lane]);
    SELECT * INTO _task FROM tasks WHERE id = _id FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN;
    END IF;
    _now := clock_timestamp();
    outcome := 'refused';
    IF _kind IN ('rerun', 'revive') THEN
        IF _kind = 'rerun' AND _task.settled_at IS NULL OR _kind = 'revive' AND _task.state <> 'dead' THEN
            RETURN;
        END IF;
        SELECT guid, body IS NOT NULL INTO _guid, _has_body FROM deliveries
        WHERE id = _task.delivery FOR UPDATE;
        IF NOT _has_body THEN
            outcome := 'no body';
            RETURN;
        END IF;
        DELETE FROM steps WHERE task = _id AND name = _forget;
        _again := reopen_1(_task, _guid, CASE _kind WHEN 'revive' THEN 'go on' ELSE 'rerun' END, _now,
            _after);
        newer := _again.superseded_by;
        outcome := CASE WHEN newer IS NULL THEN 'changed' ELSE 'superseded' END;
        late := _again.late;
    ELSIF _kind = 'cancel' AND _task.ending IS NULL AND _task.state = 'leased' THEN
        UPDATE tasks SET canceled = coalesce(canceled, _reason) WHERE id = _id;
        outcome := 'marked';
    ELSIF _kind = 'cancel' AND _task.ending IS NULL AND _task.state = 'waiting' THEN
        _halts := _task.place = 'head' AND _task.mode = 'halting';
        UPDATE tasks SET ending = 'canceled', canceled = _reason, text = _reason, abandoned = 0,
            token = NULL, is_passed_by = true,
            is_waiting = false, due = _now, due_after = 0,
            rank = CASE WHEN _halts THEN 1 ELSE 3 END,
            place = CASE
                WHEN _halts THEN 'head'
                WHEN place = 'unplaced' THEN 'astray'
                ELSE 'alone'
            END
        WHERE id = _id;
        outcome := 'changed';
        IF _task.place = 'head' AND NOT _halts THEN
            late := pass_on_1(_task.lane, _task);
        END IF;
    ELSIF _kind = 'cancel' AND _task.settled_at IS NOT NULL AND _task.place = 'head' THEN
        -- Nothing is left to do but to let its lane go on.
        UPDATE tasks SET state = 'canceled', text = _reason, place = 'alone' WHERE id = _id;
        outcome := 'changed';
        late := pass_on_1(_task.lane, _task);
    ELSIF _kind = 'wake' AND _task.ending IS NULL AND _task.state = 'leased' THEN
        UPDATE tasks SET is_woken = true WHERE id = _id;
        outcome := 'marked';
    ELSIF _kind = 'wake' AND _task.ending IS NULL AND _task.state = 'waiting' THEN
        late := make_due_1(_task, _now);
        outcome := 'changed';
    END IF;
    IF late IS NOT NULL THEN
        SELECT array_agg(it.id), array_agg(it.taker) INTO late, late_takers FROM tasks AS it
        WHERE it.id = ANY (late) AND it.state = 'waiting';
    END IF;
END $$;

-- Writes what an accept writes, and takes it away again. What is left of it in the indexes until they are
-- vacuumed lies where nobody looks.
CREATE FUNCTION probe_1(_guid text, _body bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _delivery bigint;
    _task bigint;
BEGIN
    INSERT INTO deliveries (guid, event, received_at, body) VALUES (_guid, '', '', _body)
    RETURNING id INTO _delivery;
    INSERT INTO tasks (delivery, taker, due, state, place)
    VALUES (_delivery, 0, 'infinity', 'waiting', 'alone') RETURNING id INTO _task;
    DELETE FROM tasks WHERE id = _task;
    DELETE FROM deliveries WHERE id = _delivery;
END $$;
