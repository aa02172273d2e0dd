-- Clocks at work: working days, and what runs against each alarm.

CREATE OR REPLACE FUNCTION fireiot.add_working_days(start timestamptz, days integer)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'fireiot_add_working_days'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION fireiot.add_working_days(timestamptz, integer) IS
'End of a period of working days: 24:00 of the last one; the day of the start does not count. An error when fireiot.calendar_day has no day of a year in it';

CREATE OR REPLACE FUNCTION fireiot.working_days_due(
	start timestamptz, days integer, OUT due_at timestamptz, OUT calendar_gap boolean)
RETURNS record
AS 'MODULE_PATHNAME', 'fireiot_working_days_due'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION fireiot.working_days_due(timestamptz, integer) IS
'The same without an error: calendar_gap says that a year is not known, of which Monday to Friday are taken';

CREATE OR REPLACE FUNCTION fireiot.working_days_between(from_at timestamptz, to_at timestamptz)
RETURNS integer
AS 'MODULE_PATHNAME', 'fireiot_working_days_between'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION fireiot.working_days_between(timestamptz, timestamptz) IS
'Working days behind the day of the first moment, up to and with that of the second; below zero when that is the earlier one';

CREATE OR REPLACE FUNCTION fireiot.is_working_day(day date)
RETURNS boolean
AS 'MODULE_PATHNAME', 'fireiot_is_working_day'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION fireiot.is_working_day(date) IS
'Is this a working day? Null when fireiot.calendar_day has no day of its year';

CREATE OR REPLACE FUNCTION fireiot.fits_verdict(step text, verdict boolean, conditions text[])
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT step <> 'verified' OR conditions = '{}' OR CASE WHEN verdict THEN 'true_alarm' ELSE 'false_alarm' END = ANY (conditions)
$$;
COMMENT ON FUNCTION fireiot.fits_verdict(text, boolean, text[]) IS
'Is the step one that a rule of these conditions starts at?';

-- The clocks of cases, from the records alone: what they are now, under their
-- own packs or under others.
--
-- For each case and rule, events in their order: S starts the clock, T stops
-- it, V makes it void, X starts what was void anew: so behind a stop nothing
-- counts until the next S.  A start while it runs is none, nor is an end while
-- it does not.  Of steps of one name the first since the case was opened, or
-- opened again, is a start; for a class that the case is put into later, one
-- that has been is a start at that moment.  Repeats, of which there can be
-- thousands, are read only where a rule names them.
--
-- No jit: to compile the query takes seconds.
CREATE OR REPLACE FUNCTION fireiot.clocks_of(
	alarms bigint[], since timestamptz DEFAULT '-infinity', packs text DEFAULT NULL)
