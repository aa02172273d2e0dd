-- Alarms to look at: as one stream, case by case, second by second.

CREATE OR REPLACE VIEW fireiot.alarm_event AS
SELECT a.id AS alarm_id, 0::bigint AS step_id, a.received_at, a.occurred_at AS at, a.unit_id, 'opened' AS step,
	CASE WHEN a.origin = 'report' THEN a.detail ->> 'reported_by' WHEN a.origin = 'silence' THEN 'fireiot' ELSE 'device' END AS actor,
	NULL::boolean AS verdict, NULL::text AS cause, NULL::text AS pack, NULL::text AS rule, NULL::timestamptz AS due_at,
	NULL::text AS note, a.detail AS fields, a.class, a.kind, a.device, a.part
FROM fireiot.alarm AS a
UNION ALL
SELECT s.alarm_id, s.id, s.received_at, s.at, s.unit_id, s.step, s.actor, s.verdict, s.cause, s.pack, s.rule, s.due_at, s.note, s.fields,
	NULL, NULL, NULL, NULL
FROM fireiot.alarm_step AS s;
COMMENT ON VIEW fireiot.alarm_event IS
'Openings and steps as one stream; in a case in the order of step_id, the opening is 0';

CREATE OR REPLACE VIEW fireiot.alarm_history AS
SELECT a.id, a.received_at AS opened_at, a.unit_id, u.name AS unit_name, a.device, d.name AS device_name, a.part, p.name AS part_name, p.location,
	coalesce(n.class, s.class, a.class) AS class, a.class AS opened_as, a.kind, k.name_zh AS kind_zh, k.name_en AS kind_en, a.origin, a.subject,
	a.occurred_at, a.state, a.quantity, a.value, a.limit_value,
	a.window_id, CASE WHEN w.kind = 'test' THEN 'test' WHEN w.kind IS NOT NULL THEN 'maintenance' END AS data_of,
	CASE WHEN n.id IS NOT NULL THEN 'open' ELSE 'closed' END AS state_of_case,
	coalesce(n.repeats, s.repeats, 0) AS repeats, s.restored_at, s.verdict, s.cause, s.acknowledged_at, s.called_at, s.answered_at, s.verified_at,
	s.handling_at, s.reported_back_at, s.recorded_at, s.released_at, s.breaches, CASE WHEN n.id IS NULL THEN s.closed_at END AS closed_at,
	a.packs, a.detail
FROM fireiot.alarm AS a
LEFT JOIN fireiot.alarm_now AS n ON n.id = a.id
LEFT JOIN fireiot.unit AS u ON u.id = a.unit_id
LEFT JOIN fireiot.device AS d ON d.device OPERATOR(fireiot.=) a.device
LEFT JOIN fireiot.part AS p ON p.device OPERATOR(fireiot.=) a.device AND p.part OPERATOR(fireiot.=) a.part
LEFT JOIN fireiot.alarm_kind AS k ON k.kind = a.kind
LEFT JOIN fireiot.maintenance_window AS w ON w.id = a.window_id
CROSS JOIN LATERAL (
	SELECT (array_agg(t.fields ->> 'class' ORDER BY t.id DESC) FILTER (WHERE t.step = 'reclassified'))[1] AS class,
		(sum(coalesce((t.fields ->> 'count')::integer, 1)) FILTER (WHERE t.step = 'repeated'))::integer AS repeats,
		(array_agg(CASE WHEN t.step = 'restored' THEN t.received_at END ORDER BY t.id DESC) FILTER (WHERE t.step IN ('restored', 'repeated')))[1] AS restored_at,
		(array_agg(t.verdict ORDER BY t.id DESC) FILTER (WHERE t.step = 'verified'))[1] AS verdict,
		(array_agg(t.cause ORDER BY t.id DESC) FILTER (WHERE t.step = 'verified'))[1] AS cause,
		min(t.received_at) FILTER (WHERE t.step = 'acknowledged') AS acknowledged_at,
		min(t.received_at) FILTER (WHERE t.step = 'called') AS called_at,
		min(t.received_at) FILTER (WHERE t.step = 'answered') AS answered_at,
		max(t.received_at) FILTER (WHERE t.step = 'verified') AS verified_at,
		min(t.received_at) FILTER (WHERE t.step = 'handling') AS handling_at,
		max(t.received_at) FILTER (WHERE t.step = 'reported_back') AS reported_back_at,
		max(t.received_at) FILTER (WHERE t.step = 'recorded') AS recorded_at,
		max(t.received_at) FILTER (WHERE t.step = 'released') AS released_at,
		(count(*) FILTER (WHERE t.step = 'breached'))::integer AS breaches,
		max(t.received_at) FILTER (WHERE t.step = 'closed') AS closed_at
	FROM fireiot.alarm_step AS t WHERE t.alarm_id = a.id
	OFFSET 0
) AS s;
COMMENT ON VIEW fireiot.alarm_history IS
'Every case, open or closed, with what became of it. data_of: test or maintenance, when it was opened in such a window; state_of_case: open or closed';

