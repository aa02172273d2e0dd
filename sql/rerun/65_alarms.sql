-- How alarms come to be.  A signal is a bit that rises or falls, a value that
-- passes a limit, an operation or a report; signals of one batch are taken
-- together.
--
-- What a batch asks is plpgsql throughout, whose plans are kept: to plan takes
-- longer than to run.  A plan may be of the time when there were no cases; then
-- any index of alarm_now looks as good as its key, and all of it is soon read.  So
-- a class is compared by IS NOT DISTINCT FROM, which no index serves, OFFSET 0 or
-- nested loops keep joins in order.

CREATE OR REPLACE VIEW fireiot.alarm_bit AS
SELECT b.state_kind, w.word, b.bit, b.key, k.kind, k.class
FROM fireiot.status_bit AS b
JOIN (VALUES (1, 'system'), (2, 'component'), (4, 'operation'), (21, 'device'), (24, 'device_operation')) AS w (code, word)
	ON w.code = b.state_kind
JOIN fireiot.alarm_kind AS k ON k.kind = w.word || '.' || b.key;
COMMENT ON VIEW fireiot.alarm_bit IS
'Bits that are alarms, each with the kind and class of its alarm';

-- Bands of raw values that are inside of all limits of a quantity, and bits of
-- operations that rules name.
CREATE OR REPLACE FUNCTION fireiot.alarm_watch(
	OUT kind integer, OUT code integer, OUT low integer, OUT high integer, OUT bits integer)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 3, t.quantity::integer,
		coalesce(least(ceil(max((t.low + t.hysteresis) / s.step)), 40000)::integer, -40000),
		coalesce(greatest(floor(min((t.high - t.hysteresis) / s.step)), -40000)::integer, 40000), 0
	FROM fireiot.threshold AS t
	LEFT JOIN fireiot.quantity AS q ON q.code = t.quantity,
		LATERAL (SELECT coalesce(nullif(q.resolution, 0), 1) AS step) AS s
	WHERE t.enabled
	GROUP BY t.quantity
	UNION ALL
	SELECT r.state_kind, -1, 0, 0, bit_or(1 << b.bit)
	FROM fireiot.operation_rule AS r
	JOIN fireiot.status_bit AS b ON b.state_kind = r.state_kind AND b.key = r.operation
	WHERE r.action <> 'none'
	GROUP BY r.state_kind
$$;
COMMENT ON FUNCTION fireiot.alarm_watch() IS
'What the listener looks at beside states: of a quantity the raw values that are no matter, of operations the bits that are';

-- A value is beyond its limits from the limit on, and back when it is inside by
-- the hysteresis.  Of the limits that fit the most particular counts.
CREATE OR REPLACE FUNCTION fireiot.signals_of_values(
	n bigint, device fireiot.device_addr, part fireiot.part_addr, quantity smallint, before integer, now integer,
	OUT class text, OUT kind text, OUT rises boolean, OUT value numeric, OUT limit_value numeric)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
	WITH scale AS (
		SELECT coalesce((SELECT nullif(q.resolution, 0) FROM fireiot.quantity AS q
			WHERE q.code = signals_of_values.quantity), 1) AS step
	), told AS (
		SELECT now * step AS value, nullif(before, -2147483648) * step AS was FROM scale
	), fitting AS (
		SELECT t.*
		FROM fireiot.threshold AS t
		LEFT JOIN fireiot.device AS d ON d.device = signals_of_values.device
		WHERE t.enabled AND t.quantity = signals_of_values.quantity
			AND (t.device IS NULL OR t.device = signals_of_values.device)
			AND (t.part IS NULL OR t.part = signals_of_values.part)
			AND (t.unit_id IS NULL OR t.unit_id = d.unit_id)
			AND (t.system_type IS NULL OR t.system_type = system_type(signals_of_values.part))
			AND (t.component_type IS NULL OR t.component_type = component_type(signals_of_values.part))
		ORDER BY t.part IS NULL, t.device IS NULL, t.unit_id IS NULL, t.component_type IS NULL, t.system_type IS NULL, t.id
		LIMIT 1
	), judged AS (
		SELECT f.class, f.kind, f.low, f.high, t.value, coalesce(t.value > f.high, false) AS above, coalesce(t.value < f.low, false) AS below,
			coalesce(t.was > f.high, false) AS was_above, coalesce(t.was < f.low, false) AS was_below,
			coalesce(t.value <= f.high - f.hysteresis, true) AND coalesce(t.value >= f.low + f.hysteresis, true) AS inside,
			coalesce(t.was <= f.high - f.hysteresis, true) AND coalesce(t.was >= f.low + f.hysteresis, true) AS was_inside
		FROM fitting AS f, told AS t
	)
	SELECT j.class, coalesce(j.kind, CASE WHEN j.above THEN 'value.high' ELSE 'value.low' END),
		NOT j.inside, j.value, CASE WHEN j.above THEN j.high WHEN j.below THEN j.low END
	FROM judged AS j
	WHERE j.above AND NOT j.was_above OR j.below AND NOT j.was_below OR j.inside AND NOT j.was_inside
