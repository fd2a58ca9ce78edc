-- Writes the tasks of a delivery that have a place, with their lanes locked.
CREATE FUNCTION add_tasks_1(
    _delivery bigint, _guid text, _now timestamptz, _takers bigint[], _lanes text[], _modes text[],
    _versions bigint[], _befores text[], _afters text[], _deads text[], _leases bigint[],
    _tokens bigint[],
    OUT superseded integer, OUT handed_takers bigint[], OUT handed_tasks bigint[],
    OUT handed_tokens bigint[], OUT late bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    _largest constant bigint := 9223372036854775807;
    _seat record;
    _id bigint;
    _ending text;
    _lane text;
    _lease bigint;
BEGIN
    superseded := 0;
    IF array_remove(_lanes || _deads, NULL) = '{}' THEN
        -- Most have no lane.
        FOR _seat IN
            INSERT INTO tasks (delivery, taker, due, token, lease_until, lease_after, look_at, number,
                state, place)
            SELECT _delivery, it.taker, _now, CASE WHEN it.lease IS NOT NULL THEN it.token END,
                after_1(_now, it.lease), it.lease, after_1(_now, it.lease),
                (it.lease IS NOT NULL)::integer,
                CASE WHEN it.lease IS NULL THEN 'waiting' ELSE 'leased' END, 'alone'
            FROM unnest(_takers, _leases, _tokens) AS it (taker, lease, token)
            RETURNING id, taker, token
        LOOP
            IF _seat.token IS NOT NULL THEN
                handed_takers := handed_takers || _seat.taker;
                handed_tasks := handed_tasks || _seat.id;
                handed_tokens := handed_tokens || _seat.token;
            END IF;
        END LOOP;
        RETURN;
    END IF;
    FOR i IN 1 .. cardinality(_takers) LOOP
        _lane := CASE WHEN _deads[i] IS NULL THEN _lanes[i] END;
        _seat := join_1(_largest, _delivery, _guid, _takers[i], _lane, _modes[i], _versions[i],
            _befores[i], _afters[i], _now, true, false, _now);
        _ending := CASE
            WHEN _deads[i] IS NOT NULL THEN 'dead'
            WHEN _seat.superseded_by IS NOT NULL THEN 'superseded'
        END;
        _lease := CASE WHEN _ending IS NULL AND _seat.place <> 'line' THEN _leases[i] END;
        INSERT INTO tasks (delivery, taker, due, token, lease_until, lease_after, look_at, number,
            rank, state, ending, place, lane, mode, turn, version, heads_before, heads_after,
            is_newest, is_passed_by, superseded_by, text)
        VALUES (_delivery, _takers[i], _seat.due, CASE WHEN _lease IS NOT NULL THEN _tokens[i] END,
            after_1(_now, _lease), _lease, after_1(_now, _lease), (_lease IS NOT NULL)::integer,
            CASE WHEN _ending IS NULL THEN 0 ELSE 3 END,
            CASE WHEN _lease IS NULL THEN 'waiting' ELSE 'leased' END, _ending,
            CASE WHEN _deads[i] IS NULL THEN _seat.place ELSE 'astray' END,
            _lane, CASE WHEN _lane IS NOT NULL THEN _modes[i] END, _seat.turn,
            CASE WHEN _lane IS NOT NULL THEN _versions[i] END,
            CASE WHEN _lane IS NOT NULL THEN _befores[i] END,
            CASE WHEN _lane IS NOT NULL THEN _afters[i] END,
            _seat.is_newest, _seat.is_passed_by, _seat.superseded_by, _deads[i])
        RETURNING id INTO _id;
        superseded := superseded + coalesce(_ending = 'superseded', false)::integer;
        late := late || _seat.late;
        IF _lease IS NOT NULL THEN
            handed_takers := handed_takers || _takers[i];
            handed_tasks := handed_tasks || _id;
            handed_tokens := handed_tokens || _tokens[i];
        ELSIF _seat.place <> 'line' AND _seat.due < _now THEN
            late := late || _id;
        END IF;
    END LOOP;
END $$;

-- A task that is settled begins a new run, or goes on if it is dead; with its lane locked. `_kind`: run,
-- go on, rerun. Returns the newer delivery that takes its place; then it stays settled.
CREATE FUNCTION reopen_1(
    _task tasks, _guid text, _kind text, _now timestamptz, _after bigint,
    OUT superseded_by text, OUT late bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    _seat record;
    _none tasks;
BEGIN
    IF _task.place = 'astray' THEN
        SELECT 'unplaced' AS place, NULL::bigint AS turn, after_1(_now, _after) AS due,
            false AS is_passed_by, NULL::text AS superseded_by, NULL::bigint[] AS late INTO _seat;
    ELSE
        _seat := join_1(_task.id, _task.delivery, _guid, _task.taker, _task.lane, _task.mode,
            _task.version, _task.heads_before, _task.heads_after, _now, false, _kind = 'rerun',
            after_1(_now, _after));
    END IF;
    superseded_by := _seat.superseded_by;
    IF superseded_by IS NOT NULL THEN
        UPDATE tasks SET superseded_by = _seat.superseded_by, state = 'superseded', settled_at = _now
        WHERE id = _task.id;
        RETURN;
    END IF;
    IF _kind <> 'go on' THEN
        DELETE FROM steps WHERE task = _task.id;
    END IF;
    UPDATE tasks SET state = 'waiting', place = _seat.place,
        turn = coalesce(_seat.turn, tasks.turn), due = _seat.due, due_after = _after,
        is_passed_by = _seat.is_passed_by, rank = 0, run = run + (_kind <> 'go on')::integer, number = 0,
        failures = 0, abandoned = 0, failing_since = NULL, waiting_since = NULL, text = NULL,
        is_waiting = false, is_woken = false, superseded_by = NULL, canceled = NULL,
        settled_at = NULL, keeps_body = true, is_newest = false, is_rerun = _kind = 'rerun'
    WHERE id = _task.id;
    late := _seat.late;
    IF _seat.place IN ('alone', 'head') AND _seat.due < _now THEN
        late := late || _task.id;
    END IF;
    IF _task.place = 'head' AND _task.is_passed_by THEN
        late := late || reconsider_1(_task.lane, _none);
    END IF;
END $$;

-- What waits is due now. Returns it if it was not.
CREATE FUNCTION make_due_1(_task tasks, _now timestamptz) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    _seat record;
BEGIN
    IF _task.due <= _now THEN
        RETURN NULL;
    END IF;
    UPDATE tasks SET due = _now, due_after = 0 WHERE id = _task.id;
    IF _task.place = 'line' THEN
        _seat := seat_1(_task.id, _task.taker, _now, _task.lane, _task.mode);
        IF _seat.place = 'head' THEN
            UPDATE tasks SET place = 'head', turn = _seat.turn,
                is_passed_by = _seat.is_passed_by
            WHERE id = _task.id;
        END IF;
    END IF;
    RETURN ARRAY[_task.id];
END $$;

-- The handlers of these. (Functions in SQL are planned anew each time, these once for a session.)
CREATE FUNCTION handlers_1(_takers bigint[]) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY (SELECT handler FROM takers WHERE id = ANY (_takers));
END $$;

-- What processes that are alive take of this event for a program, one for each handler, without these
-- handlers.
CREATE FUNCTION others_1(_program text, _event text, _handlers bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    _others bigint[];
    _handler bigint;
    _each record;
BEGIN
    FOR _each IN
        SELECT takers.id, takers.handler FROM processes
            JOIN claims ON claims.process = processes.id JOIN takers ON takers.id = claims.taker
        WHERE processes.program = _program
            AND processes.seen_at > (SELECT clock_timestamp() - interval '10 minutes')
            AND (takers.event = _event OR takers.event IS NULL)
            AND takers.handler <> ALL (coalesce(_handlers, '{}'))
        ORDER BY takers.handler, takers.id
    LOOP
        IF _each.handler IS DISTINCT FROM _handler THEN
            _others := _others || _each.id;
        END IF;
        _handler := _each.handler;
    END LOOP;
    RETURN _others;
END $$;

-- Stores a delivery and its tasks, or does what *Redeliver* means for one that is known.
-- `outcome`: new, known, declined, replay, other (of what is submitted: the id is something else's),
-- full (the room that is left is held for what was accepted), unknown (a number that nobody registered).
CREATE FUNCTION accept_1(
    _guid text, _hook bigint, _event text, _action text, _repository text, _target_type text,
    _target bigint, _installation bigint, _host text, _received_at text, _fingerprint bytea,
    _body bytea, _unpacked_length integer, _program text, _is_submitted boolean,
    _takers bigint[], _lanes text[], _modes text[], _versions bigint[], _befores text[],
    _afters text[], _deads text[], _leases bigint[], _tokens bigint[], _declined bigint[],
    _needs_reserve boolean, _ticket bigint,
    OUT outcome text, OUT all_tasks integer, OUT at_work integer, OUT begun integer,
    OUT superseded integer, OUT is_due boolean, OUT is_repeated boolean,
    OUT handed_takers bigint[], OUT handed_tasks bigint[], OUT handed_tokens bigint[],
    OUT late bigint[], OUT late_takers bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    _own bigint[] := handlers_1(_takers || _declined);
    _others bigint[] := others_1(_program, _event, _own);
    _is_wanted boolean := cardinality(_takers) > 0 OR _others IS NOT NULL;
    _known deliveries;
    _delivery bigint;
    _digest bytea := CASE WHEN _is_submitted THEN sha256(_body) END;
    _have bigint[];
    _missing integer[];
    _task tasks;
    _again record;
    _added record;
    _has_added boolean := false;
    _now timestamptz;
    _is_at_work boolean;
BEGIN
    all_tasks := 0;
    at_work := 0;
    begun := 0;
    superseded := 0;
    is_due := false;
    is_repeated := false;
    IF _needs_reserve AND NOT EXISTS (SELECT FROM reserve) THEN
        outcome := 'full';
        RETURN;
    ELSIF cardinality(_own) < cardinality(_takers) + cardinality(_declined) THEN
        outcome := 'unknown';
        RETURN;
    END IF;
    IF _fingerprint IS NOT NULL THEN
        -- Of two replays at the same moment the second sees the first.
        PERFORM lock_1('fingerprint ' || encode(_fingerprint, 'hex'));
        IF EXISTS (
            SELECT FROM deliveries
            WHERE fingerprint = _fingerprint AND (guid <> _guid OR event <> _event))
        THEN
            outcome := 'replay';
            RETURN;
        END IF;
    END IF;
    LOOP
        -- What nobody wants is written down by its id alone.
        INSERT INTO deliveries (guid, hook_id, event, received_at, fingerprint, digest, ticket, action,
            repository, target_type, target_id, installation_id, enterprise_host, unpacked_length,
            body, bare_since)
        SELECT _guid, _hook, _event, _received_at, _fingerprint, _digest, _ticket, it.*,
            CASE WHEN NOT _is_wanted THEN clock_timestamp() END
        FROM (SELECT true) AS always LEFT JOIN (
            SELECT _action, _repository, _target_type, _target, _installation, _host,
                _unpacked_length, _body
        ) AS it ON _is_wanted
        ON CONFLICT DO NOTHING RETURNING id INTO _delivery;
        EXIT WHEN _delivery IS NOT NULL;
        SELECT * INTO _known FROM deliveries
        WHERE guid = _guid AND (hook_id = _hook OR hook_id IS NULL AND _hook IS NULL) FOR UPDATE;
        EXIT WHEN _known.id IS NOT NULL;
    END LOOP;

    IF _delivery IS NOT NULL THEN
        outcome := CASE WHEN _is_wanted OR cardinality(_declined) = 0 THEN 'new' ELSE 'declined' END;
        IF array_remove(_lanes, NULL) <> '{}' THEN
            PERFORM lock_lanes_1(_lanes);
        END IF;
        _now := clock_timestamp();
        _added := add_tasks_1(_delivery, _guid, _now, _takers, _lanes, _modes, _versions,
            _befores, _afters, _deads, _leases, _tokens);
        _has_added := true;
        begun := cardinality(_takers);
    ELSE
        _delivery := _known.id;
        IF _known.ticket = _ticket THEN
            -- This very call did it before, and its answer was lost.
            SELECT count(*), count(*) FILTER (WHERE it.settled_at IS NULL),
                array_agg(it.taker) FILTER (WHERE it.token = ANY (_tokens)),
                array_agg(it.id) FILTER (WHERE it.token = ANY (_tokens)),
                array_agg(it.token) FILTER (WHERE it.token = ANY (_tokens))
            INTO all_tasks, at_work, handed_takers, handed_tasks, handed_tokens
            FROM tasks AS it WHERE it.delivery = _delivery;
            begun := all_tasks;
            outcome := CASE WHEN all_tasks > 0 OR cardinality(_declined) = 0 THEN 'new' ELSE 'declined' END;
            IF _known.told IS NOT NULL THEN
                all_tasks := _known.told[1];
                at_work := _known.told[2];
                begun := _known.told[3];
                superseded := _known.told[4];
                outcome := CASE
                    WHEN all_tasks + begun + superseded = 0 AND cardinality(_declined) > 0
                        THEN 'declined'
                    ELSE 'known'
                END;
            END IF;
            is_due := true;
            is_repeated := true;
            RETURN;
        END IF;
        IF _is_submitted THEN
            SELECT count(*), count(*) FILTER (WHERE settled_at IS NULL) INTO all_tasks, at_work
            FROM tasks WHERE delivery = _delivery;
            outcome := CASE
                WHEN _known.event <> _event OR _known.digest <> _digest THEN 'other'
                WHEN _known.digest IS NULL AND _known.body <> _body THEN 'other'
                ELSE 'known'
            END;
            RETURN;
        END IF;
        outcome := 'known';
        _have := handlers_1(ARRAY (SELECT taker FROM tasks WHERE delivery = _delivery));
        _others := others_1(_program, _event, _own || _have);
        SELECT array_agg(i) INTO _missing FROM generate_subscripts(_takers, 1) AS i
        WHERE (SELECT handler FROM takers WHERE id = _takers[i]) <> ALL (coalesce(_have, '{}'));
        PERFORM lock_lanes_1(
            (SELECT array_agg(lane) FROM tasks WHERE delivery = _delivery) || _lanes);
        _now := clock_timestamp();
        SELECT count(*), count(*) FILTER (WHERE settled_at IS NULL) INTO all_tasks, at_work
        FROM tasks WHERE delivery = _delivery;
        IF all_tasks = 0 THEN
            -- Its id is all that is known.
            UPDATE deliveries SET event = _event, action = _action, repository = _repository,
                target_type = _target_type, target_id = _target, installation_id = _installation,
                enterprise_host = _host, received_at = _received_at
            WHERE id = _delivery AND _is_wanted;
        END IF;
        _is_at_work := at_work > 0;
        FOR _task IN
            SELECT * FROM tasks
            WHERE id = ANY (ARRAY (SELECT id FROM tasks WHERE delivery = _delivery))
            ORDER BY id FOR UPDATE
        LOOP
            IF _task.state = 'waiting' AND _task.ending IS NULL THEN
                late := late || make_due_1(_task, _now);
            ELSIF _task.state = 'dead' OR _task.settled_at IS NOT NULL AND NOT _is_at_work THEN
                _again := reopen_1(_task, _guid,
                    CASE WHEN _task.state = 'dead' THEN 'go on' ELSE 'run' END, _now, 0);
                late := late || _again.late;
                IF _again.superseded_by IS NULL THEN
                    begun := begun + 1;
                ELSE
                    superseded := superseded + 1;
                END IF;
                IF _task.place = 'astray' THEN
                    -- Where its lane could not be found out the last time.
                    late := late || (
                        SELECT place_1(_task.id, _lanes[i], _modes[i], _versions[i],
                            _befores[i], _afters[i], _deads[i], false)
                        FROM generate_subscripts(_takers, 1) AS i
                        WHERE handlers_1(ARRAY[_takers[i]]) = handlers_1(ARRAY[_task.taker]) LIMIT 1);
                END IF;
            END IF;
        END LOOP;
        IF _missing IS NOT NULL THEN
            _added := add_tasks_1(_delivery, _guid, _now,
                ARRAY (SELECT _takers[i] FROM unnest(_missing) AS i),
                ARRAY (SELECT _lanes[i] FROM unnest(_missing) AS i),
                ARRAY (SELECT _modes[i] FROM unnest(_missing) AS i),
                ARRAY (SELECT _versions[i] FROM unnest(_missing) AS i),
                ARRAY (SELECT _befores[i] FROM unnest(_missing) AS i),
                ARRAY (SELECT _afters[i] FROM unnest(_missing) AS i),
                ARRAY (SELECT _deads[i] FROM unnest(_missing) AS i),
                ARRAY (SELECT _leases[i] FROM unnest(_missing) AS i),
                ARRAY (SELECT _tokens[i] FROM unnest(_missing) AS i));
            _has_added := true;
            superseded := superseded + _added.superseded;
            begun := begun + cardinality(_missing) - _added.superseded;
        END IF;
    END IF;

    PERFORM note_clock_1(_now);
    IF _others IS NOT NULL THEN
        INSERT INTO tasks (delivery, taker, due, state, place)
        SELECT _delivery, each, _now, 'waiting', 'unplaced' FROM unnest(_others) AS each;
        begun := begun + cardinality(_others);
    END IF;
    IF _has_added THEN
        handed_takers := _added.handed_takers;
        handed_tasks := _added.handed_tasks;
        handed_tokens := _added.handed_tokens;
        late := late || _added.late;
    END IF;
    is_due := late IS NOT NULL OR begun + superseded > coalesce(cardinality(handed_tasks), 0);
    IF outcome = 'known' THEN
        IF all_tasks = 0 AND begun + superseded = 0 AND cardinality(_declined) > 0 THEN
            outcome := 'declined';
        ELSIF _known.body IS NULL AND (begun > 0 OR at_work > 0) THEN
            UPDATE deliveries SET body = _body, unpacked_length = _unpacked_length, bare_since = NULL
            WHERE id = _delivery;
        END IF;
        UPDATE deliveries SET ticket = _ticket, told = ARRAY[all_tasks, at_work, begun, superseded]
        WHERE id = _delivery;
    END IF;
    IF late IS NOT NULL THEN
        SELECT array_agg(it.id), array_agg(it.taker) INTO late, late_takers FROM tasks AS it
        WHERE it.id = ANY (late) AND it.state = 'waiting';
    END IF;
END $$;

-- The same in the transaction of somebody else, whose settings are his own. Nothing is handed over before
-- it is committed.
CREATE FUNCTION submit_1(
    _guid text, _hook bigint, _event text, _action text, _repository text, _target_type text,
    _target bigint, _installation bigint, _host text, _received_at text, _fingerprint bytea,
    _body bytea, _unpacked_length integer, _program text, _is_submitted boolean,
    _takers bigint[], _lanes text[], _modes text[], _versions bigint[], _befores text[],
    _afters text[], _deads text[], _leases bigint[], _tokens bigint[], _declined bigint[],
    _needs_reserve boolean, _ticket bigint,
    OUT outcome text, OUT all_tasks integer, OUT at_work integer, OUT begun integer,
    OUT superseded integer, OUT is_due boolean, OUT is_repeated boolean,
    OUT handed_takers bigint[], OUT handed_tasks bigint[], OUT handed_tokens bigint[],
    OUT late bigint[], OUT late_takers bigint[]
) LANGUAGE sql
SET search_path FROM CURRENT SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
    SELECT * FROM accept_1(_guid, _hook, _event, _action, _repository, _target_type, _target,
        _installation, _host, _received_at, _fingerprint, _body, _unpacked_length, _program,
        _is_submitted, _takers, _lanes, _modes, _versions, _befores, _afters, _deads, _leases, _tokens,
        _declined, _needs_reserve, _ticket)
$$;