-- By receipt: what the platform knew, and when.
CREATE OR REPLACE FUNCTION fireiot.fire_replay(
	unit_id bigint, from_at timestamptz, to_at timestamptz,
	OUT known_at timestamptz, OUT source text, OUT what text, OUT device fireiot.device_addr, OUT part fireiot.part_addr, OUT part_name text,
	OUT location text, OUT alarm_id bigint, OUT class text, OUT actor text, OUT happened_at timestamptz, OUT detail jsonb, OUT open_cases bigint)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
	WITH case_of AS (
		SELECT a.* FROM fireiot.alarm AS a WHERE a.unit_id = fire_replay.unit_id AND a.received_at < to_at
	), heard AS (
		SELECT DISTINCT d.device FROM fireiot.device AS d WHERE d.unit_id = fire_replay.unit_id
		UNION SELECT c.device FROM case_of AS c WHERE c.device IS NOT NULL AND c.received_at >= from_at
	), known (known_at, place, source, what, device, part, alarm_id, class, actor, happened_at, detail, opens) AS (
		SELECT c.received_at, 1, 'alarm', 'opened', c.device, c.part, c.id, c.class, CASE c.origin WHEN 'report' THEN c.detail ->> 'reported_by' WHEN 'silence' THEN 'fireiot' ELSE 'device' END,
			c.occurred_at, jsonb_strip_nulls(jsonb_build_object('kind', c.kind, 'value', c.value, 'limit', c.limit_value)) || coalesce(c.detail, '{}'), 1
		FROM case_of AS c
		UNION ALL
		SELECT s.received_at, 2, 'step', s.step, c.device, c.part, c.id, c.class, s.actor, s.at,
			jsonb_strip_nulls(jsonb_build_object('verdict', s.verdict, 'cause', s.cause, 'rule', s.rule, 'due_at', s.due_at, 'note', s.note)) || coalesce(s.fields, '{}'),
			CASE s.step WHEN 'closed' THEN -1 WHEN 'reopened' THEN 1 ELSE 0 END
		FROM case_of AS c JOIN fireiot.alarm_step AS s ON s.alarm_id = c.id
		WHERE s.received_at < to_at
		UNION ALL
		SELECT o.received_at, 0, CASE WHEN o.quantity IS NOT NULL THEN 'value' WHEN o.state IS NOT NULL THEN 'state' ELSE 'text' END,
			coalesce(o.state::text, format('%s %s', (SELECT q.name_en FROM fireiot.quantity AS q WHERE q.code = o.quantity), coalesce(o.value, o.raw_value)), o.text, 'kind ' || o.kind),
			o.device, o.part, NULL, alarm_class(o.state), 'device', o.observed_at, NULL, 0
		FROM heard AS h JOIN fireiot.observation AS o ON o.device = h.device
		WHERE o.received_at >= from_at AND o.received_at < to_at
	), counted AS (
		SELECT k.*, sum(k.opens) OVER (ORDER BY k.known_at, k.place, k.alarm_id ROWS UNBOUNDED PRECEDING) AS open_cases FROM known AS k
	)
	SELECT c.known_at, c.source, c.what, c.device, c.part, p.name, p.location, c.alarm_id, c.class, c.actor, c.happened_at, nullif(c.detail, '{}'), c.open_cases
	FROM counted AS c
	LEFT JOIN fireiot.part AS p ON p.device = c.device AND p.part = c.part
	WHERE c.known_at >= from_at
	ORDER BY c.known_at, c.place, c.alarm_id
$$;
COMMENT ON FUNCTION fireiot.fire_replay(bigint, timestamptz, timestamptz) IS
'What was known of a unit, and when: states, values, alarms and steps by receipt, from from_at until before to_at; open_cases: how many were open then';
