-- What the clocks say: of one case, of a time under any pack, of everything
-- that is open.

-- The rules that a case has now, those that wait for their start among them,
-- beside the clocks that it has or has had.
CREATE OR REPLACE FUNCTION fireiot.why(
	alarm_id bigint,
	OUT pack text, OUT version integer, OUT document text, OUT rule text, OUT clause text, OUT figure text,
	OUT name_zh text, OUT name_en text, OUT metric text, OUT modality text, OUT origin text, OUT time_limit text,
	OUT start_step text, OUT stop_steps text[], OUT run smallint, OUT state text,
	OUT started_at timestamptz, OUT due_at timestamptz, OUT stopped_at timestamptz, OUT stop_step text,
	OUT breached_at timestamptz, OUT margin interval, OUT strictest boolean, OUT calendar_gap boolean,
	OUT action text, OUT targets text[], OUT note text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	opening fireiot.alarm;
	said jsonb;
BEGIN
	SELECT a.* INTO opening FROM fireiot.alarm AS a WHERE a.id = why.alarm_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'alarm % does not exist', why.alarm_id
			USING ERRCODE = 'undefined_object',
				DETAIL = coalesce((SELECT format('Alarms of before %s were purged; fireiot.purge_certificate has what is left of them.', max(c.to_at))
					FROM fireiot.purge_certificate AS c WHERE c.records = 'alarm' HAVING count(*) > 0), 'None was purged.'),
				HINT = 'SELECT id, unit_id, class, received_at FROM fireiot.alarm ORDER BY received_at DESC; lists them.';
	END IF;
	SELECT s.fields INTO said FROM fireiot.alarm_step AS s
	WHERE s.alarm_id = why.alarm_id AND s.received_at >= opening.received_at AND s.step = 'reclassified'
	ORDER BY s.id DESC LIMIT 1;
	RETURN QUERY
	WITH clock AS (
		SELECT d.* FROM fireiot.deadline AS d WHERE d.alarm_id = why.alarm_id
	), named AS (
		SELECT r.pack, r.version, r.rule FROM fireiot.case_rules(opening.packs, coalesce(said ->> 'class', opening.class),
			coalesce(said ->> 'kind', opening.kind)) AS r WHERE r.sort = 'deadline'
		UNION
		SELECT c.pack, c.version, c.rule FROM clock AS c
	)
	SELECT r.pack, r.version, p.document, r.rule, r.clause, r.figure, r.name_zh, r.name_en, r.metric, r.modality, r.origin,
		fireiot.rule_number(r), r.start_step, r.stop_steps, c.run,
		CASE WHEN c.state IS NOT NULL THEN c.state WHEN r.modality = 'no_number' THEN 'no_number' ELSE 'waiting' END,
		c.started_at, c.due_at, c.stopped_at, c.stop_step, c.breached_at,
		CASE WHEN c.state <> 'void' THEN c.due_at - coalesce(c.stopped_at, clock_timestamp()) END,
		c.due_at = min(c.due_at) OVER (PARTITION BY r.metric, c.run), c.calendar_gap, r.action, r.targets, r.note
	FROM named AS n
	JOIN fireiot.rule AS r ON r.pack = n.pack AND r.version = n.version AND r.rule = n.rule
	JOIN fireiot.rule_pack AS p ON p.pack = r.pack AND p.version = r.version
	LEFT JOIN clock AS c ON c.pack = r.pack AND c.version = r.version AND c.rule = r.rule
	ORDER BY c.started_at, c.due_at, r.modality = 'no_number', r.pack, r.version, r.rule;
END
$$;
COMMENT ON FUNCTION fireiot.why(bigint) IS
'Every clock of a case: its clause and limit, when it is due, and whether it was met, with margin what was left or, below zero, by how much it was exceeded. waiting: what starts it has not happened; no_number: the clause has none';

-- A day's alarms at a time, so that what is computed at once is bounded.
CREATE OR REPLACE FUNCTION fireiot.judge(
	from_at timestamptz, to_at timestamptz, packs text DEFAULT NULL,
	OUT alarm_id bigint, OUT opened_at timestamptz, OUT unit_id bigint, OUT class text, OUT pack text, OUT version integer,
	OUT rule text, OUT clause text, OUT metric text, OUT modality text, OUT run smallint, OUT started_at timestamptz,
	OUT due_at timestamptz, OUT stopped_at timestamptz, OUT state text, OUT margin interval, OUT calendar_gap boolean,
	OUT window_id bigint)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	judging text := fireiot.known_packs(packs);
	day record;
BEGIN
	FOR day IN
		SELECT array_agg(a.id) AS alarms, min(a.received_at) AS since
		FROM fireiot.alarm AS a
		WHERE a.received_at >= from_at AND a.received_at < to_at
		GROUP BY date_trunc('day', a.received_at)
		ORDER BY 2
	LOOP
		RETURN QUERY
		SELECT d.alarm_id, a.received_at, d.unit_id, d.class, d.pack, d.version, d.rule, r.clause, d.metric, d.modality, d.run,
			d.started_at, d.due_at, d.stopped_at,
			CASE WHEN d.state = 'open' AND d.due_at < clock_timestamp() THEN 'breached' ELSE d.state END,
			CASE WHEN d.state <> 'void' THEN d.due_at - coalesce(d.stopped_at, clock_timestamp()) END, d.calendar_gap, d.window_id
		FROM fireiot.clocks_of(day.alarms, day.since, judging) AS d
		JOIN fireiot.alarm AS a ON a.id = d.alarm_id AND a.received_at >= day.since AND a.received_at < day.since + interval '1 day'
		JOIN fireiot.rule AS r ON r.pack = d.pack AND r.version = d.version AND r.rule = d.rule
		ORDER BY a.received_at, d.alarm_id, d.started_at, d.due_at, d.pack, d.rule;
	END LOOP;
END
$$;
COMMENT ON FUNCTION fireiot.judge(timestamptz, timestamptz, text) IS
'The clocks of all alarms opened in a time, judged from the records: under their own packs, or under those that are named, as if they had been in force. Changes nothing';

CREATE OR REPLACE VIEW fireiot.sla_result AS
SELECT d.alarm_id, d.unit_id, u.name AS unit_name, d.class, d.pack, d.version, d.rule, r.clause, r.figure, r.requirements,
	d.metric, d.modality, r.origin, d.run, fireiot.rule_number(r) AS time_limit,
	d.started_at, (d.started_at AT TIME ZONE fireiot.setting('time_zone'))::date AS started_on,
	d.due_at, d.stopped_at, d.stop_step, d.breached_at, d.state,
	CASE d.state WHEN 'met' THEN true WHEN 'late' THEN false WHEN 'breached' THEN false END AS in_time,
	CASE WHEN d.state <> 'void' THEN d.due_at - coalesce(d.stopped_at, clock_timestamp()) END AS margin,
	d.breached_at - d.due_at AS recorded_after, d.calendar_gap, d.window_id, d.window_id IS NOT NULL AS maintenance
FROM fireiot.deadline AS d
JOIN fireiot.rule AS r ON r.pack = d.pack AND r.version = d.version AND r.rule = d.rule
LEFT JOIN fireiot.unit AS u ON u.id = d.unit_id;
COMMENT ON VIEW fireiot.sla_result IS
'Every clock with its clause and outcome: in_time is null while it runs, and where it is void. maintenance: in a window of maintenance, to be counted apart';

CREATE OR REPLACE VIEW fireiot.alarm_board AS
SELECT n.id, n.class, n.kind, k.name_zh AS kind_zh, k.name_en AS kind_en, n.opened_at, n.last_at, n.repeats,
	n.flapping_since IS NOT NULL AS flapping, n.restored_at,
	CASE WHEN n.released_at IS NOT NULL THEN 'released' WHEN n.recorded_at IS NOT NULL THEN 'recorded'
		WHEN n.reported_back_at IS NOT NULL THEN 'reported_back' WHEN n.handling_at IS NOT NULL THEN 'handling'
		WHEN n.dispatched_at IS NOT NULL THEN 'dispatched' WHEN n.verified_at IS NOT NULL THEN 'verified'
		WHEN n.answered_at IS NOT NULL THEN 'answered' WHEN n.called_at IS NOT NULL THEN 'called'
		WHEN n.acknowledged_at IS NOT NULL THEN 'acknowledged' WHEN n.noticed_at IS NOT NULL THEN 'noticed' ELSE 'opened' END AS progress,
	n.acknowledged_by, n.verdict, n.window_id,
	c.due_at AS next_due_at, extract(epoch FROM c.due_at - clock_timestamp())::bigint AS seconds_left, c.metric AS next_metric,
	c.pack AS next_pack, c.rule AS next_rule, c.overdue,
	n.unit_id, u.name AS unit_name, coalesce(u.address, b.address) AS address,
	nullif(n.device::text, '000000000000') AS device, CASE WHEN n.part::text <> '0.0' THEN n.part END AS part,
	concat_ws(' ', b.name, coalesce(a.floor, p.floor), a.name, coalesce(p.location, p.name, d.name)) AS place, n.subject,
	t.contacts
FROM fireiot.alarm_now AS n
LEFT JOIN fireiot.alarm_kind AS k ON k.kind = n.kind
LEFT JOIN fireiot.unit AS u ON u.id = n.unit_id
LEFT JOIN fireiot.device AS d ON d.device OPERATOR(fireiot.=) n.device
LEFT JOIN fireiot.part AS p ON p.device OPERATOR(fireiot.=) n.device AND p.part OPERATOR(fireiot.=) n.part
LEFT JOIN fireiot.building AS b ON b.id = coalesce(p.building_id, d.building_id)
LEFT JOIN fireiot.area AS a ON a.id = CASE WHEN p.area_id IS NOT NULL THEN p.area_id
	WHEN p.building_id IS NULL OR p.building_id = d.building_id THEN d.area_id END
LEFT JOIN LATERAL (
	SELECT min(w.due_at) FILTER (WHERE w.state = 'open') AS due_at,
		(array_agg(w.metric ORDER BY w.due_at) FILTER (WHERE w.state = 'open'))[1] AS metric,
		(array_agg(w.pack ORDER BY w.due_at) FILTER (WHERE w.state = 'open'))[1] AS pack,
		(array_agg(w.rule ORDER BY w.due_at) FILTER (WHERE w.state = 'open'))[1] AS rule,
		count(*) FILTER (WHERE w.state = 'breached') AS overdue
	FROM fireiot.deadline AS w WHERE w.alarm_id = n.id AND w.stopped_at IS NULL) AS c ON true
LEFT JOIN LATERAL (
	SELECT jsonb_agg(jsonb_build_object('role', o.role, 'name', o.name, 'channels', o.channels)
		ORDER BY array_position('{control_room,safety_manager,responsible_person}', o.role), o.role, o.place) AS contacts
	FROM fireiot.contacts_of(n.unit_id, NULL, now(), coalesce(p.building_id, d.building_id), coalesce(p.area_id, d.area_id)) AS o) AS t ON true;
COMMENT ON VIEW fireiot.alarm_board IS
'Open cases for the duty desk: what, where, how far, what is due next and in how many seconds, whom to call in which order. overdue: clocks that ran out and are not stopped. The most urgent ones: fireiot.board()';

-- By the index of what runs: fires first, in each class what is due first, or
-- has been due longest.  A case may have many clocks: more are read until there
-- are cases enough.
CREATE OR REPLACE FUNCTION fireiot.urgent_alarms(most integer, class text)
RETURNS bigint[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	clocks integer := greatest(most, 0) * 4;
	found bigint[];
	read integer;
BEGIN
	LOOP
		SELECT array_agg(u.alarm_id ORDER BY u.due_at, u.alarm_id), coalesce(sum(u.n), 0) INTO found, read
		FROM (SELECT d.alarm_id, min(d.due_at) AS due_at, count(*) AS n
			FROM (SELECT w.alarm_id, w.due_at FROM fireiot.deadline AS w
				WHERE w.stopped_at IS NULL AND w.class = urgent_alarms.class ORDER BY w.due_at LIMIT clocks) AS d
			GROUP BY d.alarm_id) AS u;
		EXIT WHEN read < clocks OR cardinality(found) >= most;
		clocks := clocks * 4;
	END LOOP;
	IF coalesce(cardinality(found), 0) < most THEN
		found := coalesce(found, '{}') || ARRAY(
			SELECT n.id FROM fireiot.alarm_now AS n
			WHERE n.class = urgent_alarms.class AND NOT EXISTS (SELECT FROM fireiot.deadline AS d WHERE d.alarm_id = n.id AND d.stopped_at IS NULL)
			ORDER BY n.opened_at, n.id LIMIT most - coalesce(cardinality(found), 0));
	END IF;
	RETURN found[:most];
END
$$;
COMMENT ON FUNCTION fireiot.urgent_alarms(integer, text) IS
'So many open cases of a class, the most urgent first';

CREATE OR REPLACE FUNCTION fireiot.board(most integer DEFAULT 50, classes text[] DEFAULT '{fire,event,fault,link}')
RETURNS SETOF fireiot.alarm_board
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 50
SET search_path = pg_catalog, pg_temp
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	alarms bigint[] := '{}';
	wanted text;
BEGIN
	FOREACH wanted IN ARRAY classes
	LOOP
		EXIT WHEN cardinality(alarms) >= most;
		alarms := alarms || fireiot.urgent_alarms(most - cardinality(alarms), wanted);
	END LOOP;
	RETURN QUERY
	-- one by one: joined, the view would be made of all cases
	SELECT b.* FROM unnest(alarms) WITH ORDINALITY AS a (id, place),
		LATERAL (SELECT * FROM fireiot.alarm_board AS v WHERE v.id = a.id OFFSET 0) AS b
	ORDER BY a.place;
END
$$;
COMMENT ON FUNCTION fireiot.board(integer, text[]) IS
'So many rows of fireiot.alarm_board, the most urgent first: classes in the order that is given, in each what is due first';
