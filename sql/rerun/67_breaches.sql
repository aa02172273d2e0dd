-- What is due: the keeper's work.

CREATE OR REPLACE FUNCTION fireiot.action_step(action text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE action WHEN 'escalate' THEN 'escalated' WHEN 'start_plan' THEN 'plan_started' WHEN 'push_hazard' THEN 'hazard_pushed' END
$$;
COMMENT ON FUNCTION fireiot.action_step(text) IS
'The step by which an action of a rule is recorded; null: there is none';

-- The case is held first, as whoever adds a step does.  One that somebody holds
-- is getting a step now: it is looked at again.
CREATE OR REPLACE FUNCTION fireiot.breach_due(most integer DEFAULT 1000, OUT breached integer, OUT next_due timestamptz)
RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
BEGIN
	PERFORM fireiot.alarm_records_ready(now());
	-- in the order of all who write both
	LOCK TABLE fireiot.alarm_now, fireiot.deadline IN ROW EXCLUSIVE MODE;
	WITH candidate AS MATERIALIZED (
		SELECT d.alarm_id, d.pack, d.version, d.rule, d.run
		FROM fireiot.deadline AS d
		WHERE d.state = 'open' AND d.due_at < now()
		ORDER BY d.due_at LIMIT most
	), held AS MATERIALIZED (
		SELECT n.id FROM fireiot.alarm_now AS n
		WHERE n.id IN (SELECT c.alarm_id FROM candidate AS c) FOR UPDATE SKIP LOCKED
	), due AS MATERIALIZED (
		SELECT d.alarm_id, d.pack, d.version, d.rule, d.run
		FROM candidate AS c
		JOIN fireiot.deadline AS d ON d.alarm_id = c.alarm_id AND d.pack = c.pack AND d.version = c.version AND d.rule = c.rule AND d.run = c.run
		WHERE d.state = 'open' AND (c.alarm_id IN (SELECT h.id FROM held AS h)
			OR NOT EXISTS (SELECT FROM fireiot.alarm_now AS n WHERE n.id = c.alarm_id))
		FOR UPDATE OF d SKIP LOCKED
	), marked AS (
		UPDATE fireiot.deadline AS d SET state = 'breached', breached_at = now()
		FROM due AS u
		WHERE d.alarm_id = u.alarm_id AND d.pack = u.pack AND d.version = u.version AND d.rule = u.rule AND d.run = u.run
		RETURNING d.*
	), done AS MATERIALIZED (
		SELECT m.alarm_id, m.unit_id, m.pack, m.version, m.rule, m.run, m.due_at, r.targets, fireiot.action_step(r.action) AS step
		FROM marked AS m JOIN fireiot.rule AS r ON r.pack = m.pack AND r.version = m.version AND r.rule = m.rule
	), recorded AS (
		INSERT INTO fireiot.alarm_step (alarm_id, unit_id, step, actor, pack, rule, due_at, fields)
		SELECT d.alarm_id, d.unit_id, s.step, 'fireiot', format('%s/%s', d.pack, d.version), d.rule, d.due_at,
			CASE s.turn WHEN 1 THEN jsonb_build_object('run', d.run) ELSE jsonb_build_object('run', d.run, 'targets', d.targets) END
		FROM done AS d, LATERAL (VALUES (1, 'breached'), (2, d.step)) AS s (turn, step)
		WHERE s.step IS NOT NULL
		ORDER BY d.due_at, d.alarm_id, d.rule, s.turn
	), told AS (
		INSERT INTO fireiot.notice (alarm_id, unit_id, reason, pack, version, rule, target, contact_id)
		SELECT d.alarm_id, d.unit_id, CASE d.step WHEN 'escalated' THEN 'escalation' WHEN 'plan_started' THEN 'plan' ELSE 'hazard' END,
			d.pack, d.version, d.rule, t.target, c.contact_id
		FROM done AS d
		CROSS JOIN unnest(d.targets) WITH ORDINALITY AS t (target, place)
		LEFT JOIN LATERAL fireiot.contacts_of(d.unit_id, t.target, now()) AS c ON c.place = 1
		WHERE d.step IS NOT NULL
		ORDER BY d.due_at, d.alarm_id, d.rule, t.place
	), escalated AS (
		UPDATE fireiot.alarm_now AS n SET escalated_at = now()
		WHERE n.escalated_at IS NULL AND n.id IN (SELECT d.alarm_id FROM done AS d WHERE d.step = 'escalated')
	)
	SELECT count(*) INTO breached FROM done;
	SELECT min(d.due_at) INTO next_due FROM fireiot.deadline AS d WHERE d.state = 'open';
END
$$;
COMMENT ON FUNCTION fireiot.breach_due(integer) IS
'Records the breach of what is due and does what its rules say, of so many clocks at most; next_due: when to come again';