$$;
COMMENT ON FUNCTION fireiot.signals_of_values(bigint, fireiot.device_addr, fireiot.part_addr, smallint, integer, integer) IS
'Part of fireiot.signals_of: has a value passed a limit?';

-- What was said before: what the listener knows, what the batch said before,
-- what part_now has.  A class rises with any of its bits, and is over when
-- none is left.
CREATE OR REPLACE FUNCTION fireiot.signals_of(
	devices fireiot.device_addr[], parts fireiot.part_addr[], kinds smallint[], quantities smallint[],
	befores integer[], nows integer[], observed_ats timestamptz[], received_ats timestamptz[], frame_ids bigint[])
RETURNS SETOF fireiot.alarm_signal
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH said AS MATERIALIZED (
		SELECT u.n, u.device, u.part, u.kind, u.quantity, u.now, u.observed_at, u.received_at, u.frame_id,
			coalesce(u.before, lag(u.now) OVER (PARTITION BY u.device, u.part, u.kind, u.quantity ORDER BY u.n),
				(SELECT coalesce(p.raw_value, state_bits(p.state)) FROM fireiot.part_now AS p
				 WHERE p.device = u.device AND p.part = u.part AND p.kind = u.kind AND p.quantity = u.quantity)) AS before
		FROM ROWS FROM (unnest(devices), unnest(parts), unnest(kinds), unnest(quantities), unnest(befores), unnest(nows),
				unnest(observed_ats), unnest(received_ats), unnest(frame_ids)) WITH ORDINALITY
			AS u (device, part, kind, quantity, before, now, observed_at, received_at, frame_id, n)
	), field AS MATERIALIZED (
		SELECT state_kind, word, class, bit_or(1 << bit) AS mask, array_agg(bit ORDER BY bit) AS bits, array_agg(kind ORDER BY bit) AS kinds
		FROM fireiot.alarm_bit WHERE state_kind NOT IN (4, 24) GROUP BY state_kind, word, class
	)
	SELECT s.n, s.device, s.part, '', f.class,
		(SELECT x.kind FROM unnest(f.bits, f.kinds) AS x (bit, kind) WHERE s.now & ~coalesce(s.before, 0) & (1 << x.bit) <> 0 ORDER BY x.bit LIMIT 1),
		'bit', s.now & ~coalesce(s.before, 0) & f.mask <> 0, s.received_at, s.observed_at, s.frame_id,
		alarm_state(f.word, s.now), NULL::smallint, NULL::numeric, NULL::numeric, NULL::bigint, 'device', NULL::jsonb
	FROM said AS s
	JOIN field AS f ON f.state_kind = s.kind
	WHERE s.quantity < 0 AND (s.now & ~coalesce(s.before, 0) & f.mask <> 0
		OR s.before & f.mask <> 0 AND s.now & f.mask = 0)
	UNION ALL
	SELECT s.n, s.device, s.part, 'quantity ' || s.quantity, v.class, v.kind, 'value', v.rises, s.received_at, s.observed_at, s.frame_id,
		NULL, s.quantity, v.value, v.limit_value, NULL, 'device', NULL
	FROM said AS s, fireiot.signals_of_values(s.n, s.device, s.part, s.quantity, s.before, s.now) AS v
	WHERE s.quantity >= 0
	UNION ALL
	SELECT s.n, s.device, s.part, '', r.class, coalesce(r.kind, k.kind, w.word || '.' || r.operation),
		'operation', r.action = 'open', s.received_at, s.observed_at, s.frame_id,
		alarm_state(w.word, s.now), NULL, NULL, NULL, NULL, 'device', NULL
	FROM said AS s
	JOIN fireiot.status_bit AS b ON b.state_kind = s.kind AND s.now & (1 << b.bit) <> 0
	JOIN (VALUES (4, 'operation'), (24, 'device_operation')) AS w (code, word) ON w.code = s.kind
	CROSS JOIN LATERAL (SELECT * FROM fireiot.operation_rule AS o
		WHERE o.state_kind = s.kind AND o.operation = b.key AND (o.device IS NULL OR o.device = s.device)
			AND (o.system_type IS NULL OR o.system_type = system_type(s.part))
		ORDER BY o.builtin, o.device IS NULL, o.system_type IS NULL, o.id LIMIT 1) AS r
	LEFT JOIN fireiot.alarm_bit AS k ON k.state_kind = s.kind AND k.key = b.key
	WHERE s.kind IN (4, 24) AND r.action <> 'none';