RETURNS SETOF fireiot.deadline
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET enable_hashjoin = on
SET enable_nestloop = on
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	-- a storm is worth a plan of its own, which never tries all with all
	IF cardinality(alarms) > 100 THEN
		PERFORM set_config('enable_nestloop', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true);
	END IF;
	RETURN QUERY
	WITH opening AS MATERIALIZED (
		SELECT a.id, a.received_at, least(a.occurred_at, a.received_at) AS occurred_at, a.unit_id, a.class, a.kind,
			coalesce(fireiot.with_packs(a.packs, clocks_of.packs), a.packs) AS packs, a.window_id
		FROM fireiot.alarm AS a
		WHERE a.id = ANY (alarms) AND a.received_at >= since
	), told AS (
		SELECT s.*, count(*) FILTER (WHERE s.step = 'reopened') OVER (PARTITION BY s.alarm_id ORDER BY s.id) AS episode
		FROM fireiot.alarm_step AS s
		WHERE s.alarm_id = ANY (alarms) AND s.received_at >= since
			AND (s.step <> 'repeated' OR EXISTS (SELECT FROM fireiot.rule AS r WHERE r.sort = 'deadline' AND r.start_step = 'repeated'))
	), step AS MATERIALIZED (
		SELECT t.alarm_id, t.id, t.received_at, t.step, t.verdict, t.pack, t.rule, t.fields,
			row_number() OVER (PARTITION BY t.alarm_id, t.episode, t.step, t.verdict ORDER BY t.id) = 1 AS is_first
		FROM told AS t
	), said AS (
		SELECT o.id AS alarm_id, 0 AS from_id, o.received_at AS from_at, o.class, o.kind FROM opening AS o
		UNION ALL
		SELECT s.alarm_id, s.id, s.received_at, coalesce(s.fields ->> 'class', o.class), coalesce(s.fields ->> 'kind', o.kind)
		FROM step AS s JOIN opening AS o ON o.id = s.alarm_id WHERE s.step = 'reclassified'
	), span AS (
		SELECT s.*, lead(s.from_id) OVER w AS to_id, lead(s.from_at) OVER w AS to_at, o.packs, o.occurred_at
		FROM said AS s JOIN opening AS o ON o.id = s.alarm_id
		WINDOW w AS (PARTITION BY s.alarm_id ORDER BY s.from_id)
	), sort_of_case AS (
		SELECT DISTINCT packs, class, kind FROM span
	), rule_of AS MATERIALIZED (
		SELECT c.packs AS of_packs, c.class AS of_class, c.kind AS of_kind, r.*
		FROM sort_of_case AS c, LATERAL fireiot.case_rules(c.packs, c.class, c.kind) AS r
		WHERE r.sort = 'deadline' AND r.modality <> 'no_number'
	), applies AS (
		SELECT s.alarm_id, s.from_id, s.from_at, s.to_id, s.to_at, s.class, s.occurred_at,
			r.pack, r.version, r.rule, r.start_step, r.stop_steps, coalesce(r.conditions, '{}') AS conditions,
			lag(s.to_id) OVER w IS DISTINCT FROM s.from_id AS begins, lead(s.from_id) OVER w IS DISTINCT FROM s.to_id AS ends
		FROM span AS s
		JOIN rule_of AS r ON r.of_packs = s.packs AND r.of_class = s.class AND r.of_kind = s.kind
		WINDOW w AS (PARTITION BY s.alarm_id, r.pack, r.version, r.rule ORDER BY s.from_id)
	), event AS (
		SELECT a.alarm_id, a.pack, a.version, a.rule, a.from_id AS place, 1 AS turn, 'S' AS what,
			CASE WHEN a.start_step = 'occurred' AND a.from_id = 0 THEN coalesce(a.occurred_at, a.from_at) ELSE a.from_at END AS at,
			'opened' AS step, a.class
		FROM applies AS a
		WHERE a.begins AND (a.start_step IN ('opened', 'occurred') OR a.from_id > 0
			AND EXISTS (SELECT FROM step AS s WHERE s.alarm_id = a.alarm_id AND s.id < a.from_id AND s.step = a.start_step
				AND fireiot.fits_verdict(s.step, s.verdict, a.conditions)))
		UNION ALL
		SELECT a.alarm_id, a.pack, a.version, a.rule, a.to_id, 1, 'V', a.to_at, 'reclassified', a.class
		FROM applies AS a WHERE a.ends AND a.to_id IS NOT NULL
		UNION ALL
		SELECT a.alarm_id, a.pack, a.version, a.rule, s.id, e.turn, e.what, s.received_at, s.step, a.class
		FROM applies AS a
		JOIN step AS s ON s.alarm_id = a.alarm_id AND s.id > a.from_id AND (a.to_id IS NULL OR s.id <= a.to_id),
			LATERAL (VALUES
				(0, CASE WHEN s.step = ANY (a.stop_steps) THEN 'T'
					WHEN s.step = 'closed' OR s.step = 'verified' AND CASE WHEN s.verdict THEN 'false_alarm' = ANY (a.conditions)
						ELSE 'true_alarm' = ANY (a.conditions) OR NOT a.stop_steps && '{noticed,called,answered,no_answer,recorded,closed}' END
					THEN 'V' END),
				(1, CASE WHEN s.step = a.start_step AND s.is_first AND fireiot.fits_verdict(s.step, s.verdict, a.conditions) THEN 'S'
					WHEN s.step = 'reopened' OR s.step = 'verified' AND s.verdict THEN 'X' END)) AS e (turn, what)
		WHERE e.what IS NOT NULL
	), piece AS (
		-- each up to a stop
		SELECT e.*, count(*) FILTER (WHERE e.what = 'T') OVER (PARTITION BY e.alarm_id, e.pack, e.version, e.rule
				ORDER BY e.place, e.turn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS n
		FROM event AS e
	), begun AS (
		SELECT p.*, bool_or(p.what = 'S') OVER (PARTITION BY p.alarm_id, p.pack, p.version, p.rule, p.n ORDER BY p.place, p.turn) AS has_begun
		FROM piece AS p
	), real AS (
		SELECT b.alarm_id, b.pack, b.version, b.rule, b.place, b.turn, CASE b.what WHEN 'X' THEN 'S' ELSE b.what END AS what, b.at, b.step, b.class
		FROM begun AS b WHERE b.has_begun
	), turning AS (
		SELECT r.*, coalesce(lag(r.what) OVER w, '') AS before FROM real AS r
		WINDOW w AS (PARTITION BY r.alarm_id, r.pack, r.version, r.rule ORDER BY r.place, r.turn)
	), runs AS (
		SELECT t.*, lead(t.what) OVER w AS end_what, lead(t.at) OVER w AS end_at, lead(t.step) OVER w AS end_step
		FROM turning AS t WHERE (t.what = 'S') <> (t.before = 'S')
		WINDOW w AS (PARTITION BY t.alarm_id, t.pack, t.version, t.rule ORDER BY t.place, t.turn)
	), clock AS (
		SELECT r.*, row_number() OVER (PARTITION BY r.alarm_id, r.pack, r.version, r.rule ORDER BY r.place, r.turn)::smallint AS run
		FROM runs AS r WHERE r.what = 'S'
	), due AS (
		SELECT c.*, r.metric, r.modality, coalesce(d.due_at, c.at + r.limit_interval) AS due_at, coalesce(d.calendar_gap, false) AS calendar_gap
		FROM clock AS c
		JOIN fireiot.rule AS r ON r.pack = c.pack AND r.version = c.version AND r.rule = c.rule
		LEFT JOIN LATERAL fireiot.working_days_due(c.at, r.limit_days) AS d ON r.limit_days IS NOT NULL
	), breach AS (
		-- one before it was due was of a calendar that was set right
		SELECT d.alarm_id, d.pack, d.version, d.rule, d.run, min(s.received_at) AS at
		FROM due AS d
		JOIN step AS s ON s.alarm_id = d.alarm_id AND s.step = 'breached' AND s.pack = format('%s/%s', d.pack, d.version)
			AND s.rule = d.rule AND (s.fields ->> 'run')::smallint = d.run AND s.received_at > d.due_at
		GROUP BY 1, 2, 3, 4, 5
	)
	SELECT d.alarm_id, d.pack, d.version, d.rule, d.run, o.unit_id, d.class, d.metric, d.modality, d.at, d.due_at,
		CASE WHEN d.end_what = 'T' THEN CASE WHEN d.end_at <= d.due_at THEN 'met' ELSE 'late' END
			WHEN d.end_at <= d.due_at THEN 'void'
			WHEN d.end_at IS NOT NULL OR b.at IS NOT NULL THEN 'breached'
			ELSE 'open' END,
		d.end_at, d.end_step, b.at, d.calendar_gap, o.window_id
	FROM due AS d
	JOIN opening AS o ON o.id = d.alarm_id
	LEFT JOIN breach AS b ON b.alarm_id = d.alarm_id AND b.pack = d.pack AND b.version = d.version AND b.rule = d.rule AND b.run = d.run
	ORDER BY 1, 2, 3, 4, 5;
END
$$;
COMMENT ON FUNCTION fireiot.clocks_of(bigint[], timestamptz, text) IS
'The clocks of some cases, computed from the records: as fireiot.deadline has them, or under other packs. since: none of the cases was opened earlier';

CREATE OR REPLACE FUNCTION fireiot.wake_keeper(due_at timestamptz)
RETURNS void
AS 'MODULE_PATHNAME', 'fireiot_wake_keeper'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fireiot.wake_keeper(timestamptz) IS
'The keeper wakes at this time, or earlier, when this transaction commits';

-- Bring the clocks of cases up to what the records say.
CREATE OR REPLACE FUNCTION fireiot.run_clocks(alarms bigint[], since timestamptz DEFAULT '-infinity')
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	changed integer;
	next_due timestamptz;
BEGIN
	WITH done AS (
		INSERT INTO fireiot.deadline AS d
		SELECT * FROM fireiot.clocks_of(alarms, since)
		ON CONFLICT (alarm_id, pack, version, rule, run) DO UPDATE
		SET class = excluded.class, started_at = excluded.started_at, due_at = excluded.due_at, state = excluded.state,
			stopped_at = excluded.stopped_at, stop_step = excluded.stop_step, breached_at = excluded.breached_at,
			calendar_gap = excluded.calendar_gap
		WHERE (d.*) IS DISTINCT FROM (excluded.*)
		RETURNING d.state, d.due_at
	)
	SELECT count(*), min(due_at) FILTER (WHERE state = 'open') INTO changed, next_due FROM done;
	IF next_due IS NOT NULL THEN
		PERFORM fireiot.wake_keeper(next_due);
	END IF;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION fireiot.run_clocks(bigint[], timestamptz) IS
'Makes fireiot.deadline say of some cases what their records say; returns how many rows were otherwise';

-- What fireiot.clocks_of says of cases to which nothing has happened yet: the
-- first run of what starts with them.  An alarm that has just come is in the
-- listener's transaction, in which devices wait.
CREATE OR REPLACE FUNCTION fireiot.start_clocks(alarms bigint[], since timestamptz)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET jit = off
AS $$
DECLARE
	next_due timestamptz;
BEGIN
	WITH opening AS MATERIALIZED (
		SELECT a.id, a.received_at, least(a.occurred_at, a.received_at) AS occurred_at, a.unit_id, a.class, a.kind, a.packs, a.window_id
		FROM fireiot.alarm AS a WHERE a.id = ANY (alarms) AND a.received_at >= since
	), rule_of AS MATERIALIZED (
		SELECT c.packs AS of_packs, c.class AS of_class, c.kind AS of_kind, r.*
		FROM (SELECT DISTINCT o.packs, o.class, o.kind FROM opening AS o) AS c, fireiot.case_rules(c.packs, c.class, c.kind) AS r
		WHERE r.sort = 'deadline' AND r.modality <> 'no_number' AND r.start_step IN ('opened', 'occurred')
	), started AS (
		SELECT o.*, r.pack, r.version, r.rule, r.metric, r.modality, r.limit_interval, r.limit_days,
			CASE r.start_step WHEN 'occurred' THEN o.occurred_at ELSE o.received_at END AS at
		FROM opening AS o JOIN rule_of AS r ON r.of_packs = o.packs AND r.of_class = o.class AND r.of_kind = o.kind
	), done AS (
		INSERT INTO fireiot.deadline (alarm_id, pack, version, rule, run, unit_id, class, metric, modality, started_at, due_at, state, calendar_gap, window_id)
		SELECT s.id, s.pack, s.version, s.rule, 1, s.unit_id, s.class, s.metric, s.modality, s.at,
			coalesce(d.due_at, s.at + s.limit_interval), 'open', coalesce(d.calendar_gap, false), s.window_id
		FROM started AS s LEFT JOIN LATERAL fireiot.working_days_due(s.at, s.limit_days) AS d ON s.limit_days IS NOT NULL
		ORDER BY s.id, s.pack, s.version, s.rule
		RETURNING due_at
	)
	SELECT min(due_at) INTO next_due FROM done;
	IF next_due IS NOT NULL THEN
		PERFORM fireiot.wake_keeper(next_due);
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.start_clocks(bigint[], timestamptz) IS
'fireiot.run_clocks for cases that have no step and no clock yet';

-- ZJ 8.4.2: where there is no control room, the safety manager is told.
-- Clocks are read by their key, whatever there was when the plan was made:
-- OFFSET 0 keeps the order, and no other index serves IS NOT DISTINCT FROM.
CREATE OR REPLACE FUNCTION fireiot.notify_opened(alarms bigint[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
BEGIN
	WITH wanted AS (
		SELECT DISTINCT ON (d.alarm_id, t.target) d.alarm_id, d.unit_id, d.pack, d.version, d.rule, t.target, t.place, d.due_at,
			coalesce(p.building_id, v.building_id) AS building_id, coalesce(p.area_id, v.area_id) AS area_id
		FROM unnest(alarms) AS x (id)
		CROSS JOIN LATERAL (SELECT * FROM fireiot.deadline AS o
			WHERE o.alarm_id = x.id AND o.metric = 'notice' AND o.state IS NOT DISTINCT FROM 'open' OFFSET 0) AS d
		JOIN fireiot.rule AS r ON r.pack = d.pack AND r.version = d.version AND r.rule = d.rule
		LEFT JOIN fireiot.alarm_now AS n ON n.id = d.alarm_id
		LEFT JOIN fireiot.device AS v ON v.device OPERATOR(fireiot.=) n.device
		LEFT JOIN fireiot.part AS p ON p.device OPERATOR(fireiot.=) n.device AND p.part OPERATOR(fireiot.=) n.part,
			LATERAL (SELECT CASE WHEN u.target = 'control_room' AND '+control_room' <> ALL (string_to_array(n.packs, ',')) THEN 'safety_manager' ELSE u.target END, u.place
					 FROM unnest(r.targets) WITH ORDINALITY AS u (target, place)) AS t (target, place)
		WHERE NOT EXISTS (SELECT FROM fireiot.notice AS o WHERE o.alarm_id = d.alarm_id AND o.reason = 'opened'
				AND o.pack = d.pack AND o.version = d.version AND o.rule = d.rule)
		ORDER BY d.alarm_id, t.target, d.due_at
	), contact AS (
		SELECT u.*, c.contact_id
		FROM (SELECT DISTINCT unit_id, building_id, area_id, target FROM wanted) AS u
		LEFT JOIN LATERAL fireiot.contacts_of(u.unit_id, u.target, now(), u.building_id, u.area_id) AS c ON c.place = 1
	)
	INSERT INTO fireiot.notice (alarm_id, unit_id, reason, pack, version, rule, target, contact_id, due_at)
	SELECT w.alarm_id, w.unit_id, 'opened', w.pack, w.version, w.rule, w.target, c.contact_id, w.due_at
	FROM wanted AS w
	LEFT JOIN contact AS c ON c.target = w.target AND (c.unit_id, c.building_id, c.area_id) IS NOT DISTINCT FROM (w.unit_id, w.building_id, w.area_id)
	ORDER BY w.due_at, w.alarm_id, w.place;
END
$$;
COMMENT ON FUNCTION fireiot.notify_opened(bigint[]) IS
'Writes the automatic notices of new alarms, for the targets of their clocks of metric notice';

-- What was stopped too late before the keeper came.  A trigger cannot make
-- partitions: without one it is left to the next step of the case.
CREATE OR REPLACE FUNCTION fireiot.record_late(alarms bigint[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fireiot.deadline AS d
		WHERE d.alarm_id = ANY (alarms) AND d.state IN ('late', 'breached') AND d.breached_at IS NULL)
		OR NOT fireiot.has_partition('fireiot.alarm_step', now()) THEN
		RETURN;
	END IF;
	WITH late AS (
		UPDATE fireiot.deadline AS d SET breached_at = now()
		WHERE d.alarm_id = ANY (alarms) AND d.state IN ('late', 'breached') AND d.breached_at IS NULL
		RETURNING d.alarm_id, d.unit_id, d.pack, d.version, d.rule, d.run, d.due_at
	)
	INSERT INTO fireiot.alarm_step (alarm_id, unit_id, step, actor, pack, rule, due_at, fields)
	SELECT l.alarm_id, l.unit_id, 'breached', 'fireiot', format('%s/%s', l.pack, l.version), l.rule, l.due_at, jsonb_build_object('run', l.run)
	FROM late AS l ORDER BY l.due_at;
END
$$;
COMMENT ON FUNCTION fireiot.record_late(bigint[]) IS
'Writes the breaches of clocks that were stopped when they were due already';

CREATE OR REPLACE FUNCTION fireiot.alarms_opened()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	alarms bigint[];
	since timestamptz;
BEGIN
	SELECT array_agg(o.id), min(o.received_at) INTO alarms, since FROM opened AS o;
	IF alarms IS NULL THEN
		RETURN NULL;
	END IF;
	-- what is restored from a dump may have its steps already
	IF EXISTS (SELECT FROM fireiot.alarm_step AS s WHERE s.alarm_id = ANY (alarms) AND s.received_at >= since)
		OR EXISTS (SELECT FROM fireiot.deadline AS d WHERE d.alarm_id = ANY (alarms)) THEN
		PERFORM fireiot.run_clocks(alarms, since);
	ELSE
		PERFORM fireiot.start_clocks(alarms, since);
	END IF;
	PERFORM fireiot.notify_opened(alarms);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.alarms_opened() IS
'Trigger: starts the clocks of new alarms and writes the notices of them';

-- Only what a rule with a number names starts or stops a clock, and of those
-- only rules of the packs that a case has, for its class and kind: repeats of
-- thousands of alarms cost nothing, nor do most steps that breaches take, nor
-- ends of alarms whose clocks do not wait for them.
CREATE OR REPLACE FUNCTION fireiot.alarms_stepped()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	alarms bigint[];
	since timestamptz;
BEGIN
	WITH named AS MATERIALIZED (
		SELECT u.step, r.pack, r.version, r.classes, r.kinds
		FROM (SELECT DISTINCT s.step FROM stepped AS s) AS u
		JOIN fireiot.rule AS r ON r.sort = 'deadline' AND r.modality <> 'no_number' AND (r.start_step = u.step OR u.step = ANY (r.stop_steps))
	), sort_of_case AS (
		SELECT s.step, n.packs, n.class, n.kind, array_agg(s.alarm_id) AS ids
		FROM stepped AS s LEFT JOIN fireiot.alarm_now AS n ON n.id = s.alarm_id
		GROUP BY s.step, n.packs, n.class, n.kind
	)
	SELECT array_agg(DISTINCT x.id) INTO alarms
	FROM sort_of_case AS c, unnest(c.ids) AS x (id)
	WHERE c.step IN ('closed', 'reopened', 'reclassified', 'verified') OR EXISTS (
		SELECT FROM named AS m LEFT JOIN fireiot.pack_class AS k ON k.pack = m.pack AND k.version = m.version AND k.kind = c.kind
		-- a case that is closed is not in alarm_now any more
		WHERE m.step = c.step AND (c.class IS NULL OR strpos(c.packs, m.pack) > 0
			AND coalesce(k.class, c.class) = ANY (m.classes) AND (m.kinds IS NULL OR c.kind = ANY (m.kinds))));
	IF alarms IS NULL THEN
		RETURN NULL;
	END IF;
	-- a case that has just been closed is looked for in all partitions
	SELECT min(coalesce(n.opened_at, '-infinity')) INTO since
	FROM unnest(alarms) AS a LEFT JOIN fireiot.alarm_now AS n ON n.id = a;
	PERFORM fireiot.run_clocks(alarms, since);
	PERFORM fireiot.record_late(alarms);
	IF EXISTS (SELECT FROM stepped AS s WHERE s.step = 'reclassified') THEN
		PERFORM fireiot.notify_opened(alarms);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.alarms_stepped() IS
'Trigger: starts and stops the clocks that the steps of alarms start and stop';

CREATE OR REPLACE TRIGGER run_clocks AFTER INSERT ON fireiot.alarm
	REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION fireiot.alarms_opened();
COMMENT ON TRIGGER run_clocks ON fireiot.alarm IS 'starts clocks';
CREATE OR REPLACE TRIGGER run_clocks AFTER INSERT ON fireiot.alarm_step
	REFERENCING NEW TABLE AS stepped FOR EACH STATEMENT EXECUTE FUNCTION fireiot.alarms_stepped();
COMMENT ON TRIGGER run_clocks ON fireiot.alarm_step IS 'starts and stops clocks';

-- A year becomes known, or a notice changes it: what runs by working days is
-- reckoned anew.
CREATE OR REPLACE FUNCTION fireiot.calendar_changed()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.run_clocks(alarms)
	FROM (SELECT array_agg(DISTINCT d.alarm_id) AS alarms
		FROM fireiot.deadline AS d
		JOIN fireiot.rule AS r ON r.pack = d.pack AND r.version = d.version AND r.rule = d.rule
		WHERE d.stopped_at IS NULL AND r.limit_days IS NOT NULL) AS a
	WHERE alarms IS NOT NULL;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.calendar_changed() IS
'Trigger: clocks that run by working days are reckoned anew';

CREATE OR REPLACE TRIGGER calendar_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON fireiot.calendar_day
	FOR EACH STATEMENT EXECUTE FUNCTION fireiot.calendar_changed();
COMMENT ON TRIGGER calendar_changed ON fireiot.calendar_day IS 'reckons clocks anew';

-- Part of fireiot.rebuild_now().
CREATE OR REPLACE FUNCTION fireiot.rebuild_clocks_of(alarms bigint[], since timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	gone bigint;
BEGIN
	WITH truth AS MATERIALIZED (
		SELECT c.alarm_id, c.pack, c.version, c.rule, c.run FROM fireiot.clocks_of(alarms, since) AS c
	)
	DELETE FROM fireiot.deadline AS d
	WHERE d.alarm_id = ANY (alarms) AND NOT EXISTS (SELECT FROM truth AS t
		WHERE t.alarm_id = d.alarm_id AND t.pack = d.pack AND t.version = d.version AND t.rule = d.rule AND t.run = d.run);
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone + fireiot.run_clocks(alarms, since);
END
$$;
COMMENT ON FUNCTION fireiot.rebuild_clocks_of(bigint[], timestamptz) IS
'Part of fireiot.rebuild_clocks: the clocks of some cases';

CREATE OR REPLACE FUNCTION fireiot.rebuild_clocks()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	records record;
	alarms bigint[];
	changed bigint;
BEGIN
	LOCK TABLE fireiot.deadline IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM fireiot.deadline AS d WHERE NOT EXISTS (SELECT FROM fireiot.alarm AS a WHERE a.id = d.alarm_id);
	GET DIAGNOSTICS changed = ROW_COUNT;
	FOR records IN SELECT * FROM fireiot.record_partitions('alarm') ORDER BY lower_bound
	LOOP
		FOR alarms IN EXECUTE format('SELECT array_agg(id) FROM (SELECT id, row_number() OVER (ORDER BY id) / 10000 AS n FROM %s) AS a GROUP BY n', records.partition)
		LOOP
			changed := changed + fireiot.rebuild_clocks_of(alarms, records.lower_bound);
		END LOOP;
	END LOOP;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION fireiot.rebuild_clocks() IS
'Part of fireiot.rebuild_now: makes fireiot.deadline as the records of alarms say; returns how many rows were otherwise';
