-- Writes down that a process takes these names. `_formers` are pairs with `_former_of`, the place of the
-- claim. Returns the numbers, or the name that a living process of another program has.
CREATE FUNCTION register_1(
    _process text, _program text, _names text[], _events text[], _formers text[], _former_of integer[],
    OUT takers bigint[], OUT handlers bigint[], OUT taken_name text, OUT taken_by text
) LANGUAGE plpgsql AS $$
DECLARE
    _handler bigint;
    _taker bigint;
BEGIN
    PERFORM lock_1('registry');
    DELETE FROM claims USING processes WHERE processes.id = claims.process
        AND processes.seen_at < (SELECT clock_timestamp() - interval '1 day');
    DELETE FROM processes WHERE seen_at < (SELECT clock_timestamp() - interval '1 day');
    SELECT claims.name, processes.program INTO taken_name, taken_by
    FROM processes JOIN claims ON claims.process = processes.id
    WHERE claims.name = ANY (_names) AND processes.program <> _program
        AND processes.seen_at > (SELECT clock_timestamp() - interval '10 minutes')
    LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    INSERT INTO processes (id, program) VALUES (_process, _program)
    ON CONFLICT (id) DO UPDATE SET program = excluded.program, seen_at = excluded.seen_at;
    FOR i IN 1 .. cardinality(_names) LOOP
        SELECT handler INTO _handler FROM names WHERE name = _names[i];
        IF NOT FOUND THEN
            SELECT names.handler INTO _handler
            FROM unnest(_formers, _former_of) WITH ORDINALITY AS it (name, of, place)
                JOIN names ON names.name = it.name
            WHERE it.of = i ORDER BY it.place LIMIT 1;
            IF FOUND THEN
                UPDATE handlers SET name = _names[i] WHERE id = _handler;
            ELSE
                INSERT INTO handlers (name) VALUES (_names[i]) RETURNING id INTO _handler;
            END IF;
            INSERT INTO names (name, handler) VALUES (_names[i], _handler);
        END IF;
        SELECT id INTO _taker FROM takers
        WHERE handler = _handler AND (event = _events[i] OR event IS NULL AND _events[i] IS NULL);
        IF NOT FOUND THEN
            INSERT INTO takers (handler, event) VALUES (_handler, _events[i]) RETURNING id INTO _taker;
        END IF;
        INSERT INTO registered (name, taker, program) VALUES (_names[i], _taker, _program)
        ON CONFLICT (name, taker) DO UPDATE SET program = excluded.program,
            last_seen = excluded.last_seen;
        INSERT INTO claims (taker, process, name) VALUES (_taker, _process, _names[i])
        ON CONFLICT DO NOTHING;
        takers := takers || _taker;
        handlers := handlers || _handler;
    END LOOP;
    DELETE FROM claims WHERE process = _process
        AND (taker, name) NOT IN (SELECT * FROM unnest(takers, _names));
END $$;