END
$$;
COMMENT ON FUNCTION fireiot.signals_of(
	fireiot.device_addr[], fireiot.part_addr[], smallint[], smallint[], integer[], integer[], timestamptz[], timestamptz[], bigint[]) IS
'Part of fireiot.note_signals: what the listener noted, as signals';

-- The first signal of what is not open yet opens it.  Returns the new cases
-- and which signal opened each.
CREATE OR REPLACE FUNCTION fireiot.open_alarms(signals fireiot.alarm_signal[], OUT id bigint, OUT n bigint)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 100
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH fresh AS MATERIALIZED (
		SELECT DISTINCT ON (s.device, s.part, s.class, s.subject) s.*
		FROM unnest(signals) AS s
		WHERE s.rises AND NOT EXISTS (SELECT FROM fireiot.alarm_now AS a
			WHERE a.device = s.device AND a.part = s.part AND a.class IS NOT DISTINCT FROM s.class AND a.subject = s.subject)
		ORDER BY s.device, s.part, s.class, s.subject, s.n
	), placed AS MATERIALIZED (
		-- the unit whose building the part is in, which the device need not be of
		SELECT f.*, coalesce(f.unit_id, b.unit_id, d.unit_id, h.unit_id) AS of_unit
		FROM fresh AS f
		LEFT JOIN fireiot.device AS d ON d.device = f.device
		LEFT JOIN fireiot.part AS p ON p.device = f.device AND p.part = f.part
		LEFT JOIN fireiot.area AS r ON r.id = p.area_id
		LEFT JOIN fireiot.building AS b ON b.id = coalesce(r.building_id, p.building_id)
		LEFT JOIN fireiot.building AS h ON h.id = d.building_id
	), judged AS MATERIALIZED (
		SELECT * FROM fireiot.unit_packs((SELECT array_agg(DISTINCT of_unit) FROM placed), (SELECT max(received_at) FROM placed))
	), span AS MATERIALIZED (
		SELECT m.* FROM fireiot.maintenance_window AS m
		WHERE m.from_at <= (SELECT max(received_at) FROM placed) AND m.to_at > (SELECT min(received_at) FROM placed)
			AND m.accepted_at IS NOT NULL AND (m.kind NOT IN ('disable', 'shield') OR m.measures IS NOT NULL)
	), numbered AS MATERIALIZED (
		SELECT p.*, nextval('fireiot.alarm_id') AS id, j.packs,
			(SELECT m.id FROM span AS m
			 WHERE (m.device IS NULL OR m.device = p.device) AND (m.unit_id IS NULL OR m.unit_id = p.of_unit)
				AND (m.part IS NULL OR m.part IN (p.part, system_of(p.part)))
				AND p.received_at >= m.from_at AND p.received_at < least(m.to_at, m.ended_at)
			 ORDER BY m.part IS NULL, m.device IS NULL, m.id LIMIT 1) AS window_id
		FROM placed AS p LEFT JOIN judged AS j ON j.unit_id IS NOT DISTINCT FROM p.of_unit
	), claimed AS (
		INSERT INTO fireiot.alarm_now AS a (id, opened_at, device, part, subject, class, kind, unit_id, packs, window_id, last_at, origin, opened_as, geom)
		SELECT m.id, m.received_at, m.device, m.part, m.subject, m.class, m.kind, m.of_unit, coalesce(m.packs, ''), m.window_id, m.received_at, m.origin, m.class, l.geom
		FROM numbered AS m, fireiot.place_of(m.device, m.part, m.of_unit) AS l
		ORDER BY m.device, m.part, m.class, m.subject
		ON CONFLICT (device, part, class, subject) DO NOTHING
		RETURNING a.id
	), opened AS (
		INSERT INTO fireiot.alarm AS a (id, received_at, device, part, unit_id, class, kind, origin, window_id, occurred_at, frame_id,
			state, quantity, value, limit_value, packs, subject, detail)
		SELECT m.id, m.received_at, nullif(m.device, '000000000000'), nullif(m.part, '0.0'), m.of_unit, m.class, m.kind, m.origin, m.window_id,
			m.occurred_at, m.frame_id, m.state, m.quantity, m.value, m.limit_value, coalesce(m.packs, ''), m.subject, m.detail
		FROM numbered AS m JOIN claimed AS c ON c.id = m.id ORDER BY m.id
		RETURNING a.id
	)
	SELECT o.id, m.n FROM opened AS o JOIN numbered AS m ON m.id = o.id;
END
$$;
COMMENT ON FUNCTION fireiot.open_alarms(fireiot.alarm_signal[]) IS
'Part of fireiot.apply_signals: opens what is not open';

-- What signals say of cases that are open, each in its order: it came again,
-- or is over.  Returns the cases that came again.
CREATE OR REPLACE FUNCTION fireiot.follow_alarms(
	signals fireiot.alarm_signal[], opened bigint[], openers bigint[])
RETURNS bigint[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	came_again bigint[];
BEGIN
	WITH told AS (
		SELECT a.id, a.unit_id AS of_unit, a.kind AS case_kind, a.restored_at IS NULL AS active, s.*
		FROM unnest(signals) AS s
		JOIN fireiot.alarm_now AS a ON a.device = s.device AND a.part = s.part AND a.subject = s.subject
			AND CASE WHEN s.rises THEN a.class ELSE a.opened_as END = s.class
		LEFT JOIN unnest(opened, openers) AS o (id, n) ON o.id = a.id
		WHERE s.n > coalesce(o.n, -1) AND (s.rises OR s.origin = a.origin)
	), beside AS (
		SELECT t.*, coalesce(lag(t.rises) OVER w, t.active) AS was_active, lead(true) OVER w IS NULL AS is_last
		FROM told AS t WINDOW w AS (PARTITION BY t.id ORDER BY t.n)
	), step AS MATERIALIZED (
		SELECT b.*, CASE WHEN b.rises THEN 'repeated' ELSE 'restored' END AS step
		FROM beside AS b
		WHERE CASE WHEN b.rises THEN b.origin <> 'value' OR NOT b.was_active ELSE b.was_active END
	), written AS (
		INSERT INTO fireiot.alarm_step (received_at, alarm_id, unit_id, step, actor, at, fields)
		SELECT received_at, id, of_unit, step, actor, occurred_at,
			nullif(jsonb_strip_nulls(jsonb_build_object('kind', CASE WHEN rises THEN nullif(kind, case_kind) END, 'value', value,
				'frame_id', frame_id, 'detail', detail)), '{}')
		FROM step ORDER BY id, n
	), counted AS (
		SELECT id, count(*) FILTER (WHERE rises) AS repeats, max(received_at) FILTER (WHERE rises) AS last_at,
			bool_or(is_last AND rises) AS is_on, max(received_at) FILTER (WHERE is_last AND NOT rises) AS restored_at
		FROM step GROUP BY id
	), changed AS (
		UPDATE fireiot.alarm_now AS a SET repeats = a.repeats + c.repeats, last_at = greatest(a.last_at, c.last_at),
			restored_at = CASE WHEN c.is_on THEN NULL ELSE coalesce(c.restored_at, a.restored_at) END
		FROM counted AS c WHERE a.id = c.id
		RETURNING a.id, c.repeats
	)
	SELECT array_agg(id) INTO came_again FROM changed WHERE repeats > 0;
	RETURN came_again;
END
$$;
COMMENT ON FUNCTION fireiot.follow_alarms(fireiot.alarm_signal[], bigint[], bigint[]) IS
'Part of fireiot.apply_signals: repeats and ends of what is open';

CREATE OR REPLACE FUNCTION fireiot.note_flapping(cases bigint[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	WITH suspect AS (
		SELECT a.id, a.unit_id, r.repeats, r.within
		FROM fireiot.alarm_now AS a
		CROSS JOIN LATERAL (SELECT * FROM fireiot.flapping_rule AS f
			WHERE (f.class IS NULL OR f.class = a.class) AND (f.kind IS NULL OR f.kind = a.kind)
			ORDER BY f.builtin, f.kind IS NULL, f.class IS NULL, f.id LIMIT 1) AS r
		WHERE a.id = ANY (cases) AND a.flapping_since IS NULL AND a.repeats >= r.repeats
	), found AS (
		SELECT s.id, s.unit_id, c.last_at, s.repeats, s.within
		FROM suspect AS s
		CROSS JOIN LATERAL (SELECT count(*) AS n, max(t.received_at) AS last_at
			FROM (SELECT t.received_at, max(t.received_at) OVER () AS last_at FROM fireiot.alarm_step AS t
				WHERE t.alarm_id = s.id AND t.step = 'repeated') AS t
			WHERE t.received_at > t.last_at - s.within) AS c
		WHERE c.n >= s.repeats
	), written AS (
		INSERT INTO fireiot.alarm_step (received_at, alarm_id, unit_id, step, actor, fields)
		SELECT last_at, id, unit_id, 'flapping', 'fireiot', jsonb_build_object('repeats', repeats, 'within', within::text)
		FROM found ORDER BY id
	)
	UPDATE fireiot.alarm_now AS a SET flapping_since = f.last_at FROM found AS f WHERE a.id = f.id;
END
$$;
COMMENT ON FUNCTION fireiot.note_flapping(bigint[]) IS
'Part of fireiot.apply_signals: which of the cases come again and again';

-- Few signals have a plan that is kept, by the indexes; a storm is worth one of
-- its own.
--
-- Who closes a case at the same time is waited for; then it is opened anew.
CREATE OR REPLACE FUNCTION fireiot.apply_signals(signals fireiot.alarm_signal[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	opened bigint[] := '{}';
	openers bigint[] := '{}';
	repeated bigint[];
BEGIN
	IF cardinality(signals) > 100 THEN
		PERFORM set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_hashjoin', 'on', true);
	END IF;
	LOOP
		SELECT opened || coalesce(array_agg(o.id), '{}'), openers || coalesce(array_agg(o.n), '{}') INTO opened, openers
		FROM fireiot.open_alarms(signals) AS o;
		PERFORM FROM fireiot.alarm_now AS a
		JOIN (SELECT DISTINCT s.device, s.part, s.class, s.subject FROM unnest(signals) AS s) AS s
			ON a.device = s.device AND a.part = s.part AND s.class IN (a.class, a.opened_as) AND a.subject = s.subject
		ORDER BY a.device, a.part, a.class, a.subject
		FOR UPDATE OF a;
		EXIT WHEN NOT EXISTS (SELECT FROM unnest(signals) AS s WHERE s.rises AND NOT EXISTS (SELECT FROM fireiot.alarm_now AS a
			WHERE a.device = s.device AND a.part = s.part AND a.class IS NOT DISTINCT FROM s.class AND a.subject = s.subject));
	END LOOP;
	IF cardinality(opened) < cardinality(signals) THEN
		repeated := fireiot.follow_alarms(signals, opened, openers);
	END IF;
	IF repeated IS NOT NULL THEN
		PERFORM fireiot.note_flapping(repeated);
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.apply_signals(fireiot.alarm_signal[]) IS
'Opens alarms, or adds to those that are open, as signals say';

-- Which bits of the parts of these signals belong to cases that flap, and for
-- how long behind the last one.
CREATE OR REPLACE FUNCTION fireiot.flapping_of(signals fireiot.alarm_signal[],
	OUT device fireiot.device_addr, OUT part fireiot.part_addr, OUT kind smallint, OUT class text, OUT bits integer, OUT within_s integer)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH flapping AS (
		SELECT DISTINCT a.device, a.part, a.class, a.kind, state_kind(s.state) AS word
		FROM unnest(signals) AS s
		CROSS JOIN LATERAL (SELECT * FROM fireiot.alarm_now AS n
			WHERE n.device = s.device AND n.part = s.part AND n.class IS NOT DISTINCT FROM s.class AND n.subject = '' OFFSET 0) AS a
		WHERE a.flapping_since IS NOT NULL AND a.opened_as = a.class AND s.origin IN ('bit', 'operation')
	)
	SELECT f.device, f.part, b.state_kind, f.class, bit_or(1 << b.bit),
		extract(epoch FROM min(r.within))::integer
	FROM flapping AS f
	JOIN fireiot.alarm_bit AS b ON b.word = f.word AND b.class = f.class
	CROSS JOIN LATERAL (SELECT w.* FROM fireiot.flapping_rule AS w
		WHERE (w.class IS NULL OR w.class = f.class) AND (w.kind IS NULL OR w.kind = f.kind)
		ORDER BY w.builtin, w.kind IS NULL, w.class IS NULL, w.id LIMIT 1) AS r
	WHERE r.repeats IS NOT NULL
	GROUP BY f.device, f.part, b.state_kind, f.class;
END
$$;
COMMENT ON FUNCTION fireiot.flapping_of(fireiot.alarm_signal[]) IS
'Part of fireiot.note_signals: what the listener may count by itself from now on';

-- Reports what the listener has counted of cases that flap.
CREATE OR REPLACE FUNCTION fireiot.note_flaps(
	devices fireiot.device_addr[], parts fireiot.part_addr[], classes text[], repeats integer[], are_on boolean[], last_ats timestamptz[])
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
	WITH told AS MATERIALIZED (
		SELECT a.id, a.unit_id, a.restored_at, u.repeats, u.is_on, u.last_at
		FROM ROWS FROM (unnest(devices), unnest(parts), unnest(classes), unnest(repeats), unnest(are_on), unnest(last_ats))
			AS u (device, part, class, repeats, is_on, last_at)
		JOIN fireiot.alarm_now AS a ON a.device = u.device AND a.part = u.part AND a.class = u.class AND a.subject = ''
		WHERE a.flapping_since IS NOT NULL AND u.last_at >= a.last_at
		ORDER BY a.device, a.part, a.class FOR UPDATE OF a
	), written AS (
		INSERT INTO fireiot.alarm_step (received_at, alarm_id, unit_id, step, actor, fields)
		SELECT t.last_at, t.id, t.unit_id, s.step, 'device', s.fields
		FROM told AS t, LATERAL (
			SELECT 1 AS place, 'repeated' AS step, jsonb_build_object('count', t.repeats) AS fields WHERE t.repeats > 0
			UNION ALL
			SELECT 2, 'restored', NULL WHERE NOT t.is_on AND (t.repeats > 0 OR t.restored_at IS NULL)) AS s
		ORDER BY t.id, s.place
	)
	UPDATE fireiot.alarm_now AS a SET repeats = a.repeats + t.repeats, last_at = CASE WHEN t.repeats > 0 THEN t.last_at ELSE a.last_at END,
		restored_at = CASE WHEN NOT t.is_on AND (t.repeats > 0 OR a.restored_at IS NULL) THEN t.last_at
			WHEN t.repeats > 0 THEN NULL ELSE a.restored_at END
	FROM told AS t WHERE a.id = t.id
$$;
COMMENT ON FUNCTION fireiot.note_flaps(fireiot.device_addr[], fireiot.part_addr[], text[], integer[], boolean[], timestamptz[]) IS
'The listener tells what it has counted of alarms that flap';

-- A listener that ends cannot wait for who holds a case.
CREATE OR REPLACE FUNCTION fireiot.note_last_flaps(
	devices fireiot.device_addr[], parts fireiot.part_addr[], classes text[], repeats integer[], are_on boolean[], last_ats timestamptz[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM fireiot.note_flaps(array_agg(u.device), array_agg(u.part), array_agg(u.class), array_agg(u.repeats), array_agg(u.is_on), array_agg(u.last_at))
	FROM ROWS FROM (unnest(devices), unnest(parts), unnest(classes), unnest(repeats), unnest(are_on), unnest(last_ats))
		AS u (device, part, class, repeats, is_on, last_at)
	JOIN (SELECT a.device, a.part, a.class FROM fireiot.alarm_now AS a
		WHERE a.subject = '' AND a.flapping_since IS NOT NULL AND a.device = ANY (devices)
		ORDER BY a.device, a.part, a.class FOR UPDATE SKIP LOCKED) AS free
		ON free.device = u.device AND free.part = u.part AND free.class = u.class;
END
$$;
COMMENT ON FUNCTION fireiot.note_last_flaps(fireiot.device_addr[], fireiot.part_addr[], text[], integer[], boolean[], timestamptz[]) IS
'The same when it ends: leaves out cases that somebody holds';

CREATE OR REPLACE FUNCTION fireiot.alarm_changed()
RETURNS void
AS 'MODULE_PATHNAME', 'fireiot_alarm_changed'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fireiot.alarm_changed() IS
'Listeners forget which alarms flap when this transaction commits';

CREATE OR REPLACE FUNCTION fireiot.note_signals(
	devices fireiot.device_addr[], parts fireiot.part_addr[], kinds smallint[], quantities smallint[],
	befores integer[], nows integer[], observed_ats timestamptz[], received_ats timestamptz[], frame_ids bigint[],
	OUT device fireiot.device_addr, OUT part fireiot.part_addr, OUT kind smallint, OUT class text, OUT bits integer, OUT within_s integer)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, fireiot, pg_temp
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
	signals fireiot.alarm_signal[];
BEGIN
	IF cardinality(devices) > 100 THEN
		PERFORM set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_hashjoin', 'on', true);
	END IF;
	signals := (SELECT array_agg(s ORDER BY s.n)
		FROM fireiot.signals_of(devices, parts, kinds, quantities, befores, nows, observed_ats, received_ats, frame_ids) AS s);
	IF signals IS NOT NULL THEN
		PERFORM fireiot.apply_signals(signals);
		RETURN QUERY SELECT f.* FROM fireiot.flapping_of(signals) AS f;
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.note_signals(
	fireiot.device_addr[], fireiot.part_addr[], smallint[], smallint[], integer[], integer[], timestamptz[], timestamptz[], bigint[]) IS
'The listener tells what may open, repeat or end alarms: states, values and operations, as they are and as they were. Returns which bits of these parts flap, for it to count';

CREATE OR REPLACE FUNCTION fireiot.keep_signals(
	devices fireiot.device_addr[], parts fireiot.part_addr[], kinds smallint[], quantities smallint[],
	befores integer[], nows integer[], observed_ats timestamptz[], received_ats timestamptz[], frame_ids bigint[],
	problem text)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
	-- What was said before is written over by the time of the next attempt;
	-- -2147483648: nothing.
	INSERT INTO fireiot.alarm_backlog (problem, devices, parts, kinds, quantities, befores, nows, observed_ats, received_ats, frame_ids)
	SELECT problem, devices, parts, kinds, quantities,
		array_agg(coalesce(u.before, u.earlier, (SELECT coalesce(p.raw_value, state_bits(p.state)) FROM fireiot.part_now AS p
			WHERE p.device = u.device AND p.part = u.part AND p.kind = u.kind AND p.quantity = u.quantity), CASE WHEN u.quantity < 0 THEN 0 ELSE -2147483648 END) ORDER BY u.n),
		nows, observed_ats, received_ats, frame_ids
	FROM (SELECT v.*, lag(v.now) OVER (PARTITION BY v.device, v.part, v.kind, v.quantity ORDER BY v.n) AS earlier
		FROM ROWS FROM (unnest(devices), unnest(parts), unnest(kinds), unnest(quantities), unnest(befores), unnest(nows)) WITH ORDINALITY
			AS v (device, part, kind, quantity, before, now, n)) AS u
$$;
COMMENT ON FUNCTION fireiot.keep_signals(
	fireiot.device_addr[], fireiot.part_addr[], smallint[], smallint[], integer[], integer[], timestamptz[], timestamptz[], bigint[], text) IS
'Keeps signals whose alarms could not be written, for fireiot.recheck_alarms()';