-- Drops the body of a delivery if all its tasks are settled for long enough. Of several tasks the one
-- that is settled last, or is dead, looks after the body; the others look no more.
CREATE FUNCTION drop_body_1(_task tasks, _limit timestamptz, _dead_limit timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    _others record;
    _dropped boolean;
BEGIN
    -- Whoever begins one of its tasks anew holds it.
    PERFORM FROM deliveries WHERE id = _task.delivery FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT bool_or(settled_at IS NULL) AS are_open, bool_or(state = 'dead') AS are_dead,
        max(settled_at) AS last
    INTO _others FROM tasks WHERE delivery = _task.delivery;
    IF _task.state = 'dead' AND (_others.are_open OR _others.last > _dead_limit) THEN
        RETURN false;
    ELSIF _task.state <> 'dead' AND (_others.are_open OR _others.are_dead OR _others.last > _limit) THEN
        UPDATE tasks SET keeps_body = false WHERE id = _task.id;
        RETURN false;
    END IF;
    UPDATE tasks SET keeps_body = false WHERE delivery = _task.delivery AND keeps_body;
    UPDATE deliveries SET body = NULL, unpacked_length = NULL
    WHERE id = _task.delivery AND body IS NOT NULL;
    RETURN FOUND;
END $$;

-- Forgets what was settled long ago: at most so many rows.
CREATE FUNCTION purge_1(
    _bodies_after bigint, _dead_bodies_after bigint, _settled_after bigint, _untaken_after bigint,
    _limit integer,
    OUT bodies bigint, OUT tasks bigint, OUT deliveries bigint, OUT untaken bigint,
    OUT is_more boolean
) LANGUAGE plpgsql AS $$
DECLARE
    _now timestamptz := clock_timestamp();
    _untaken bigint[];
    _lanes text[];
    _ids bigint[];
    _gone bigint[];
    _task tasks;
    _count bigint;
BEGIN
    bodies := 0;
    tasks := 0;
    deliveries := 0;
    -- What waits for a name that nobody takes dies.
    _untaken := ARRAY (SELECT it.id FROM takers AS it WHERE NOT is_taken_1(it.id));
    untaken := 0;
    IF _untaken <> '{}' THEN
        SELECT array_agg(each.id), array_agg(each.lane) INTO _ids, _lanes FROM (
            SELECT due_now.* FROM unnest(_untaken) AS it (taker)
            CROSS JOIN unnest('{0,1,2,3}'::smallint[]) AS of (rank)
            CROSS JOIN LATERAL (
                SELECT t.id, t.lane FROM tasks AS t
                WHERE t.taker = it.taker AND t.rank = of.rank AND t.state = 'waiting'
                    AND t.place IN ('alone', 'head', 'astray')
                ORDER BY t.due, t.id LIMIT _limit
            ) AS due_now
            UNION ALL
            SELECT unplaced.* FROM unnest(_untaken) AS it (taker) CROSS JOIN LATERAL (
                SELECT t.id, t.lane FROM tasks AS t
                WHERE t.taker BETWEEN it.taker AND it.taker AND t.place = 'unplaced'
                ORDER BY t.taker, t.id LIMIT _limit
            ) AS unplaced
            UNION ALL
            SELECT line.* FROM unnest(_untaken) AS it (taker) CROSS JOIN LATERAL (
                SELECT t.id, t.lane FROM tasks AS t
                WHERE t.taker = it.taker AND t.place = 'line' ORDER BY t.due LIMIT _limit
            ) AS line
        ) AS each JOIN tasks AS t ON t.id = each.id
        WHERE t.accepted_at <= _now - _untaken_after * interval '1 millisecond';
        IF _ids IS NOT NULL THEN
            PERFORM lock_lanes_1(_lanes);
            FOR _task IN
                SELECT t.* FROM tasks AS t WHERE t.id = ANY (_ids) AND t.state = 'waiting'
                ORDER BY t.id LIMIT _limit FOR UPDATE SKIP LOCKED
            LOOP
                UPDATE tasks AS t SET text = 'no process took its name for too long'
                WHERE t.id = _task.id AND t.ending IS NULL;
                PERFORM finish_1(_task, coalesce(_task.ending, 'dead'), _now);
                UPDATE tasks AS t SET place = 'astray' WHERE t.id = _task.id AND t.place = 'unplaced';
                untaken := untaken + 1;
            END LOOP;
        END IF;
    END IF;
    -- Deliveries all of whose tasks are settled for long.
    _ids := ARRAY (
        SELECT first.id FROM (
            SELECT t.id, t.delivery, t.settled_at FROM unnest(
                '{done,superseded,canceled,dead}'::text[]) AS of (state)
            CROSS JOIN LATERAL (
                SELECT t.id, t.delivery, t.settled_at FROM tasks AS t
                WHERE t.state = of.state
                    AND t.settled_at <= _now - _settled_after * interval '1 millisecond'
                ORDER BY t.settled_at LIMIT _limit
            ) AS t
        ) AS first
        WHERE NOT EXISTS (
            SELECT FROM tasks AS t WHERE t.delivery = first.delivery AND (t.settled_at IS NULL
                OR t.settled_at > _now - _settled_after * interval '1 millisecond'))
        ORDER BY first.settled_at LIMIT greatest(_limit - untaken, 0));
    IF _ids <> '{}' THEN
        _gone := ARRAY (
            SELECT d.id FROM deliveries AS d
            WHERE d.id = ANY (ARRAY (SELECT t.delivery FROM tasks AS t WHERE t.id = ANY (_ids)))
            FOR UPDATE SKIP LOCKED);
        SELECT array_agg(t.lane) INTO _lanes FROM tasks AS t
        WHERE t.delivery = ANY (_gone) AND t.place = 'head';
        PERFORM lock_lanes_1(_lanes);
        DELETE FROM steps
        WHERE task = ANY (ARRAY (SELECT t.id FROM tasks AS t WHERE t.delivery = ANY (_gone)));
        FOR _task IN DELETE FROM tasks AS t WHERE t.delivery = ANY (_gone) RETURNING t.* LOOP
            tasks := tasks + 1;
            IF _task.place = 'head' THEN
                PERFORM pass_on_1(_task.lane, _task);
            END IF;
        END LOOP;
        SELECT count(*) INTO bodies FROM deliveries AS d WHERE d.id = ANY (_gone) AND d.body IS NOT NULL;
        DELETE FROM deliveries AS d WHERE d.id = ANY (_gone);
        deliveries := coalesce(cardinality(_gone), 0);
    END IF;
    -- And what nobody wanted.
    WITH bare AS (
        DELETE FROM deliveries AS d WHERE d.id = ANY (ARRAY (
            SELECT d.id FROM deliveries AS d
            WHERE d.bare_since <= _now - _settled_after * interval '1 millisecond'
            ORDER BY d.bare_since LIMIT greatest(_limit - untaken - tasks - deliveries, 0)
            FOR UPDATE SKIP LOCKED))
        RETURNING 1
    )
    SELECT deliveries + count(*) INTO deliveries FROM bare;
    -- Bodies, where the rows stay.
    _count := untaken + tasks + deliveries;
    FOR _task IN
        SELECT t.* FROM unnest('{done,superseded,canceled,dead}'::text[]) AS of (state)
        CROSS JOIN LATERAL (
            SELECT t.* FROM tasks AS t
            WHERE t.state = of.state AND t.keeps_body AND t.settled_at <= _now - interval '1 millisecond'
                * CASE of.state WHEN 'dead' THEN _dead_bodies_after ELSE _bodies_after END
            ORDER BY t.settled_at LIMIT greatest(_limit - _count, 0)
        ) AS t
    LOOP
        EXIT WHEN _count >= _limit;
        IF drop_body_1(_task, after_1(_now, -_bodies_after), after_1(_now, -_dead_bodies_after)) THEN
            bodies := bodies + 1;
        END IF;
        _count := _count + 1;
    END LOOP;
    is_more := _count >= _limit;
END $$;

-- No moment is believed that lies further ahead than the wait it came from: where the clock was set
-- back, what waits, waits anew. Returns how many.
CREATE FUNCTION mend_1(_slack bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    _now timestamptz := clock_timestamp();
    _latest timestamptz := after_1(_now, _slack);
    _count bigint := 0;
    _lanes text[];
BEGIN
    WITH leased AS (
        UPDATE tasks SET lease_until = after_1(_now, lease_after), look_at = after_1(_now, lease_after)
        WHERE look_at IS NOT NULL
            AND (lease_until > after_1(_latest, lease_after) OR look_at > after_1(_latest, lease_after))
        RETURNING 1
    )
    SELECT count(*) INTO _count FROM leased;
    WITH waiting AS (
        UPDATE tasks SET due = after_1(_now, due_after)
        WHERE state = 'waiting' AND due > _latest AND due > after_1(_latest, due_after)
        RETURNING lane
    )
    SELECT _count + count(*), array_agg(DISTINCT lane) FILTER (WHERE lane IS NOT NULL)
    INTO _count, _lanes FROM waiting;
    -- What is leased keeps its turn: it is given back to before those who waited for it.
    UPDATE tasks SET due = after_1(_now, -1)
    WHERE look_at IS NOT NULL AND state = 'leased' AND due > _now;
    UPDATE tasks SET is_passed_by = true WHERE place = 'head' AND lane = ANY (_lanes);
    UPDATE processes SET seen_at = _now WHERE seen_at > _latest;
    UPDATE roles SET held_until = after_1(_now, held_after)
    WHERE held_until > after_1(_latest, held_after);
    UPDATE meta SET clock = _now;
    RETURN _count;
END $$;

-- Gives back the room that is held. It needs no rights to the table.
CREATE FUNCTION release_reserve_1() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    TRUNCATE reserve;
END $$;

-- Holds so many bytes from now on. What is in them cannot be compressed, wherever they lie.
CREATE FUNCTION hold_reserve_1(_bytes bigint) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    _random bit varying;
BEGIN
    PERFORM lock_1('reserve');
    IF pg_table_size('reserve') >= _bytes THEN
        RETURN;
    END IF;
    TRUNCATE reserve;
    -- 128 rows of 14,848 bits, over and over; four of them fill a page.
    SELECT ('x' || string_agg(replace(gen_random_uuid()::text, '-', ''), ''))::bit varying INTO _random
    FROM generate_series(1, 128 * 116);
    INSERT INTO reserve SELECT substring(_random FROM (1 + number % 128 * 14848)::integer FOR 14848)
    FROM generate_series(1, 4 * greatest(ceil(_bytes / 8192.0), 1)::bigint) AS number;
END $$;
